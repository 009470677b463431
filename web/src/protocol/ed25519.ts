/**
 * What strict verification of Ed25519 demands beside the equation (section 4): libraries let pass keys of small order
 * and other spellings of the same numbers.
 */

import { toHex } from './bytes'

/** The second coordinates, little-endian, of the points of small order; the sign of the first one is left out. */
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]
/** The prime 2^255 - 19 and the group's order, little-endian. */
const PRIME = 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'
const ORDER = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010'

/** Whether little-endian bytes are below a bound of the same length. */
function isBelow(bytes: Uint8Array, bound: string): boolean {
  for (let at = bytes.length - 1; at >= 0; at--) {
    const limit = Number.parseInt(bound.slice(2 * at, 2 * at + 2), 16)
    const byte = bytes[at] ?? 0
    if (byte !== limit) return byte < limit
  }
  return false
}

/** Whether a point is encoded canonically and is not of small order. That it is on the curve, the library checks. */
function isGoodPoint(encoded: Uint8Array): boolean {
  const y = Uint8Array.from(encoded)
  y[31] = (y[31] ?? 0) & 0x7f
  return isBelow(y, PRIME) && SMALL_ORDER.indexOf(toHex(y)) < 0
}

/** Whether key and signature may be given to a library, whose answer then is the strict one. */
export function isPlausible(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  return isGoodPoint(publicKey) && isGoodPoint(signature.subarray(0, 32)) && isBelow(signature.subarray(32), ORDER)
}
