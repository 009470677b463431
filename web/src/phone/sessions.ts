/** Own services: hours, overlaps, what was never ended, and what is to be done. */

import type { Hours, HoursLine, RecordLine, Task } from '../phone'
import { type Kind, own, STATE_FIELD } from '../protocol/catalogue'
import { uuidMs } from '../protocol/id'
import type { Json } from '../protocol/op'
import type { Fields } from '../protocol/overlay'
import { instantMs } from '../protocol/value'
import type { Reading } from '../store/db'
import { getMeta } from '../store/meta'
import type { LedgerRow } from '../store/schema'
import { type Looking, line, looking } from './records'

/** For how long a service may run before its end was forgotten, most likely, ms. */
export const LONG_MS = 12 * 3_600_000
/** Sessions older than this are warned of no more: the desk has them, ms. */
export const WARNED_MS = 62 * 86_400_000
/** Overlaps shorter than this are none, ms. */
const OVERLAP_MS = 60_000
/** States in which a session counts for nothing any more, by the wording of the catalogue. */
const DEAD = ['void', 'declined']

function values(fields: Fields, name: string): Json[] {
  const field = fields[name]
  if (field === undefined) return []
  return (Array.isArray(field) ? field : field.items).map(entry => entry.value)
}

function ms(fields: Fields, name: string): number | null {
  const value = values(fields, name)[0]
  return typeof value === 'string' ? instantMs(value) : null
}

/** Fields that name members, of all or only of those that count towards hours. */
function namedIn(kind: Kind, fields: Fields, member: string, hoursOnly: boolean): boolean {
  return Object.entries(kind.fields).some(
    ([name, field]) =>
      field.type === 'member' && (!hoursOnly || field.hours === true) && values(fields, name).indexOf(member) >= 0,
  )
}

/** All lines of kinds with hours that concern the member, of records that were made since a moment. */
async function sessionLines(tx: Reading, look: Looking, sinceMs: number): Promise<{ line: RecordLine; kind: Kind }[]> {
  const found: { line: RecordLine; kind: Kind }[] = []
  const member = look.who.member.id
  const local = (await tx.all('outbox', { index: 'settled', only: 0 })).filter(row => row.hidden === 0)
  for (const [name, kind] of Object.entries(look.catalogue?.kinds ?? {})) {
    if (!kind.ledger) continue
    const ids = new Set(local.filter(row => row.kind === name).map(row => row.record))
    const concerns = (fields: Fields, creator: string | null) =>
      creator === member || namedIn(kind, fields, member, false)
    const keys = (await tx.keys('records', { index: 'kind', only: name })) as string[]
    const recent = keys.filter(id => uuidMs(id) >= sinceMs)
    for (const row of await Promise.all(recent.map(id => tx.get('records', id)))) {
      if (row !== undefined && concerns(row.fields, row.creator)) ids.add(row.id)
    }
    for (const id of ids) {
      const one = await line(tx, look, id)
      if (one !== null && concerns(one.fields, one.creator)) found.push({ line: one, kind })
    }
  }
  return found
}

function hoursLine(
  { line: one, kind }: { line: RecordLine; kind: Kind },
  posted: LedgerRow['postings'] = {},
): HoursLine {
  const claimed = values(one.fields, 'claimed_minutes')[0]
  const inLedger = own(posted, one.id)?.minutes ?? 0
  const minutes = inLedger > 0 ? inLedger : claimed
  return {
    record: one.id,
    kind: one.kind,
    ledger: kind.ledger ?? '',
    startedMs: ms(one.fields, 'started_at'),
    endedMs: ms(one.fields, 'ended_at'),
    minutes: typeof minutes === 'number' ? minutes : null,
    confirmed: one.standing === 'posted',
    standing: one.standing,
  }
}

function isDead(one: RecordLine): boolean {
  return one.states.length > 0 && one.states.every(state => DEAD.indexOf(state) >= 0)
}

