/** cursors.json: pulls as the protocol has them, on a database. */

import 'fake-indexeddb/auto'
import { expect } from 'vitest'
import { Database } from '../../src/store/db'
import { endUnits } from '../../src/store/replica'
import { cursors, diverged, takePull } from '../../src/sync/pull'

// biome-ignore lint/suspicious/noExplicitAny: the file's own form
type Vector = any

async function held(db: Database): Promise<unknown> {
  return db.read(async tx => {
    const units: Record<string, unknown> = {}
    for (const row of await tx.all('units')) {
      const records = await tx.all('records', { index: 'unit', only: row.unit })
      units[row.unit] = {
        cursor: row.cursor,
        records: Object.fromEntries(records.map(record => [record.id, record.pos])),
        state: row.state,
      }
    }
    return units
  })
}

async function checkSync(db: Database, name: string, sync: Vector): Promise<void> {
  let again = true
  for (const [number, request] of sync.requests.entries()) {
    expect(again, `${name}: asks request ${number + 1}`).toBe(true)
    const sent = await db.read(cursors)
    expect(sent, `${name}: sends ${number + 1}`).toEqual(request.sends)
    const reported = await db.read(diverged)
    expect(reported, `${name}: reports ${number + 1}`).toEqual(request.diverged ?? [])
    again = await db.change(async tx => {
      const taken = await takePull(tx, request.answer, sent, reported, 'g')
      await endUnits(tx, false)
      return taken.more
    })
  }
  expect(again, `${name}: is done`).toBe(false)
  expect(await held(db), `${name}: holds`).toEqual(sync.held)
}

export async function checkCursors(vector: Vector): Promise<void> {
  for (const [number, one] of vector.cases.entries()) {
    const db = await Database.open(`cursors-${number}`)
    for (const [at, sync] of one.syncs.entries()) await checkSync(db, `${one.name}, sync ${at + 1}`, sync)
    db.close()
  }
}
