/** What a sync makes of sessions, networks, limits, verdicts and scopes (sections 2 to 8). */

import { expect, test, vi } from 'vitest'
import { genesis } from '../../src/protocol/feed'
import type { Op } from '../../src/protocol/op'
import { json, problem } from './answers'
import { device, outbox, record, signedIn, stored } from './deeds'
import { jpeg } from './phones'
import { UNIT } from './scripted'

const UP_TO_DATE = { kind: 'up_to_date' }

test('an expired token is refreshed once, and what was asked is asked again', async () => {
  const { server, one } = await signedIn()
  await record(one, 'a')
  server.next('/v1/sync', () => problem(401, 'token_expired'))
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(server.to('/v1/auth/refresh')).toHaveLength(1)
  expect(server.to('/v1/sync').pop()?.token).toBe('access-2')
})

test('a refused refresh: somebody must sign in, and recording goes on', async () => {
  const { server, one } = await signedIn()
  await record(one, 'a')
  server.next('/v1/sync', () => problem(401, 'token_expired'))
  server.next('/v1/auth/refresh', () => problem(401, 'refresh_refused'))
  expect(await one.phone.sync()).toMatchObject({ kind: 'sign_in', trouble: 'sign_in' })
  await record(one, 'b')
  expect(one.phone.state().get()).toMatchObject({ stage: 'sign_in', signedIn: false, waiting: 1, sent: 1 })
  await one.phone.signIn({ number: 'D0004', password: 'x', label: '手机' })
  expect(one.phone.state().get()).toMatchObject({ stage: 'ready', waiting: 0, sent: 0 })
})

for (const status of [200, 302, 403, 511]) {
  test(`a captive portal answers ${status} with a page: it waits, and takes nothing of it`, async () => {
    const { server, one } = await signedIn()
    await record(one, 'a')
    const page = () => new Response('<html>sign in</html>', { status, headers: { 'content-type': 'text/html' } })
    server.always('/v1/', page)
    expect(await one.phone.sync()).toMatchObject({ kind: 'wait', code: 'answer_foreign' })
    server.plain()
    expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  })
}

for (const [status, code] of [
  [429, 'too_many_requests'],
  [503, 'busy'],
] as const) {
  test(`${status}: it waits at least as long as Retry-After says`, async () => {
    const { server, one } = await signedIn()
    await record(one, 'a')
    server.next('/v1/sync', () => problem(status, code, {}, { 'retry-after': '30' }))
    const outcome = await one.phone.sync()
    expect(outcome).toMatchObject({ kind: 'wait', code })
    expect(outcome.kind === 'wait' && outcome.afterMs).toBeGreaterThanOrEqual(30_000)
  })
}

test('waits grow with every failure in a row', async () => {
  const { server, one } = await signedIn()
  one.env.random = length => new Uint8Array(length).fill(255)
  server.always('/v1/', () => Promise.reject(new TypeError('no network')))
  const waits: number[] = []
  for (let nth = 0; nth < 12; nth++) {
    const outcome = await one.phone.sync()
    waits.push(outcome.kind === 'wait' ? outcome.afterMs : Number.NaN)
  }
  expect(waits.slice(0, 4)).toEqual([1000, 2000, 4000, 8000])
  expect(waits.pop()).toBe(300_000)
})

test('a server that says nothing in time is given up for now', async () => {
  const { server, one } = await signedIn()
  await one.restart({ timeoutMs: 20 })
  server.next('/v1/sync', () => new Promise(() => undefined))
  expect(await one.phone.sync()).toMatchObject({ kind: 'wait', code: 'timeout' })
})

test('no verdict on what was sent: this sync ends, nothing is lost', async () => {
  const { server, one } = await signedIn()
  await record(one, 'a')
  const head = { seq: 0, hash: genesis(device(one)) }
  const feed = { head, durable_seq: 0, closed: false }
  server.always('/v1/sync', () => json({ generation: 'g1', server_time: 0, catalog: 1, feed, more: false }))
  expect(await one.phone.sync()).toMatchObject({ kind: 'wait', code: 'no_progress' })
  expect(server.to('/v1/sync')).toHaveLength(1)
  server.plain()
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
})

test('a server that restarts for ever is left after a few requests', async () => {
  const { server, one } = await signedIn()
  let nth = 1
  server.always('/v1/sync', () => {
    server.generation = `g${++nth}`
    return undefined
  })
  expect(await one.phone.sync()).toMatchObject({ kind: 'wait', code: 'no_progress' })
  expect(server.to('/v1/sync').length).toBeLessThan(8)
})

