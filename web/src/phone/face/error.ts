/** Why something is not done. */

/** Why something is not done. `text` says what was wrong and what to do, in the present language. */
export class PhoneError extends Error {
  /**
   * @param code stable
   * @param text for people
   * @param place the field or transition that it is about
   * @param detail further facts, by code: `base_moved` has `now: RecordShown | null`, `too_large` has `bytes`, `limit`
   *   and `fields`, `undelivered` has `saves` and `photos`, a server's problem has `request_id`
   */
  constructor(
    readonly code: string,
    readonly text: string,
    readonly place: string | null = null,
    readonly detail: Record<string, unknown> = {},
  ) {
    super(`${code}: ${text}`)
    this.name = 'PhoneError'
  }
}
