/** Lists of records: what was pulled, what only this phone knows, and drafts, the newest first. */

import type { RecordFilter, RecordLine, RecordPage, RecordShown } from '../phone'
import type { Catalogue } from '../protocol/catalogue'
import { uuidMs } from '../protocol/id'
import type { Op } from '../protocol/op'
import type { Fields } from '../protocol/overlay'
import type { Reading } from '../store/db'
import { getMeta } from '../store/meta'
import { photoCount } from '../store/photos'
import type { AccountRow, DraftRow, LedgerRow } from '../store/schema'
import { covers, inForce, openTo } from './rights'
import { type Built, build, contestedFields, standingOf, statesOf } from './view'

/** Lines of a page, unless asked otherwise. */
const PAGE = 50
/** Rows that are read at once. */
const CHUNK = 100

/** What putting records together takes. */
export interface Looking {
  who: AccountRow
  catalogue: Catalogue | null
  /** Records that have photos of this phone. */
  pictured: Set<string>
  /** What own sessions have in the ledger, once that is known. */
  postings: LedgerRow['postings'] | undefined
}

/** Reads it. */
export async function looking(tx: Reading): Promise<Looking | null> {
  const who = await getMeta(tx, 'account')
  if (who === undefined) return null
  const postings = (await getMeta(tx, 'ledger'))?.postings
  const pictured = new Set((await tx.all('uses')).map(use => use.record))
  return { who, catalogue: (await getMeta(tx, 'catalogue'))?.body ?? null, pictured, postings }
}

async function lineOf(tx: Reading, { who, catalogue, pictured, postings }: Looking, built: Built): Promise<RecordLine> {
  const { record } = built
  return {
    id: record.id,
    kind: record.kind,
    unit: record.unit,
    madeMs: uuidMs(record.id),
    creator: record.creator,
    mine: record.creator === who.member.id,
    standing: standingOf(catalogue, built, who.member.id, postings),
    states: statesOf(record),
    photos: pictured.has(record.id) ? await photoCount(tx, record.id) : { delivered: 0, total: 0, trouble: 0 },
    fields: record.fields,
  }
}

function draftLine(row: DraftRow): RecordLine {
  const fields: Fields = {}
  for (const [name, value] of Object.entries(row.entry.set ?? {})) fields[name] = [{ value, dot: ['', 0] }]
  for (const [name, values] of Object.entries(row.entry.add ?? {})) {
    fields[name] = { items: values.map(value => ({ value, dots: [] })) }
  }
  return {
    id: row.record,
    kind: row.form.kind,
    unit: row.unit,
    madeMs: uuidMs(row.record),
    creator: null,
    mine: true,
    standing: 'draft',
    states: [],
    photos: { delivered: 0, total: row.attached.length, trouble: 0 },
    fields,
  }
}

/** One record's line; null when nothing is known of it here. */
export async function line(tx: Reading, look: Looking, id: string): Promise<RecordLine | null> {
  const built = await build(tx, look.catalogue, look.who.member.id, id)
  if (built !== null) return lineOf(tx, look, built)
  const draft = await tx.get('drafts', id)
  return draft === undefined ? null : draftLine(draft)
}

function holdsText(fields: Fields, text: string): boolean {
  const wanted = text.toLowerCase()
  return Object.values(fields).some(field => {
    const values = Array.isArray(field) ? field : field.items
    return values.some(({ value }) => typeof value === 'string' && value.toLowerCase().indexOf(wanted) >= 0)
  })
}

function isWanted(found: RecordLine, filter: RecordFilter): boolean {
  if (filter.kind !== undefined && found.kind !== filter.kind) return false
  if (filter.mine === true && !found.mine) return false
  if (filter.standing !== undefined && filter.standing.indexOf(found.standing) < 0) return false
  return filter.text === undefined || filter.text === '' || holdsText(found.fields, filter.text)
}

/** Records that only this phone knows, or knows better than the replica. */
async function localIds(tx: Reading): Promise<Set<string>> {
  const ids = new Set<string>()
  for (const row of await tx.all('outbox', { index: 'settled', only: 0 })) if (row.hidden === 0) ids.add(row.record)
  for (const row of await tx.all('drafts')) if (row.form.shown === null) ids.add(row.record)
  return ids
}

/** The ids of all records that a page may show, the newest first. */
async function candidates(tx: Reading, filter: RecordFilter, local: Set<string>): Promise<string[]> {
  const query = filter.kind === undefined ? {} : { index: 'kind', only: filter.kind }
  const ids = new Set((await tx.keys('records', query)) as string[])
  for (const id of local) ids.add(id)
  const { after } = filter
  const all = Array.from(ids).filter(id => after === undefined || id < after)
  return all.sort().reverse()
}

/** A page of records. */
export async function page(tx: Reading, filter: RecordFilter): Promise<RecordPage> {
  const look = await looking(tx)
  if (look === null) return { lines: [], next: null }
  const limit = filter.limit ?? PAGE
  const local = await localIds(tx)
  const ids = await candidates(tx, filter, local)
  const lines: RecordLine[] = []
  for (let at = 0; at < ids.length; at += CHUNK) {
    const chunk = ids.slice(at, at + CHUNK)
    const rows = await Promise.all(chunk.map(id => (local.has(id) ? undefined : tx.get('records', id))))
    for (const [nth, id] of chunk.entries()) {
      const row = rows[nth]
      const found =
        row === undefined
          ? await line(tx, look, id)
          : await lineOf(tx, look, { record: row, pulled: true, laid: [], apart: [] })
      if (found !== null && isWanted(found, filter)) lines.push(found)
      if (lines.length === limit) return { lines, next: at + nth + 1 < ids.length ? id : null }
    }
  }
  return { lines, next: null }
}

/** One record as shown; null when nothing is known of it here. */
export async function shown(
  tx: Reading,
  id: string,
  wording: (code: string) => string,
  nowMs: number,
): Promise<RecordShown | null> {
  const look = await looking(tx)
  if (look === null) return null
  const { who, catalogue } = look
  const built = await build(tx, catalogue, who.member.id, id)
  if (built === null) return null
  const { record } = built
  const units = (await getMeta(tx, 'directory'))?.body.units ?? []
  const mine = who.appointments.filter(one => inForce(one, nowMs) && covers(units, one.unit, record.unit))
  const isKnown = built.pulled || built.laid.length > 0
  const open =
    catalogue === null || !isKnown
      ? []
      : mine.map(appointment => ({ appointment, ...openTo(catalogue, appointment.role, record, who.member.id) }))
  return {
    ...(await lineOf(tx, look, built)),
    record,
    pulled: built.pulled,
    contested: contestedFields(catalogue, record),
    laid: built.laid.map(({ row, op }) => ({
      device: row.device,
      seq: row.seq,
      sent: row.sent === 1,
      fate: row.fate === 'accepted' || row.fate === 'held' ? row.fate : null,
      at: op.at,
    })),
    apart: built.apart.map(({ row, op }) => apartOf(row.code ?? 'malformed', row, op, wording)),
    open: open.filter(one => one.writable.length > 0 || one.transitions.length > 0),
  }
}

function apartOf(
  code: string,
  row: { device: string; seq: number; record: string; kind: string; arrivalMs: number | null },
  op: Op | null,
  wording: (code: string) => string,
): RecordShown['apart'][number] {
  const { device, seq, record, kind, arrivalMs } = row
  return { device, seq, record, kind, code, text: wording(code), arrivalMs, at: op?.at ?? null, set: op?.set ?? {} }
}
