/** A volunteer's day without a network, and the desk that sees all of it in the evening. */

import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { photoReport, shoot, startService, stopService, subject, visit } from './deeds'
import { Phone } from './phone'
import { Caller, PASSWORD, Server, Terminal } from './server'
import { numbers, seed, Weather } from './weather'

const HOUR = 3_600_000
const MINUTE = 60_000

/** The evening is now; the day was before it. */
const evening = Date.now()
/** How far a clock is ahead of the true one when it shows this hour of the day that ends at 18. */
const at = (hour: number) => (hour - 18) * HOUR

/** A zone in which it is six in the evening now. */
function zoneOfTheEvening(): string {
  const east = ((18 - new Date(evening).getUTCHours() + 35) % 24) - 11
  return `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`
}

interface History {
  ops: {
    by: string
    fate: string
    code?: string | null
    says?: { at: number; act?: string | null; set: Record<string, unknown> } | null
  }[]
}

interface Blobs {
  arrived: number
  expected: number
  blobs: { sha256: string }[]
}

let server: Server
let weather: Weather
let phone: Phone

beforeAll(async () => {
  // The server's clock goes with the phone's: it is ten to eight.
  server = await Server.start([], at(8) - 10 * MINUTE)
  weather = await Weather.before(server.port)
})

afterAll(async () => {
  await phone?.throw()
  await weather?.end()
  await server?.end()
})

test('a day offline with restarts arrives whole over a bad network', async () => {
  const random = numbers(seed('a volunteer’s day'))
  const desk = await Terminal.enrol(server, 'D9001')
  await subject(desk, '小李', 'D0004', '2026-11-20')

  phone = await Phone.unpack({
    url: weather.url,
    timezone: zoneOfTheEvening(),
    at: { latitude: 26.08, longitude: 119.32, accuracy: 12 },
  })
  phone.clock(at(8) - 10 * MINUTE)
  await phone.restart()
  await phone.signIn('D0004')
  await phone.installed()

  // 8:00. No network from here on.
  await phone.network(false)
  weather.bad(() => 0)
  const later = async (hour: number) => {
    phone.clock(at(hour))
    await phone.restart()
  }
  await later(8)
  await startService(phone)
  await later(9.5)
  await phone.page.getByRole('timer').getByText(/^1:3/).waitFor()
  const visited = await visit(phone)
  await later(11)
  const reported = await photoReport(phone, { title: '盲道被占', photos: 3, voice: true })
  await later(14)
  const draft = await photoReport(phone, { title: '消防通道', photos: 1, draft: true })
  await later(15)
  await phone.go('#/records')
  await phone.page.getByRole('link', { name: /消防通道/ }).click()
  await shoot(phone, 1, 1)
  await phone.page.getByRole('button', { name: '提交' }).click()
  await phone.page.waitForURL(/#\/record\//)
  await later(17)
  const served = await stopService(phone)
  await later(18)
  // Started, ended, visited and reported twice.
  await phone.page.getByText('5 条待同步').waitFor()

  // 18:00. The server's clock is the true one again. There is a network, and it is bad.
  await server.stop()
  await server.run()
  await phone.network(true)
  weather.bad(() => 2_000 + random() * 40_000)
  await phone.go('#/sync')
  await phone.page.getByRole('button', { name: '立即同步' }).click()
  await expect.poll(() => weather.cuts, { timeout: 60_000 }).toBeGreaterThan(3)
  weather.bad(null)
  // The sign-in of the morning has run out, or has not: either way everything goes in the end.
  await delivered()
  await phone.go('#/records')
  for (const [title, badge] of [
    ['盲道被占', '照片 4/4'],
    ['消防通道', '照片 2/2'],
    ['走访记录', '已接收'],
    ['上门修空调', '已接收'],
  ]) {
    await phone.page.locator('.record-row', { hasText: title }).getByText(String(badge)).waitFor()
  }
  phone.clean()

  const prosecutor = await Caller.signIn(server, 'D9001')
  const said = new Map<string, History>()
  for (const record of [visited, reported, draft, served]) {
    const history = await prosecutor.get<History>(`/v1/records/${record}/history`)
    expect(history.ops.map(one => [one.fate, one.code ?? null])).toEqual(history.ops.map(() => ['accepted', null]))
    said.set(record, history)
  }
  const hours = (record: string) =>
    said.get(record)?.ops.map(one => Math.round((((one.says?.at ?? 0) - evening) / HOUR) * 10) / 10 + 18)
  expect(hours(visited)).toEqual([9.5])
  expect(hours(reported)).toEqual([11])
  expect(hours(draft)).toEqual([15])
  expect(hours(served)).toEqual([8, 17])
  const end = said.get(served)?.ops[1]?.says
  expect(end?.act).toBe('submit')
  expect(Math.abs(Number(end?.set.claimed_minutes) - 540)).toBeLessThanOrEqual(2)

  for (const [record, count] of [
    [reported, 4],
    [draft, 2],
  ] as const) {
    const { arrived, expected, blobs } = await prosecutor.get<Blobs>(`/v1/records/${record}/blobs`)
    expect([arrived, expected]).toEqual([count, count])
    for (const { sha256 } of blobs) {
      const bytes = await prosecutor.bytes(`/v1/blobs/${sha256}`)
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
    }
  }
  const reconciler = await Caller.signIn(server, 'D9006')
  for (const fate of ['held', 'quarantined']) {
    expect(await reconciler.get(`/v1/ops?fate=${fate}`)).toMatchObject({ ops: [] })
  }
  // Another client, which shares nothing with the app, sees the same.
  await desk.run('sync')
  expect(await desk.run('list')).toContain('盲道被占')
})

/** Waits until everything has gone; signs in again where the phone asks for it. */
async function delivered(): Promise<void> {
  const { page } = phone
  const done = page.getByText('全部已送达').first()
  const password = page.getByLabel('密码', { exact: true })
  const signIn = page.getByRole('link', { name: '登录' })
  await phone.go('#/')
  await done.or(signIn).first().waitFor({ timeout: 90_000 })
  if (await signIn.isVisible()) {
    await signIn.click()
    await password.fill(PASSWORD)
    await page.getByRole('button', { name: '登录' }).click()
    await done.waitFor({ timeout: 90_000 })
  }
}
