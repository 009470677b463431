/** The desk: a conflict made by two phones is seen, decided, confirmed by a second person, and back on both phones. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { COMMUNITY } from './deeds'
import { Desktop } from './desktop'
import { Server, Terminal } from './server'

let server: Server
let browser: Browser
let volunteer: Terminal
let prosecutor: Terminal
let desk: Desktop
let second: Desktop

beforeAll(async () => {
  server = await Server.start()
  volunteer = await Terminal.enrol(server, 'D0004')
  prosecutor = await Terminal.enrol(server, 'D9001')
  browser = await Desktop.browser()
  desk = await Desktop.open(browser, server.url, 'D9006')
})

afterAll(async () => {
  await browser?.close()
  await server?.end()
})

/** A report of the volunteer, with a place. */
function report(title: string, ...more: string[]): Promise<string> {
  const set = ['channel=app', 'interest=accessibility', `title=${title}`, 'description=电动车停在盲道上']
  const point = 'point=119.33,26.08,wgs84,12.5,gps'
  const all = [...set, point].flatMap(one => ['--set', one])
  return volunteer.record('photo_report', '--unit', COMMUNITY, ...all, ...more, '--act', 'submit')
}

/** Both phones change the category of a record, neither having seen the other. */
async function contest(record: string): Promise<void> {
  await prosecutor.run('sync')
  await prosecutor.run('edit', record, '--set', 'interest=work_safety')
  await volunteer.run('edit', record, '--set', 'interest=environment')
  await prosecutor.run('sync')
  await volunteer.run('sync')
}

const value = (terminal: Terminal, record: string) =>
  terminal.run('show', record).then(text => text.split('\n').filter(line => line.startsWith('Field of public')))

test('a conflict of two phones comes to the list by itself, is decided, and is back on both', async () => {
  const { page } = desk
  await page.getByText('没有符合条件的事项').waitFor()
  const record = await report('盲道被占')
  await contest(record)
  // Nobody asked for it: the server says that something moved.
  await desk.row(record).waitFor()
  expect(await value(volunteer, record)).toHaveLength(2)
  await desk.row(record).getByRole('link').click()
  const beside = page.getByRole('table', { name: /有不同的填写/ })
  await beside.getByText('安全生产').waitFor()
  await beside.getByText('生态环境和资源保护').waitFor()
  // Who wrote each, and that neither had seen the other.
  await beside.getByText('演示·庄某平').waitFor()
  expect(await beside.getByText(/没有看到填写/).count()).toBe(2)
  await page.getByRole('img', { name: /位置示意图/ }).waitFor()
  expect(await desk.look('contested')).toEqual([])
  await page.getByRole('region', { name: '经过' }).scrollIntoViewIfNeeded()
  expect(await desk.look('places')).toEqual([])

  await beside.locator('td', { hasText: '生态环境和资源保护' }).getByRole('radio', { name: '采用这个' }).click()
  await page.getByRole('button', { name: '确认处理' }).click()
  await page.getByRole('alert').getByText('请写明理由').waitFor()
  await page.getByLabel('理由（必填）').fill('现场看过，是堆物占道')
  await page.getByRole('button', { name: '确认处理' }).click()
  await page.getByText('已处理，已到达服务器').first().waitFor()
  await desk.row(record).waitFor({ state: 'detached' })
  expect(await desk.look('decided')).toEqual([])

  for (const terminal of [volunteer, prosecutor]) {
    await terminal.run('sync')
    const lines = await value(terminal, record)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('Environment')
    expect(await terminal.run('show', record)).toContain('现场看过，是堆物占道')
  }
  desk.clean()
})

test('what one proposes another confirms, and only then is it so', async () => {
  const record = await report('消防通道堆物')
  await contest(record)
  await desk.row(record).getByRole('link').click()
  const { page } = desk
  await page.locator('td', { hasText: '安全生产' }).getByRole('radio').click()
  await page.getByLabel('理由（必填）').fill('现场看过')
  await page.getByLabel('请另一人确认后再生效').check()
  await page.getByRole('button', { name: '提出，等待另一人确认' }).click()
  await page.getByText('已提出，等待另一人确认').first().waitFor()
  await page.getByRole('link', { name: '打开提议' }).click()
  await page.getByText('这是您自己提出的，须由另一人确认。').waitFor()
  await volunteer.run('sync')
  expect(await value(volunteer, record)).toHaveLength(2)

  second = await Desktop.open(browser, server.url, 'D9001')
  // Nothing stands by its code, also before the first list has come.
  expect(await second.page.getByText('photo_report').count()).toBe(0)
  await second.only('等待确认的提议')
  await second.row(record, '等待确认的提议').getByRole('link').click()
  await second.page.getByText('演示·', { exact: false }).first().waitFor()
  await second.page.getByRole('heading', { name: '等待确认的提议' }).last().waitFor()
  expect(await second.page.getByText('photo_report').count()).toBe(0)
  expect(await second.look('proposal')).toEqual([])
  await second.page.locator('#confirm-reason').fill('同意')
  await second.page.getByRole('button', { name: '确认，使其生效' }).click()
  await second.page.getByText('已确认，已生效').first().waitFor()
  for (const terminal of [volunteer, prosecutor]) {
    await terminal.run('sync')
    const lines = await value(terminal, record)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('Work safety')
  }
  second.clean()
})

