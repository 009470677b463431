/** Ids, unit codes and hashes as they stand on the wire. */

import { fromHex, toHex } from './bytes'

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const UNIT = /^[0-9]{12}$/
const HASH = /^[0-9a-f]{64}$/

/** Whether a text is a UUID in lower-case hyphenated form. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && ID.test(text)
}

/** Whether a text is a unit's code. */
export function isUnit(text: unknown): text is string {
  return typeof text === 'string' && UNIT.test(text)
}

/** Whether a text is a SHA-256. */
export function isHash(text: unknown): text is string {
  return typeof text === 'string' && HASH.test(text)
}

/** The 16 bytes of an id. */
export function idBytes(id: string): Uint8Array<ArrayBuffer> {
  return fromHex(id.replace(/-/g, ''))
}

/** The id of 16 bytes. */
export function idOf(bytes: Uint8Array): string {
  return toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** A UUIDv4 (RFC 9562) of 16 random bytes. */
export function uuidV4(random: Uint8Array): string {
  const bytes = Uint8Array.from(random)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return idOf(bytes)
}

/** A UUIDv7 (RFC 9562) of 16 random bytes and a time in ms since 1970. */
export function uuidV7(random: Uint8Array, ms: number): string {
  const bytes = Uint8Array.from(random)
  const time = Math.max(0, Math.floor(ms))
  for (let at = 0; at < 6; at++) bytes[at] = Math.floor(time / 2 ** (8 * (5 - at))) % 256
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return idOf(bytes)
}

/** The time that a UUIDv7 bears, ms since 1970; 0 for other ids. */
export function uuidMs(id: string): number {
  return id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : 0
}
