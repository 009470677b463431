/**
 * Encryption of what must still be kept of a unit that has ended: AES-GCM under a key of this installation that cannot be
 * read out of the browser. It is not shown any more, and is pushed again only if a restored server asks for it.
 */

import { utf8 } from '../protocol/bytes'
import { getMeta, putMeta } from '../store/meta'
import { photosToSeal } from '../store/photos'
import type { OutRow, PhotoRow } from '../store/schema'
import type { Context } from './round'

const CIPHER = 'AES-GCM'

async function sealKey(context: Context): Promise<CryptoKey> {
  const kept = await context.db.read(tx => getMeta(tx, 'sealKey'))
  if (kept !== undefined) return kept
  const made = (await crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, [
    'encrypt',
    'decrypt',
  ])) as CryptoKey
  return context.db.change(async tx => {
    // Another tab may have been faster.
    const first = await getMeta(tx, 'sealKey')
    if (first === undefined) await putMeta(tx, 'sealKey', made)
    return first ?? made
  })
}

/** What an encrypted text is bound to: its place in its feed. */
function place(row: OutRow): Uint8Array<ArrayBuffer> {
  return utf8(`${row.device} ${row.seq} ${row.bodyHash}`)
}

/** Encrypts what is to lie here encrypted and does not yet: operations, and originals that the server lacks. */
export async function sealHidden(context: Context): Promise<void> {
  await sealTexts(context)
  await sealOriginals(context)
}

/** One by one, so that photos need not all lie in memory. */
async function sealOriginals(context: Context): Promise<void> {
  for (const { sha256 } of await context.db.read(photosToSeal)) {
    const original = await context.db.read(tx => tx.get('originals', sha256))
    if (original === undefined) continue
    const key = await sealKey(context)
    const iv = context.env.random(12)
    const plain = await original.arrayBuffer()
    const sealed = await crypto.subtle.encrypt({ name: CIPHER, iv, additionalData: utf8(sha256) }, key, plain)
    await context.db.change(async tx => {
      const row = await tx.get('photos', sha256)
      // Another tab may have been faster, or it has gone meanwhile.
      if (row === undefined || row.kept === 0 || row.sealed) return
      await tx.put('photos', { ...row, sealed: { iv } })
      await tx.put('originals', new Blob([sealed]), sha256)
    })
  }
}

/** An original as it was taken in, encrypted here or not. */
export async function openOriginal(context: Context, row: PhotoRow, kept: Blob): Promise<Blob> {
  if (!row.sealed) return kept
  const way = { name: CIPHER, iv: row.sealed.iv, additionalData: utf8(row.sha256) }
  const plain = await crypto.subtle.decrypt(way, await sealKey(context), await kept.arrayBuffer())
  return new Blob([plain], { type: row.media })
}

async function sealTexts(context: Context): Promise<void> {
  const rows = (await context.db.read(tx => tx.all('outbox', { index: 'hidden', only: 1 }))).filter(
    row => row.text !== null,
  )
  if (rows.length === 0) return
  const key = await sealKey(context)
  for (const row of rows) {
    const iv = context.env.random(12)
    const bytes = await crypto.subtle.encrypt(
      { name: CIPHER, iv, additionalData: place(row) },
      key,
      utf8(row.text ?? ''),
    )
    await context.db.change(async tx => {
      const now = await tx.get('outbox', [row.device, row.seq])
      if (now?.text === row.text) await tx.put('outbox', { ...now, text: null, sealed: { iv, bytes } })
    })
  }
}

/** An operation's text, encrypted or not; null once it is gone. */
export async function openText(context: Context, row: OutRow): Promise<string | null> {
  if (row.sealed === null) return row.text
  const { iv, bytes } = row.sealed
  const key = await sealKey(context)
  const plain = await crypto.subtle.decrypt({ name: CIPHER, iv, additionalData: place(row) }, key, bytes)
  return new TextDecoder().decode(plain)
}