test('a stale screen says so, sends nothing, and loses nothing of what was entered', async () => {
  const record = await report('井盖不见了')
  await contest(record)
  const { page } = desk
  await desk.row(record).getByRole('link').click()
  await page.locator('td', { hasText: '安全生产' }).getByRole('radio').click()
  await page.getByLabel('理由（必填）').fill('核对过照片')
  // He has not seen the other's value, so it stands beside it still.
  await prosecutor.run('edit', record, '--set', 'interest=heritage')
  await prosecutor.run('sync')
  await page.getByRole('alert').getByText('您打开之后情况有了变化').waitFor()
  expect(await page.getByRole('button', { name: '确认处理' }).getAttribute('aria-disabled')).toBe('true')
  expect(await desk.look('stale')).toEqual([])
  await page.getByRole('button', { name: '查看最新情况' }).click()
  expect(await page.getByLabel('理由（必填）').inputValue()).toBe('核对过照片')
  // Also over another finding and a reload.
  await page.reload()
  await page.getByLabel('理由（必填）').waitFor()
  expect(await page.getByLabel('理由（必填）').inputValue()).toBe('核对过照片')
  desk.clean()
})

test('a photo in two records lies side by side with what is known of it, and like findings are decided together', async () => {
  const { page } = desk
  const photo = join(server.folder, 'stairs.jpg')
  writeFileSync(photo, await page.screenshot({ type: 'jpeg' }))
  const records = []
  for (const title of ['楼道堆物', '楼道堆物（二）', '楼道堆物（三）']) {
    records.push(await report(title, '--source', 'camera', '--photo', photo))
  }
  await desk.only('相同照片')
  const rows = page.locator('.finding-list li')
  await expect.poll(() => rows.count(), { timeout: 20_000 }).toBeGreaterThanOrEqual(2)
  await rows.first().getByRole('link').click()
  await page.getByText('另一条记录中也有这一张').first().waitFor()
  await page.locator('.pictures img').first().waitFor()
  expect(await desk.look('photos')).toEqual([])

  const count = await rows.count()
  // With the keyboard alone: on to the next, choosing each.
  await page.locator('body').click({ position: { x: 700, y: 12 } })
  await page.keyboard.press('x')
  for (let at = 1; at < count; at++) {
    await page.keyboard.press('j')
    await page.locator('.finding-list li.is-open').nth(0).waitFor()
    await expect.poll(() => rows.nth(at).getAttribute('class')).toContain('is-open')
    await page.keyboard.press('x')
  }
  await page.getByText(`已选 ${count} 项`).waitFor()
  await page.getByRole('button', { name: '一起处理' }).click()
  await page.getByRole('radio', { name: /均保留/ }).click()
  await page.getByLabel('理由（必填）').fill('同一处，分三次拍')
  expect(await desk.look('bulk')).toEqual([])
  await page.getByRole('button', { name: '确认处理' }).click()
  await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(0)
  await page.getByLabel('状态', { exact: true }).selectOption('decided')
  await expect.poll(() => rows.count()).toBe(count)
  desk.clean()
})

test('each role sees only its own, and who has no desk is told so', async () => {
  const volunteers = await Desktop.open(browser, server.url, 'D0004')
  await volunteers.page.getByText('您的角色请使用手机版').waitFor()
  expect(await volunteers.look('no-desk')).toEqual([])
  await volunteers.close()
  // The leader of another community than the one of these records.
  const stranger = await Desktop.open(browser, server.url, 'D1050')
  await stranger.page.getByText('没有符合条件的事项').waitFor()
  await stranger.close()
  const leader = await Desktop.open(browser, server.url, 'D1001')
  await leader.page.locator('.finding-list li').first().waitFor()
  expect(await leader.look('leader')).toEqual([])
  await leader.close()
})

