/**
 * The sync loop: a state machine that never sleeps. It looks at what is kept and says what to do next; each action is one
 * request, until nothing is left to do or somebody must wait or act. Between any two requests the page may go away:
 * everything that an answer brought was kept in one transaction, and everything else is asked again.
 */

import { fromBase64Url } from '../protocol/bytes'
import { SUITE } from '../protocol/feed'
import type { Reading } from '../store/db'
import { currentDevice } from '../store/devices'
import { account, changeAccount, getMeta, putMeta, setTrouble } from '../store/meta'
import { firstPending } from '../store/outbox'
import type { AccountRow } from '../store/schema'
import { askEarlierStep, type EarlierAction, earlierAction, pushEarlierStep } from './earlier'
import { exchangeStep } from './exchange'
import { ledgerStep, wantsLedger } from './ledger'
import { logStep, wantsLog } from './log'
import { askPhotosStep, endUploadStep, type PhotoAction, photoAction, uploadStep, type Watch } from './photos'
import { Problem, Unreached } from './problem'
import { recoverStep } from './recover'
import { api, type Context, type Ended, Round, type Step } from './round'
import { sealHidden } from './seal'
import { refresh, register } from './session'

/** For how long config and directory are good, ms. */
const FRESH_MS = 12 * 3_600_000

/** What a sync does next. */
export type Action =
  | { kind: 'sign_in'; trouble: NonNullable<AccountRow['trouble']> }
  | {
      kind:
        | 'refresh'
        | 'register'
        | 'config'
        | 'catalogue'
        | 'recover'
        | 'exchange'
        | 'directory'
        | 'log'
        | 'ledger'
        | 'done'
    }
  | EarlierAction
  | PhotoAction

/** Kept, and heard recently by this phone's clock; a clock that was set back makes it stale. */
async function isFresh(tx: Reading, key: 'config' | 'directory', now: number): Promise<boolean> {
  const kept = await getMeta(tx, key)
  const age = now - (kept?.atMs ?? Number.NEGATIVE_INFINITY)
  return age >= 0 && age < FRESH_MS
}

/** What is to be done next, given what has happened in this sync. */
export async function nextAction(tx: Reading, round: Round, now: number): Promise<Action> {
  const who = await account(tx)
  if (who.trouble === 'sign_in') return { kind: 'sign_in', trouble: 'sign_in' }
  if (who.trouble === 'feed_forked' && !who.signedInSince) return { kind: 'sign_in', trouble: 'feed_forked' }
  if (who.accessToken === null) {
    if (who.refreshToken !== null) return { kind: 'refresh' }
    return { kind: 'sign_in', trouble: who.trouble ?? 'sign_in' }
  }
  if (round.refreshWanted && who.refreshToken !== null) return { kind: 'refresh' }
  if (who.trouble !== null) return { kind: 'recover' }
  const device = await currentDevice(tx)
  if (device.registered === 0) return { kind: 'register' }
  if (round.configWanted || !(await isFresh(tx, 'config', now))) return { kind: 'config' }
  const catalogue = await getMeta(tx, 'catalogue')
  if (catalogue === undefined) return { kind: 'catalogue' }
  const earlier = await earlierAction(tx, round)
  if (earlier !== null) return earlier
  if (!round.exchanged) return { kind: 'exchange' }
  if (who.catalog > catalogue.body.version && !round.catalogueAsked) return { kind: 'catalogue' }
  if (!who.pushOnly && !round.directoryAsked && !(await isFresh(tx, 'directory', now))) return { kind: 'directory' }
  if (await wantsLog(tx, round, who, now)) return { kind: 'log' }
  if (await wantsLedger(tx, round, who, now)) return { kind: 'ledger' }
  const photo = await photoAction(tx, round, who, now)
  if (photo === null) return { kind: 'done' }
  // What was recorded while photos are on their way does not wait for them.
  return (await firstPending(tx, device.device, device.serverSeq)) === null ? photo : { kind: 'exchange' }
}

/** What a watcher hears. */
export interface Watcher {
  /** What is done next. */
  action(action: Action): void
  photo: Watch
}

/**
 * Syncs until everything is done or somebody must wait or act. An error is of the phone itself; whatever the network and
 * the server do is an outcome.
 */
export async function syncOnce(context: Context, watcher: Watcher, round = new Round()): Promise<Ended> {
  for (;;) {
    const action = await context.db.read(tx => nextAction(tx, round, context.env.now()))
    watcher.action(action)
    if (action.kind === 'sign_in') return { kind: 'sign_in', trouble: action.trouble }
    if (action.kind === 'done') return round.uploads.outcome ?? { kind: 'up_to_date' }
    let step: Step
    try {
      step = await perform(context, round, action, watcher.photo)
    } catch (error) {
      step = await judge(context, round, error)
    }
    if (step !== null) return step
  }
}

