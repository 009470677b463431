/** Two tabs of one phone, in a browser that has no locks. */

import { afterEach, expect, test, vi } from 'vitest'
import { Database } from '../../src/store/db'
import { leased } from '../../src/store/lease'
import { getMeta, putMeta } from '../../src/store/meta'
import type { Asked } from './answers'
import { record, signedIn } from './deeds'
import { type Handset, handset } from './phones'
import type { Scripted } from './scripted'

const UP_TO_DATE = { kind: 'up_to_date' }

afterEach(() => vi.unstubAllGlobals())

/** Two tabs on the database of one phone. */
async function tabs(): Promise<{ server: Scripted; one: Handset; two: Handset }> {
  vi.stubGlobal('navigator', {})
  const { server, one } = await signedIn()
  const two = await handset({ fetch: server.fetch, name: one.name, timeoutMs: 2000 })
  return { server, one, two }
}

test('both sync at once: one after the other, and each refresh token is traded once', async () => {
  const { server, one, two } = await tabs()
  const db = await Database.open(one.name)
  let [under, most] = [0, 0]
  const traded: string[] = []
  for (let round = 0; round < 3; round++) {
    await Promise.all([record(one, `甲 ${round}`), record(two, `乙 ${round}`)])
    await db.change(async tx => {
      const account = await getMeta(tx, 'account')
      if (account !== undefined) await putMeta(tx, 'account', { ...account, accessToken: null })
    })
    const slowly = async (asked: Asked) => {
      under++
      most = Math.max(most, under)
      if (asked.path === '/v1/auth/refresh') traded.push(asked.body.refresh_token)
      await new Promise(resolve => setTimeout(resolve, 5))
      under--
      return undefined
    }
    server.plain()
    server.always('/v1/', slowly)
    expect(await Promise.all([one.phone.sync(), two.phone.sync()])).toEqual([UP_TO_DATE, UP_TO_DATE])
  }
  db.close()
  expect(most).toBe(1)
  expect(traded).toHaveLength(3)
  expect(new Set(traded).size).toBe(3)
  const feeds = Array.from(server.feeds.values())
  expect(feeds.map(feed => feed.ops.length)).toEqual([6])
  expect(new Set(feeds[0]?.ops.map(op => op.hash)).size).toBe(6)
})

test('a tab that went away while it synced holds nobody up for long', async () => {
  const { one } = await tabs()
  const db = await Database.open(one.name)
  const untilMs = Date.now() + 300
  await db.change(tx => putMeta(tx, 'lease', { owner: 'gone', untilMs }))
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(Date.now()).toBeGreaterThanOrEqual(untilMs)
  // A clock that was set back frees it too.
  await db.change(tx => putMeta(tx, 'lease', { owner: 'gone', untilMs: Date.now() + 86_400_000 }))
  expect(await leased(db, 'here', async () => 'done')).toBe('done')
  expect(await db.read(tx => getMeta(tx, 'lease'))).toBeUndefined()
  db.close()
})

test('a sign-out in one tab is one in the other, which goes on with an empty phone', async () => {
  const { one, two } = await tabs()
  await one.phone.signOut()
  expect(await two.phone.drafts()).toEqual([])
  expect((await two.phone.records({})).lines).toEqual([])
})