/** The member's own hours: of kinds in which a field that counts towards hours names him. */
export async function hours(tx: Reading): Promise<Hours> {
  const look = await looking(tx)
  const sums: Hours = { confirmed: {}, pending: {}, sessions: [], asOfMs: null }
  if (look === null) return sums
  const ledger = await getMeta(tx, 'ledger')
  for (const one of await sessionLines(tx, look, 0)) {
    if (isDead(one.line) || !namedIn(one.kind, one.line.fields, look.who.member.id, true)) continue
    const session = hoursLine(one, ledger?.postings)
    if (ledger !== undefined) session.confirmed = (own(ledger.postings, one.line.id)?.minutes ?? 0) > 0
    sums.sessions.push(session)
    // What was refused or waits for a decision is claimed all the same; it is shown as pending with its standing.
    const sum = session.confirmed ? sums.confirmed : sums.pending
    sum[session.ledger] = (sum[session.ledger] ?? 0) + (session.minutes ?? 0)
  }
  if (ledger !== undefined) {
    sums.asOfMs = ledger.atMs
    // The sum of the ledger also counts sessions that this phone does not hold any more.
    sums.confirmed = Object.fromEntries(ledger.totals.map(total => [total.ledger, total.confirmed.minutes]))
  }
  sums.sessions.sort((a, b) => (b.startedMs ?? 0) - (a.startedMs ?? 0))
  return sums
}

/** Sessions that concern the member, of any ledger, that count for something, made since a moment. */
export async function ownSessions(tx: Reading, sinceMs: number): Promise<HoursLine[]> {
  const look = await looking(tx)
  if (look === null) return []
  return (await sessionLines(tx, look, sinceMs)).filter(one => !isDead(one.line)).map(one => hoursLine(one))
}

/** Those of `sessions` that overlap with a span, `record` itself left out. */
export function overlapping(sessions: HoursLine[], record: string, startedMs: number, endedMs: number): HoursLine[] {
  return sessions.filter(one => {
    if (one.record === record || one.startedMs === null || one.endedMs === null) return false
    return Math.min(one.endedMs, endedMs) - Math.max(one.startedMs, startedMs) >= OVERLAP_MS
  })
}

/** Sessions that were begun long ago and never ended. */
export function unended(sessions: HoursLine[], nowMs: number): HoursLine[] {
  return sessions.filter(one => one.startedMs !== null && one.endedMs === null && nowMs - one.startedMs > LONG_MS)
}

/** What is to be done. */
export async function tasks(tx: Reading, nowMs: number): Promise<Task[]> {
  const look = await looking(tx)
  if (look === null) return []
  const found: Task[] = []
  const member = look.who.member.id
  // The one that runs is on the first screen, with its clock.
  const runs = (await getMeta(tx, 'running'))?.record
  const late = new Set(unended(await ownSessions(tx, nowMs - WARNED_MS), nowMs).map(one => one.record))
  const ids = new Set((await tx.all('records')).map(row => row.id))
  for (const row of await tx.all('outbox', { index: 'settled', only: 0 })) if (row.hidden === 0) ids.add(row.record)
  for (const id of ids) {
    const one = await line(tx, look, id)
    const kind = one === null ? undefined : own(look.catalogue?.kinds, one.kind)
    if (one === null || kind === undefined) continue
    const what = taskOf(one, kind, member, late)
    if (what !== null && !(what === 'draft' && id === runs)) found.push({ kind: what, line: one })
  }
  return found.sort((a, b) => (a.line.id < b.line.id ? 1 : -1))
}

function taskOf(one: RecordLine, kind: Kind, member: string, late: Set<string>): Task['kind'] | null {
  if (late.has(one.id)) return 'check_out'
  if (one.mine && one.standing === 'refused') return 'returned'
  if (one.mine && one.standing === 'returned') return 'returned'
  if (one.mine && one.standing === 'conflict') return 'decide'
  const begun = kind.workflow.initial
  if (one.mine && one.states.length === 1 && one.states[0] === begun && leadsOn(kind, begun)) return 'draft'
  const assigned = (kind.read.assigned ?? []).some(name => values(one.fields, name).indexOf(member) >= 0)
  const isOver = one.states.every(state => !leadsOn(kind, state))
  return assigned && !one.mine && !isOver && kind.fields[STATE_FIELD] === undefined ? 'assigned' : null
}

/** Whether a transition leaves the state. */
function leadsOn(kind: Kind, state: string): boolean {
  return Object.values(kind.workflow.transitions).some(step => step.from.indexOf(state) >= 0)
}
