/** What a phone says plainly and never makes anybody stop for: no place, hours that overlap, an end that was forgotten. */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ownHours, photoReport, sayWhat, shownRecord, startService } from './deeds'
import { Phone } from './phone'
import { Caller, Server } from './server'

const HOUR = 3_600_000

let server: Server
let phone: Phone

beforeAll(async () => {
  server = await Server.start()
})

afterEach(async () => {
  await phone?.throw()
})

afterAll(async () => {
  await server?.end()
})

interface Op {
  fate: string
  says: { set: Record<string, unknown> } | null
}

/** What the desk has of a record. */
async function ops(record: string): Promise<Op[]> {
  const desk = await Caller.signIn(server, 'D9001')
  return (await desk.get<{ ops: Op[] }>(`/v1/records/${record}/history`)).ops
}

test('a place that may not be asked for is said to be missing, and the report goes all the same', async () => {
  phone = await Phone.unpack({ url: server.url })
  await phone.signIn('D0004')
  const record = await photoReport(phone, { title: '井盖不见了', photos: 0, noPlace: true })
  const place = phone.page.locator('dl.facts > div', { hasText: '现场位置' })
  expect(await place.locator('dd').innerText()).toBe('没有位置')
  await phone.go('#/sync')
  await phone.sync()
  const said = await ops(record)
  expect(said.map(one => one.fate)).toEqual(['accepted'])
  expect(Object.keys(said[0]?.says?.set ?? {})).not.toContain('point')
  phone.clean()
})

test('own hours that overlap are named before they are submitted, and after, and are taken', async () => {
  phone = await Phone.unpack({ url: server.url })
  await phone.signIn('D0004')
  const start = Date.now() - 6 * HOUR
  const first = await ownHours(phone, start, start + 2 * HOUR)
  const warning = phone.page.getByText(/这段时间和您的另一条记录重叠：志愿服务时长/)
  const second = await ownHours(phone, start + HOUR, start + 3 * HOUR, () => warning.waitFor())
  await phone.go('#/sync')
  await phone.sync()
  await phone.page.getByText('与您的另一次服务时间重叠，请核对').waitFor()
  for (const record of [first, second]) expect((await ops(record)).map(one => one.fate)).toEqual(['accepted'])
  phone.clean()
})

test('a service that was never ended is asked after from twelve hours on, and its end can be put right', async () => {
  phone = await Phone.unpack({ url: server.url, timezone: 'Asia/Shanghai' })
  await phone.signIn('D0005')
  await phone.installed()
  await phone.network(false)
  phone.clock(-13 * HOUR)
  await phone.restart()
  await startService(phone)
  phone.clock(0)
  await phone.restart()
  await phone.page.getByText('已经开始 13 小时了，是不是忘了结束？').waitFor()
  await phone.go('#/sync')
  await phone.page.getByText('有一次服务只有开始没有结束，请补上').waitFor()
  await phone.go('#/tasks')
  await phone.page.getByText('没有结束的服务').waitFor()

  await phone.go('#/')
  await phone.page.getByRole('link', { name: '结束服务' }).click()
  await phone.page.getByRole('button', { name: '现在结束' }).click()
  const long = phone.page.getByText('已经开始 13 小时了，是不是忘了结束？可以改结束时间后再提交。')
  await long.waitFor()
  const start = await phone.page.locator('#field-started_at-control').inputValue()
  // Three hours after it began, as the control of a browser writes it.
  const end = new Date(Date.parse(`${start}Z`) + 3 * HOUR).toISOString().slice(0, 16)
  await phone.page.locator('#field-ended_at-control').fill(end)
  await long.waitFor({ state: 'detached' })
  await phone.page.getByRole('button', { name: /按起止时间填/ }).click()
  await sayWhat(phone)
  await phone.page.getByRole('button', { name: '提交' }).click()
  const record = await shownRecord(phone)
  await phone.network(true)
  await phone.go('#/sync')
  await phone.sync()
  await phone.page.getByText('没有要您处理的事').waitFor()
  const said = await ops(record)
  expect(said.map(one => one.fate)).toEqual(['accepted', 'accepted'])
  // It began some seconds after the minute that the control shows.
  expect([179, 180]).toContain(said[1]?.says?.set.claimed_minutes)
  phone.clean()
})