test('a receipt that does not hold: nothing of the answer is taken', async () => {
  const { server, one } = await signedIn()
  await record(one, 'a')
  vi.spyOn(server, 'receipt').mockReturnValueOnce({ key: 'k1', sig: 'A'.repeat(86) })
  expect(await one.phone.sync()).toMatchObject({ kind: 'stopped', code: 'receipt_invalid' })
  expect((await outbox(one))[0]).toMatchObject({ fate: 'none', firstReceipt: null })
})

test('a receipt of an unknown key: the keys are asked for first', async () => {
  const { server, one } = await signedIn()
  await record(one, 'a')
  const real = server.receipt.bind(server)
  vi.spyOn(server, 'receipt').mockImplementationOnce((of, lines) => ({ ...real(of, lines), key: 'k2' }))
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(server.to('/v1/config')).toHaveLength(1)
})

test('a body that is too large is halved, down to one operation, then to a stub', async () => {
  const { server, one } = await signedIn()
  for (const note of ['a', 'b', 'c', 'd']) await record(one, note)
  const sizes: number[] = []
  server.always('/v1/sync', asked => {
    const ops = asked.body.push?.ops ?? []
    sizes.push(ops.length)
    const tooMuch = ops.some((op: Op) => op.set?.activity_name === 'b')
    return tooMuch ? problem(413, 'body_too_large') : undefined
  })
  server.refuse = [['withheld', 'quarantined', 'too_large']]
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(sizes.slice(0, 3)).toEqual([4, 2, 1])
  expect(server.feeds.get(device(one))?.ops.map(op => op.text.includes('withheld'))).toEqual([
    false,
    true,
    false,
    false,
  ])
  expect(one.phone.state().get().attention).toMatchObject([{ code: 'too_large' }])
})

test('fewer operations than announced: the new limit is kept and the limits are asked for anew', async () => {
  const { server, one } = await signedIn()
  for (const note of ['a', 'b', 'c']) await record(one, note)
  server.next('/v1/sync', () => problem(413, 'too_many_ops', { limit: 2 }))
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(server.to('/v1/sync').map(asked => asked.body.push?.ops.length)).toEqual([3, 2, 1])
  expect(server.to('/v1/config')).toHaveLength(1)
})

test('a cursor that is not taken: everything is pulled anew, and what is pending stays', async () => {
  const { server, one } = await signedIn()
  server.pages = [server.page([{ id: '01970000-0000-7000-8000-00000000e001', pos: 1 }])]
  await one.phone.sync()
  await record(one, 'a')
  server.next('/v1/sync', () => problem(400, 'cursor_forged'))
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(server.to('/v1/sync').pop()?.body.pull.cursors).toEqual({})
  expect(stored(server, device(one))).toHaveLength(1)
})

for (const code of ['push_only', 'device_revoked']) {
  test(`${code}: what is pending is delivered without a pull, then what was pulled goes`, async () => {
    const { server, one } = await signedIn()
    server.pages = [server.page([{ id: '01970000-0000-7000-8000-00000000e001', pos: 1 }])]
    await one.phone.sync()
    expect((await one.phone.records({})).lines).toHaveLength(1)
    await record(one, 'a')
    server.always('/v1/sync', asked => (asked.body.pull === undefined ? undefined : problem(403, code)))
    expect(await one.phone.sync()).toEqual(UP_TO_DATE)
    expect(one.phone.state().get().stage).toBe('push_only')
    expect(stored(server, device(one))).toHaveLength(1)
    expect((await one.phone.records({})).lines).toEqual([])
    // What the server's backup does not have yet stays, unreadable.
    expect((await outbox(one))[0]).toMatchObject({ text: null, hidden: 1 })
    expect((await outbox(one))[0]?.sealed).not.toBeNull()
  })
}

test('a unit that has ended goes with its drafts once its saves are delivered, and heals a restored server', async () => {
  const { server, one } = await signedIn()
  server.pages = [server.page([{ id: '01970000-0000-7000-8000-00000000e001', pos: 1 }])]
  await one.phone.sync()
  await record(one, 'a')
  await one.phone.keepDraft(await one.phone.newForm('volunteer_session', UNIT), { set: { activity_name: 'b' } })
  const ended: string[] = []
  one.phone.on(event => event.kind === 'ended' && ended.push(...event.units))
  server.ended = [UNIT]
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(ended).toEqual([UNIT])
  expect(await one.phone.drafts()).toEqual([])
  expect((await one.phone.records({})).lines).toEqual([])
  expect((await outbox(one))[0]?.text).toBeNull()
  const [before] = server.feeds.get(device(one))?.ops.splice(0) ?? []
  server.generation = 'g2'
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(server.feeds.get(device(one))?.ops[0]?.text).toBe(before?.text)
})

