/** Findings as the server tells them (docs/PROTOCOL.md, section 3, "Finding what to decide"). */

import type { components } from '../api/types'
import type { Labels } from '../protocol/catalogue'
import type { Decides, Json } from '../protocol/op'
import type { Dot, RecordView } from '../protocol/record'

type Schemas = components['schemas']

/** A finding in the list. */
export type Line = Schemas['FindingLine']

/** How many findings there are, by rule, unit and age. */
export type Counts = Schemas['FindingCounts']

/** A page of the list; the first has the counts. */
export interface Page {
  findings: Line[]
  next?: string | null
  counts?: Counts | null
}

/** One of several values that stand beside each other, with the operation that wrote it. */
export interface Version {
  field: string
  value: Json
  device: string
  seq: number
  by: string
  /** First arrival, by the phone's clock, and by the best estimate, ms. */
  arrival: number
  at: number
  written?: number | null
  /** By how much the phone's clock was ahead of that estimate, ms. */
  ahead?: number | null
  seen: Record<string, number>
  place: Record<string, Json>
  reason?: string | null
}

/** What an operation says, as far as the reader reads it. */
export interface Says {
  at: number
  act?: string | null
  set: Record<string, Json>
  add: Record<string, Json[]>
  remove: Record<string, Json[]>
  seen: Record<string, number>
  proposes?: boolean
  confirms?: { device: string; seq: number; hash: string } | null
  decides?: Decides | null
  reason?: string | null
  hidden: number
}

/** An operation of a record's history. */
export type Deed = Omit<Schemas['OpLine'], 'says'> & { says?: Says | null }

/** A proposal that waits for another member. */
export interface Proposal {
  dot: Dot
  hash: string
  by: string
  at: number
  set?: Record<string, Json>
  add?: Record<string, Json[]>
  remove?: Record<string, Json[]>
  act?: string | null
  approves?: string | null
  decides?: Decides | null
  reason?: string | null
  hidden?: boolean
}

/** A photo, voice note or document with what is known of it. */
export type Picture = Schemas['RecordBlob']

/** A record that takes part. */
export interface Sheet {
  record: RecordView & { proposals?: Proposal[] | null }
  beside: Version[]
  photos: Picture[]
  history: Deed[]
  more_history: boolean
}

/** A finding with all that is needed to decide it. */
export interface Case {
  finding: Line
  saw?: { figures: Record<string, Json>; limits: Record<string, Json>; sides: Record<string, Json> } | null
  records: Sheet[]
  further: string[]
  op?: Deed | null
  decisions: Schemas['FindingDecision'][]
}

/** A case, and the server's history under which it was asked for. */
export interface Opened extends Case {
  generation: string
}

/** The wording of a rule. */
export interface Rule {
  name: Labels
  about: Labels
  severity: 'low' | 'medium' | 'high'
  blocks_posting?: boolean
}

/** Which findings are asked for. */
export interface Filter {
  state: 'open' | 'decided' | 'closed'
  rule: string
  severity: string
  unit: string
  kind: string
  /** Opened at least so many days ago. */
  days: number
  mine: boolean
}

/** All that are open. */
export const EVERYTHING: Filter = { state: 'open', rule: '', severity: '', unit: '', kind: '', days: 0, mine: false }

/** The query of a filter. What is empty is left out. */
export function queryOf(filter: Filter, more: Record<string, string> = {}): string {
  const { days, mine, ...rest } = filter
  const parts = Object.entries({ ...rest, days: days > 0 ? String(days) : '', mine: mine ? 'true' : '', ...more })
  return parts
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}
