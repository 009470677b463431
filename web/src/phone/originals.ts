/** Photos, voice notes and documents as screens see them: taken in, looked at, tried again. */

import type { Attached, Lang, Photo, Taking } from '../phone'
import { toHex } from '../protocol/bytes'
import { renderInstant } from '../protocol/value'
import type { Reading } from '../store/db'
import { getMeta } from '../store/meta'
import type { PhotoRow } from '../store/schema'
import { limitsOf } from '../sync/exchange'
import type { Context } from '../sync/round'
import { phoneError } from './errors'
import { wallClock } from './forms'
import { words } from './words'

const UNKNOWN = 'application/octet-stream'

/**
 * Reads a file once: what is hashed is what is kept, whatever happens to the file in the gallery, and before anything
 * makes it smaller.
 */
export async function takeIn(context: Context, taking: Taking, lang: Lang): Promise<Attached> {
  const { field, file, source } = taking
  const media = taking.media || file.type || UNKNOWN
  const limits = await limitsOf(context)
  const limit = media.startsWith('audio/') ? limits.voice_bytes : limits.blob_bytes
  if (file.size === 0) throw phoneError(lang, 'photo_empty', field)
  if (file.size > limit) throw phoneError(lang, 'blob_too_large', field, { limit, bytes: file.size })
  let bytes: ArrayBuffer
  try {
    bytes = await file.arrayBuffer()
  } catch (error) {
    throw phoneError(lang, 'photo_unreadable', field, { why: String(error) })
  }
  const sha256 = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
  const row: PhotoRow = {
    sha256,
    bytes: bytes.byteLength,
    media,
    source,
    captured: taking.captured ?? captured(context, file, source),
    hashed: wallClock(context),
    takenMs: context.env.now(),
    state: 'absent',
    kept: 1,
    used: 0,
    upload: null,
    sent: 0,
    trouble: null,
    asked: null,
    askedMs: 0,
  }
  await context.db.change(async tx => {
    const known = await tx.get('photos', sha256)
    // One that is known already is whole again now.
    await tx.put('photos', known === undefined ? row : { ...known, kept: 1, trouble: null, asked: null })
    await tx.put('originals', new Blob([bytes], { type: media }), sha256)
  })
  return { field, sha256, bytes: row.bytes, media }
}

/** When it was captured, as far as that is known. */
function captured(context: Context, file: Blob, source: Taking['source']): string {
  const modified = source === 'album' && 'lastModified' in file ? (file as File).lastModified : null
  return renderInstant(modified ?? context.env.now(), context.env.offsetMinutes())
}

/** The photos of a record that this phone took, each once. */
export async function photosOf(tx: Reading, record: string, lang: Lang): Promise<Photo[]> {
  const photos: (Photo & { takenMs: number })[] = []
  const seen = new Set<string>()
  const uses = await tx.all('uses', { index: 'record', only: record })
  const drafted = (await tx.get('drafts', record))?.attached ?? []
  for (const { sha256, field } of [...uses, ...drafted]) {
    const row = seen.has(sha256) ? undefined : await tx.get('photos', sha256)
    seen.add(sha256)
    if (row === undefined) continue
    photos.push({
      takenMs: row.takenMs,
      sha256,
      field,
      media: row.media,
      bytes: row.bytes,
      state: row.state,
      sent: row.sent,
      trouble: row.trouble === null ? null : { code: row.trouble, text: words(row.trouble, lang) },
      original: (await tx.get('originals', sha256)) ?? null,
    })
  }
  photos.sort((a, b) => a.takenMs - b.takenMs)
  return photos.map(({ takenMs: _, ...photo }) => photo)
}

/** The server's small picture of one, kept for the next time; null when it cannot be had now. */
export async function serverThumbnail(
  context: Context,
  sha256: string,
  size: number,
  fetch: () => Promise<Blob>,
): Promise<Blob | null> {
  const key = `${sha256}/${size}`
  const kept = await context.db.read(tx => tx.get('thumbnails', key))
  if (kept !== undefined) return kept
  let made: Blob
  try {
    made = await fetch()
  } catch (error) {
    // No network, no picture, or none for this reader: a sign stands for it.
    if (error instanceof Error && (error.name === 'Problem' || error.name === 'Unreached')) return null
    throw error
  }
  await context.db.change(async tx => {
    // Signed out, or the unit ended, while it was on its way.
    if ((await getMeta(tx, 'account')) !== undefined) await tx.put('thumbnails', made, key)
  })
  return made
}

/** A small picture of an original that lies here; null where this browser cannot draw it. */
export async function localThumbnail(original: Blob, size: number): Promise<Blob | null> {
  if (!original.type.startsWith('image/') || typeof createImageBitmap === 'undefined') return null
  if (typeof document === 'undefined') return null
  try {
    const picture = await createImageBitmap(original)
    const scale = Math.min(1, size / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(picture.width * scale))
    canvas.height = Math.max(1, Math.round(picture.height * scale))
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    return await new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', 0.8))
  } catch {
    // A format that this browser does not decode, such as HEIC.
    return null
  }
}
