/** What the phone says of the server's log, once it was restored and once it is not believed; pictures of both are looked at. */

import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { photoReport } from './deeds'
import { choose, look, open } from './look'
import { Phone } from './phone'
import { PASSWORD, Server, Terminal } from './server'
import { until } from './wait'

/** How long a phone leaves the log alone, and a little more, ms. */
const LATER = 11 * 60_000

let server: Server
let phone: Phone

beforeAll(async () => {
  server = await Server.start(['--seal-interval-ms', '20'])
})

afterEach(async () => {
  await phone?.throw()
})

afterAll(async () => {
  await server?.end()
})

async function unpack(number: string): Promise<void> {
  phone = await Phone.unpack({ url: server.url, at: { latitude: 26.08, longitude: 119.32, accuracy: 12 } })
  await phone.signIn(number)
}

/** Syncs, signing in again where a restored server asks for it. */
async function sync(): Promise<void> {
  const { page } = phone
  await phone.go('#/sync')
  await page.getByRole('button', { name: '立即同步' }).click()
  await phone.go('#/')
  const signIn = page.getByRole('link', { name: '登录' })
  const done = page.getByText('全部已送达')
  await signIn.or(done).first().waitFor()
  if (!(await signIn.isVisible())) return
  await signIn.click()
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: '登录' }).click()
  await done.waitFor()
}

/** Has the phone look at the log again, as it does after a while. */
async function lookAgain(times: number): Promise<void> {
  phone.clock(times * LATER)
  await phone.restart()
  await sync()
}

/** How many entries the phone has seen in the log. */
async function watched(): Promise<number> {
  await open(phone, '#/settings', '#log')
  const text = await phone.page.getByText(/已核对 \d+ 条/).innerText()
  return Number(/\d+/.exec(text)?.[0])
}

/** Looks at the screens that speak of the log, in every size and on narrow phones and wide ones. */
async function lookAround(what: string): Promise<string[]> {
  const found: string[] = []
  for (const [size, name] of ['18', '24', '30'].entries()) {
    await choose(phone, size, '简体中文', 'zh-Hans')
    for (const width of [320, 360, 412]) {
      await phone.page.setViewportSize({ width, height: 640 })
      for (const [screen, hash] of [
        ['home', '#/'],
        ['sync', '#/sync'],
        ['settings', '#/settings'],
      ] as const) {
        await phone.go('#/tasks')
        await phone.page.getByRole('heading', { name: '我的任务' }).waitFor()
        await phone.go(hash)
        await phone.page.locator('.notice, #log').first().waitFor()
        found.push(...(await look(phone, `${name}-${what}-${screen}-${width}`)))
      }
    }
  }
  return found
}

test('a restore that lost entries is told as news and stays in the settings', async () => {
  await unpack('D0005')
  const backup = await server.backup()
  await photoReport(phone, { title: '井盖松动', photos: 0 })
  await sync()
  const before = await server.sealed()
  await until('the report is sealed', async () => (await server.sealed()) > 1)
  await lookAgain(1)
  expect(await watched()).toBeGreaterThanOrEqual(before)
  await server.restore(backup)
  await lookAgain(2)
  const news = phone.page.getByText(/服务器从备份恢复过/)
  await news.waitFor()
  expect(await news.innerText()).toMatch(/有 \d+ 条没有恢复，这台手机里有的会自动补发。您不用做什么。/)
  await open(phone, '#/settings', '#log')
  await news.waitFor()
  expect(await lookAround('restored')).toEqual([])
  phone.clean()
})

test('a past that is another one is told in red until people have looked into it; records go all the same', async () => {
  await unpack('D0004')
  await server.keepDisk('yesterday')
  await photoReport(phone, { title: '路灯不亮', photos: 0 })
  await sync()
  await lookAgain(3)
  const seen = await watched()
  await phone.network(false)
  await photoReport(phone, { title: '河道垃圾', photos: 0 })

  // The disk of yesterday, and since then another past, longer than the one that the phone has seen.
  await server.putDisk('yesterday')
  const other = await Terminal.enrol(server, 'D9001')
  for (let nth = 0; (await server.sealed()) <= seen; nth++) {
    expect(nth).toBeLessThan(50)
    const sealed = await server.sealed()
    await other.record('photo_report', '--unit', '350111001001', '--set', 'channel=hotline', ...report(nth))
    await until('it is sealed', async () => (await server.sealed()) > sealed)
  }
  await phone.network(true)
  await lookAgain(4)

  const { page } = phone
  const calm = page.getByText('没有要您处理的事')
  const alert = page.getByRole('alert').filter({ hasText: '封存' })
  await alert.getByText('log_inconsistent').waitFor()
  await page.getByText('全部已送达').first().waitFor()
  const download = page.waitForEvent('download')
  await alert.getByRole('button').click()
  const file = await download
  expect(file.suggestedFilename()).toMatch(/^wuyuan-log_inconsistent-\d{4}-\d\d-\d\d\.txt$/)
  expect(readFileSync(await file.path(), 'utf8')).toMatch(/^log_inconsistent\nwuyuan\//)
  // What it says is something to see to: nothing beside it says that there is nothing.
  await phone.go('#/sync')
  await page.getByRole('heading', { name: '要您看一下' }).waitFor()
  expect(await calm.count()).toBe(0)
  expect(await lookAround('alert')).toEqual([])
  // It is there again after a start, and what the phone believes is what it believed.
  await choose(phone, 0, '简体中文', 'zh-Hans')
  await phone.restart()
  await phone.page.getByText('代码：log_inconsistent').waitFor()
  expect(await watched()).toBe(seen)
  phone.clean()
})

/** What a report from the hotline says. */
function report(nth: number): string[] {
  const said = ['interest=environment', `title=河道垃圾${nth}`, 'description=河边']
  return said.flatMap(one => ['--set', one])
}
