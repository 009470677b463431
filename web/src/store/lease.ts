/**
 * A lock among tabs for browsers that have none: a row that its holder renews while he works. Of a holder whose page has
 * gone it runs out by itself.
 */

import { type Database, StoreError } from './db'
import { getMeta, putMeta } from './meta'

/** A row that was not renewed for so long is nobody's, ms. */
const RUNS_OUT_MS = 15_000
const RENEWED_MS = 3_000
/** How often one who waits asks, ms. */
const ASKED_MS = 200

/** Takes the row if it is free or `owner`'s own. All tabs share the clock; one that was set back frees it. */
function take(db: Database, owner: string): Promise<boolean> {
  return db.change(async tx => {
    const held = await getMeta(tx, 'lease')
    const left = (held?.untilMs ?? 0) - Date.now()
    if (held !== undefined && held.owner !== owner && left > 0 && left <= RUNS_OUT_MS) return false
    await putMeta(tx, 'lease', { owner, untilMs: Date.now() + RUNS_OUT_MS })
    return true
  })
}

/** Does `work` while no other tab does such work. `owner` names this tab. */
export async function leased<T>(db: Database, owner: string, work: () => Promise<T>): Promise<T> {
  while (!(await take(db, owner))) await new Promise(resolve => setTimeout(resolve, ASKED_MS))
  const renewing = setInterval(() => {
    take(db, owner).catch(error => {
      // A phone that can write nothing any more says so where the work itself writes.
      if (!(error instanceof StoreError)) throw error
    })
  }, RENEWED_MS)
  try {
    return await work()
  } finally {
    clearInterval(renewing)
    await db.change(async tx => {
      if ((await getMeta(tx, 'lease'))?.owner === owner) await tx.delete('meta', 'lease')
    })
  }
}
