/** The operations written here: the feed's texts, chain and verdicts. */

import { bodyHash, genesis, link } from '../protocol/feed'
import type { VerdictLine } from '../protocol/receipt'
import { type Query, type Reading, StoreError, type Writing } from './db'
import { allDevices } from './devices'
import type { DeviceRow, OutRow } from './schema'

const LAST = Number.MAX_SAFE_INTEGER

function span(device: string, from: number, to: number): Query {
  return { from: [device, from], to: [device, to] }
}

/** Puts a written operation at the end of a device's feed. */
export async function append(
  tx: Writing,
  device: DeviceRow,
  op: { text: string; record: string; kind: string; unit: string; savedMs: number },
): Promise<OutRow> {
  const seq = device.headSeq + 1
  const body = bodyHash(op.text)
  const row: OutRow = {
    device: device.device,
    seq,
    bodyHash: body,
    chain: link(device.headHash, body),
    text: op.text,
    sealed: null,
    hidden: 0,
    withheld: 0,
    record: op.record,
    kind: op.kind,
    unit: op.unit,
    savedMs: op.savedMs,
    sent: 0,
    fate: 'none',
    code: null,
    arrivalMs: null,
    receipt: null,
    firstReceipt: null,
    settled: 0,
    rewrittenSeq: null,
    reissuedBy: null,
  }
  await tx.put('outbox', row)
  await tx.update('devices', device.device, { headSeq: seq, headHash: row.chain })
  return row
}

/** The chain's hash after `seq`; null when the feed is not that long. */
export async function chainAt(tx: Reading, device: string, seq: number): Promise<string | null> {
  if (seq === 0) return genesis(device)
  return (await tx.get('outbox', [device, seq]))?.chain ?? null
}

/** The device's operations from `first` to `last`, in order, at most `limit`. */
export function rowsFrom(tx: Reading, device: string, first: number, last = LAST, limit?: number): Promise<OutRow[]> {
  if (last < first) return Promise.resolve([])
  return tx.all('outbox', { ...span(device, first, last), ...(limit === undefined ? {} : { limit }) })
}

/** The first operation that must go to a server whose feed ends at `serverSeq`. */
export async function firstPending(tx: Reading, device: string, serverSeq: number): Promise<number | null> {
  const open = (await tx.all('outbox', { index: 'fate', only: 'none' })).filter(row => row.device === device)
  const above = await rowsFrom(tx, device, serverSeq + 1, LAST, 1)
  const seqs = [...open, ...above].map(row => row.seq)
  return seqs.length === 0 ? null : Math.min(...seqs)
}

/** Changes every row that `query` finds and `wanted` wants. */
async function each(
  tx: Writing,
  query: Query,
  wanted: (row: OutRow) => boolean,
  change: Partial<OutRow>,
): Promise<void> {
  for (const row of await tx.all('outbox', query)) {
    if (wanted(row)) await tx.put('outbox', { ...row, ...change })
  }
}

/** The operations on a record, those that another took the place of left out, in the order of writing. */
export async function ofRecord(tx: Reading, record: string): Promise<OutRow[]> {
  const devices = await allDevices(tx)
  const place = new Map(devices.map(row => [row.device, row]))
  const rows = (await tx.all('outbox', { index: 'record', only: record })).filter(row => {
    const device = place.get(row.device)
    return row.rewrittenSeq === null && (device?.commonSeq ?? LAST) >= row.seq
  })
  const order = (row: OutRow) => place.get(row.device)?.place ?? 0
  return rows.sort((a, b) => order(a) - order(b) || a.seq - b.seq)
}

/**
 * The last operation of each of this installation's devices on a record, up to which its author saw his own. One that
 * travelled as a stub is not named, for the server cannot tell which record it is on; nor is one that was quarantined,
 * for it has no effect that a form could show.
 */
export async function ownSeen(tx: Reading, record: string): Promise<Record<string, number>> {
  const seen: Record<string, number> = {}
  for (const row of await ofRecord(tx, record)) {
    if (row.withheld === 0 && row.fate !== 'quarantined') {
      seen[row.device] = Math.max(seen[row.device] ?? 0, row.seq)
    }
  }
  return seen
}

/** The device's last operation on the record at or below `seq`. */
export async function lastOnRecord(tx: Reading, device: string, record: string, seq: number): Promise<number | null> {
  const rows = await tx.all('outbox', { index: 'record', only: record })
  const seqs = rows.filter(row => row.device === device && row.seq <= seq).map(row => row.seq)
  return seqs.length === 0 ? null : Math.max(...seqs)
}

/** The number that the last of the device's rewritten operations on the record at or below `seq` now bears. */
export async function rewrittenTo(tx: Reading, device: string, record: string, seq: number): Promise<number | null> {
  const rows = await tx.all('outbox', { index: 'record', only: record })
  const seqs = rows
    .filter(row => row.device === device && row.seq <= seq && row.rewrittenSeq !== null)
    .map(row => row.rewrittenSeq as number)
  return seqs.length === 0 ? null : Math.max(...seqs)
}

