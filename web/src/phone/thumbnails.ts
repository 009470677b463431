/** Small pictures, kept for the next time: to decode a large photo takes an old phone a second. */

import { getMeta } from '../store/meta'
import { Problem, Unreached } from '../sync/problem'
import { api, type Context } from '../sync/round'

/** Quality of the JPEG that is made here, 0 to 1. */
const QUALITY = 0.8

/** One of a photo, from the original here or from the server; null: none can be had now. */
export async function thumbnail(context: Context, sha256: string, size: number): Promise<Blob | null> {
  const key = `${sha256}/${size}`
  const { kept, original } = await context.db.read(async tx => ({
    kept: await tx.get('thumbnails', key),
    // One that lies here encrypted is not to be seen here.
    original: (await tx.get('photos', sha256))?.sealed ? undefined : await tx.get('originals', sha256),
  }))
  if (kept !== undefined) return kept
  const drawn = original === undefined ? null : await draw(original, size)
  const made = drawn ?? (await ask(context, sha256, size))
  if (made === null) return null
  await context.db.change(async tx => {
    // Signed out while it was on its way.
    if ((await getMeta(tx, 'account')) !== undefined) await tx.put('thumbnails', made, key)
  })
  return made
}

async function ask(context: Context, sha256: string, size: number): Promise<Blob | null> {
  const who = await context.db.read(tx => getMeta(tx, 'account'))
  if (who === undefined || who.accessToken === null) return null
  try {
    return await api(context, who).thumbnail(sha256, size)
  } catch (error) {
    // No network, no picture, or none for this reader: a sign stands for it.
    if (error instanceof Problem || error instanceof Unreached) return null
    throw error
  }
}

/** Draws an original small; null where this browser cannot. */
async function draw(original: Blob, size: number): Promise<Blob | null> {
  if (!original.type.startsWith('image/') || typeof createImageBitmap === 'undefined') return null
  if (typeof document === 'undefined') return null
  try {
    const picture = await createImageBitmap(original)
    const scale = Math.min(1, size / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(picture.width * scale))
    canvas.height = Math.max(1, Math.round(picture.height * scale))
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    return await new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  } catch {
    // A format that this browser does not decode, such as HEIC.
    return null
  }
}