test('hours lead from a person down to each posting and the proof that it is sealed', async () => {
  const at = (hour: string) => `2026-11-23T${hour}:00+08:00`
  const set = ['volunteer=me', 'service_kind=home_repair', 'activity_name=空调维修', 'place_text=演示小区']
  const more = ['content=修理空调', 'organising_unit=演示居委会', 'person_in_charge=演示某丙']
  const times = (from: string, to: string, minutes: number) => [
    `started_at=${at(from)}`,
    `ended_at=${at(to)}`,
    `claimed_minutes=${minutes}`,
  ]
  const session = (...of: string[]) =>
    volunteer.record(
      'volunteer_session',
      '--unit',
      COMMUNITY,
      ...[...set, ...more, ...of].flatMap(one => ['--set', one]),
      '--act',
      'submit',
    )
  const approved = await session(...times('09:00', '10:30', 90))
  await session(...times('14:00', '15:00', 60))
  const leader = await Terminal.enrol(server, 'D1001')
  await leader.run('sync')
  await leader.run('edit', approved, '--act', 'approve')
  await leader.run('sync')

  const { page } = second
  await page.getByRole('link', { name: '时长入账' }).click()
  const row = page.getByRole('row', { name: /演示·何某智/ })
  await row.getByText('1:30', { exact: true }).waitFor()
  await row.getByText('1:00 · 1 次').waitFor()
  await row.getByRole('link').click()
  await page.getByText('尚未认定', { exact: false }).waitFor()
  await page.getByText('第 1 笔 · 第 1 轮').waitFor()
  const seal = page.getByRole('button', { name: '核验封存' })
  const sealed = page.getByText(/已封存：第 \d+ 项/)
  await expect
    .poll(
      async () => {
        await seal.click()
        await sealed.or(page.getByText('还没有封存')).first().waitFor()
        return sealed.isVisible()
      },
      { timeout: 30_000 },
    )
    .toBe(true)
  await page.getByText(/依据的提交/).click()
  expect(await second.look('hours')).toEqual([])
  second.clean()
})

test('in English, and by keyboard', async () => {
  const { page } = desk
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: /Findings/ }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog').getByText('send').waitFor()
  expect(await desk.look('keys')).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByLabel('State', { exact: true }).selectOption('open')
  await page.getByLabel('Rule', { exact: true }).selectOption('')
  await page.locator('.finding-list li a').first().click()
  await page.getByRole('heading', { name: 'Decision' }).waitFor()
  expect(await desk.look('english')).toEqual([])
  desk.clean()
})

test('what is decided while the server is away is kept, and goes by itself', async () => {
  const { page } = desk
  const record = await report('路灯不亮')
  await contest(record)
  await desk.row(record, 'Contested value').getByRole('link').click()
  await page
    .getByText(`Record ${record.slice(-8)}`)
    .first()
    .waitFor()
  await server.stop()
  await page.getByText('Not connected').waitFor()
  await page.keyboard.press('6')
  await page.keyboard.press('r')
  await page.keyboard.type('looked at the place')
  await page.keyboard.press('Control+Enter')
  await page.getByText('it is sent once the server can be reached').first().waitFor()
  await page.getByText('1 decided, waiting to be sent').waitFor()
  expect(await desk.look('away')).toEqual([])
  await server.run()
  await page.reload()
  await page.getByText('waiting to be sent').waitFor({ state: 'detached' })
  await page.getByLabel('State', { exact: true }).selectOption('decided')
  await desk.row(record, 'Contested value').waitFor()
})

test('what was decided while the server was away and has moved there is refused, told of, and can be decided anew', async () => {
  const { page } = desk
  await page.getByLabel('State', { exact: true }).selectOption('open')
  const record = await report('消防栓被挡')
  await contest(record)
  await desk.row(record, 'Contested value').getByRole('link').click()
  await page
    .getByText(`Record ${record.slice(-8)}`)
    .first()
    .waitFor()
  // This desk's wire alone is cut: the others go on.
  await page.context().setOffline(true)
  await page.keyboard.press('6')
  await page.getByLabel('Reason (required)').fill('looked at the place')
  await page.keyboard.press('Control+Enter')
  await page.getByText('1 decided, waiting to be sent').waitFor()
  await prosecutor.run('edit', record, '--set', 'interest=heritage')
  await prosecutor.run('sync')
  await page.context().setOffline(false)
  await page.getByRole('button', { name: '1 decision was not accepted' }).click({ timeout: 60_000 })
  await page.getByRole('dialog').getByRole('link', { name: 'Open the finding' }).waitFor()
  expect(await page.getByText('it is sent once the server can be reached').count()).toBe(0)
  expect(await desk.look('refused')).toEqual([])
  await page.getByRole('link', { name: 'Open the finding' }).click()
  await page.getByText('Cultural heritage').first().waitFor()
  desk.clean()
})
