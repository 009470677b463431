/** What a phone believes of the server's transparency log, and what it does not (section 12). */

import nacl from 'tweetnacl'
import { expect, test } from 'vitest'
import { problem } from './answers'
import { record } from './deeds'
import { Notary } from './notary'
import type { Handset } from './phones'
import { handset } from './phones'
import { Scripted } from './scripted'

const UP_TO_DATE = { kind: 'up_to_date' }
const LATER_MS = 11 * 60_000

/** A phone that has seen the log of its server, ten leaves long. */
async function watching(): Promise<{ server: Scripted; notary: Notary; one: Handset }> {
  const server = new Scripted()
  const notary = new Notary('wuyuan/g1')
  notary.grow(9)
  server.log = notary
  const one = await handset({ fetch: server.fetch, timeoutMs: 2000 })
  await one.phone.signIn({ number: 'D0004', password: 'x', label: '手机' })
  expect(seen(one)).toMatchObject({ origin: 'wuyuan/g1', size: 10, warning: null, restores: [] })
  server.asked.length = 0
  return { server, notary, one }
}

const seen = (one: Handset) => one.phone.state().get().log

/** Has the phone look again, with something to deliver, which goes whatever the log is like; what it warns of. */
async function look(one: Handset): Promise<string | undefined> {
  one.env.pass(LATER_MS)
  await record(one, '照常')
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(one.phone.state().get()).toMatchObject({ waiting: 0, sent: 0 })
  return seen(one)?.warning?.code
}

test('a log that grows is believed, and asked for every ten minutes', async () => {
  const { server, notary, one } = await watching()
  notary.grow(7)
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(server.to('/v1/log/')).toEqual([])
  expect(await look(one)).toBeUndefined()
  expect(seen(one)).toMatchObject({ size: 17, warning: null })
  expect(await look(one)).toBeUndefined()
  expect(server.to('/v1/log/').map(one => one.path)).toEqual([
    '/v1/log/checkpoint',
    '/v1/log/proof/consistency?from=10&to=17',
    '/v1/log/checkpoint',
  ])
})

test('a log with fewer leaves is refused: what was believed stays, over restarts, and the warning is the first one', async () => {
  const { notary, one } = await watching()
  notary.leaves.length = 6
  expect(await look(one)).toBe('log_shrunken')
  const warning = seen(one)?.warning
  expect(warning?.evidence).toContain('wuyuan/g1\n6\n')
  expect(one.phone.state().get().attention).toContainEqual({
    code: 'log_shrunken',
    text: '服务器的封存记录比以前少了，请报告小组长',
  })
  notary.grow(9, 1)
  await one.restart()
  expect(await look(one)).toBe('log_shrunken')
  expect(seen(one)).toMatchObject({ size: 10, warning })
})

test('another past is refused: as many leaves, more of them, or a proof that is not had', async () => {
  for (const rows of [9, 12]) {
    const { notary, one } = await watching()
    notary.leaves.length = 1
    notary.grow(rows, 1)
    expect(await look(one)).toBe('log_inconsistent')
    expect(seen(one)?.size).toBe(10)
  }
  const { server, notary, one } = await watching()
  notary.grow(2)
  server.next('/v1/log/proof', () => problem(404, 'not_found'))
  expect(await look(one)).toBe('log_inconsistent')
})

test('another key and no log at all are refused', async () => {
  const { notary, one } = await watching()
  notary.keys = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(8))
  expect(await look(one)).toBe('log_other_key')
  const gone = await watching()
  gone.server.next('/v1/log/checkpoint', () => problem(404, 'not_found'))
  expect(await look(gone.one)).toBe('log_gone')
})

test('what the network does to a look changes nothing, and the next sync looks again', async () => {
  const { server, notary, one } = await watching()
  notary.grow(1)
  server.next('/v1/log/checkpoint', () => problem(503, 'unavailable'))
  expect(await look(one)).toBeUndefined()
  expect(seen(one)).toMatchObject({ size: 10 })
  server.next('/v1/log/checkpoint', () => new Response('<html>sign in to this network</html>'))
  server.next('/v1/log/origins', () => new Response('<html>sign in to this network</html>'))
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(seen(one)).toMatchObject({ size: 10, warning: null })
  server.next('/v1/log/checkpoint', () => problem(401, 'token_expired'))
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(server.to('/v1/auth/refresh')).toHaveLength(1)
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(seen(one)).toMatchObject({ size: 11, warning: null })
})

test('a restore opens a log that names the one before: it is followed, and shown with what was lost', async () => {
  const { server, notary, one } = await watching()
  notary.grow(4)
  expect(await look(one)).toBeUndefined()
  notary.restore('wuyuan/g2', 12)
  notary.grow(3, 2)
  server.generation = 'g2'
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  const restored = { origin: 'wuyuan/g2', size: 4, warning: null }
  expect(seen(one)).toMatchObject({ ...restored, restores: [{ before: 'wuyuan/g1', origin: 'wuyuan/g2', lost: 2 }] })
  expect(server.to('/v1/log/proof').pop()?.path).toBe('/v1/log/proof/consistency?from=10&to=12&log=1')
  // Two more while this phone was away.
  notary.restore('wuyuan/g3', 4)
  notary.restore('wuyuan/g4', 1)
  server.generation = 'g4'
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(seen(one)).toMatchObject({ origin: 'wuyuan/g4', size: 1, warning: null })
  expect(seen(one)?.restores.map(({ lost }) => lost)).toEqual([2, 0])
})

test('a new log that does not name the one before, or ended it elsewhere, is refused', async () => {
  const unnamed = await watching()
  unnamed.notary.restore('wuyuan/g2', 10, false)
  expect(await look(unnamed.one)).toBe('log_unnamed')
  expect(seen(unnamed.one)).toMatchObject({ origin: 'wuyuan/g1', size: 10, restores: [] })
  const other = await watching()
  other.notary.leaves.length = 1
  other.notary.grow(12, 1)
  other.notary.restore('wuyuan/g2', 13)
  expect(await look(other.one)).toBe('log_inconsistent')
  expect(JSON.parse(seen(other.one)?.warning?.evidence ?? '')).toHaveLength(2)
})

test('a server without a log is not asked for one', async () => {
  const server = new Scripted()
  const one = await handset({ fetch: server.fetch, timeoutMs: 2000 })
  await one.phone.signIn({ number: 'D0004', password: 'x', label: '手机' })
  expect(server.to('/v1/log/')).toEqual([])
  expect(seen(one)).toBeNull()
})
