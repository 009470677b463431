/** Taking pages of units: data and cursor together, checked against the server's count and sum (section 5.3). */

import type { Reading, Writing } from '../store/db'
import { settle, settleGone, settleUnit } from '../store/outbox'
import { clearUnit, heldTally, unitRow } from '../store/replica'
import type { Pulled, UnitPage } from './api'

/** How often one unit is pulled anew because it does not fit, before somebody must look at it. */
const MOST_REPULLS = 3

/** The cursors to send. */
export async function cursors(tx: Reading): Promise<Record<string, string>> {
  const sent: Record<string, string> = {}
  for (const row of await tx.all('units')) if (row.cursor !== null) sent[row.unit] = row.cursor
  return sent
}

/** The units to name as diverged, once. */
export async function diverged(tx: Reading): Promise<string[]> {
  return (await tx.all('units')).filter(row => row.report === 1).map(row => row.unit)
}

/** What became of the pulled part of an answer. */
export interface PullTaken {
  /** There is more to ask. */
  more: boolean
  /** It brought something. */
  moved: boolean
  /** A unit whose cursor was sent starts anew. */
  restarted: boolean
}

/** Takes the pulled part of an answer to `sent` cursors, of the server's history `generation`. */
export async function takePull(
  tx: Writing,
  answer: Pulled,
  sent: Record<string, string>,
  reported: string[],
  generation: string,
): Promise<PullTaken> {
  const taken = { more: answer.more === true, moved: false, restarted: false }
  for (const unit of reported) await tx.update('units', unit, { report: 0 })
  for (const page of answer.units ?? []) {
    const cursor = Object.prototype.hasOwnProperty.call(sent, page.unit) ? (sent[page.unit] ?? null) : null
    const { again, moved } = await takePage(tx, page, cursor, generation)
    taken.more = taken.more || again
    taken.moved = taken.moved || moved
    taken.restarted = taken.restarted || (page.restart === true && cursor !== null)
  }
  for (const unit of answer.ended ?? []) {
    await tx.put('units', { ...(await unitRow(tx, unit)), ending: 1 })
    taken.moved = true
  }
  return taken
}

/** Takes records and disappearances in order. They are written without waiting for each: the database keeps the order. */
async function takeChanges(tx: Writing, changes: NonNullable<UnitPage['changes']>): Promise<void> {
  const own = new Set((await tx.all('outbox', { index: 'settled', only: 0 })).map(row => row.record))
  const written: Promise<void>[] = []
  for (const change of changes) {
    if ('put' in change) {
      written.push(tx.put('records', change.put))
      if (own.has(change.put.id)) await settle(tx, change.put.id, change.put.clock)
    } else {
      written.push(tx.delete('records', change.gone), tx.delete('drafts', change.gone))
      if (own.has(change.gone)) await settleGone(tx, change.gone)
    }
  }
  await Promise.all(written)
}

async function takePage(
  tx: Writing,
  page: UnitPage,
  sent: string | null,
  generation: string,
): Promise<{ again: boolean; moved: boolean }> {
  const unit = await unitRow(tx, page.unit)
  // Another tab has pulled meanwhile; this page would set the unit back.
  if (unit.cursor !== sent) return { again: true, moved: true }
  if (page.restart === true || sent === null) {
    await clearUnit(tx, page.unit)
    // A cursor of another history restarts its unit, so this holds for every record that follows.
    unit.generation = generation
  }
  await takeChanges(tx, page.changes ?? [])
  const cursor = page.cursor ?? null
  let moved = page.restart === true || (page.changes ?? []).length > 0 || (cursor !== null && cursor !== sent)
  let again = false
  if (cursor !== null) unit.cursor = cursor
  unit.ending = 0
  const wanted = page.tally ?? null
  if (wanted === null) {
    unit.state = 'partial'
  } else {
    // What nothing was written to since it was last counted is not counted again.
    const held = moved || unit.state !== 'complete' ? await heldTally(tx, page.unit) : unit.tally
    if (held !== null && held.count === wanted.count && held.sum === wanted.sum) {
      unit.state = 'complete'
      unit.tally = held
      unit.repulls = 0
      await settleUnit(tx, page.unit)
    } else if (unit.repulls < MOST_REPULLS) {
      await clearUnit(tx, page.unit)
      unit.cursor = null
      unit.state = 'partial'
      unit.repulls++
      again = true
      moved = true
    } else {
      unit.state = 'diverged'
      unit.repulls = 0
      unit.report = 1
    }
  }
  await tx.put('units', unit)
  return { again, moved }
}
