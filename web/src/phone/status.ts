/** How everything stands, honestly: what waits, what was sent, what needs somebody. */

import type { Attention, Lang, LogState, PhoneState, Stage } from '../phone'
import type { Reading } from '../store/db'
import { allDevices } from '../store/devices'
import { rememberedLog } from '../store/log'
import { getMeta } from '../store/meta'
import { keptPhotos } from '../store/photos'
import type { AccountRow, DeviceRow, OutRow, PhotoRow } from '../store/schema'
import { overlapping, ownSessions, unended, WARNED_MS } from './sessions'
import { words } from './words'

/** Unsent work is warned of when it is older than this, ms. */
const OLD_MS = 3 * 86_400_000

/** What of the state lies in the database. */
export type Kept = Omit<PhoneState, 'sending' | 'lastOutcome' | 'lang' | 'persisted' | 'freeBytes'>

function stageOf(who: AccountRow | undefined): Stage {
  if (who === undefined) return 'empty'
  if (who.trouble === 'sign_in' || (who.trouble === 'feed_forked' && !who.signedInSince)) return 'sign_in'
  return who.pushOnly ? 'push_only' : 'ready'
}

/** Whether an operation counts: not where another took its place. */
function counts(row: OutRow, devices: Map<string, DeviceRow>): boolean {
  return row.rewrittenSeq === null && row.seq <= (devices.get(row.device)?.commonSeq ?? Number.MAX_SAFE_INTEGER)
}

function attention(lang: Lang, code: string, about: Omit<Attention, 'code' | 'text'> = {}): Attention {
  return { code, text: words(code, lang), ...about }
}

/** Operations that the server had and lost, whose text is gone here too. */
function lostRows(rows: OutRow[], devices: Map<string, DeviceRow>): OutRow[] {
  return rows.filter(row => {
    const common = devices.get(row.device)?.commonSeq ?? null
    return common !== null && row.seq > common && row.rewrittenSeq === null
  })
}

async function sessionsAttention(tx: Reading, lang: Lang, nowMs: number): Promise<Attention[]> {
  const sessions = await ownSessions(tx, nowMs - WARNED_MS)
  const found = unended(sessions, nowMs).map(one =>
    attention(lang, 'no_check_out', { record: one.record, kind: one.kind }),
  )
  for (const [nth, one] of sessions.entries()) {
    if (one.startedMs === null || one.endedMs === null) continue
    const others = overlapping(sessions.slice(nth + 1), one.record, one.startedMs, one.endedMs)
    if (others.length > 0) found.push(attention(lang, 'overlap', { record: one.record, kind: one.kind }))
  }
  return found
}

async function logState(tx: Reading): Promise<LogState | null> {
  const row = await rememberedLog(tx)
  if (row === undefined) return null
  const { head, checkedMs, warning } = row
  const restores = row.restores.map(({ origin, before, size, seen, atMs }) => ({
    origin,
    before,
    lost: Math.max(0, seen - size),
    atMs,
  }))
  return { origin: head.origin, size: head.size, checkedMs, warning, restores }
}

function oldest(open: OutRow[], photos: PhotoRow[], nowMs: number): number | null {
  const since = [...open.map(row => row.savedMs), ...photos.map(row => row.takenMs)]
  return since.length === 0 ? null : Math.max(0, nowMs - Math.min(...since))
}

/** Reads how everything stands. */
export async function readStatus(tx: Reading, lang: Lang, nowMs: number): Promise<Kept> {
  const who = await getMeta(tx, 'account')
  const list = who === undefined ? [] : await allDevices(tx)
  const devices = new Map(list.map(row => [row.device, row]))
  const open = (await tx.all('outbox', { index: 'fate', only: 'none' })).filter(row => counts(row, devices))
  const held = (await tx.all('outbox', { index: 'fate', only: 'held' })).filter(row => counts(row, devices))
  const refused = (await tx.all('outbox', { index: 'fate', only: 'quarantined' })).filter(
    row => counts(row, devices) && row.reissuedBy === null && row.hidden === 0,
  )
  const kept = (await keptPhotos(tx)).filter(row => row.used === 1)
  const absent = kept.filter(row => row.state === 'absent')
  const lost = list.some(row => row.role === 'closed')
    ? lostRows(await tx.all('outbox'), devices).filter(row => row.hidden === 0)
    : []
  const oldestWaitingMs = oldest(open, absent, nowMs)
  const needs: Attention[] = []
  const log = await logState(tx)
  if (log !== null && log.warning !== null) needs.push(attention(lang, log.warning.code))
  if (who?.trouble) needs.push(attention(lang, who.trouble))
  if (oldestWaitingMs !== null && oldestWaitingMs > OLD_MS) needs.push(attention(lang, 'unsent_days'))
  for (const row of refused) {
    const { record, kind, unit } = row
    needs.push(attention(lang, row.code ?? 'malformed', { record, kind, unit }))
  }
  for (const { record, kind, unit } of lost) needs.push(attention(lang, 'lost', { record, kind, unit }))
  for (const row of kept) if (row.trouble !== null) needs.push(attention(lang, row.trouble, { photo: row.sha256 }))
  for (const row of await tx.all('units')) {
    if (row.state === 'diverged') needs.push(attention(lang, 'unit_diverged', { unit: row.unit }))
  }
  if (who !== undefined) needs.push(...(await sessionsAttention(tx, lang, nowMs)))
  const directory = (await getMeta(tx, 'directory'))?.body
  const current = list.find(row => row.role === 'current')
  const stage = stageOf(who)
  return {
    stage,
    signedIn: stage === 'ready' || stage === 'push_only',
    member: who?.member ?? null,
    appointments: who?.appointments ?? [],
    units: directory?.units ?? [],
    members: directory?.members ?? [],
    catalogue: (await getMeta(tx, 'catalogue'))?.body ?? null,
    waiting: open.filter(row => row.sent === 0).length,
    sent: open.filter(row => row.sent === 1).length,
    held: held.length,
    photosWaiting: absent.length,
    photosTotal: kept.length,
    oldestWaitingMs,
    lastSync: who?.lastSyncMs ?? null,
    attention: needs,
    clockOffsetMs: who?.clockOffsetMs ?? null,
    trouble: who?.trouble ?? null,
    log,
    device:
      who === undefined || current === undefined
        ? null
        : { id: current.device, label: who.label, keyStorage: current.key.kind },
  }
}

/** What only this phone has: saves without a verdict, and photos that the server lacks. */
export async function undelivered(tx: Reading): Promise<{ saves: number; photos: number }> {
  const devices = new Map((await allDevices(tx)).map(row => [row.device, row]))
  const open = (await tx.all('outbox', { index: 'fate', only: 'none' })).filter(row => counts(row, devices))
  const photos = (await keptPhotos(tx)).filter(
    row => row.used === 1 && row.state === 'absent' && row.trouble !== 'photo_missing',
  )
  return { saves: open.length, photos: photos.length }
}

/** The state before anything was read. */
export const EMPTY: Kept = {
  stage: 'empty',
  signedIn: false,
  member: null,
  appointments: [],
  units: [],
  members: [],
  catalogue: null,
  waiting: 0,
  sent: 0,
  held: 0,
  photosWaiting: 0,
  photosTotal: 0,
  oldestWaitingMs: null,
  lastSync: null,
  attention: [],
  clockOffsetMs: null,
  trouble: null,
  log: null,
  device: null,
}
