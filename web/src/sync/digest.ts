/** SHA-256 of large bytes. */

import { toHex } from '../protocol/bytes'
import { hashOf } from '../protocol/feed'

/** As hexadecimal digits. By the browser's own code; where the page is not secure there is none, and a slower one does it. */
export async function sha256(bytes: ArrayBuffer): Promise<string> {
  if (crypto.subtle === undefined) return hashOf(new Uint8Array(bytes))
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}
