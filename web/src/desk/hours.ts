/** The hours ledger as the desk asks for it: sums, what stands posted, what waits, and whether a posting is sealed. */

import type { components } from '../api/types'
import { be64, fromHex, toHex } from '../protocol/bytes'
import { readLeaf } from '../protocol/leaf'
import { isIncluded, leafHash, type TreeHead } from '../protocol/log'

type Schemas = components['schemas']

export type Totals = Schemas['HoursTotals']
export type Total = Schemas['HoursTotal']
export type Postings = Schemas['Postings']
export type Posting = Schemas['PostingLine']
export type Claims = Schemas['Claims']
export type Claim = Schemas['ClaimLine']
export type Proof = Schemas['InclusionProof']

/** Which hours. */
export interface HoursFilter {
  ledger: string
  unit: string
  /** Days of the sessions, `YYYY-MM-DD`. */
  from: string
  to: string
}

/** The query of a filter, and of one person where one is given. */
export function hoursQuery(filter: HoursFilter, more: Record<string, string>): string {
  return Object.entries({ ...filter, ...more })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}

/** How a person is named in a query: the ledgers know them by different names. */
export function personIn(ledger: string, person: string): Record<string, string> {
  return ledger === 'volunteer' ? { member: person } : { subject: person }
}

/** What a proof comes to. */
export type Sealed =
  /** The log that the checkpoint's signature covers has it at this place. */
  | { kind: 'sealed'; index: number; size: number }
  /** Something is in the log, and what it says is not the caller's to read. */
  | { kind: 'unread'; index: number; size: number }
  | { kind: 'wrong' }

/** Whether the proof says that the posting of this number is in the log with this head, of which the signature was checked. */
export function provesPosting(number: number, proof: Proof, head: TreeHead): Sealed {
  try {
    const hash = fromHex(proof.leaf_hash)
    const steps = proof.proof.map(fromHex)
    if (head.size !== proof.size) return { kind: 'wrong' }
    if (!isIncluded(steps, proof.index, head.size, hash, fromHex(head.root))) return { kind: 'wrong' }
    const place = { index: proof.index, size: proof.size }
    if (proof.leaf == null) return { kind: 'unread', ...place }
    const leaf = fromHex(proof.leaf)
    if (toHex(leafHash(leaf)) !== proof.leaf_hash) return { kind: 'wrong' }
    const { kind, says } = readLeaf(leaf)
    const isIt = kind === POSTING && says.id === toHex(be64(number))
    return isIt ? { kind: 'sealed', ...place } : { kind: 'wrong' }
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'wrong' }
    throw error
  }
}

/** The kind of a posting's leaf. */
const POSTING = 6
