/** One `POST /v1/sync`: what goes into it, and what comes of it. */

import { currentDevice, doubtClosed } from '../store/devices'
import { account, changeAccount, expire, getMeta, setTrouble } from '../store/meta'
import { chainAt, firstPending, reopen, setSent, unresolved } from '../store/outbox'
import { dropCursors } from '../store/replica'
import type { ConfigBody } from '../store/schema'
import { type Taken, take } from './answer'
import { batch, type Plan, requestText, toAsk } from './plan'
import { Problem, Unreached } from './problem'
import { cursors, diverged } from './pull'
import { api, type Context, noProgress, type Round, type Step } from './round'
import { fewer, shrink, widen } from './size'

/** Limits of a server that has not said. */
const LIMITS: ConfigBody['limits'] = {
  body_bytes: 4 << 20,
  inflated_bytes: 8 << 20,
  push_ops: 500,
  op_bytes: 65_536,
  page_records: 500,
  page_bytes: 1 << 20,
  units: 512,
  blob_bytes: 50 << 20,
  voice_bytes: 20 << 20,
}

/** The limits as last heard. */
export async function limitsOf(context: Context): Promise<ConfigBody['limits']> {
  return (await context.db.read(tx => getMeta(tx, 'config')))?.body.limits ?? LIMITS
}

/** Pushes what is pending and pulls what is new, once. */
export async function exchangeStep(context: Context, round: Round): Promise<Step> {
  const limits = await limitsOf(context)
  const state = await context.db.read(async tx => {
    const device = await currentDevice(tx)
    return {
      device,
      account: await account(tx),
      first: await firstPending(tx, device.device, device.serverSeq),
      open: await unresolved(tx, device.device, device.headSeq, true),
      cursors: await cursors(tx),
      diverged: await diverged(tx),
    }
  })
  const { device } = state
  const next = state.first === null ? null : await batch(context, round, device, state.first, device.headSeq, limits)
  if (state.first !== null && next === null) {
    await context.db.change(tx => setTrouble(tx, 'feed_lost'))
    return null
  }
  const isLast = next === null || next.last.seq === device.headSeq
  const alone = round.pushAlone
  const [held, moreHeld] = alone ? [[], false] : toAsk(state.open, round, device.device, limits)
  const plan: Plan = {
    device: device.device,
    batch: next,
    held,
    moreHeld,
    cursors: isLast && context.pulls !== false && !state.account.pushOnly && !alone ? state.cursors : null,
    diverged: state.diverged,
  }
  const text = await requestText(context, plan, device)
  if (next !== null) await context.db.change(tx => setSent(tx, device.device, next.first, next.last.seq))
  const before = context.env.now()
  try {
    const answer = await api(context, state.account).sync(text)
    // The middle of the round trip is when the server's clock was read.
    const heardAt = before + Math.max(0, context.env.now() - before) / 2
    const taken = await take(context, answer, plan, heardAt)
    widen(round, limits)
    return await after(context, round, plan, taken)
  } catch (error) {
    if (error instanceof Problem) return refusal(context, round, plan, error)
    throw error
  }
}

async function after(context: Context, round: Round, plan: Plan, taken: Taken): Promise<Step> {
  if (taken.kind === 'forked') return null
  if (taken.kind === 'key_unknown' && !round.keyAsked) {
    round.keyAsked = true
    round.configWanted = true
    return null
  }
  if (taken.kind !== 'done') {
    const detail = "the server's receipt does not bear its announced key's signature"
    return { kind: 'stopped', code: 'receipt_invalid', detail }
  }
  round.ended.push(...taken.ended)
  if (taken.moved || plan.batch !== null) round.moved = true
  const last = plan.held[plan.held.length - 1]
  if (plan.moreHeld && last !== undefined) round.asked.set(plan.device, last)
  else round.asked.delete(plan.device)
  if (taken.restored) round.doubt()
  const { device, pending, pushOnly } = await context.db.read(async tx => {
    const now = await currentDevice(tx)
    const first = await firstPending(tx, now.device, now.serverSeq)
    return { device: now.device, pending: first, pushOnly: (await account(tx)).pushOnly }
  })
  const thrownBack = taken.restored || taken.restarted
  const stuck = plan.batch !== null && pending !== null && device === plan.device && pending <= plan.batch.first
  // No verdict on what was sent: it would be sent again as it is.
  if (stuck && !thrownBack) return noProgress()
  // A push is taken from one who may not pull; asked for alone, the pull says why it was left out.
  const isPulled = plan.cursors !== null && (taken.pulled || plan.batch === null)
  const pulled = isPulled || pushOnly || context.pulls === false
  const refreshes = taken.scopeMoved && !round.refreshed
  if (refreshes) round.refreshWanted = true
  // What the restored server says of what had waited is asked before this sync ends.
  const again = pending !== null || taken.restored || plan.moreHeld
  round.exchanged = pulled && !taken.more && !again && !refreshes
  if (!round.exchanged && !taken.moved && !again && plan.batch === null) return noProgress()
  return thrownBack ? round.setBack() : null
}

/** What the refusal of a whole exchange means. */
async function refusal(context: Context, round: Round, plan: Plan, problem: Problem): Promise<Step> {
  const { db } = context
  switch (`${problem.status} ${problem.code}`) {
    case '413 too_many_ops':
      return fewer(round, plan, problem)
    case '409 gap':
      return followGap(context, round, plan, problem)
    case '409 forked':
    case '409 feed_closed':
      await db.change(tx => setTrouble(tx, 'feed_forked'))
      return null
    case '403 device_not_yours':
      await db.change(tx => setTrouble(tx, 'device_taken'))
      return null
    case '404 device_unknown':
      // The server was restored to before this device was enrolled, so it may lack what earlier ones wrote. Theirs goes
      // first: it cannot judge what stands for an operation of a device that it does not know.
      round.doubt()
      await db.change(async tx => {
        await tx.update('devices', plan.device, { registered: 0, serverSeq: 0 })
        await doubtClosed(tx)
      })
      return null
    case '403 push_only':
    case '403 device_revoked':
      if (plan.cursors === null) break
      await db.change(tx => changeAccount(tx, { pushOnly: true }))
      return null
    case '400 cursor_forged':
      if (plan.cursors === null || Object.keys(plan.cursors).length === 0) break
      await db.change(dropCursors)
      return round.setBack()
    default:
      if (problem.status === 413 && plan.batch !== null) return shrink(context, round, plan, problem)
  }
  throw problem
}

/** The server lacks what this push builds on: send from where it is, if that is this feed. */
async function followGap(context: Context, round: Round, plan: Plan, problem: Problem): Promise<Step> {
  const expected = problem.number('expected_seq')
  const hash = problem.text('expected_hash')
  if (expected === null || expected < 1 || hash === null) throw new Unreached('answer_foreign', 'a gap without a place')
  const isOwn = await context.db.change(async tx => {
    if ((await chainAt(tx, plan.device, expected - 1)) !== hash) {
      await setTrouble(tx, 'feed_forked')
      return false
    }
    await tx.update('devices', plan.device, { serverSeq: expected - 1 })
    await reopen(tx, plan.device, expected - 1)
    return true
  })
  return isOwn ? round.setBack() : null
}

/** Has limits asked for anew at the next request. */
export function forgetConfig(context: Context): Promise<void> {
  return context.db.change(tx => expire(tx, 'config'))
}
