/** The main recoveries against the real server: restored, copied, ended. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { Database } from '../../src/store/db'
import { STORES } from '../../src/store/schema'
import { type Handset, handset, jpeg } from '../unit/phones'
import { PASSWORD, Server } from './server'

const UP_TO_DATE = { kind: 'up_to_date' }

let server: Server

beforeEach(async () => {
  server = await Server.demo()
}, 120_000)

afterEach(() => server.end())

async function signedIn(number: string): Promise<Handset> {
  const one = await handset({ origin: server.url })
  await one.phone.signIn({ number, password: PASSWORD, label: '测试手机' })
  return one
}

async function report(one: Handset, title: string, photos = 0): Promise<string> {
  const found = one.phone.creatable().find(creatable => creatable.kind === 'photo_report')
  const unit = found?.units.find(choice => choice.level === 'community')?.code ?? ''
  const form = await one.phone.newForm('photo_report', unit)
  const attached = []
  for (let nth = 0; nth < photos; nth++) {
    attached.push(await one.phone.takeIn(form, { field: 'photos', file: jpeg(70_000 + nth), source: 'camera' }))
  }
  const set = { channel: 'app', interest: 'accessibility', title, description: title }
  const entry = { set, act: 'submit' }
  return (await one.phone.save(form, found?.appointment.id ?? '', entry, attached, 'ask')).record
}

/** What the server has of a record: title, author's device and fate of each operation. */
async function history(one: Handset, record: string): Promise<string[]> {
  return (await one.phone.history(record)).map(line => line.fate)
}

/** A copy of a phone's database, as a restored backup of the phone would be. */
async function copied(one: Handset): Promise<Handset> {
  const other = await handset({ origin: server.url })
  other.phone.close()
  const [from, to] = [await Database.open(one.name), await Database.open(other.name)]
  const keyed = new Set(['meta', 'originals', 'thumbnails', 'receipts'])
  for (const store of STORES) {
    const keys = keyed.has(store) ? await allKeys(one.name, store) : []
    const rows = await from.read(tx => tx.all(store))
    await to.change(async tx => {
      await tx.clear(store)
      for (const [nth, row] of rows.entries()) await tx.put(store, row as never, keys[nth] as never)
    })
  }
  from.close()
  to.close()
  await other.restart()
  return other
}

function allKeys(name: string, store: string): Promise<IDBValidKey[]> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name)
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const asking = opening.result.transaction(store).objectStore(store).getAllKeys()
      asking.onsuccess = () => {
        opening.result.close()
        resolve(asking.result)
      }
    }
  })
}

test('a server that was restored from before gets back what it lost, photos as well', async () => {
  const one = await signedIn('D0004')
  const first = await report(one, '一')
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  const backup = server.backup('early')
  const second = await report(one, '二', 2)
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  await server.restore(backup)
  await report(one, '三')
  // The restore has ended all sign-ins; the access token may still serve.
  if ((await one.phone.sync()).kind === 'sign_in') {
    await one.phone.signIn({ number: 'D0004', password: PASSWORD, label: '测试手机' })
  }
  expect(one.phone.state().get()).toMatchObject({ lastOutcome: UP_TO_DATE, waiting: 0, sent: 0, photosWaiting: 0 })
  expect(await history(one, first)).toEqual(['accepted'])
  expect(await history(one, second)).toEqual(['accepted'])
  const { body } = await server.api('D0004', 'GET', `/v1/records/${second}/blobs`)
  expect(body).toMatchObject({ arrived: 2, expected: 2 })
  expect((await one.phone.records({})).lines.map(line => line.standing)).toEqual(['received', 'received', 'received'])
  one.phone.close()
})

test('a device that the restored server does not know enrols again', async () => {
  const backup = server.backup('empty')
  const one = await signedIn('D0005')
  const record = await report(one, '一')
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  const device = one.phone.state().get().device?.id
  await server.restore(backup)
  if ((await one.phone.sync()).kind === 'sign_in') {
    await one.phone.signIn({ number: 'D0005', password: PASSWORD, label: '测试手机' })
  }
  expect(one.phone.state().get().lastOutcome).toEqual(UP_TO_DATE)
  expect(one.phone.state().get().device?.id).toBe(device)
  expect(await history(one, record)).toEqual(['accepted'])
  one.phone.close()
})

test('two copies of a phone: nothing of either is lost, and nothing is doubled', async () => {
  const one = await signedIn('D0010')
  const shared = await report(one, '共同')
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  const other = await copied(one)
  const mine = await report(one, '甲')
  const theirs = await report(other, '乙')
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(await other.phone.sync()).toMatchObject({ kind: 'sign_in' })
  await other.phone.signIn({ number: 'D0010', password: PASSWORD, label: '测试手机' })
  expect(other.phone.state().get()).toMatchObject({ lastOutcome: UP_TO_DATE, waiting: 0, sent: 0 })
  // Whose feed was closed by it goes on under a device of its own too.
  if ((await one.phone.sync()).kind === 'sign_in') {
    await one.phone.signIn({ number: 'D0010', password: PASSWORD, label: '测试手机' })
  }
  expect(one.phone.state().get().lastOutcome).toEqual(UP_TO_DATE)
  await other.phone.sync()
  for (const phone of [one, other]) {
    const ids = (await phone.phone.records({})).lines.map(line => line.id)
    expect(ids.sort()).toEqual([shared, mine, theirs].sort())
    for (const record of ids) expect(await history(phone, record)).toEqual(['accepted'])
  }
  one.phone.close()
  other.phone.close()
})

test('when the last appointment ends, what is pending is delivered and everything else goes', async () => {
  const one = await signedIn('D0016')
  await report(one, '一')
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect((await one.phone.records({})).lines).toHaveLength(1)
  const { appointments } = one.phone.state().get()
  await report(one, '二')
  for (const appointment of appointments) {
    const ended = await server.api('D9007', 'POST', `/v1/appointments/${appointment.id}/end`, {})
    expect(ended.status).toBeLessThan(300)
  }
  const outcome = await one.phone.sync()
  if (outcome.kind === 'sign_in') await one.phone.signIn({ number: 'D0016', password: PASSWORD, label: '测试手机' })
  expect(one.phone.state().get()).toMatchObject({ stage: 'push_only', waiting: 0, sent: 0, lastOutcome: UP_TO_DATE })
  expect((await one.phone.records({})).lines).toEqual([])
  expect(one.phone.creatable()).toEqual([])
  await one.phone.signOut()
  expect(one.phone.state().get().stage).toBe('empty')
  one.phone.close()
})

test('a server that is killed while a phone syncs has taken all or nothing', async () => {
  const one = await signedIn('D0022')
  const records: string[] = []
  for (let nth = 0; nth < 5; nth++) records.push(await report(one, `第${nth}`))
  const syncing = one.phone.sync()
  await server.kill()
  const outcome = await syncing
  expect(['wait', 'up_to_date']).toContain(outcome.kind)
  await server.start()
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  for (const record of records) expect(await history(one, record)).toEqual(['accepted'])
  one.phone.close()
})
