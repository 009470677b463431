/** A bad network between a phone and the server: connections are cut after some bytes, as a seed has it. */

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Numbers from a seed (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The seed of this run: given, or drawn and said. */
export function seed(what: string): number {
  const given = process.env.WEB_SEED
  const drawn = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given)
  console.log(`${what}: WEB_SEED=${drawn}`)
  return drawn
}

export class Weather {
  /** How many connections were cut. */
  cuts = 0
  private budget: (() => number) | null = null
  private readonly open = new Set<Socket>()

  private constructor(private readonly listener: Server) {}

  static async before(port: number): Promise<Weather> {
    const listener = createServer()
    const weather = new Weather(listener)
    listener.on('connection', near => weather.pass(near, port))
    await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
    return weather
  }

  get url(): string {
    return `http://127.0.0.1:${(this.listener.address() as AddressInfo).port}`
  }

  /** From now on a connection carries only so many bytes upward as `budget` says, anew for each; null: any number. */
  bad(budget: (() => number) | null): void {
    this.budget = budget
    for (const socket of this.open) socket.destroy()
  }

  private pass(near: Socket, port: number): void {
    const far = connect(port, '127.0.0.1')
    let left = this.budget?.() ?? Number.POSITIVE_INFINITY
    for (const socket of [near, far]) {
      this.open.add(socket)
      socket.on('close', () => {
        this.open.delete(socket)
        near.destroy()
        far.destroy()
      })
      // A cut wire is what this is for.
      socket.on('error', () => socket.destroy())
    }
    near.on('data', bytes => {
      if (bytes.length > left) {
        this.cuts++
        far.end(bytes.subarray(0, left), () => near.destroy())
        return
      }
      left -= bytes.length
      far.write(bytes)
    })
    far.pipe(near)
  }

  async end(): Promise<void> {
    for (const socket of this.open) socket.destroy()
    await new Promise(resolve => this.listener.close(resolve))
  }
}
