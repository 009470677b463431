/** What this phone remembers of the server's transparency log. */

import type { Distrust, TreeHead } from '../protocol/log'
import type { Reading, Writing } from './db'
import { getMeta, putMeta } from './meta'
import type { LogRow, Restore } from './schema'

/**
 * Most checkpoints that are remembered of one log. Of more the older half is thinned to every second one, so that some
 * stay of every time.
 */
const MOST_SEEN = 256

/** What is remembered; undefined before the first checkpoint was believed. */
export function rememberedLog(tx: Reading): Promise<LogRow | undefined> {
  return getMeta(tx, 'log')
}

/** Of more than the most the older half is thinned; the rest and the first one stay. */
function thinned(seen: TreeHead[]): TreeHead[] {
  if (seen.length <= MOST_SEEN) return seen
  return seen.filter((_, nth) => nth >= MOST_SEEN / 2 || nth % 2 === 0)
}

/** Believes a checkpoint. A warning stays. */
export async function believe(
  tx: Writing,
  now: { vkey: string; head: TreeHead; restore: Restore | null },
  checkedMs: number,
): Promise<void> {
  const row = await rememberedLog(tx)
  const { vkey, head, restore } = now
  const seen = row?.seen ?? []
  const isNew = !seen.some(one => one.origin === head.origin && one.size === head.size)
  const own = seen.filter(one => one.origin === head.origin)
  const others = seen.filter(one => one.origin !== head.origin)
  const restores = row?.restores ?? []
  const isHeard = restore === null || restores.some(one => one.origin === restore.origin)
  await putMeta(tx, 'log', {
    vkey,
    head,
    checkedMs,
    warning: row?.warning ?? null,
    // A log only grows, so what is seen of it later is the greater one.
    seen: [...others, ...thinned(isNew ? [...own, head] : own)],
    restores: isHeard ? restores : [...restores, restore],
  })
}

/** Notes that nothing is new. */
export async function checked(tx: Writing, checkedMs: number): Promise<void> {
  const row = await rememberedLog(tx)
  if (row !== undefined) await putMeta(tx, 'log', { ...row, checkedMs })
}

/** Warns. The first warning stays, with what it was about. */
export async function warn(tx: Writing, code: Distrust, evidence: string, checkedMs: number): Promise<void> {
  const row = await rememberedLog(tx)
  if (row === undefined) return
  const warning = row.warning ?? { code, sinceMs: checkedMs, evidence }
  await putMeta(tx, 'log', { ...row, checkedMs, warning })
}

/** The newest checkpoint of `origin` that was believed and has at most `size` leaves. */
export function seenUpTo(row: LogRow, origin: string, size: number): TreeHead | undefined {
  return row.seen
    .filter(one => one.origin === origin && one.size <= size)
    .sort((a, b) => a.size - b.size)
    .pop()
}
