/**
 * Operations (docs/PROTOCOL.md, section 3): one save of one record. The text is written once and kept byte for byte.
 */

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** A transition of the workflow. */
export interface Act {
  name: string
}

/** Names an operation: the place of its text in a feed, and the text's hash. */
export interface OpName {
  device: string
  seq: number
  hash: string
}

/** A decision of the desk: how, and on which findings, each with the basis that its screen showed. */
export interface Decides {
  conclusion: string
  findings: Record<string, string>
}

/** What an operation says. */
export interface Op {
  seq: number
  salt: string
  gen: string
  cat: number
  by: string
  as: string
  at: string
  boot: string
  uptime_ms: number
  record: string
  kind: string
  unit: string
  seen?: Record<string, number>
  set?: Record<string, Json>
  add?: Record<string, Json[]>
  remove?: Record<string, Json[]>
  act?: Act
  reissues?: OpName
  approves?: string
  proposes?: boolean
  confirms?: OpName
  decides?: Decides
  reason?: string
}

/** Most bytes of an operation's text in UTF-8. */
export const OP_BYTES = 65_536

const MAPS = ['seen', 'set', 'add', 'remove'] as const

/** Writes the text of an operation, members with nothing to say left out. Write it once: it is hashed and sent as it is. */
export function opText(op: Op): string {
  const kept: Record<string, unknown> = { ...op }
  for (const name of MAPS) {
    const map = op[name]
    if (map !== undefined && Object.keys(map).length === 0) delete kept[name]
  }
  return JSON.stringify(kept)
}

/** What travels in the place of an operation that is over the limit. */
export function stubText(seq: number, bodyHash: string): string {
  return JSON.stringify({ seq, withheld: bodyHash })
}
