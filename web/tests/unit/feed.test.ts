/** How a feed goes on over lost answers, gaps, forks and restored servers (sections 5 to 7). */

import { expect, test } from 'vitest'
import { genesis } from '../../src/protocol/feed'
import { problem } from './answers'
import { device, edit, outbox, record, signedIn, stored } from './deeds'

const UP_TO_DATE = { kind: 'up_to_date' }

test('an operation travels byte for byte as it was written', async () => {
  const { server, one } = await signedIn()
  await record(one, '电动车 "a\\b" \u2028')
  const [before] = await outbox(one)
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(server.feeds.get(device(one))?.ops[0]).toMatchObject({ text: before?.text, hash: before?.bodyHash })
})

test('a lost answer: the same is sent again, and the repeat is taken', async () => {
  const { server, one } = await signedIn()
  const id = await record(one, 'a')
  const real = server.fetch
  let isLost = true
  await one.restart({
    fetch: async (input, init) => {
      const answer = await real(input, init)
      if (isLost && input === '/v1/sync') throw new TypeError('cut')
      return answer
    },
  })
  expect(await one.phone.sync()).toMatchObject({ kind: 'wait', code: 'unreachable' })
  expect(one.phone.state().get()).toMatchObject({ waiting: 0, sent: 1 })
  isLost = false
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(stored(server, device(one))).toHaveLength(1)
  expect((await one.phone.view(id))?.standing).toBe('received')
})

test('a gap on the own chain: it goes on from where the server is', async () => {
  const { server, one } = await signedIn()
  for (const note of ['a', 'b', 'c']) await record(one, note)
  await one.phone.sync()
  server.feeds.get(device(one))?.ops.splice(1)
  await record(one, 'd')
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(stored(server, device(one)).map(op => op.set?.activity_name)).toEqual(['a', 'b', 'c', 'd'])
})

for (const how of ['forked', 'feed_closed', 'a head above the own', 'a gap that is not on the own chain']) {
  test(`a fork (${how}): a fresh sign-in, a new device, the rest rewritten once`, async () => {
    const { server, one } = await signedIn()
    const first = await record(one, 'a')
    await one.phone.sync()
    const old = device(one)
    await edit(one, first, 'b')
    const second = await record(one, 'c')
    const form = await one.phone.openForm(second)
    if (form === null) throw new Error('no form')
    const feed = server.feeds.get(old)
    if (how === 'forked') server.next('/v1/sync', () => problem(409, 'forked'))
    else if (how === 'feed_closed' && feed !== undefined) feed.closed = true
    else if (how === 'a head above the own')
      feed?.ops.push(...[1, 2, 3].map(() => ({ text: '{}', hash: genesis(old), chain: genesis(old) })))
    else server.next('/v1/sync', () => problem(409, 'gap', { expected_seq: 2, expected_hash: genesis(old) }))
    expect(await one.phone.sync()).toMatchObject({ kind: 'sign_in', trouble: 'feed_forked' })
    expect(one.phone.state().get().stage).toBe('sign_in')
    await record(one, 'd')
    await one.phone.signIn({ number: 'D0004', password: 'x', label: '手机' })
    expect(one.phone.state().get()).toMatchObject({ trouble: null, lastOutcome: UP_TO_DATE, waiting: 0, sent: 0 })
    const now = device(one)
    expect(now).not.toBe(old)
    const ops = stored(server, now)
    expect(ops.map(op => op.set?.activity_name)).toEqual(['b', 'c', 'd'])
    expect(ops.map(op => op.reissues?.seq)).toEqual([2, 3, 4])
    expect(ops[0]?.seen).toEqual({ [old]: 1 })
    expect(ops.map(op => op.seq)).toEqual([1, 2, 3])
    // The form was opened before: what it saw bears its new number.
    await one.phone.save(form, ops[0]?.as ?? '', { set: { activity_name: 'e' } }, [], 'ask')
    await one.phone.sync()
    expect(stored(server, now)[3]?.seen).toEqual({ [now]: 2 })
  })
}

test('a new generation: what the server lost is pushed again with its receipts', async () => {
  const { server, one } = await signedIn()
  await record(one, 'a')
  await record(one, 'b')
  await one.phone.sync()
  server.generation = 'g2'
  server.feeds.get(device(one))?.ops.splice(1)
  server.asked.length = 0
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(stored(server, device(one)).map(op => op.set?.activity_name)).toEqual(['a', 'b'])
  const push = server.to('/v1/sync').find(asked => asked.body.push !== undefined)?.body.push
  expect(push.receipts).toHaveLength(1)
  expect(push.receipts[0]).toMatchObject({ key: 'k1' })
  expect(push.receipts[0].text).toContain('wuyuan-receipt-v1')
  expect(server.to('/v1/config')).toHaveLength(1)
  await record(one, 'c')
  await one.phone.sync()
  expect(stored(server, device(one)).map(op => op.gen)).toEqual(['g1', 'g1', 'g2'])
})

test('a restored server that does not know the device: it enrols again, with the same id and key', async () => {
  const { server, one } = await signedIn()
  await record(one, 'a')
  await one.phone.sync()
  const own = device(one)
  server.feeds.delete(own)
  server.generation = 'g2'
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(device(one)).toBe(own)
  expect(stored(server, own)).toHaveLength(1)
})

test("another member's device bears the id: everything goes on under a new one, without claims", async () => {
  const { server, one } = await signedIn()
  await record(one, 'a')
  const old = device(one)
  server.next('/v1/sync', () => problem(403, 'device_not_yours'))
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(device(one)).not.toBe(old)
  expect(stored(server, device(one))).toMatchObject([{ set: { activity_name: 'a' } }])
  expect(stored(server, device(one))[0]?.reissues).toBeUndefined()
})

test('texts that are gone are asked for: the feed goes on under a new device', async () => {
  const { server, one } = await signedIn()
  await record(one, 'a')
  server.pages = [server.page([])]
  await one.phone.sync()
  const old = device(one)
  const feed = server.feeds.get(old)
  if (feed === undefined) throw new Error('no feed')
  feed.durable = 1
  server.pages = [server.page([])]
  await one.phone.sync()
  expect((await outbox(one))[0]?.text).toBeNull()
  server.generation = 'g2'
  feed.ops.splice(0)
  await record(one, 'b')
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(device(one)).not.toBe(old)
  const enrolment = server.to('/v1/devices').pop()?.body
  expect(enrolment.continues.device).toBe(old)
  expect(stored(server, device(one)).map(op => op.set?.activity_name)).toEqual(['b'])
  expect(
    one.phone
      .state()
      .get()
      .attention.map(one => one.code),
  ).toContain('lost')
})
