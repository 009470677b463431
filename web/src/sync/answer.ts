/** What an answer changes: verdicts, receipts, the feed's state and the pulled units, in one transaction. */

import { fromBase64Url, utf8 } from '../protocol/bytes'
import { receiptText, type VerdictLine } from '../protocol/receipt'
import type { Reading, Writing } from '../store/db'
import { currentDevice, doubtClosed } from '../store/devices'
import { verify } from '../store/keys'
import { account, changeAccount, expire, setTrouble } from '../store/meta'
import { chainAt, doubtReleased, dropDurable, reopen, setVerdict } from '../store/outbox'
import { setPhotoState } from '../store/photos'
import { endUnits } from '../store/replica'
import type { ReceiptRow } from '../store/schema'
import type { SyncAnswer } from './api'
import type { Plan } from './plan'
import { takePull } from './pull'
import type { Context } from './round'

/** What became of an answer. */
export type Taken =
  | {
      kind: 'done'
      more: boolean
      moved: boolean
      restored: boolean
      restarted: boolean
      /** The pull was answered. */
      pulled: boolean
      /** Units have left the member's scope. */
      scopeMoved: boolean
      ended: string[]
    }
  /** The server's feed is not this phone's: nothing was taken. */
  | { kind: 'forked' }
  /** The receipt's key is not known yet: nothing was taken. */
  | { kind: 'key_unknown' }
  /** The receipt does not hold: nothing was taken. */
  | { kind: 'receipt_wrong' }

/** What signs the verdicts of an answer. */
export type Signed =
  | { kind: 'nothing' }
  | { kind: 'receipt'; receipt: ReceiptRow }
  | { kind: 'key_unknown' }
  | { kind: 'wrong' }

function linesOf(answer: SyncAnswer): VerdictLine[] {
  return [...(answer.verdicts ?? []), ...(answer.resolved ?? [])]
}

/** Verifies the receipt of an answer. */
export async function signed(context: Context, device: string, answer: SyncAnswer): Promise<Signed> {
  const lines = linesOf(answer)
  if (lines.length === 0) return { kind: 'nothing' }
  const receipt = answer.receipt ?? null
  if (receipt === null) return { kind: 'wrong' }
  const key = await context.db.read(tx => tx.get('receiptKeys', receipt.key))
  if (key === undefined) return { kind: 'key_unknown' }
  const text = receiptText(device, lines)
  const signature = fromBase64Url(receipt.sig)
  if (signature === null || !(await verify(key.publicKey, utf8(text), signature))) return { kind: 'wrong' }
  return { kind: 'receipt', receipt: { text, key: receipt.key, sig: receipt.sig } }
}

async function keepReceipt(tx: Writing, receipt: ReceiptRow): Promise<number> {
  return tx.add('receipts', receipt)
}

/** Keeps the verdicts of an answer with the receipt that signs them. */
export async function takeVerdicts(tx: Writing, device: string, answer: SyncAnswer, seal: Signed): Promise<void> {
  const receipt = seal.kind === 'receipt' ? await keepReceipt(tx, seal.receipt) : null
  for (const line of linesOf(answer)) await setVerdict(tx, device, line, receipt)
}

/** Whether the server's feed goes beyond this phone's or beside it. */
async function isForked(tx: Reading, device: string, feed: SyncAnswer['feed']): Promise<boolean> {
  return feed.closed || (await chainAt(tx, device, feed.head.seq)) !== feed.head.hash
}

/** Takes an answer to `plan` that was given when this phone's clock stood at `heardAt` ms. */
export async function take(context: Context, answer: SyncAnswer, plan: Plan, heardAt: number): Promise<Taken> {
  const seal = await signed(context, plan.device, answer)
  if (seal.kind === 'key_unknown') return { kind: 'key_unknown' }
  if (seal.kind === 'wrong') return { kind: 'receipt_wrong' }
  const { device } = plan
  return context.db.change<Taken>(async tx => {
    if (await isForked(tx, device, answer.feed)) {
      await setTrouble(tx, 'feed_forked')
      return { kind: 'forked' }
    }
    const row = await account(tx)
    const feed = await currentDevice(tx)
    const restored = row.generation !== null && row.generation !== answer.generation
    const serverSeq = answer.feed.head.seq
    if (restored || serverSeq < feed.serverSeq) await reopen(tx, device, serverSeq)
    if (restored) {
      await expire(tx, 'config')
      await doubtClosed(tx)
      await doubtReleased(tx, device, serverSeq)
    }
    await tx.update('devices', device, { serverSeq, durableSeq: answer.feed.durable_seq })
    await takeVerdicts(tx, device, answer, seal)
    for (const sha256 of answer.want ?? []) await setPhotoState(tx, sha256, 'absent', answer.generation, heardAt)
    let pulled = { more: answer.more === true, moved: false, restarted: false }
    if (plan.cursors !== null) pulled = await takePull(tx, answer, plan.cursors, plan.diverged, answer.generation)
    const ended = await endUnits(tx, row.pushOnly)
    if (ended.length > 0) await expire(tx, 'directory')
    await dropDurable(tx, device, answer.feed.durable_seq)
    await changeAccount(tx, {
      generation: answer.generation,
      catalog: answer.catalog,
      clockOffsetMs: Math.round(answer.server_time - heardAt),
      lastSyncMs: heardAt,
    })
    const isAnswered = (answer.units ?? []).length + (answer.ended ?? []).length > 0
    const scopeMoved = (answer.ended ?? []).length > 0
    return { kind: 'done', ...pulled, restored, pulled: isAnswered, scopeMoved, ended }
  })
}