test('a unit that never fits is pulled anew three times, then reported once', async () => {
  const { server, one } = await signedIn()
  server.always('/v1/sync', () => {
    server.pages = [server.page([], { tally: { count: 1, sum: '0'.repeat(32) }, cursor: 'c' })]
    return undefined
  })
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(server.to('/v1/sync')).toHaveLength(4)
  expect(one.phone.state().get().attention).toMatchObject([{ code: 'unit_diverged', unit: UNIT }])
  server.plain()
  await one.phone.sync()
  await one.phone.sync()
  const reported = server.to('/v1/sync').map(asked => asked.body.pull?.diverged)
  expect(reported.filter(units => units !== undefined)).toEqual([[UNIT]])
})

test('what is held is asked for until it is decided', async () => {
  const { server, one } = await signedIn()
  const id = await record(one, 'a')
  server.refuse = [['"a"', 'held', 'link_missing']]
  await one.phone.sync()
  expect((await one.phone.view(id))?.standing).toBe('held')
  server.refuse = []
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(server.to('/v1/sync').pop()?.body.held).toEqual([1])
  expect((await one.phone.view(id))?.standing).toBe('received')
})

test('what is refused for good stops nothing behind it', async () => {
  const { server, one } = await signedIn()
  await record(one, 'a')
  const second = await record(one, 'b')
  server.refuse = [['"a"', 'quarantined', 'wrong_type']]
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect((await one.phone.view(second))?.standing).toBe('received')
  expect(one.phone.state().get().attention).toMatchObject([{ code: 'wrong_type' }])
})

test('a signature that is not taken stops the sync, and everything stays', async () => {
  const { server, one } = await signedIn()
  await record(one, 'a')
  server.next('/v1/sync', () => problem(400, 'bad_signature'))
  expect(await one.phone.sync()).toMatchObject({ kind: 'stopped', code: 'bad_signature' })
  expect(one.phone.state().get()).toMatchObject({ sent: 1 })
})

test('the clock offset is measured in the middle of the round trip', async () => {
  const { server, one } = await signedIn()
  one.env.ms = Date.now() - 365 * 86_400_000
  await one.phone.sync()
  const offset = one.phone.state().get().clockOffsetMs ?? 0
  expect(Math.abs(offset - 365 * 86_400_000)).toBeLessThan(60_000)
  await record(one, 'a')
  await one.phone.sync()
  const op = stored(server, device(one))[0]
  expect(op?.at.slice(0, 4)).toBe(String(new Date(one.env.ms).getFullYear()))
  expect(op).toMatchObject({ boot: one.env.boot, uptime_ms: one.env.upMs })
  expect(server.to('/v1/sync').pop()?.body.push.sent_at).toBe(one.env.ms)
})

test('a restart in the middle of anything loses nothing', async () => {
  const { server, one } = await signedIn()
  const form = await one.phone.newForm('volunteer_session', UNIT)
  const attached = [await one.phone.takeIn(form, { field: 'photos', file: jpeg(2000), source: 'camera' })]
  await one.phone.keepDraft(form, { set: { activity_name: '草稿' } }, { attached })
  const id = await record(one, 'a')
  await one.restart()
  expect(await one.phone.draft(form.record)).toMatchObject({ entry: { set: { activity_name: '草稿' } }, attached })
  expect((await one.phone.photos(form.record))[0]?.original?.size).toBe(2000)
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect((await one.phone.view(id))?.standing).toBe('received')
  expect(server.to('/v1/devices')).toEqual([])
  await one.phone.dropDraft(form.record)
  await one.restart()
  expect(await one.phone.photos(form.record)).toEqual([])
})

test('one phone is of one member', async () => {
  const { server, one } = await signedIn()
  server.next('/v1/auth/sign-in', () =>
    json({
      access_token: 'x',
      scope: 'full',
      member: { id: '01970000-0000-7000-8000-00000000a009', number: 'D9', name: '别人' },
      appointments: [],
    }),
  )
  const other = one.phone.signIn({ number: 'D9', password: 'x', label: '手机' })
  await expect(other).rejects.toMatchObject({ code: 'other_member' })
  expect(one.phone.state().get().member?.number).toBe('D0004')
})
