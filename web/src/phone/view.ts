/** What the phone shows: records as pulled, with what was written here and not yet pulled back laid over them. */

import type { Standing } from '../phone'
import { type Catalogue, type Kind, kindAt, own, STATE_FIELD } from '../protocol/catalogue'
import { contested } from '../protocol/merge'
import type { Json, Op } from '../protocol/op'
import { layOver, type Own } from '../protocol/overlay'
import type { RecordView } from '../protocol/record'
import type { Reading } from '../store/db'
import { ofRecord, opOf } from '../store/outbox'
import type { LedgerRow, OutRow } from '../store/schema'

/** A record as put together. */
export interface Built {
  record: RecordView
  /** The server has sent it. */
  pulled: boolean
  /** Own operations that are laid over it, and those that were not accepted. */
  laid: { row: OutRow; op: Op }[]
  apart: { row: OutRow; op: Op | null }[]
}

/** What the operation does to the record, the state that its transition leads to included. */
export function effect(catalogue: Catalogue | null, op: Op): Own {
  const workflow = catalogue === null ? undefined : kindAt(catalogue, op.kind, op.cat)?.workflow
  const isCreating = Object.keys(op.seen ?? {}).length === 0
  const state = op.act ? own(workflow?.transitions, op.act.name)?.to : isCreating ? workflow?.initial : undefined
  const set: Record<string, Json> = { ...op.set }
  if (state !== undefined) set[STATE_FIELD] = state
  return { seq: op.seq, seen: op.seen, set, add: op.add, remove: op.remove }
}

/** Puts a record together; null when nothing is known of it here. */
export async function build(
  tx: Reading,
  catalogue: Catalogue | null,
  member: string,
  id: string,
): Promise<Built | null> {
  const base = await tx.get('records', id)
  const rows = (await ofRecord(tx, id)).filter(row => row.hidden === 0)
  const first = rows[0]
  if (base === undefined && first === undefined) return null
  const record: RecordView = base ?? {
    id,
    kind: first?.kind ?? '',
    unit: first?.unit ?? '',
    pos: 0,
    creator: member,
    clock: {},
    fields: {},
  }
  const built: Built = {
    record: { ...record, fields: { ...record.fields } },
    pulled: base !== undefined,
    laid: [],
    apart: [],
  }
  for (const row of rows) {
    const op = opOf<Op>(row)
    if (row.fate === 'quarantined') {
      if (row.reissuedBy === null) built.apart.push({ row, op })
      continue
    }
    const covered = (record.clock[row.device] ?? 0) >= row.seq
    if (covered || row.settled === 1 || op === null) continue
    if (op.proposes !== true) layOver(built.record.fields, row.device, effect(catalogue, op))
    built.laid.push({ row, op })
  }
  return built.pulled || built.laid.length > 0 || built.apart.length > 0 ? built : null
}

/** The states that a record shows: several when concurrent transitions left it contested. */
export function statesOf(record: RecordView): string[] {
  const field = record.fields[STATE_FIELD]
  const values = Array.isArray(field) ? field.map(entry => entry.value) : []
  return Array.from(new Set(values.filter((value): value is string => typeof value === 'string')))
}

/** Registers with differing values that wait for a decision. */
export function contestedFields(catalogue: Catalogue | null, record: RecordView): string[] {
  const fields = own(catalogue?.kinds, record.kind)?.fields
  const all = contested(record.fields, name => own(fields, name)?.type)
  return all.filter(name => name === STATE_FIELD || own(fields, name)?.policy !== 'latest')
}

/** Whether the record's hours are approved: an approving transition leads to its state. */
export function isPosted(catalogue: Catalogue | null, record: RecordView): boolean {
  const kind = own(catalogue?.kinds, record.kind)
  if (kind === undefined || !kind.ledger) return false
  const approved = Object.values(kind.workflow.transitions).filter(transition => transition.approves === true)
  const states = statesOf(record)
  return states.length === 1 && approved.some(transition => transition.to === states[0])
}

/** The fields of a kind by which its hours are somebody's. */
export function hoursOf(kind: Kind): string[] {
  return Object.keys(kind.fields).filter(
    name => kind.fields[name]?.type === 'member' && kind.fields[name]?.hours === true,
  )
}

/** How a record stands: the first that applies. `postings`: what own sessions have in the ledger, once that is known. */
export function standingOf(
  catalogue: Catalogue | null,
  built: Built,
  member: string,
  postings: LedgerRow['postings'] | undefined,
): Standing {
  if (built.laid.some(({ row }) => row.fate === 'none')) return 'waiting'
  if (built.apart.length > 0) return 'refused'
  if (built.laid.some(({ row }) => row.fate === 'held')) return 'held'
  if (contestedFields(catalogue, built.record).length > 0) return 'conflict'
  if (statesOf(built.record).indexOf('returned') >= 0) return 'returned'
  if (!isPosted(catalogue, built.record)) return 'received'
  const kind = own(catalogue?.kinds, built.record.kind)
  const isMine = (kind === undefined ? [] : hoursOf(kind)).some(name => {
    const field = built.record.fields[name]
    return Array.isArray(field) && field.some(entry => entry.value === member)
  })
  // Approved is not posted yet; of others' hours this phone does not know the ledger.
  const isMissing = isMine && postings !== undefined && (own(postings, built.record.id)?.minutes ?? 0) <= 0
  return isMissing ? 'received' : 'posted'
}
