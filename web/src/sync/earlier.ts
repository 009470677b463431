/**
 * Devices that this installation was before a fork: their open verdicts, and what a restored server lost of them.
 *
 * Up to the common number their operations are the server's as well, and what was written since builds on them. A server
 * that was restored to before the fork lacks some; nobody else has their texts. So their keys are kept, and they push
 * again what is missing, no more.
 */

import { type Reading, StoreError } from '../store/db'
import { closedDevices } from '../store/devices'
import { account } from '../store/meta'
import { chainAt, dropDurable, reopen, unresolved } from '../store/outbox'
import type { DeviceRow } from '../store/schema'
import { signed, takeVerdicts } from './answer'
import type { SyncAnswer } from './api'
import { limitsOf } from './exchange'
import { batch, type Plan, requestText, toAsk } from './plan'
import { Problem } from './problem'
import { api, type Context, type Round } from './round'
import { register } from './session'
import { fewer, shrink } from './size'

/** What an earlier device still has to do in this sync. */
export type EarlierAction = { kind: 'ask_earlier' | 'push_earlier'; device: string }

/** What came of a request for an earlier device. */
type Sent = 'done' | 'refused' | 'smaller'

/** The next of it. */
export async function earlierAction(tx: Reading, round: Round): Promise<EarlierAction | null> {
  for (const row of await closedDevices(tx)) {
    const common = row.commonSeq ?? 0
    const behind = row.serverSeq < common
    const open = await unresolved(tx, row.device, common, false)
    const asked = round.asked.get(row.device)
    const last = open[open.length - 1]
    const toAsk = asked === undefined ? behind || last !== undefined : last !== undefined && last > asked
    if (toAsk) return { kind: 'ask_earlier', device: row.device }
    if (behind && !round.earlierLeft.has(row.device)) return { kind: 'push_earlier', device: row.device }
  }
  return null
}

async function closed(context: Context, device: string): Promise<DeviceRow> {
  const row = (await context.db.read(closedDevices)).find(one => one.device === device)
  if (row === undefined) throw new StoreError('storage_damaged', 'an earlier device')
  return row
}

/** Asks what the server has of an earlier device's feed, and what became of operations whose verdict is open. */
export async function askEarlierStep(context: Context, round: Round, device: string): Promise<void> {
  const row = await closed(context, device)
  const limits = await limitsOf(context)
  const open = await context.db.read(tx => unresolved(tx, device, row.commonSeq ?? 0, false))
  const [held, moreHeld] = toAsk(open, round, device, limits)
  const plan: Plan = { device, batch: null, held, moreHeld, cursors: null, diverged: [] }
  if ((await send(context, round, row, plan)) === 'smaller') return
  const last = held[held.length - 1]
  round.asked.set(device, moreHeld && last !== undefined ? last : Number.MAX_SAFE_INTEGER)
}

/** Pushes the next of what a restored server lost of an earlier device. */
export async function pushEarlierStep(context: Context, round: Round, device: string): Promise<void> {
  const row = await closed(context, device)
  const limits = await limitsOf(context)
  const next = await batch(context, round, row, row.serverSeq + 1, row.commonSeq ?? 0, limits)
  if (next === null) {
    // Their texts are gone: a backup older than the last verified one was restored.
    round.earlierLeft.add(device)
    return
  }
  const plan: Plan = { device, batch: next, held: [], moreHeld: false, cursors: null, diverged: [] }
  const sent = await send(context, round, row, plan)
  if (sent !== 'smaller' && (await closed(context, device)).serverSeq <= row.serverSeq) round.earlierLeft.add(device)
  // What waited for it may have gone on.
  round.exchanged = false
}

async function send(context: Context, round: Round, row: DeviceRow, plan: Plan): Promise<Sent> {
  const { device } = row
  const who = await context.db.read(account)
  let answer: SyncAnswer
  try {
    answer = await api(context, who).sync(await requestText(context, plan, row))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return refused(context, round, row, plan, error)
  }
  const seal = await signed(context, device, answer)
  await context.db.change(async tx => {
    if (seal.kind === 'receipt') await takeVerdicts(tx, device, answer, seal)
    const common = row.commonSeq ?? 0
    const { seq, hash } = answer.feed.head
    // Up to where the server has the feed as this phone wrote it, if it has that one in that place.
    const shared = seq >= common ? common : (await chainAt(tx, device, seq)) === hash ? seq : null
    if (shared !== null) {
      await tx.update('devices', device, { serverSeq: shared })
      await reopen(tx, device, shared, common)
    }
    await tx.update('devices', device, { durableSeq: answer.feed.durable_seq })
    await dropDurable(tx, device, answer.feed.durable_seq)
  })
  return 'done'
}

async function refused(context: Context, round: Round, row: DeviceRow, plan: Plan, problem: Problem): Promise<Sent> {
  const common = row.commonSeq ?? 0
  if (problem.status === 413 && problem.code === 'too_many_ops') {
    fewer(round, plan, problem)
    return 'smaller'
  }
  if (problem.status === 413 && plan.batch !== null) {
    await shrink(context, round, plan, problem)
    return 'smaller'
  }
  if (problem.status === 404 && problem.code === 'device_unknown' && common > 0) {
    // Enrolled after the backup was made.
    const who = await context.db.read(account)
    await register(api(context, who), row, who)
    await context.db.change(async tx => {
      await tx.update('devices', row.device, { serverSeq: 0 })
      await reopen(tx, row.device, 0, common)
    })
    return 'refused'
  }
  // A server that takes nothing of the device any more has nothing to say of it either.
  if ([403, 404, 409].indexOf(problem.status) >= 0) return 'refused'
  throw problem
}
