/**
 * The server's transparency log: whether it only ever grows (section 12).
 *
 * What is not believed changes nothing but the warning: records are synced as before, the remembered checkpoint stays,
 * and what the server had said is kept as evidence.
 */

import { fromHex } from '../protocol/bytes'
import { type Distrust, follow, isConsistent, openNote, readKey, type TreeHead, type Verify } from '../protocol/log'
import type { Reading } from '../store/db'
import { verify } from '../store/keys'
import { believe, checked, rememberedLog, seenUpTo, warn } from '../store/log'
import { account, getMeta } from '../store/meta'
import type { AccountRow, LogRow, Restore } from '../store/schema'
import type { Api } from './api'
import { Problem, Unreached } from './problem'
import { api, type Context, type Round } from './round'

/** How often the log is looked at, ms, while the server's history stays the same. */
const EVERY_MS = 10 * 60_000

/** What became of a look. */
type Look =
  | { believed: { vkey: string; head: TreeHead; restore: Restore | null } }
  | { refused: Distrust; evidence: string }
  /** Nothing new. */
  | null

const strictly: Verify = (key, message, signature) =>
  verify(Uint8Array.from(key), Uint8Array.from(message), Uint8Array.from(signature))

/** The key that the server announces; null where it has no log, or one of a kind that is not known here. */
async function announced(tx: Reading): Promise<string | null> {
  const vkey = (await getMeta(tx, 'config'))?.body.log_vkey
  if (vkey === undefined) return null
  try {
    readKey(vkey)
    return vkey
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** Whether the log is to be looked at in this sync. */
export async function wantsLog(tx: Reading, round: Round, who: AccountRow, now: number): Promise<boolean> {
  if (round.logAsked || who.pushOnly) return false
  const row = await rememberedLog(tx)
  if (row === undefined) return (await announced(tx)) !== null
  const isRestored = who.generation !== null && !row.head.origin.endsWith(who.generation)
  const age = now - row.checkedMs
  // A clock that was set back makes it due, too.
  return isRestored || age < 0 || age >= EVERY_MS
}

/** Looks at the log. Whatever the network does, the sync goes on. */
export async function logStep(context: Context, round: Round): Promise<void> {
  round.logAsked = true
  const { who, row, vkey } = await context.db.read(async tx => ({
    who: await account(tx),
    row: await rememberedLog(tx),
    vkey: await announced(tx),
  }))
  const requests = api(context, who)
  let look: Look
  try {
    look = row === undefined ? await firstLook(requests, vkey) : await lookAgain(context, requests, row)
  } catch (error) {
    if (error instanceof Problem && error.status === 401) throw error
    // It is asked again at the next sync.
    if (error instanceof Problem || error instanceof Unreached) return
    throw error
  }
  const now = context.env.now()
  await context.db.change(tx => {
    if (look === null) return checked(tx, now)
    return 'refused' in look ? warn(tx, look.refused, look.evidence, now) : believe(tx, look.believed, now)
  })
}

/** The first checkpoint is believed if the announced key signed it. */
async function firstLook(requests: Api, vkey: string | null): Promise<Look> {
  if (vkey === null) return null
  const head = await openNote(strictly, vkey, await requests.checkpoint())
  // One of another history: the config is of before a restore, and is asked anew with it.
  return head === null ? null : { believed: { vkey, head, restore: null } }
}

async function lookAgain(context: Context, requests: Api, row: LogRow): Promise<Look> {
  let note: string
  try {
    note = await requests.checkpoint()
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return { refused: 'log_gone', evidence: error.message }
    throw error
  }
  const known = row.head
  if (note.split('\n')[0] !== known.origin) return lookAtSuccessor(context, requests, row)
  const head = await openNote(strictly, row.vkey, note)
  const refused = (why: Distrust): Look => ({ refused: why, evidence: note })
  if (head === null) return refused('log_other_key')
  if (head.size < known.size) return refused('log_shrunken')
  if (head.size === known.size) return head.root === known.root ? null : refused('log_inconsistent')
  const isSound = await grew(requests, null, known, head)
  return isSound ? { believed: { vkey: row.vkey, head, restore: null } } : refused('log_inconsistent')
}

/** Another log: it must name the remembered one, and that one must have ended where this phone can believe it. */
async function lookAtSuccessor(context: Context, requests: Api, row: LogRow): Promise<Look> {
  const origins = await requests.origins()
  const evidence = JSON.stringify(origins)
  const next = await follow(strictly, row.vkey, origins)
  if (typeof next === 'string') return { refused: next, evidence }
  const { origin: before, size: seen } = row.head
  // What the restore lost cannot be compared any more; what was seen before that can.
  const last = seenUpTo(row, before, next.end.size)
  if (last !== undefined && !(await grew(requests, next.ended, last, next.end))) {
    return { refused: 'log_inconsistent', evidence }
  }
  const { vkey, head } = next
  const restore = { origin: head.origin, before, size: next.end.size, seen, atMs: context.env.now() }
  return { believed: { vkey, head, restore } }
}

/** Whether a log grew from one tree to another, by the server's proof. */
async function grew(requests: Api, log: number | null, from: TreeHead, to: TreeHead): Promise<boolean> {
  let proof: string[] = []
  if (from.size !== to.size) {
    try {
      proof = await requests.consistency(log, from.size, to.size)
    } catch (error) {
      // It has no such past.
      if (error instanceof Problem && error.status === 404) return false
      throw error
    }
  }
  return isConsistent(proof.map(fromHex), from.size, fromHex(from.root), to.size, fromHex(to.root))
}
