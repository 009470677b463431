/** Going on after a fork or a loss: a new device, the common part found, the rest rewritten (sections 7 and 8). */

import { toHex } from '../protocol/bytes'
import { type Op, opText } from '../protocol/op'
import { type Reading, StoreError, type Writing } from '../store/db'
import { currentDevice, insertDevice, nextDevice, succeed } from '../store/devices'
import { account, changeAccount } from '../store/meta'
import { append, chainAt, lastOnRecord, rewrittenTo, rowsFrom } from '../store/outbox'
import type { DeviceRow, OutRow } from '../store/schema'
import type { Api } from './api'
import { api, type Context, type Round, type Step } from './round'
import { openText } from './seal'
import { newDevice, register } from './session'

/**
 * Each part may be repeated: the new device is kept before the server hears of it, and the old feed is closed in the
 * same transaction that rewrites its rest.
 */
export async function recoverStep(context: Context, round: Round): Promise<Step> {
  const who = await context.db.read(account)
  const requests = api(context, who)
  const old = await context.db.read(currentDevice)
  const { trouble } = who
  const common =
    // Of another's feed nothing is this phone's.
    trouble === 'device_taken'
      ? 0
      : trouble === 'feed_lost'
        ? old.serverSeq
        : await commonPrefix(context, requests, old)
  const next = await nextOrNew(context, old, trouble === 'feed_lost')
  await register(requests, next, who)
  const texts = await plainTexts(context, old.device, common)
  await context.db.change(async tx => {
    // The server takes no claim on what another member's device might have written.
    await rewriteRest(tx, context, { old: old.device, common, reissues: trouble !== 'device_taken' }, texts)
    await succeed(tx, common)
    await changeAccount(tx, { trouble: null })
  })
  return round.setBack()
}

async function nextOrNew(context: Context, old: DeviceRow, lost: boolean): Promise<DeviceRow> {
  const kept = await context.db.read(nextDevice)
  if (kept !== undefined) return kept
  const { device, key } = await newDevice(context)
  return context.db.change(async tx => {
    const now = await currentDevice(tx)
    const continues = lost ? { device: old.device, head_hash: now.headHash } : null
    if ((await nextDevice(tx)) === undefined) await insertDevice(tx, device, key, 'next', continues)
    const next = await nextDevice(tx)
    if (next === undefined) throw new StoreError('storage_damaged', 'no next device')
    return next
  })
}

/**
 * The last operation that the server has as this phone wrote it. The chain makes equality at one place mean equality
 * before it, so the place is found by halving.
 */
async function commonPrefix(context: Context, requests: Api, old: DeviceRow): Promise<number> {
  let common = 0
  let above = old.headSeq + 1
  while (above - common > 1) {
    const middle = common + Math.floor((above - common) / 2)
    const theirs = await requests.chainHash(old.device, middle)
    const own = await context.db.read(tx => chainAt(tx, old.device, middle))
    if (theirs !== null && theirs === own) common = middle
    else above = middle
  }
  return common
}

/** The texts above `common`, decrypted before the transaction: it may not wait for a cipher. */
async function plainTexts(context: Context, device: string, common: number): Promise<Map<number, string>> {
  const texts = new Map<number, string>()
  for (const row of await context.db.read(tx => rowsFrom(tx, device, common + 1))) {
    const text = row.sealed === null ? null : await openText(context, row)
    if (text !== null) texts.set(row.seq, text)
  }
  return texts
}

interface Under {
  old: string
  /** The last operation that stays the old one's. */
  common: number
  /** Whether each says which operation it stands for. */
  reissues: boolean
}

/**
 * Appends to the next device what the old one holds above the common part, in order, with what was saved meanwhile.
 * Operations whose texts are gone stay where they are: their receipts show that they were delivered.
 */
async function rewriteRest(tx: Writing, context: Context, under: Under, texts: Map<number, string>): Promise<void> {
  for (const row of await rowsFrom(tx, under.old, under.common + 1)) {
    const text = row.text ?? texts.get(row.seq)
    if (text === undefined) continue
    const next = await nextDevice(tx)
    if (next === undefined) throw new StoreError('storage_damaged', 'no next device')
    const op = await reworded(tx, context, row, text, under, next)
    const { record, kind, unit, savedMs } = row
    const made = await append(tx, next, { text: opText(op), record, kind, unit, savedMs })
    if (row.hidden === 1) await tx.put('outbox', { ...made, hidden: 1, settled: 1 })
    await tx.put('outbox', { ...row, rewrittenSeq: made.seq, settled: 1 })
    await moveUses(tx, row, made)
  }
}

/** Photos that an operation names are named by the one that takes its place. */
async function moveUses(tx: Writing, row: OutRow, made: OutRow): Promise<void> {
  for (const use of await tx.all('uses', { index: 'record', only: row.record })) {
    if (use.device === row.device && use.seq === row.seq) {
      await tx.put('uses', { ...use, device: made.device, seq: made.seq })
    }
  }
}

async function reworded(
  tx: Reading,
  context: Context,
  row: OutRow,
  text: string,
  under: Under,
  next: DeviceRow,
): Promise<Op> {
  const op = JSON.parse(text) as Op
  op.seen = await mapped(tx, row.record, op.seen ?? {}, under, next.device)
  op.seq = next.headSeq + 1
  op.salt = toHex(context.env.random(16))
  // What was itself rewritten stands for the first of them, which the server takes once.
  if (under.reissues && !op.reissues) op.reissues = { device: row.device, seq: row.seq, hash: row.bodyHash }
  return op
}

/**
 * What was seen of the old device: what the server has of it on this record stays, what was rewritten before this bears
 * its new number.
 */
async function mapped(
  tx: Reading,
  record: string,
  seen: Record<string, number>,
  under: Under,
  next: string,
): Promise<Record<string, number>> {
  const { [under.old]: seq, ...rest } = seen
  if (seq === undefined) return seen
  const last = await lastOnRecord(tx, under.old, record, Math.min(seq, under.common))
  if (last !== null) rest[under.old] = last
  if (seq > under.common) {
    const now = await rewrittenTo(tx, under.old, record, seq)
    if (now !== null) rest[next] = now
  }
  return rest
}
