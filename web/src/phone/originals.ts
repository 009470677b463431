/** Photos, voice notes and documents as screens see them: taken in, looked at, tried again. */

import type { Attached, Lang, Photo, Taking } from '../phone'
import { renderInstant } from '../protocol/value'
import type { Reading } from '../store/db'
import type { PhotoRow } from '../store/schema'
import { sha256 as hashOf } from '../sync/digest'
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
  const sha256 = await hashOf(bytes)
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
    await tx.put('photos', known === undefined ? row : { ...known, kept: 1, sealed: null, trouble: null, asked: null })
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
      original: row.sealed ? null : ((await tx.get('originals', sha256)) ?? null),
    })
  }
  photos.sort((a, b) => a.takenMs - b.takenMs)
  return photos.map(({ takenMs: _, ...photo }) => photo)
}
