/** Photos: kept until the server has verified their hash, whatever it says meanwhile. */

import { expect, test } from 'vitest'
import type { Attached } from '../../src/phone'
import { Database } from '../../src/store/db'
import { problem } from './answers'
import { signedIn } from './deeds'
import { type Handset, jpeg } from './phones'
import { APPOINTMENT, MEMBER, type Scripted, UNIT } from './scripted'

const UP_TO_DATE = { kind: 'up_to_date' }

async function withPhotos(
  sizes: number[],
): Promise<{ server: Scripted; one: Handset; record: string; photos: Attached[] }> {
  const { server, one } = await signedIn()
  const form = await one.phone.newForm('volunteer_session', UNIT)
  const photos: Attached[] = []
  for (const size of sizes) {
    photos.push(await one.phone.takeIn(form, { field: 'photos', file: jpeg(size), source: 'camera' }))
    one.env.pass(1)
  }
  const set = { volunteer: MEMBER, service_kind: 'traffic', started_at: '2026-11-22T08:00:00+08:00' }
  const { record } = await one.phone.save(form, APPOINTMENT, { set }, photos, 'ask')
  return { server, one, record, photos }
}

/** Changes what is kept of a photo, beside the phone. */
async function meddle(one: Handset, sha256: string, original: Blob | null): Promise<void> {
  const db = await Database.open(one.name)
  await db.change(tx => (original === null ? tx.delete('originals', sha256) : tx.put('originals', original, sha256)))
  db.close()
}

test('records go first, then photos in pieces, from where the server has them', async () => {
  const { server, one, record, photos } = await withPhotos([1_300_000, 3000])
  let cuts = 1
  server.always('/v1/blobs/uploads', asked => {
    if (asked.method === 'PATCH' && asked.headers['upload-offset'] === '524288' && cuts-- > 0) {
      return Promise.reject(new TypeError('cut'))
    }
    return undefined
  })
  expect(await one.phone.sync()).toMatchObject({ kind: 'wait', code: 'unreachable' })
  const paths = server.asked.map(asked => asked.path)
  expect(paths.indexOf('/v1/sync')).toBeLessThan(paths.indexOf('/v1/blobs'))
  expect((await one.phone.photos(record))[0]).toMatchObject({ state: 'absent', sent: 524_288 })
  await one.restart()
  server.asked.length = 0
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  const sent = server.to('/v1/blobs/uploads/1').map(({ method, bytes }) => [method, bytes?.size ?? 0])
  expect(sent).toEqual([
    ['HEAD', 0],
    ['PATCH', 524_288],
    ['PATCH', 1_300_000 - 2 * 524_288],
  ])
  expect(server.blobs.get(photos[0]?.sha256 ?? '')).toBe('received')
  expect((await one.phone.view(record))?.photos).toEqual({ delivered: 2, total: 2, trouble: 0 })
})

test('what was said of a photo when it was taken goes with it', async () => {
  const { server, one, photos } = await withPhotos([3000])
  await one.phone.sync()
  const creation = server.to('/v1/blobs').find(asked => asked.method === 'POST' && asked.path === '/v1/blobs')
  const pairs = (creation?.headers['upload-metadata'] ?? '').split(',').map(pair => pair.split(' '))
  const said = Object.fromEntries(pairs.map(([key, value]) => [key, atob(value ?? '')]))
  expect(said).toMatchObject({ sha256: photos[0]?.sha256, filetype: 'image/jpeg', source: 'camera' })
  expect(said.device).toBe(one.phone.state().get().device?.id)
  expect(said.captured).toMatch(/^20..-..-..T.*\+08:00$/)
})

test('an upload that is gone begins anew, after the server was asked what it has', async () => {
  const { server, one } = await withPhotos([3000])
  server.next('/v1/blobs/uploads', () => new Response(null, { status: 410 }))
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(server.to('/v1/blobs/status')).toHaveLength(2)
  expect(server.uploads.size).toBe(2)
})

test('a hash that the server finds wrong: the original is hashed again, and sent again if it is sound', async () => {
  const { server, one, record } = await withPhotos([3000])
  let isFirst = true
  server.always('/v1/blobs/uploads', asked => {
    if (asked.method !== 'PATCH' || !isFirst) return undefined
    isFirst = false
    return problem(422, 'blob_hash_wrong')
  })
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect((await one.phone.photos(record))[0]).toMatchObject({ state: 'received', trouble: null })
})