/** Notes that a push with these operations is about to leave. */
export function setSent(tx: Writing, device: string, first: number, last: number): Promise<void> {
  return each(tx, span(device, first, last), row => row.sent === 0, { sent: 1 })
}

/** The server lost what lies above `above`, as far as `last`: it is pending again. Its earlier receipts stay. */
export function reopen(tx: Writing, device: string, above: number, last = LAST): Promise<void> {
  if (last <= above) return Promise.resolve()
  return each(tx, span(device, above + 1, last), () => true, { fate: 'none', code: null, sent: 0, settled: 0 })
}

/** The server is one of before: what it let go since, it may hold again. Shown as waiting until it has been asked. */
export function doubtReleased(tx: Writing, device: string, upTo: number): Promise<void> {
  // Only what waited once has had a second receipt.
  if (upTo < 1) return Promise.resolve()
  const released = (row: OutRow) => row.fate !== 'none' && row.receipt !== row.firstReceipt
  return each(tx, span(device, 1, upTo), released, { fate: 'held', code: null, settled: 0 })
}

/** Takes a verdict. A line for another text than this one is not for this operation. */
export async function setVerdict(
  tx: Writing,
  device: string,
  line: VerdictLine,
  receipt: number | null,
): Promise<void> {
  const row = await tx.get('outbox', [device, line.seq])
  if (row === undefined || row.bodyHash !== line.hash) return
  await tx.put('outbox', {
    ...row,
    fate: line.fate,
    code: line.code ?? null,
    arrivalMs: line.arrival,
    receipt: receipt ?? row.receipt,
    firstReceipt: row.firstReceipt ?? receipt,
  })
}

/** The device's operations that wait on the server for something, or also those whose verdict is not known. */
export async function unresolved(tx: Reading, device: string, upTo: number, heldOnly: boolean): Promise<number[]> {
  const rows = await tx.all('outbox', { index: 'fate', only: 'held' })
  if (!heldOnly) rows.push(...(await tx.all('outbox', { index: 'fate', only: 'none' })))
  const seqs = rows.filter(row => row.device === device && row.seq <= upTo).map(row => row.seq)
  return seqs.sort((a, b) => a - b)
}

/** The base of `record` has each device's operations up to its number in `clock`. */
export function settle(tx: Writing, record: string, clock: Record<string, number>): Promise<void> {
  const has = (row: OutRow) => row.settled === 0 && (clock[row.device] ?? 0) >= row.seq
  return each(tx, { index: 'record', only: record }, has, { settled: 1 })
}

/** The record is no longer for this reader: what the server has accepted of it is not shown any more. */
export function settleGone(tx: Writing, record: string): Promise<void> {
  return each(tx, { index: 'record', only: record }, row => row.fate === 'accepted', { settled: 1 })
}

/** The unit is held completely: accepted operations on it are in what was pulled, or not for this reader. */
export function settleUnit(tx: Writing, unit: string): Promise<void> {
  const done = (row: OutRow) => row.fate === 'accepted' && row.unit === unit
  return each(tx, { index: 'settled', only: 0 }, done, { settled: 1 })
}

/** Whether operations of the unit are still to be delivered. */
export async function unitHasPending(tx: Reading, unit: string): Promise<boolean> {
  const devices = await allDevices(tx)
  const current = devices.find(row => row.role === 'current')?.device
  const open = await tx.all('outbox', { index: 'fate', only: 'none' })
  return open.some(row => row.unit === unit && row.device === current)
}

/** Shows nothing of a unit that has ended any more; what must be kept of it is encrypted after this. */
export function hideUnit(tx: Writing, unit: string): Promise<void> {
  return each(tx, { index: 'unit', only: unit }, row => row.hidden === 0, { hidden: 1, settled: 1 })
}

/**
 * Drops texts that the server's verified backup has and that nobody needs here: those of accepted operations that the
 * base shows, and those of any answered operation of a unit that has ended.
 */
export function dropDurable(tx: Writing, device: string, durableSeq: number): Promise<void> {
  const needless = (row: OutRow) =>
    (row.text !== null || row.sealed !== null) &&
    ((row.fate === 'accepted' && row.settled === 1) || (row.fate !== 'none' && row.hidden === 1))
  if (durableSeq < 1) return Promise.resolve()
  return each(tx, span(device, 1, durableSeq), needless, { text: null, sealed: null })
}

/** An operation's text as JSON; null where it is gone or lies encrypted. */
export function opOf<T>(row: OutRow): T | null {
  if (row.text === null) return null
  try {
    return JSON.parse(row.text) as T
  } catch {
    throw new StoreError('storage_damaged', 'the text of an operation')
  }
}
