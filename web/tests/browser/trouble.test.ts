/** A full phone, a wrong clock, a restored server, a newer app, work that is not sent for days. */

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { photoReport } from './deeds'
import { Phone } from './phone'
import { Caller, DIST, Server } from './server'
import { until } from './wait'

const DAY = 24 * 3_600_000

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

async function unpack(small = false): Promise<void> {
  phone = await Phone.unpack({ url: server.url, at: { latitude: 26.08, longitude: 119.32, accuracy: 12 }, small })
}

interface Blobs {
  arrived: number
  expected: number
}

test('a full phone says that nothing was saved, and what was written is still there', async () => {
  await unpack(true)
  await phone.signIn('D0004')
  const draft = await photoReport(phone, { title: '楼道堆物', photos: 1, draft: true })
  phone.fill(true)
  await phone.go(`#/form/${draft}`)
  await phone.page.getByRole('button', { name: '拍照', exact: true }).click()
  // The browser looks at the room that is left only now and then, so some photos still find a place.
  const full = phone.page.getByRole('alert').getByText(/空间/)
  const dialog = phone.page.getByRole('dialog')
  const shutter = dialog.getByRole('button', { name: '按这里拍照' })
  await until('the phone is full', async () => {
    if (await shutter.isEnabled({ timeout: 1 }).catch(() => false)) await shutter.click()
    return (await full.count()) > 0
  })
  // Where it was the draft that found no room, that is told over the camera, which stays.
  if (await dialog.isVisible()) await dialog.getByRole('button', { name: /拍好了/ }).click()
  expect(await phone.page.getByLabel('标题').inputValue()).toBe('楼道堆物')
  phone.fill(false)
  const kept = await phone.page.locator('#field-photos .photos > li').count()
  await phone.page.getByRole('button', { name: '提交' }).click()
  await phone.page.waitForURL(/#\/record\//)
  await phone.go('#/sync')
  await phone.sync()
  // What the screen said was kept was kept.
  const desk = await Caller.signIn(server, 'D9001')
  expect(await desk.get<Blobs>(`/v1/records/${draft}/blobs`)).toMatchObject({ arrived: kept, expected: kept })
  phone.clean()
})

test('a clock that is a year ahead is said, recorded, and stops nothing', async () => {
  await unpack()
  await phone.signIn('D0004')
  phone.clock(365 * DAY)
  await phone.restart()
  const record = await photoReport(phone, { title: '河道垃圾', photos: 0 })
  await phone.go('#/sync')
  await phone.sync()
  await phone.page.getByText('手机时间比标准时间快 365 天').waitFor()
  const desk = await Caller.signIn(server, 'D9001')
  const { ops } = await desk.get<{ ops: { fate: string; arrival: number; says: { at: number } }[] }>(
    `/v1/records/${record}/history`,
  )
  expect(ops.map(one => one.fate)).toEqual(['accepted'])
  // What the phone's clock said is kept as it was said.
  expect(Math.round(((ops[0]?.says.at ?? 0) - (ops[0]?.arrival ?? 0)) / DAY)).toBe(365)
  phone.clean()
})

test('what a restored server has lost comes again', async () => {
  await unpack()
  await phone.signIn('D0004')
  const backup = await server.backup()
  const record = await photoReport(phone, { title: '消防栓没水', photos: 2 })
  await phone.go('#/sync')
  await phone.sync()
  await server.restore(backup)
  await phone.page.getByRole('button', { name: '立即同步' }).click()
  await phone.page.getByText('登录').or(phone.page.getByText('全部已送达')).first().waitFor()
  const desk = await Caller.signIn(server, 'D9001')
  await until('the record is there again', async () => {
    const found = await desk.get<Blobs>(`/v1/records/${record}/blobs`).catch(() => null)
    return found?.arrived === 2
  })
  await phone.go('#/records')
  await phone.page.locator('.record-row', { hasText: '消防栓没水' }).getByText('照片 2/2').waitFor()
  phone.clean()
})

test('a newer app waits until it is taken, and what is being written goes on in it', async () => {
  await unpack()
  await phone.signIn('D0004')
  await phone.installed()
  const draft = await photoReport(phone, { title: '井盖松动', photos: 1, draft: true })
  await phone.go(`#/form/${draft}`)
  const newer = mkdtempSync(join(tmpdir(), 'wuyuan-newer-'))
  cpSync(DIST, newer, { recursive: true })
  const page = join(newer, 'index.html')
  writeFileSync(page, readFileSync(page, 'utf8').replace('<html ', '<html data-newer="yes" '))
  // The list of the worker names what is new, as the next build's does.
  const worker = join(newer, 'sw.js')
  const { createHash } = await import('node:crypto')
  const hash = (folder: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, 'index.html')))
      .digest('hex')
  writeFileSync(worker, readFileSync(worker, 'utf8').replace(hash(DIST), hash(newer)))
  expect(readdirSync(newer)).toContain('sw.js')
  server.web = newer
  await server.stop()
  await server.run()
  await phone.page.getByLabel('标题').fill('井盖松动，很危险')
  await phone.page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update()
  })
  await phone.page.getByText('新版本已准备好').waitFor()
  expect(await phone.page.evaluate(() => document.documentElement.dataset.newer)).toBeUndefined()
  await phone.page.getByRole('button', { name: '更新' }).click()
  await phone.page.waitForFunction(() => document.documentElement.dataset.newer === 'yes')
  await expect.poll(() => phone.page.getByLabel('标题').inputValue()).toBe('井盖松动，很危险')
  await phone.page.getByRole('img', { name: '第 1 张照片' }).waitFor()
  server.web = DIST
  rmSync(newer, { recursive: true, force: true })
  phone.clean()
})

test('work that is not sent for three days is in danger: it is said, and it can be exported', async () => {
  await unpack()
  await phone.signIn('D0004')
  await phone.installed()
  await phone.network(false)
  await photoReport(phone, { title: '围墙要倒', photos: 1 })
  phone.clock(3 * DAY + 60_000)
  await phone.restart()
  await phone.page.getByText('有记录 3 天没有发出去了').waitFor()
  await phone.page.getByRole('link', { name: '导出未发送的记录' }).click()
  await phone.page.getByLabel('文件密码').fill('一个很长的密码')
  const download = phone.page.waitForEvent('download')
  await phone.page.getByLabel('文件密码').fill('correct horse battery')
  await phone.page.getByRole('button', { name: '导出文件' }).click()
  const file = await (await download).path()
  const bytes = readFileSync(file)
  expect(bytes.subarray(0, 16).toString()).toBe('wuyuan-export-v1')
  // The text is nowhere in it as it was written.
  expect(bytes.includes(Buffer.from('围墙要倒'))).toBe(false)
  phone.clean()
})
