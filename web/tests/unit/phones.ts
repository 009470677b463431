/** Phones for tests: each with a database and a clock of its own. */

import 'fake-indexeddb/auto'
import type { Phone } from '../../src/phone'
import { open, type Surroundings } from '../../src/phone/open'
import { toHex } from '../../src/protocol/bytes'
import type { Env } from '../../src/sync/env'

let made = 0

/** A clock that tests move. */
export class Clock implements Env {
  ms = Date.now()
  boot = `boot-${made}`
  upMs = 1000
  minutes = 480

  now = (): number => this.ms
  offsetMinutes = (): number => this.minutes
  uptime = (): { boot: string; ms: number } => ({ boot: this.boot, ms: this.upMs })
  random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length))

  /** Time passes. */
  pass(ms: number): void {
    this.ms += ms
    this.upMs += ms
  }
}

/** A phone and what surrounds it. */
export interface Handset {
  phone: Phone
  name: string
  env: Clock
  /** Closes it and opens it anew, as a restart does. */
  restart(more?: Surroundings): Promise<void>
}

/** Opens a new phone. */
export async function handset(given: Surroundings = {}): Promise<Handset> {
  const name = given.name ?? `phone-${made++}-${toHex(crypto.getRandomValues(new Uint8Array(4)))}`
  const env = new Clock()
  const all = { name, env, ...given }
  const one: Handset = {
    phone: await open(all),
    name,
    env,
    restart: async more => {
      one.phone.close()
      one.phone = await open({ ...all, ...more })
    },
  }
  return one
}

/** A photo that the server takes: a JPEG's beginning and some bytes. */
export function jpeg(length: number): Blob {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  bytes.set([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0])
  return new Blob([bytes], { type: 'image/jpeg' })
}
