/** Every screen in three text sizes and three languages: nothing for axe to find, nothing too small, nothing cut off. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { field, photoReport, startService, stopService, subject } from './deeds'
import { choose, look, open } from './look'
import { Phone } from './phone'
import { PASSWORD, Server, Terminal } from './server'

let server: Server
let phone: Phone
/** Longer than any line; on the smallest phone in the largest text it is longer than three. */
const LONG = '社区公园入口盲道被共享单车和电动车长期占用，视障老人无法通行'
/** The screens of a phone that is in use, by their names, each with what stands on it once it is drawn. */
const places: Record<string, [hash: string, content: string]> = {}

beforeAll(async () => {
  server = await Server.start()
  phone = await Phone.unpack({ url: server.url, at: { latitude: 26.08, longitude: 119.32, accuracy: 12 } })
})

afterAll(async () => {
  await phone?.throw()
  await server?.end()
})

/** Every screen of the phone in use. */
async function lookAround(prefix: string): Promise<string[]> {
  // Without a phone in use there is nothing to look at.
  expect(Object.keys(places)).toContain('home')
  const found: string[] = []
  for (const [screen, [hash, content]] of Object.entries(places)) {
    await open(phone, hash, content)
    found.push(...(await look(phone, `${prefix}-${screen}`)))
  }
  return found
}

test('signing in', async () => {
  const found = await look(phone, 'sign-in')
  await phone.page.getByRole('link', { name: '第一次使用' }).click()
  await phone.page.getByLabel('激活码').waitFor()
  found.push(...(await look(phone, 'activate')))
  await phone.page.getByRole('button', { name: '开通' }).click()
  await phone.page.getByText('请填写激活码').waitFor()
  found.push(...(await look(phone, 'activate-wrong')))
  await phone.page.getByRole('link', { name: '已经开通过' }).click()
  expect(found).toEqual([])

  // With the keyboard alone: the name of each screen has the focus when it comes, and the next key leads into it.
  const { keyboard } = phone.page
  const focused = () => phone.page.evaluate(() => document.activeElement?.textContent ?? '')
  await expect.poll(focused).toBe('登录')
  await keyboard.press('Tab')
  await keyboard.type('D0004')
  await keyboard.press('Tab')
  await keyboard.type(PASSWORD)
  await keyboard.press('Enter')
  await phone.page.getByText('全部已送达').waitFor()
  for (let presses = 0; !(await focused()).includes('随手拍'); presses++) {
    expect(presses).toBeLessThan(20)
    await keyboard.press('Tab')
  }
  await keyboard.press('Enter')
  await expect.poll(focused).toContain('填写公益诉讼随手拍')
})

test('a phone in use has something on every screen', async () => {
  const { page } = phone
  const prosecutor = await Terminal.enrol(server, 'D9001')
  const leader = await Terminal.enrol(server, 'D1001')
  const reconciler = await Terminal.enrol(server, 'D9006')
  await subject(prosecutor, '小李', 'D0004', '2026-11-20')
  const differing = await photoReport(phone, { title: '盲道被占', photos: 2, voice: true })
  const returned = await photoReport(phone, { title: '消防通道堆物', photos: 1 })
  const refused = await photoReport(phone, { title: '餐馆里的煤气罐', photos: 0 })
  await startService(phone)
  const session = await stopService(phone)
  await phone.go('#/sync')
  await phone.sync()

  // What the desk does from here on the phone has not seen when it saves.
  await phone.network(false)
  for (const desk of [prosecutor, leader, reconciler]) await desk.run('sync')
  await leader.run('edit', session, '--act', 'approve')
  await leader.run('sync')
  await prosecutor.run('edit', returned, '--act', 'return', '--reason', '请补充是哪一栋楼')
  await prosecutor.run('edit', differing, '--set', 'interest=work_safety')
  await prosecutor.run('sync')
  await reconciler.run('edit', refused, '--act', 'void', '--reason', '与另一条是同一件事')
  await reconciler.run('sync')
  for (const [record, interest] of [
    [differing, '生态环境和资源保护'],
    [refused, '安全生产'],
  ] as const) {
    await open(phone, `#/form/${record}`)
    await field(phone, 'interest').getByRole('button', { name: '更改' }).click()
    await field(phone, 'interest').getByRole('radio', { name: interest }).click()
    await page.getByRole('button', { name: '保存' }).click()
    await page.waitForURL(/#\/record\//)
  }
  await phone.network(true)
  await open(phone, '#/sync')
  await page.getByRole('button', { name: '立即同步' }).click()
  await page.getByText('全部已送达').first().waitFor()
  await phone.network(false)
  const draft = await photoReport(phone, { title: LONG, photos: 1, draft: true })
  await photoReport(phone, { title: '路灯不亮', photos: 1 })
  await startService(phone)
  await phone.network(true)
  await phone.go('#/sync')
  await phone.sync()

  Object.assign(places, {
    home: ['#/', '.clock'],
    start: ['#/new/volunteer_session', '.button'],
    stop: ['#/stop', '.clock'],
    'choose-kind': ['#/new', '.row-link'],
    'choose-place': ['#/new/photo_report', '.button'],
    draft: [`#/form/${draft}`, '.photos img'],
    edit: [`#/form/${returned}`, '.photos img'],
    records: ['#/records', '.record-row'],
    conflict: [`#/record/${differing}`, '.photos img'],
    returned: [`#/record/${returned}`, '.photos img'],
    posted: [`#/record/${session}`, 'dd'],
    history: [`#/history/${returned}`, 'dd'],
    sync: ['#/sync', '.tally'],
    hours: ['#/hours', '.record-row'],
    tasks: ['#/tasks', '.record-row'],
    settings: ['#/settings', 'dd'],
    export: ['#/export', 'input'],
    'sign-in-again': ['#/sign-in', 'input'],
  })
  await open(phone, '#/records')
  for (const state of ['冲突待处理', '已退回', '已入账', '草稿', '已接收', '照片 3/3']) {
    await page.locator('.record-row', { hasText: state }).first().waitFor()
  }
})

for (const [size, name] of ['18', '24', '30'].entries()) {
  test(`every screen at ${name} pixels`, async () => {
    await choose(phone, size, '简体中文', 'zh-Hans')
    expect(await lookAround(name)).toEqual([])
  })
}

for (const width of [320, 412]) {
  test(`every screen of a phone ${width} pixels wide, as large as it gets`, async () => {
    await phone.page.setViewportSize({ width, height: 640 })
    expect(await lookAround(`${width}-30`)).toEqual([])
    await phone.page.setViewportSize({ width: 360, height: 640 })
  })
}

for (const [lang, own] of [
  ['zh-Hant', '繁體中文'],
  ['en', 'English'],
] as const) {
  test(`every screen in ${own}, as large as it gets`, async () => {
    await choose(phone, 2, own, lang)
    expect(await lookAround(`${lang}-30`)).toEqual([])
    phone.clean()
  })
}