test('an original that has changed is told, and the others are sent', async () => {
  const { server, one, record, photos } = await withPhotos([3000, 4000])
  await meddle(one, photos[0]?.sha256 ?? '', jpeg(3000))
  server.next('/v1/blobs/uploads/1', () => undefined)
  server.next('/v1/blobs/uploads/1', () => problem(422, 'blob_hash_wrong'))
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  const [first, second] = await one.phone.photos(record)
  const states = [first, second].map(photo => [photo?.state, photo?.trouble?.code])
  expect(states).toContainEqual(['absent', 'photo_damaged'])
  expect(states).toContainEqual(['received', undefined])
  expect(
    one.phone
      .state()
      .get()
      .attention.map(item => item.code),
  ).toContain('photo_damaged')
})

test('an original that is gone is told', async () => {
  const { one, record, photos } = await withPhotos([3000])
  await meddle(one, photos[0]?.sha256 ?? '', null)
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect((await one.phone.photos(record))[0]?.trouble?.code).toBe('photo_missing')
})

for (const [status, code] of [
  [415, 'blob_media_refused'],
  [413, 'blob_too_large'],
] as const) {
  test(`${code}: it is kept and told, and tried again only when somebody asks`, async () => {
    const { server, one, record } = await withPhotos([3000])
    server.next('/v1/blobs/uploads', () => undefined)
    server.next('/v1/blobs/uploads', () => problem(status, code))
    expect(await one.phone.sync()).toEqual(UP_TO_DATE)
    const [photo] = await one.phone.photos(record)
    expect(photo).toMatchObject({ state: 'absent', trouble: { code } })
    expect(photo?.original?.size).toBe(3000)
    server.asked.length = 0
    await one.phone.sync()
    expect(server.to('/v1/blobs/uploads')).toEqual([])
    await one.phone.retryPhotos()
    expect(await one.phone.sync()).toEqual(UP_TO_DATE)
    expect((await one.phone.photos(record))[0]?.state).toBe('received')
  })
}

test('another request is writing: the photo waits, the others go', async () => {
  const { server, one } = await withPhotos([3000, 4000])
  server.next('/v1/blobs/uploads/1', () => new Response(null, { status: 423, headers: { 'retry-after': '5' } }))
  const outcome = await one.phone.sync()
  expect(outcome).toMatchObject({ kind: 'wait', code: 'upload_locked' })
  expect(outcome.kind === 'wait' && outcome.afterMs).toBeGreaterThanOrEqual(5000)
  expect(server.blobs.size).toBe(1)
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(server.blobs.size).toBe(2)
})

test('too many uploads are open: no new one is begun', async () => {
  const { server, one } = await withPhotos([3000, 4000])
  server.next('/v1/blobs', () => undefined)
  server.next('/v1/blobs', () => problem(429, 'too_many_uploads', { limit: 1 }, { 'retry-after': '9' }))
  expect(await one.phone.sync()).toMatchObject({ kind: 'wait', code: 'too_many_uploads' })
  expect(server.asked.filter(asked => asked.path === '/v1/blobs')).toHaveLength(1)
})

test('a server without room: all photos wait, records do not', async () => {
  const { server, one, record } = await withPhotos([3000])
  server.always('/v1/blobs/uploads', asked => (asked.method === 'PATCH' ? problem(507, 'storage_full') : undefined))
  // It is the server's disk that is full, not the phone's.
  const text = '服务器存储空间不足，照片仍在手机上'
  expect(await one.phone.sync()).toMatchObject({ kind: 'wait', code: 'storage_full', text })
  expect((await one.phone.view(record))?.standing).toBe('received')
  expect(one.phone.state().get()).toMatchObject({ waiting: 0, photosWaiting: 1 })
})

test('originals stay until a verified backup has them, so a restored server is healed', async () => {
  const { server, one, record, photos } = await withPhotos([3000])
  await one.phone.sync()
  expect((await one.phone.photos(record))[0]?.original?.size).toBe(3000)
  server.generation = 'g2'
  server.blobs.clear()
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(server.blobs.size).toBe(1)
  server.blobs.set(photos[0]?.sha256 ?? '', 'durable')
  one.env.pass(2 * 3_600_000)
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  const [photo] = await one.phone.photos(record)
  expect(photo).toMatchObject({ state: 'durable', original: null })
})

