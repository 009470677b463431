/** The feed: a hash chain over the raw bytes of operations, its head signed by the device (sections 2 and 4). */

import sha256 from 'fast-sha256'
import { be64, concat, fromHex, toHex, utf8 } from './bytes'
import { idBytes, isHash } from './id'
import { readStrict } from './json'

/** The suite of keys, signatures and hashes. */
export const SUITE = 'ed25519-sha256'

/** SHA-256 of bytes, as hexadecimal digits. */
export function hashOf(bytes: Uint8Array): string {
  return toHex(sha256(bytes))
}

/** h(0) of a device. */
export function genesis(device: string): string {
  return hashOf(concat(utf8('wuyuan-feed-v1'), idBytes(device)))
}

/** The hash that a text enters the chain with: of its bytes, or the one that a stub names. */
export function bodyHash(text: string): string {
  return withheldHash(text) ?? hashOf(utf8(text))
}

/** The hash that a stub names; null for any other text. */
export function withheldHash(text: string): string | null {
  if (text.length >= 160) return null
  const read = readStrict(text)
  if (!('value' in read) || !(read.value instanceof Map) || read.value.size !== 2) return null
  const hash = read.value.get('withheld')
  return read.value.has('seq') && isHash(hash) ? hash : null
}

/** h(n) from h(n-1) and the hash of text n. */
export function link(before: string, body: string): string {
  return hashOf(concat(fromHex(before), fromHex(body)))
}

/** What a device signs for a push. */
export function headMessage(device: string, seq: number, head: string): Uint8Array<ArrayBuffer> {
  return concat(utf8('wuyuan-head-v1'), idBytes(device), be64(seq), fromHex(head))
}

/** What a new device signs to be enrolled. */
export function enrolMessage(device: string, member: string): Uint8Array<ArrayBuffer> {
  return concat(utf8('wuyuan-enrol-v1'), idBytes(device), idBytes(member))
}
