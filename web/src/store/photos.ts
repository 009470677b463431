/** What is known of photos: which operations name them and how far each is. Their bytes lie in `originals`. */

import type { PhotoCount } from '../phone'
import type { Reading, Writing } from './db'
import type { OutRow, PhotoRow } from './schema'

/** Why a photo is not sent until somebody acts. */
export const PHOTO_TROUBLES = ['blob_media_refused', 'blob_too_large', 'photo_damaged', 'photo_missing'] as const

/** Those whose original is kept here, in the order in which they were taken in. */
export async function keptPhotos(tx: Reading): Promise<PhotoRow[]> {
  const rows = await tx.all('photos', { index: 'kept', only: 1 })
  return rows.sort((a, b) => a.takenMs - b.takenMs || (a.sha256 < b.sha256 ? -1 : 1))
}

/** Those that the server lacks and that can be sent. */
export async function photosToSend(tx: Reading): Promise<PhotoRow[]> {
  const rows = await keptPhotos(tx)
  return rows.filter(row => row.used === 1 && row.state === 'absent' && row.trouble === null)
}

/**
 * Those of which the server's present history is to be asked: it never was, or they have arrived and it was asked before
 * `staleMs`, or later than `nowMs` by a clock that was set back.
 */
export async function photosToAsk(tx: Reading, generation: string, staleMs: number, nowMs: number): Promise<string[]> {
  const rows = (await keptPhotos(tx)).filter(row => row.used === 1)
  const stale = (row: PhotoRow) => row.state === 'received' && (row.askedMs <= staleMs || row.askedMs > nowMs)
  return rows.filter(row => row.asked !== generation || stale(row)).map(row => row.sha256)
}

/** Takes what the server says of one. What it has needs no sending, whatever was wrong; what it has lost begins anew. */
export async function setPhotoState(
  tx: Writing,
  sha256: string,
  state: PhotoRow['state'],
  generation: string | null,
  atMs: number,
): Promise<void> {
  const row = await tx.get('photos', sha256)
  if (row === undefined) return
  const goesOn = state === 'absent' && row.state === 'absent'
  await tx.put('photos', {
    ...row,
    state,
    asked: generation ?? row.asked,
    askedMs: atMs,
    upload: goesOn ? row.upload : null,
    sent: state !== 'absent' ? row.bytes : goesOn ? row.sent : 0,
    trouble: state === 'absent' ? row.trouble : null,
  })
}

/** Whether everything that names it is of units that are the member's no more. */
async function hasEnded(tx: Reading, sha256: string, units: Set<string>): Promise<boolean> {
  const uses = await tx.all('uses', { index: 'sha256', only: sha256 })
  return uses.length > 0 && uses.every(use => !units.has(use.unit))
}

/** Those that are to lie here encrypted and do not yet. */
export async function photosToSeal(tx: Reading): Promise<PhotoRow[]> {
  const units = new Set((await tx.all('units')).map(row => row.unit))
  const found: PhotoRow[] = []
  for (const row of await keptPhotos(tx)) {
    if (!row.sealed && (await hasEnded(tx, row.sha256, units))) found.push(row)
  }
  return found
}

/**
 * Drops originals that have got as far as the server is to have them: into its verified backup, or to it alone where room is
 * scarce or their unit has ended.
 */
export async function releasePhotos(tx: Writing, receivedIsEnough: boolean): Promise<void> {
  const units = new Set((await tx.all('units')).map(row => row.unit))
  for (const row of await keptPhotos(tx)) {
    const isReceived = row.state === 'received' && (receivedIsEnough || (await hasEnded(tx, row.sha256, units)))
    if (row.state === 'durable' || isReceived) {
      await tx.put('photos', { ...row, kept: 0, upload: null })
      await tx.delete('originals', row.sha256)
    }
  }
}

/** Notes that an operation names photos. */
export async function usePhotos(tx: Writing, op: OutRow, attached: { sha256: string; field: string }[]): Promise<void> {
  const { device, seq, record, unit } = op
  for (const { sha256, field } of attached) {
    await tx.put('uses', { sha256, device, seq, record, unit, field })
    await tx.update('photos', sha256, { used: 1 })
  }
}

/**
 * Drops originals that no operation and no draft names, of those that `may` go: a form that is just being filled in has not
 * named its photos yet.
 */
export async function tidyPhotos(tx: Writing, may: (row: PhotoRow) => boolean): Promise<void> {
  const drafted = new Set<string>()
  for (const draft of await tx.all('drafts')) for (const one of draft.attached) drafted.add(one.sha256)
  for (const row of await tx.all('photos')) {
    if (row.used === 1 || drafted.has(row.sha256) || !may(row)) continue
    await tx.delete('photos', row.sha256)
    await tx.delete('originals', row.sha256)
  }
}

/** How many of a record's photos have arrived, of those that this phone took. */
export async function photoCount(tx: Reading, record: string): Promise<PhotoCount> {
  const uses = await tx.all('uses', { index: 'record', only: record })
  const count = { delivered: 0, total: 0, trouble: 0 }
  for (const sha256 of new Set(uses.map(use => use.sha256))) {
    const row = await tx.get('photos', sha256)
    if (row === undefined) continue
    count.total++
    if (row.state !== 'absent') count.delivered++
    if (row.trouble !== null) count.trouble++
  }
  return count
}
