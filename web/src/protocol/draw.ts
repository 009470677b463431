/** The draw of two observers, worked out again (section 13). */

import sha256 from 'fast-sha256'
import { concat, fromHex, toHex, utf8 } from './bytes'
import { idBytes } from './id'

/** What a draw was asked for with: the arrangement, the SHA-256 of the request's text, the signed checkpoint. */
export interface DrawRequest {
  order: string
  request: string
  checkpoint: string
}

/** What comes out of a draw. */
export interface Drawn {
  roster_hash: string
  seed: string
  /** Everybody who could be drawn, in the order of the draw. */
  drawn: string[]
  observers: string[]
  substitutes: string[]
}

/** What the server signs to complete the seed. */
export function beaconMessage({ order, request, checkpoint }: DrawRequest): Uint8Array<ArrayBuffer> {
  return concat(utf8('wuyuan-draw-beacon-v1'), idBytes(order), fromHex(request), utf8(checkpoint))
}

/** Draws from a roster; null: the roster cannot be read. */
export function workOut(asked: DrawRequest, beacon: Uint8Array, roster: string): Drawn | null {
  const lines = roster.split('\n')
  if (lines.shift() !== 'wuyuan-roster-v1' || lines.pop() !== '') return null
  const pool = lines.filter(line => line.endsWith(' -')).map(line => line.slice(0, -2))
  const { order, request, checkpoint } = asked
  const seed = sha256(concat(utf8('wuyuan-draw-v1'), utf8(checkpoint), idBytes(order), fromHex(request), beacon))
  const places = pool.map(member => ({ member, place: toHex(sha256(concat(seed, idBytes(member)))) }))
  places.sort((a, b) => (a.place < b.place ? -1 : 1))
  const drawn = places.map(one => one.member)
  return {
    roster_hash: toHex(sha256(utf8(roster))),
    seed: toHex(seed),
    drawn,
    observers: drawn.slice(0, 2),
    substitutes: drawn.slice(2, 4),
  }
}
