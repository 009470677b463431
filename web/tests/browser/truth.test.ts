/** What a phone says plainly and never makes anybody stop for: no place, hours that overlap, an end that was forgotten. */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { field, ownHours, photoReport, sayWhat, shownRecord, startService } from './deeds'
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

for (const [noPlace, reason, code] of [
  ['denied', '没有允许记位置', 'denied'],
  ['not asked', '填写时没有记位置', 'not_asked'],
] as const) {
  test(`a place that is missing is said to be, with the reason (${noPlace}), and the report goes all the same`, async () => {
    phone = await Phone.unpack({ url: server.url })
    await phone.signIn('D0004')
    const record = await photoReport(phone, { title: '井盖不见了', photos: 0, noPlace })
    const place = phone.page.locator('dl.facts > div', { hasText: '现场位置' })
    expect(await place.locator('dd').innerText()).toBe(`没有位置：${reason}`)
    expect(await place.count()).toBe(1)
    await phone.go('#/sync')
    await phone.sync()
    const said = await ops(record)
    expect(said.map(one => one.fate)).toEqual(['accepted'])
    expect(said[0]?.says?.set).toMatchObject({ point_absent: code })
    expect(Object.keys(said[0]?.says?.set ?? {})).not.toContain('point')
    phone.clean()
  })
}

/** Runs in the page: what the phone answers when it is asked where it is, once it is told to. */
function answerLater(): void {
  const answers: { found: PositionCallback; failed: PositionErrorCallback | null | undefined }[] = []
  navigator.geolocation.getCurrentPosition = (found, failed) => void answers.push({ found, failed })
  Object.assign(window, {
    answer: (code: number) => {
      answers.pop()?.failed?.({ code } as GeolocationPositionError)
    },
    find: (accuracy: number) => {
      const coords = { longitude: 119.3, latitude: 26.1, accuracy }
      answers.pop()?.found({ coords } as GeolocationPosition)
    },
  })
}

test('while the phone looks for its place other things are filled in, and both are kept; each reason is said, and none stays beside a place', async () => {
  phone = await Phone.unpack({ url: server.url })
  await phone.signIn('D0004')
  const draft = await photoReport(phone, { title: '路灯', photos: 0, noPlace: 'not asked', draft: true })
  await phone.go(`#/form/${draft}`)
  // A restart brings another page, so each is looked for anew.
  const place = () => field(phone, 'point')
  const look = () => place().getByRole('button', { name: /记下我现在的位置|重新定位/ })
  await look().waitFor()
  await phone.page.evaluate(answerLater)
  const answer = (code: number) => phone.page.evaluate(`answer(${code})`)
  const title = () => phone.page.getByLabel('标题')

  await look().click()
  await place().getByText('正在定位').waitFor()
  await title().fill('路灯坏了')
  await answer(3)
  await place().getByText('没有等到位置，记录里会照实注明').waitFor()
  expect(await title().inputValue()).toBe('路灯坏了')
  await look().click()
  await title().fill('路灯坏了三盏')
  await answer(2)
  await place().getByText('位置开关没开，或没有信号，记录里会照实注明').waitFor()
  // A reason outlives the restart of the phone, as all that is written does.
  await phone.page.getByText('写的内容已存在手机里').waitFor()
  await phone.restart()
  await phone.go(`#/form/${draft}`)
  await place().getByText('位置开关没开，或没有信号，记录里会照实注明').waitFor()
  await phone.page.evaluate(answerLater)
  await look().click()
  await title().fill('路灯坏了四盏')
  await phone.page.evaluate('find(8)')
  await place()
    .getByText(/误差约 8 米/)
    .waitFor()
  expect(await title().inputValue()).toBe('路灯坏了四盏')
  await look().click()
  await answer(3)
  await place().getByText('这一次没有定到，还是刚才的位置').waitFor()

  await phone.page.getByRole('button', { name: '提交' }).click()
  const record = await shownRecord(phone)
  await phone.go('#/sync')
  await phone.sync()
  const set = (await ops(record))[0]?.says?.set
  expect(set).toMatchObject({ title: '路灯坏了四盏', point: { accuracy_m: 8 } })
  expect(Object.keys(set ?? {})).not.toContain('point_absent')
  phone.clean()
})

test('a place that is simulated is stated to be, and kept as such', async () => {
  phone = await Phone.unpack({ url: server.url })
  await phone.signIn('D0004')
  const draft = await photoReport(phone, { title: '路灯', photos: 0, noPlace: 'not asked', draft: true })
  await phone.go(`#/form/${draft}`)
  const place = field(phone, 'point')
  await place.getByRole('button').waitFor()
  await phone.page.evaluate(answerLater)
  await place.getByRole('button').click()
  // An accuracy of exactly nothing is what simulators give.
  await phone.page.evaluate('find(0)')
  await place.getByText('手机说这个位置是模拟的，会照实注明').waitFor()
  await phone.page.getByRole('button', { name: '提交' }).click()
  const record = await shownRecord(phone)
  await phone.page.getByText(/误差不详，坐标系 WGS-84，来自模拟/).waitFor()
  await phone.go('#/sync')
  await phone.sync()
  expect((await ops(record))[0]?.says?.set).toMatchObject({ point: { source: 'mock', datum: 'wgs84' } })
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
  // Where he was nobody asked, at either end.
  expect(said[0]?.says?.set).toMatchObject({ start_point_absent: 'not_asked' })
  expect(said[1]?.says?.set).toMatchObject({ end_point_absent: 'not_asked' })
  // It began some seconds after the minute that the control shows.
  expect([179, 180]).toContain(said[1]?.says?.set.claimed_minutes)
  phone.clean()
})
