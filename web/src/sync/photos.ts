/**
 * Photos travel after the records, each from where the server has it (section 11). Where an upload is, is kept before its
 * first byte leaves; originals stay until the server has verified their hash.
 */

import type { Reading } from '../store/db'
import { currentDevice } from '../store/devices'
import { account } from '../store/meta'
import { keptPhotos, photosToAsk, photosToSend, releasePhotos, setPhotoState } from '../store/photos'
import type { AccountRow, PhotoRow } from '../store/schema'
import { sha256 as hashOf } from './digest'
import { Problem } from './problem'
import { api, type Context, type Ended, type Round, type Step } from './round'
import { openOriginal } from './seal'

/** How often the server is asked whether its backup contains what it has received, ms. */
const ASK_MS = 3_600_000
/** Most hashes of one request. */
const MOST_ASKED = 1000
/** With less free space than this, originals go as soon as the server has them, bytes. */
const SCARCE_BYTES = 500 * 1024 * 1024

/** What photos have to do next. */
export type PhotoAction = { kind: 'ask_photos'; hashes: string[] } | { kind: 'upload' | 'end_upload'; sha256: string }

/** Hears how far a photo is. */
export type Watch = (sha256: string, sent: number, bytes: number) => void

/** The next of it. */
export async function photoAction(
  tx: Reading,
  round: Round,
  who: AccountRow,
  now: number,
): Promise<PhotoAction | null> {
  const asked = await photosToAsk(tx, who.generation ?? '', now - ASK_MS, now)
  const hashes = asked.filter(sha256 => !round.uploads.asked.has(sha256)).slice(0, MOST_ASKED)
  if (hashes.length > 0) return { kind: 'ask_photos', hashes }
  const given = (await keptPhotos(tx)).find(row => row.trouble !== null && row.upload !== null)
  if (given !== undefined) return { kind: 'end_upload', sha256: given.sha256 }
  const mayGo = (row: PhotoRow) => row.upload !== null || !round.uploads.noneNew
  const next = (await photosToSend(tx)).find(row => mayGo(row) && !round.uploads.isLeft(row.sha256))
  return next === undefined ? null : { kind: 'upload', sha256: next.sha256 }
}

async function isScarce(): Promise<boolean> {
  try {
    const { quota, usage } = await navigator.storage.estimate()
    return quota !== undefined && usage !== undefined && quota - usage < SCARCE_BYTES
  } catch {
    // The browser does not say.
    return false
  }
}

async function release(context: Context): Promise<void> {
  const scarce = await isScarce()
  await context.db.change(tx => releasePhotos(tx, scarce))
}

/** Asks what the server has of them. */
export async function askPhotosStep(context: Context, round: Round, hashes: string[]): Promise<void> {
  const who = await context.db.read(account)
  const states = await api(context, who).blobStates(hashes)
  for (const sha256 of hashes) round.uploads.asked.add(sha256)
  const generation = who.generation ?? ''
  const now = context.env.now()
  await context.db.change(async tx => {
    for (const sha256 of hashes) {
      const said = states.find(known => known.sha256 === sha256)?.state
      if (said === 'absent' || said === 'received' || said === 'durable') {
        await setPhotoState(tx, sha256, said, generation, now)
      } else {
        await tx.update('photos', sha256, { asked: generation, askedMs: now })
      }
    }
  })
  await release(context)
}

function base64(text: string): string {
  return btoa(text)
}

/** `Upload-Metadata`: keys with base64 values. */
function metadata(row: PhotoRow, device: string): string {
  const pairs = {
    sha256: row.sha256,
    filetype: row.media,
    captured: row.captured,
    hashed: row.hashed,
    source: row.source,
    device,
  }
  return Object.entries(pairs)
    .map(([key, value]) => `${key} ${base64(value)}`)
    .join(',')
}

