/** An observer attests what he saw of a session of social service, on his own phone and blind to the other's. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { COMMUNITY, COMMUNITY_NAME, controlTime, field, shownRecord, subject } from './deeds'
import { Phone } from './phone'
import { Caller, Server, Terminal } from './server'

const HOUR = 3_600_000

let server: Server
let phone: Phone

beforeAll(async () => {
  server = await Server.start()
  phone = await Phone.unpack({ url: server.url })
})

afterAll(async () => {
  await phone?.throw()
  await server?.end()
})

test('he finds the session, says what he saw without a network, and only those who check it read it', async () => {
  const until = Date.now() - HOUR
  const from = until - 2 * HOUR
  const both = ['--add', 'observers=D0004', '--add', 'observers=D0005']
  const desk = await Terminal.enrol(server, 'D9001')
  const person = await subject(desk, '小李', 'D0004', '2026-11-20')
  const set = (...all: string[]) => all.flatMap(one => ['--set', one])
  const order = await desk.record(
    ...['service_order', '--unit', COMMUNITY, ...both],
    ...set(`subject=${person}`, 'target_minutes=600', 'period_from=2026-11-01', 'period_until=2027-01-31'),
  )
  const other = await Terminal.enrol(server, 'D0005')
  await other.run('sync')
  const times = set(`started_at=${new Date(from).toISOString()}`, `ended_at=${new Date(until).toISOString()}`)
  const session = await other.record(
    ...['service_session', '--unit', COMMUNITY, ...both, ...times],
    ...set(`order=${order}`, 'service_kind=traffic', 'claimed_minutes=120', 'site=小学门口'),
  )

  const { page } = phone
  await phone.signIn('D0004')
  await phone.installed()
  await phone.network(false)
  await page.getByRole('link', { name: '填写其他记录' }).click()
  await page.getByRole('link', { name: /见证记录/ }).click()
  await page.getByRole('button', { name: COMMUNITY_NAME }).click()
  await field(phone, 'session').getByRole('radio').first().click()
  await page.locator('#field-present_from-control').fill(controlTime(from))
  await page.locator('#field-present_until-control').fill(controlTime(until))
  await page.getByLabel('所见服务时长（分钟）').fill('115')
  for (const [name, choice] of [
    ['attitude', '认真主动'],
    ['punctuality', '准时'],
    ['effort', '始终投入'],
  ] as const) {
    await field(phone, name).getByRole('radio', { name: choice }).click()
  }
  await page.getByRole('button', { name: '提交' }).click()
  const attestation = await shownRecord(phone)
  await phone.network(true)
  await phone.go('#/sync')
  await phone.sync()

  const supervisor = await Caller.signIn(server, 'D0001')
  const { ops } = await supervisor.get<{ ops: { fate: string; says: { set: Record<string, unknown> } }[] }>(
    `/v1/records/${attestation}/history`,
  )
  expect(ops.map(one => one.fate)).toEqual(['accepted'])
  expect(ops[0]?.says.set).toMatchObject({ session, minutes_seen: 115, attitude: 'earnest' })
  const observer = await Caller.signIn(server, 'D0005')
  await expect(observer.get(`/v1/records/${attestation}/history`)).rejects.toThrow(/404/)
  phone.clean()
})
