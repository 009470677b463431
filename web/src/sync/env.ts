/** What a phone is given by its surroundings: the time, the boot and randomness. Behind an interface for the tests. */

import { toHex } from '../protocol/bytes'

/** The surroundings. */
export interface Env {
  /** The wall clock, ms since 1970. Testimony: it may be wrong or jump. */
  now(): number
  /** Minutes east of UTC by which the phone shows its time. */
  offsetMinutes(): number
  /** A span in which the second clock did not jump, and ms since it began. */
  uptime(): { boot: string; ms: number }
  /** Random bytes fit for keys. */
  random(length: number): Uint8Array<ArrayBuffer>
}

/** By how much the two clocks may drift apart before a new span begins, ms. */
const DRIFT_MS = 2000

/** The browser's own. */
export function browserEnv(): Env {
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
  const span = () => ({
    boot: toHex(random(16)),
    startedMs: performance.now(),
    apartMs: Date.now() - performance.now(),
  })
  let now = span()
  return {
    now: () => Date.now(),
    offsetMinutes: () => -new Date().getTimezoneOffset(),
    uptime: () => {
      // Some phones stop this clock while they sleep. A span ends when it and the wall clock part, so that it never
      // says less than what has passed: the protocol's `boot` is any text that changes then.
      if (Math.abs(Date.now() - performance.now() - now.apartMs) > DRIFT_MS) now = span()
      return { boot: now.boot, ms: Math.max(0, Math.floor(performance.now() - now.startedMs)) }
    },
    random,
  }
}
