/** The server's hints that something moved: server-sent events, read from a fetch, which can carry a token. */

/** One event. */
export interface Heard {
  name: string
  data: string
}

/** Reads the text of a stream as it comes (HTML Living Standard, section 9.2). */
export class EventReader {
  private rest = ''

  /** Takes the next piece and gives the events that it completes. */
  take(piece: string): Heard[] {
    this.rest += piece
    const heard: Heard[] = []
    for (;;) {
      const end = /\r\n\r\n|\n\n|\r\r/.exec(this.rest)
      if (end === null) return heard
      const one = event(this.rest.slice(0, end.index))
      if (one !== null) heard.push(one)
      this.rest = this.rest.slice(end.index + end[0].length)
    }
  }
}

function event(block: string): Heard | null {
  let name = 'message'
  const data: string[] = []
  for (const line of block.split(/\r\n|\n|\r/)) {
    const at = line.indexOf(':')
    const field = at < 0 ? line : line.slice(0, at)
    const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '')
    if (field === 'event') name = value
    if (field === 'data') data.push(value)
  }
  return data.length === 0 ? null : { name, data: data.join('\n') }
}

/** Reads a stream to its end. `alive` is called for every piece, also for one that says only that there is somebody. */
export async function readEvents(
  stream: ReadableStream<Uint8Array>,
  heard: (one: Heard) => void,
  alive: () => void,
): Promise<void> {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  const events = new EventReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    alive()
    for (const one of events.take(decoder.decode(value, { stream: true }))) heard(one)
  }
}
