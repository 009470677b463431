/** The records as pulled, and how far each unit is. */

import { type Tally, tally } from '../protocol/tally'
import type { Reading, Writing } from './db'
import { hideUnit, unitHasPending } from './outbox'
import type { UnitRow } from './schema'

/** One unit; a new one when it is not known yet. */
export async function unitRow(tx: Reading, unit: string): Promise<UnitRow> {
  const found = await tx.get('units', unit)
  return (
    found ?? { unit, cursor: null, state: 'partial', tally: null, repulls: 0, report: 0, ending: 0, generation: null }
  )
}

/** Count and sum of what is held of a unit, counted anew so that damage here shows too. */
export async function heldTally(tx: Reading, unit: string): Promise<Tally> {
  const rows = await tx.all('records', { index: 'unit', only: unit })
  return tally(rows.map(row => ({ record: row.id, pos: row.pos })))
}

/** Drops what was pulled of a unit. What was written here stays in the outbox. */
export async function clearUnit(tx: Writing, unit: string): Promise<void> {
  const rows = await tx.all('records', { index: 'unit', only: unit })
  await Promise.all(rows.map(row => tx.delete('records', row.id)))
}

/** Forgets a unit that has ended, its open forms too. */
async function forgetUnit(tx: Writing, unit: string): Promise<void> {
  await clearUnit(tx, unit)
  for (const row of await tx.all('drafts')) {
    if (row.unit === unit) await tx.delete('drafts', row.record)
  }
  await tx.delete('units', unit)
}

/** Makes every unit start anew. */
export async function dropCursors(tx: Writing): Promise<void> {
  await tx.clear('records')
  for (const row of await tx.all('units')) await tx.put('units', { ...row, cursor: null, state: 'partial' })
}

/**
 * Drops the data of units that have ended, each once nothing of it is pending; their codes. What was written there and
 * is not in the server's backup yet stays, and is encrypted next.
 */
export async function endUnits(tx: Writing, pushOnly: boolean): Promise<string[]> {
  const ended: string[] = []
  for (const row of await tx.all('units')) {
    if ((row.ending === 1 || pushOnly) && !(await unitHasPending(tx, row.unit))) {
      await forgetUnit(tx, row.unit)
      await hideUnit(tx, row.unit)
      ended.push(row.unit)
    }
  }
  if (ended.length > 0) await tx.clear('thumbnails')
  return ended
}
