/**
 * An encrypted file of what only this phone has: see docs/EXPORT.md. Everything that the desk needs to take it over: texts
 * with their chain and the device's signature over it, and the photos.
 */

import { concat, toBase64Url, utf8 } from '../protocol/bytes'
import { headMessage } from '../protocol/feed'
import type { Reading } from '../store/db'
import { allDevices } from '../store/devices'
import { sign } from '../store/keys'
import { account } from '../store/meta'
import { chainAt, rowsFrom } from '../store/outbox'
import { keptPhotos } from '../store/photos'
import type { DeviceRow, DraftRow, OutRow, PhotoRow } from '../store/schema'
import type { Context } from '../sync/round'
import { openOriginal, openText } from '../sync/seal'
import { wallClock } from './forms'

const MAGIC = 'wuyuan-export-v1\n'
/** As OWASP's cheat sheet on password storage has it for PBKDF2 with SHA-256. */
const ITERATIONS = 600_000
/** Bytes of plain text in one encrypted piece; the last may be shorter. */
const PIECE_BYTES = 1 << 20

interface Gathered {
  member: { id: string; number: string; name: string }
  generation: string | null
  feeds: { device: DeviceRow; base: { seq: number; hash: string | null }; rows: OutRow[] }[]
  drafts: DraftRow[]
  photos: { row: PhotoRow; original: Blob }[]
}

/** The end of each feed from the first operation without a verdict on, and the photos that the server lacks. */
async function gather(tx: Reading): Promise<Gathered> {
  const who = await account(tx)
  const feeds: Gathered['feeds'] = []
  for (const device of await allDevices(tx)) {
    const all = await rowsFrom(tx, device.device, 1)
    const isOpen = (row: OutRow) => row.fate === 'none' && row.rewrittenSeq === null
    const first = all.find(isOpen)?.seq
    if (first === undefined) continue
    const base = { seq: first - 1, hash: await chainAt(tx, device.device, first - 1) }
    feeds.push({ device, base, rows: all.filter(row => row.seq >= first) })
  }
  const drafts = await tx.all('drafts')
  const drafted = new Set(drafts.flatMap(draft => draft.attached.map(one => one.sha256)))
  const photos: Gathered['photos'] = []
  for (const row of await keptPhotos(tx)) {
    if (row.state !== 'absent' || (row.used === 0 && !drafted.has(row.sha256))) continue
    const original = await tx.get('originals', row.sha256)
    if (original !== undefined) photos.push({ row, original })
  }
  return { member: who.member, generation: who.generation, feeds, drafts, photos }
}

async function manifest(context: Context, gathered: Gathered): Promise<string> {
  const feeds: unknown[] = []
  for (const { device, base, rows } of gathered.feeds) {
    const last = rows[rows.length - 1]
    if (last === undefined) continue
    const ops: unknown[] = []
    for (const row of rows) ops.push({ seq: row.seq, hash: row.bodyHash, text: await openText(context, row) })
    feeds.push({
      device: device.device,
      public_key: toBase64Url(device.key.publicKey),
      base,
      ops,
      head: { seq: last.seq, hash: last.chain },
      sig: toBase64Url(await sign(device.key, headMessage(device.device, last.seq, last.chain))),
    })
  }
  return JSON.stringify({
    made: wallClock(context),
    member: gathered.member,
    generation: gathered.generation,
    feeds,
    drafts: gathered.drafts.map(({ form, appointment, entry, attached, keptMs }) => {
      const { record, kind, unit } = form
      return { record, kind, unit, appointment, entry, attached, kept_ms: keptMs }
    }),
    photos: gathered.photos.map(({ row }) => {
      const { sha256, bytes, media, source, captured, hashed } = row
      return { sha256, bytes, media, source, captured, hashed }
    }),
  })
}

async function cipherKey(password: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey('raw', utf8(password.normalize('NFC')), 'PBKDF2', false, ['deriveKey'])
  const kdf = { name: 'PBKDF2', hash: 'SHA-256', iterations: ITERATIONS, salt }
  return crypto.subtle.deriveKey(kdf, secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt'])
}

function nonce(prefix: Uint8Array, number: number, isLast: boolean): Uint8Array<ArrayBuffer> {
  const counter = new Uint8Array(4)
  new DataView(counter.buffer).setUint32(0, number)
  return concat(prefix, counter, new Uint8Array([isLast ? 1 : 0]))
}

/** Makes the file. Pieces are encrypted one by one, so that photos need not all lie in memory. */
export async function makeExport(context: Context, password: string): Promise<Blob> {
  const gathered = await context.db.read(gather)
  const text = utf8(await manifest(context, gathered))
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, text.length)
  const originals: Blob[] = []
  for (const { row, original } of gathered.photos) originals.push(await openOriginal(context, row, original))
  const plain = new Blob([length, text, ...originals])
  const [salt, prefix] = [context.env.random(16), context.env.random(7)]
  const key = await cipherKey(password, salt)
  const header = utf8(
    `${MAGIC}${JSON.stringify({
      kdf: { name: 'PBKDF2', hash: 'SHA-256', iterations: ITERATIONS, salt: toBase64Url(salt) },
      cipher: { name: 'AES-256-GCM', piece_bytes: PIECE_BYTES, nonce_prefix: toBase64Url(prefix) },
    })}\n`,
  )
  const parts: BlobPart[] = [header]
  const pieces = Math.max(1, Math.ceil(plain.size / PIECE_BYTES))
  for (let number = 0; number < pieces; number++) {
    const piece = await plain.slice(number * PIECE_BYTES, (number + 1) * PIECE_BYTES).arrayBuffer()
    const iv = nonce(prefix, number, number === pieces - 1)
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: header }, key, piece)
    parts.push(new Blob([sealed]))
  }
  return new Blob(parts, { type: 'application/octet-stream' })
}
