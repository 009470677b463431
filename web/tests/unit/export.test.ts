/** The export is read as docs/EXPORT.md says, with Node's own ciphers. */

import { createDecipheriv, createHash, pbkdf2Sync, verify as verifySignature } from 'node:crypto'
import { expect, test } from 'vitest'
import { utf8 } from '../../src/protocol/bytes'
import { hashOf, headMessage, link } from '../../src/protocol/feed'
import { edit, record, signedIn } from './deeds'
import { jpeg } from './phones'
import { APPOINTMENT, MEMBER, UNIT } from './scripted'

const PASSWORD = '密码-demo-only'

function opened(file: Buffer, password: string): Buffer {
  const first = file.indexOf('\n')
  const second = file.indexOf('\n', first + 1)
  expect(file.subarray(0, first).toString()).toBe('wuyuan-export-v1')
  const { kdf, cipher } = JSON.parse(file.subarray(first + 1, second).toString())
  const salt = Buffer.from(kdf.salt, 'base64url')
  const key = pbkdf2Sync(password.normalize('NFC'), salt, kdf.iterations, 32, 'sha256')
  const header = file.subarray(0, second + 1)
  const sealed = file.subarray(second + 1)
  const size = cipher.piece_bytes + 16
  const pieces = Math.ceil(sealed.length / size)
  const plain: Buffer[] = []
  for (let number = 0; number < pieces; number++) {
    const piece = sealed.subarray(number * size, (number + 1) * size)
    const counter = Buffer.alloc(5)
    counter.writeUInt32BE(number)
    counter[4] = number === pieces - 1 ? 1 : 0
    const nonce = Buffer.concat([Buffer.from(cipher.nonce_prefix, 'base64url'), counter])
    const opening = createDecipheriv('aes-256-gcm', key, nonce)
    opening.setAAD(header)
    opening.setAuthTag(piece.subarray(piece.length - 16))
    plain.push(opening.update(piece.subarray(0, piece.length - 16)), opening.final())
  }
  return Buffer.concat(plain)
}

test('everything that only the phone has is in it, and can be proved', async () => {
  const { server, one } = await signedIn()
  const first = await record(one, 'delivered')
  await one.phone.sync()
  await edit(one, first, '未送达')
  const photo = jpeg(2_500_000)
  const form = await one.phone.newForm('volunteer_session', UNIT)
  const attached = [await one.phone.takeIn(form, { field: 'photos', file: photo, source: 'camera' })]
  const set = { volunteer: MEMBER, service_kind: 'traffic', started_at: '2026-11-22T08:00:00+08:00' }
  await one.phone.save(form, APPOINTMENT, { set }, attached, 'ask')
  const draft = await one.phone.newForm('volunteer_session', UNIT)
  await one.phone.keepDraft(draft, { set: { activity_name: '草稿' } })
  await expect(one.phone.export('short')).rejects.toMatchObject({ code: 'password_short' })
  const file = Buffer.from(await (await one.phone.export(PASSWORD)).arrayBuffer())
  expect(() => opened(file, 'another password')).toThrow()

  const plain = opened(file, PASSWORD)
  const length = plain.readUInt32BE(0)
  const manifest = JSON.parse(plain.subarray(4, 4 + length).toString())
  expect(manifest).toMatchObject({ member: { id: MEMBER, number: 'D0004' }, generation: 'g1' })
  const [feed] = manifest.feeds
  expect(feed.base).toEqual({ seq: 1, hash: server.feeds.get(feed.device)?.ops[0]?.chain })
  expect(feed.ops.map((op: { seq: number }) => op.seq)).toEqual([2, 3])
  let head = feed.base.hash
  for (const op of feed.ops) {
    expect(hashOf(utf8(op.text))).toBe(op.hash)
    head = link(head, op.hash)
  }
  expect(feed.head).toEqual({ seq: 3, hash: head })
  const key = { key: { kty: 'OKP', crv: 'Ed25519', x: feed.public_key }, format: 'jwk' as const }
  const message = headMessage(feed.device, 3, head)
  expect(verifySignature(null, message, key, Buffer.from(feed.sig, 'base64url'))).toBe(true)
  expect(manifest.drafts).toMatchObject([{ record: draft.record, entry: { set: { activity_name: '草稿' } } }])
  expect(manifest.photos).toMatchObject([{ bytes: 2_500_000, media: 'image/jpeg', source: 'camera' }])
  const bytes = plain.subarray(4 + length)
  expect(bytes.length).toBe(2_500_000)
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(manifest.photos[0].sha256)
})

test('with nothing undelivered it is an empty list', async () => {
  const { one } = await signedIn()
  const file = Buffer.from(await (await one.phone.export(PASSWORD)).arrayBuffer())
  const plain = opened(file, PASSWORD)
  const manifest = JSON.parse(plain.subarray(4).toString())
  expect([manifest.feeds, manifest.photos, manifest.drafts]).toEqual([[], [], []])
})
