/** What goes into one `POST /v1/sync`. */

import { toBase64Url, utf8 } from '../protocol/bytes'
import { headMessage } from '../protocol/feed'
import { OP_BYTES, stubText } from '../protocol/op'
import { type Reading, StoreError } from '../store/db'
import { sign } from '../store/keys'
import { chainAt, rowsFrom } from '../store/outbox'
import type { ConfigBody, DeviceRow, OutRow, ReceiptRow } from '../store/schema'
import type { Head } from './api'
import type { Context, Round } from './round'
import { openText } from './seal'

/** Room for everything in a body beside the operations, bytes. */
const ENVELOPE_BYTES = 256 * 1024
/** About what a receipt takes beside its text, bytes. */
const RECEIPT_BYTES = 256

/** The next part of the feed, ready to go. */
export interface Batch {
  base: Head
  /** The texts as they travel. */
  texts: string[]
  first: number
  last: Head
  /** What the server said of them before it was restored. */
  receipts: ReceiptRow[]
  /** The only one travels as a stub. */
  isStub: boolean
}

/** What goes into one request. */
export interface Plan {
  device: string
  batch: Batch | null
  held: number[]
  /** More wait than one request may ask for. */
  moreHeld: boolean
  /** null: push only. */
  cursors: Record<string, string> | null
  /** Units that do not fit, for people at the server to look at. */
  diverged: string[]
}

/** Most operations that one request carries or asks for. */
export function mostOps(limits: ConfigBody['limits'], round: Round): number {
  return Math.max(1, Math.min(round.pushCap ?? limits.push_ops, limits.push_ops))
}

/** The next numbers to ask for in this sync, of those that are open, and whether there are more than fit. */
export function toAsk(open: number[], round: Round, device: string, limits: ConfigBody['limits']): [number[], boolean] {
  const asked = round.asked.get(device) ?? 0
  const left = open.filter(seq => seq > asked)
  const most = mostOps(limits, round)
  return [left.slice(0, most), left.length > most]
}

interface Gathered {
  base: string | null
  rows: { row: OutRow; receipt: ReceiptRow | null }[]
}

async function gather(tx: Reading, device: string, first: number, last: number, most: number): Promise<Gathered> {
  const rows = await rowsFrom(tx, device, first, last, most)
  const gathered: Gathered = { base: await chainAt(tx, device, first - 1), rows: [] }
  for (const row of rows) {
    const receipt = row.firstReceipt === null ? undefined : await tx.get('receipts', row.firstReceipt)
    gathered.rows.push({ row, receipt: receipt ?? null })
  }
  return gathered
}

/** As many operations as fit, from `first` and at most to `last`; null: the text of the first one is gone. */
export async function batch(
  context: Context,
  round: Round,
  device: DeviceRow,
  first: number,
  last: number,
  limits: ConfigBody['limits'],
): Promise<Batch | null> {
  const most = mostOps(limits, round)
  const { base, rows } = await context.db.read(tx => gather(tx, device.device, first, last, most))
  if (base === null) throw new StoreError('storage_damaged', 'the feed has a hole')
  const budget = Math.min(limits.body_bytes, limits.inflated_bytes) - ENVELOPE_BYTES
  const made: Batch = {
    base: { seq: first - 1, hash: base },
    texts: [],
    first,
    last: { seq: 0, hash: '' },
    receipts: [],
    isStub: false,
  }
  const receipts = new Set<number>()
  let bytes = 0
  for (const { row, receipt } of rows) {
    const own = await openText(context, row)
    if (own === null) break
    const over = row.withheld === 1 || utf8(own).length > OP_BYTES
    const text = over ? stubText(row.seq, row.bodyHash) : own
    const isNew = receipt !== null && row.firstReceipt !== null && !receipts.has(row.firstReceipt)
    bytes += utf8(text).length + 1 + (isNew ? receipt.text.length + RECEIPT_BYTES : 0)
    if (bytes > budget && made.texts.length > 0) break
    if (isNew) {
      receipts.add(row.firstReceipt as number)
      made.receipts.push(receipt)
    }
    made.texts.push(text)
    made.isStub = over
    made.last = { seq: row.seq, hash: row.chain }
  }
  return made.texts.length === 0 ? null : made
}

/** The text of the request. The operations' texts stand in it byte for byte. */
export async function requestText(context: Context, plan: Plan, device: DeviceRow): Promise<string> {
  const rest: Record<string, unknown> = { device: plan.device }
  if (plan.held.length > 0) rest.held = plan.held
  if (plan.cursors !== null) {
    rest.pull = { cursors: plan.cursors, ...(plan.diverged.length > 0 ? { diverged: plan.diverged } : {}) }
  }
  const text = JSON.stringify(rest)
  if (plan.batch === null) return text
  const { base, last, texts, receipts } = plan.batch
  const signature = await sign(device.key, headMessage(plan.device, last.seq, last.hash))
  const uptime = context.env.uptime()
  const push = JSON.stringify({
    base,
    sig: toBase64Url(signature),
    boot: uptime.boot,
    uptime_ms: uptime.ms,
    sent_at: context.env.now(),
    ...(receipts.length > 0 ? { receipts } : {}),
  })
  return `${text.slice(0, -1)},"push":${push.slice(0, -1)},"ops":[${texts.join(',')}]}}`
}
