/** What a request can end in beside its answer. */

/** A refusal of this server (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly requestId: string,
    /** `Retry-After`, seconds. */
    readonly retryAfter: number | null,
    readonly more: Record<string, unknown>,
  ) {
    super(`${code}: ${detail} (${requestId})`)
    this.name = 'Problem'
  }

  /** A further member that is a number. */
  number(name: string): number | null {
    const value = this.more[name]
    return typeof value === 'number' ? value : null
  }

  /** A further member that is a text. */
  text(name: string): string | null {
    const value = this.more[name]
    return typeof value === 'string' ? value : null
  }

  /** The same request may succeed later. */
  get isPassing(): boolean {
    return this.status === 429 || this.status >= 500
  }
}

/** No answer came, or none of this server: a captive portal, a proxy, a broken connection. */
export class Unreached extends Error {
  constructor(
    /** `unreachable`, `timeout` or `answer_foreign`. */
    readonly code: 'unreachable' | 'timeout' | 'answer_foreign',
    detail: string,
  ) {
    super(`${code}: ${detail}`)
    this.name = 'Unreached'
  }
}

/** Reads a problem; null when it is none of this protocol. */
export function readProblem(status: number, retryAfter: number | null, body: string): Problem | null {
  try {
    const { code, title, detail, request_id, ...more } = JSON.parse(body)
    if (typeof code !== 'string') return null
    const text = (value: unknown) => (typeof value === 'string' ? value : '')
    return new Problem(status, code, text(title), text(detail), text(request_id), retryAfter, more)
  } catch {
    return null
  }
}