/** Sends a photo, or as much of it as goes. */
export async function uploadStep(context: Context, round: Round, sha256: string, watch: Watch): Promise<Step> {
  const {
    who,
    row,
    kept: lies,
    device,
  } = await context.db.read(async tx => ({
    who: await account(tx),
    row: await tx.get('photos', sha256),
    kept: await tx.get('originals', sha256),
    device: await currentDevice(tx),
  }))
  // Another tab may have been faster.
  if (row === undefined || row.kept === 0) return null
  const original = lies && (await openOriginal(context, row, lies))
  if (original === undefined || original.size !== row.bytes) {
    const trouble = original === undefined ? 'photo_missing' : 'photo_damaged'
    await context.db.change(tx => tx.update('photos', sha256, { trouble }))
    return null
  }
  const kept: Promise<void>[] = []
  try {
    let path = row.upload
    if (path === null) {
      const begun = await api(context, who).beginUpload(row.bytes, metadata(row, device.device))
      path = begun.path
      await context.db.change(tx => tx.update('photos', sha256, { upload: begun.path, sent: begun.offset }))
    }
    const reached = (sent: number) => {
      watch(sha256, sent, row.bytes)
      kept.push(context.db.change(tx => tx.update('photos', sha256, { sent })))
    }
    // Loaded when there is a photo to send: signing in and records need none of it.
    const { sendRest } = await import('./tus')
    await sendRest(context.transport, who.accessToken, path, original, reached)
    await Promise.all(kept)
    const now = context.env.now()
    await context.db.change(tx => setPhotoState(tx, sha256, 'received', null, now))
    watch(sha256, row.bytes, row.bytes)
    await release(context)
    return null
  } catch (error) {
    await Promise.all(kept)
    if (error instanceof Problem) return refused(context, round, row, original, error)
    throw error
  }
}

function waits(problem: Problem): Ended {
  return { kind: 'wait', code: problem.code, seconds: problem.retryAfter }
}

/** The server refused something of a photo. Only what concerns all of them ends the sync. */
async function refused(context: Context, round: Round, row: PhotoRow, original: Blob, problem: Problem): Promise<Step> {
  const { sha256 } = row
  switch (problem.code) {
    case 'blob_hash_wrong': {
      const isSound = (await hashOf(await original.arrayBuffer())) === sha256
      if (!isSound) await giveUp(context, sha256, 'photo_damaged')
      else await beginAnew(context, round, sha256, problem.code)
      return null
    }
    case 'blob_media_refused':
    case 'blob_too_large':
      await giveUp(context, sha256, problem.code)
      return null
    case 'upload_offset_wrong':
    case 'upload_checksum_wrong':
      round.uploads.setBack(sha256, problem.code)
      return null
    case 'too_many_uploads':
      round.uploads.noneNew = true
      round.uploads.say(waits(problem))
      return null
  }
  if (problem.status === 423) {
    round.uploads.leave(sha256, waits(problem))
    return null
  }
  const isGone = problem.status === 404 || problem.status === 410
  if (isGone && (await context.db.read(tx => tx.get('photos', sha256)))?.upload) {
    await beginAnew(context, round, sha256, problem.code)
    return null
  }
  // The sign-in, or a server that has no time or no room for any of them.
  if (problem.status === 401 || problem.isPassing) throw problem
  round.uploads.leave(sha256, { kind: 'stopped', code: problem.code, detail: problem.detail })
  return null
}

/** Forgets the upload. The server is asked what it has before another begins: the last answer may have been lost. */
async function beginAnew(context: Context, round: Round, sha256: string, code: string): Promise<void> {
  await context.db.change(tx => tx.update('photos', sha256, { upload: null, sent: 0, asked: null }))
  round.uploads.asked.delete(sha256)
  round.uploads.setBack(sha256, code)
}

async function giveUp(context: Context, sha256: string, trouble: string): Promise<void> {
  await context.db.change(tx => tx.update('photos', sha256, { upload: null, sent: 0, asked: null, trouble }))
}

/** Ends an upload whose original is no longer what it was, so that it does not count against the others. */
export async function endUploadStep(context: Context, sha256: string): Promise<void> {
  const { who, row } = await context.db.read(async tx => ({
    who: await account(tx),
    row: await tx.get('photos', sha256),
  }))
  if (row?.upload) {
    try {
      await api(context, who).endUpload(row.upload)
    } catch (error) {
      // One that the server does not know, or does not let go, ends by itself.
      if (!(error instanceof Problem) || error.status >= 429 || error.status === 401) throw error
    }
  }
  await context.db.change(tx => tx.update('photos', sha256, { upload: null, sent: 0, asked: null }))
}