async function perform(context: Context, round: Round, action: Action, watch: Watch): Promise<Step> {
  switch (action.kind) {
    case 'refresh':
      round.refreshed = true
      round.refreshWanted = false
      await refresh(context)
      return null
    case 'register':
      return registerStep(context, round)
    case 'config':
      return configStep(context, round)
    case 'catalogue':
      return catalogueStep(context, round)
    case 'directory':
      return directoryStep(context, round)
    case 'log':
      await logStep(context, round)
      return null
    case 'ledger':
      await ledgerStep(context, round)
      return null
    case 'recover':
      return recoverStep(context, round)
    case 'ask_earlier':
      await askEarlierStep(context, round, action.device)
      return null
    case 'push_earlier':
      await pushEarlierStep(context, round, action.device)
      return null
    case 'exchange': {
      const step = await exchangeStep(context, round)
      await sealHidden(context)
      return step
    }
    case 'ask_photos':
      await askPhotosStep(context, round, action.hashes)
      return null
    case 'upload':
      return uploadStep(context, round, action.sha256, watch)
    case 'end_upload':
      await endUploadStep(context, action.sha256)
      return null
    default:
      return null
  }
}

/** What an error of the network or the server means for the sync. */
async function judge(context: Context, round: Round, error: unknown): Promise<Step> {
  if (error instanceof Unreached) return { kind: 'wait', code: error.code, seconds: null }
  if (!(error instanceof Problem)) throw error
  if (error.status === 401) return unauthorised(context, round)
  if (error.isPassing) return { kind: 'wait', code: error.code, seconds: error.retryAfter }
  return { kind: 'stopped', code: error.code, detail: error.detail }
}

/** The access token has run out: refresh it once in a sync. */
async function unauthorised(context: Context, round: Round): Promise<Step> {
  if (round.refreshed) {
    await context.db.change(tx => setTrouble(tx, 'sign_in'))
    return null
  }
  round.refreshed = true
  try {
    await refresh(context)
    return null
  } catch (error) {
    if (error instanceof Unreached) return { kind: 'wait', code: error.code, seconds: null }
    if (error instanceof Problem) return { kind: 'wait', code: error.code, seconds: error.retryAfter }
    throw error
  }
}

async function registerStep(context: Context, round: Round): Promise<Step> {
  if (round.registered) {
    return { kind: 'stopped', code: 'device_unknown', detail: 'the server took the device and does not know it' }
  }
  const who = await context.db.read(account)
  const device = await context.db.read(currentDevice)
  try {
    await register(api(context, who), device, who)
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'device_taken') throw error
    await context.db.change(tx => setTrouble(tx, 'device_taken'))
    return null
  }
  round.registered = true
  await context.db.change(tx => tx.update('devices', device.device, { registered: 1 }))
  return null
}

async function configStep(context: Context, round: Round): Promise<Step> {
  const who = await context.db.read(account)
  const body = await api(context, who).config()
  const atMs = context.env.now()
  await context.db.change(async tx => {
    for (const announced of body.receipt_keys) {
      const publicKey = announced.suite === SUITE ? fromBase64Url(announced.public_key) : null
      // The key of a name is the one first heard.
      if (publicKey !== null && (await tx.get('receiptKeys', announced.id)) === undefined) {
        await tx.put('receiptKeys', { id: announced.id, publicKey })
      }
    }
    const now = await account(tx)
    await changeAccount(tx, { catalog: body.catalog, generation: now.generation ?? body.generation })
    await putMeta(tx, 'config', { body, etag: null, atMs })
  })
  round.configWanted = false
  return null
}

async function catalogueStep(context: Context, round: Round): Promise<Step> {
  round.catalogueAsked = true
  const kept = await context.db.read(tx => getMeta(tx, 'catalogue'))
  const who = await context.db.read(account)
  const tagged = await api(context, who).catalogue(kept?.etag ?? null)
  if (tagged === null) return null
  await context.db.change(tx => putMeta(tx, 'catalogue', { ...tagged, atMs: context.env.now() }))
  return null
}

async function directoryStep(context: Context, round: Round): Promise<Step> {
  round.directoryAsked = true
  const kept = await context.db.read(tx => getMeta(tx, 'directory'))
  const who = await context.db.read(account)
  const tagged = await api(context, who).directory(kept?.etag ?? null)
  const atMs = context.env.now()
  await context.db.change(async tx => {
    if (tagged !== null) await putMeta(tx, 'directory', { ...tagged, atMs })
    else if (kept !== undefined) await putMeta(tx, 'directory', { ...kept, atMs })
  })
  return null
}
