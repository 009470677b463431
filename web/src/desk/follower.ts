/** Follows the server's hints for as long as somebody looks, over ends and failures of the stream. */

import { type Heard, readEvents } from './events'

/** The first wait after a failure, and the longest, ms. */
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 60_000

/** How the stream is had. */
export interface Source {
  /** Opens it; its status otherwise. */
  open(signal: AbortSignal): Promise<ReadableStream<Uint8Array> | number>
  /** For how long a line that lives is silent at most, ms. */
  silenceMs(): Promise<number>
  /** Trades a sign-in that has run out. */
  renew(): Promise<unknown>
}

/** Tells of each hint, and whether there is a stream; call what it gives to end it. */
export function follow(source: Source, told: (heard: Heard) => void, standing: (on: boolean) => void): () => void {
  let ended = false
  let abort = new AbortController()
  let silence: ReturnType<typeof setTimeout> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  const again = () => {
    const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10))
    timer = setTimeout(() => void run(), ceiling * (0.5 + Math.random() / 2))
  }
  const run = async () => {
    abort = new AbortController()
    try {
      const stream = await source.open(abort.signal)
      if (typeof stream === 'number') {
        failures++
        if (stream === 401) await source.renew()
      } else {
        failures = 0
        standing(true)
        // What moved while nobody listened is asked for.
        told({ name: 'all', data: '{}' })
        const silenceMs = await source.silenceMs()
        await readEvents(stream, told, () => {
          clearTimeout(silence)
          silence = setTimeout(() => abort.abort(), silenceMs)
        })
      }
    } catch {
      // A stream that breaks is opened again; what it would have told is asked for then.
      failures++
    }
    clearTimeout(silence)
    if (ended) return
    standing(false)
    again()
  }
  void run()
  return () => {
    ended = true
    abort.abort()
    clearTimeout(timer)
  }
}