test('originals of a unit that has ended go as soon as the server has them', async () => {
  const { server, one, record } = await withPhotos([3000])
  server.ended = [UNIT]
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(server.blobs.size).toBe(1)
  expect((await one.phone.photos(record))[0]?.original).toBeNull()
})

test('a file that nothing names stays for a day, for a form may be open; one of a dropped draft goes at once', async () => {
  const { one } = await signedIn()
  const form = await one.phone.newForm('volunteer_session', UNIT)
  const take = (size: number) => one.phone.takeIn(form, { field: 'photos', file: jpeg(size), source: 'camera' })
  const [open, dropped] = [await take(1000), await take(2000)]
  await one.phone.keepDraft(form, {}, { attached: [dropped] })
  await one.phone.dropDraft(form.record)
  await one.restart()
  const kept = async () => {
    const db = await Database.open(one.name)
    const rows = await db.read(tx => tx.all('photos'))
    db.close()
    return rows.map(row => row.sha256)
  }
  expect(await kept()).toEqual([open.sha256])
  one.env.pass(2 * 86_400_000)
  await one.restart()
  expect(await kept()).toEqual([])
})

test('a file is hashed as it is, and refused before it is kept if it cannot be', async () => {
  const { one } = await signedIn()
  const form = await one.phone.newForm('volunteer_session', UNIT)
  const file = new Blob(['abc'], { type: 'image/jpeg' })
  const taken = await one.phone.takeIn(form, { field: 'photos', file, source: 'album' })
  expect(taken.sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  const take = (given: Blob) => one.phone.takeIn(form, { field: 'photos', file: given, source: 'album' })
  await expect(take(new Blob([]))).rejects.toMatchObject({ code: 'photo_empty' })
  const large = new Blob([new Uint8Array(30_000_001)])
  await expect(take(large)).rejects.toMatchObject({ code: 'blob_too_large', detail: { limit: 30_000_000 } })
})

test('the original of a unit that has ended lies encrypted, is exported and arrives as it was taken', async () => {
  const { server, one } = await signedIn()
  const photo = jpeg(90_000)
  const plain = Buffer.from(await photo.arrayBuffer())
  const form = await one.phone.newForm('volunteer_session', UNIT)
  const attached = await one.phone.takeIn(form, { field: 'photos', file: photo, source: 'camera' })
  const set = { volunteer: MEMBER, service_kind: 'traffic', started_at: '2026-11-22T08:00:00+08:00' }
  await one.phone.save(form, APPOINTMENT, { set }, [attached], 'ask')
  server.pages = [server.page([])]
  server.always('/v1/blobs', ({ path }) => (path === '/v1/blobs/status' ? undefined : problem(503, 'unavailable')))
  server.ended = []
  expect(await one.phone.sync()).toMatchObject({ kind: 'wait' })
  server.ended = [UNIT]
  expect(await one.phone.sync()).toMatchObject({ kind: 'wait' })
  const lies = async () => {
    const db = await Database.open(one.name)
    const kept = await db.read(tx => tx.get('originals', attached.sha256))
    db.close()
    return kept === undefined ? null : Buffer.from(await kept.arrayBuffer())
  }
  const kept = await lies()
  expect(kept?.length).toBe(plain.length + 16)
  expect(kept?.includes(plain.subarray(100, 200))).toBe(false)
  expect(await one.phone.thumbnail(attached.sha256, 160)).toBeNull()
  expect((await one.phone.export('correct horse battery')).size).toBeGreaterThan(plain.length)
  await one.restart()
  server.plain()
  server.asked.length = 0
  expect(await one.phone.sync()).toEqual({ kind: 'up_to_date' })
  const pieces = server.asked.filter(asked => asked.method === 'PATCH').map(asked => asked.bytes ?? new Blob([]))
  expect(Buffer.from(await new Blob(pieces).arrayBuffer()).equals(plain)).toBe(true)
  // Once the server has it nothing of it stays here.
  expect(await lies()).toBeNull()
})
