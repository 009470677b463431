/** A server whose past is another one than before, against the real server: refused, loudly, and no work is lost. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Handset, handset } from '../unit/phones'
import { PASSWORD, Server } from './server'

const UP_TO_DATE = { kind: 'up_to_date' }
const LATER_MS = 11 * 60_000

let server: Server

beforeAll(async () => {
  server = await Server.demo(['--seal-interval-ms', '20'])
}, 120_000)

afterAll(() => server.end())

async function report(one: Handset, title: string): Promise<string> {
  const found = one.phone.creatable().find(creatable => creatable.kind === 'photo_report')
  const unit = found?.units.find(choice => choice.level === 'community')?.code ?? ''
  const form = await one.phone.newForm('photo_report', unit)
  const set = { channel: 'app', interest: 'accessibility', title, description: title }
  return (await one.phone.save(form, found?.appointment.id ?? '', { set, act: 'submit' }, [], 'ask')).record
}

/** Waits until the phone's last operation is sealed, and has the phone look at the log. */
async function look(one: Handset, seq: number) {
  const device = one.phone.state().get().device?.id
  const path = `/v1/log/proof/inclusion?device=${device}&seq=${seq}`
  await expect.poll(async () => (await server.api('D0004', 'GET', path)).status, { timeout: 20_000 }).toBe(200)
  one.env.pass(LATER_MS)
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  return one.phone.state().get().log
}

test('a database that was set back in silence is refused, loudly, and everything recorded is delivered again', async () => {
  const one = await handset({ origin: server.url })
  await one.phone.signIn({ number: 'D0004', password: PASSWORD, label: '测试手机' })
  const records = [await report(one, '一')]
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  expect(await look(one, 1)).toMatchObject({ warning: null })
  await server.keepDisk('yesterday')
  records.push(await report(one, '二'))
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  const before = await look(one, 2)
  expect(before).toMatchObject({ warning: null, restores: [] })

  await server.putDisk('yesterday')
  records.push(await report(one, '三'))
  expect(one.phone.state().get().waiting).toBe(1)
  one.env.pass(LATER_MS)
  expect(await one.phone.sync()).toEqual(UP_TO_DATE)
  const after = one.phone.state().get()
  // What it is depends on how far the server has sealed what came to it again.
  expect(['log_shrunken', 'log_inconsistent']).toContain(after.log?.warning?.code)
  expect(after.log?.warning?.evidence).toContain(before?.origin)
  expect(after.log).toMatchObject({ origin: before?.origin, size: before?.size, restores: [] })
  expect(after.attention.map(one => one.code)).toContain(after.log?.warning?.code)
  expect(after).toMatchObject({ waiting: 0, sent: 0 })
  for (const record of records) {
    expect((await one.phone.history(record)).map(line => line.fate)).toEqual(['accepted'])
  }
  // It stays until people have looked into it.
  await one.restart()
  expect((await look(one, 3))?.warning).toEqual(after.log?.warning)
  one.phone.close()
})

test('a restore names the log of before, and the phone shows it', async () => {
  const one = await handset({ origin: server.url })
  await one.phone.signIn({ number: 'D0005', password: PASSWORD, label: '测试手机' })
  expect(one.phone.state().get().log).toMatchObject({ warning: null })
  const before = one.phone.state().get().log?.origin
  await server.restore(server.backup('now'))
  if ((await one.phone.sync()).kind === 'sign_in') {
    await one.phone.signIn({ number: 'D0005', password: PASSWORD, label: '测试手机' })
  }
  const { log } = one.phone.state().get()
  expect(log).toMatchObject({ warning: null, restores: [{ before, lost: 0 }] })
  expect(log?.origin).toBe(log?.restores[0]?.origin)
  expect(log?.origin).not.toBe(before)
  one.phone.close()
})
