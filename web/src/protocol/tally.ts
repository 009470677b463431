/** What a complete unit is compared by: a count and a sum over (record, place) (section 5.3). */

import sha256 from 'fast-sha256'
import { be64, concat, toHex } from './bytes'
import { idBytes } from './id'

/** Count and sum, the sum as 32 hexadecimal digits. */
export interface Tally {
  count: number
  sum: string
}

/** One record's part of the sum: 16 bytes, big-endian. */
export function element(record: string, pos: number): Uint8Array {
  return sha256(concat(idBytes(record), be64(pos))).subarray(0, 16)
}

/** Count and sum of the records held, each with its place. */
export function tally(held: Iterable<{ record: string; pos: number }>): Tally {
  let count = 0
  // Sixteen digits of base 256; no type of this language's older versions holds 128 bits.
  const sum = new Uint8Array(16)
  for (const { record, pos } of held) {
    count++
    const part = element(record, pos)
    let carry = 0
    for (let at = 15; at >= 0; at--) {
      const digit = (sum[at] ?? 0) + (part[at] ?? 0) + carry
      sum[at] = digit & 0xff
      carry = digit >> 8
    }
  }
  return { count, sum: toHex(sum) }
}
