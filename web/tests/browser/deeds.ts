/** What a volunteer does on the phone, through what is on its screen. */

import { expect } from 'vitest'
import type { Phone } from './phone'
import type { Terminal } from './server'

/** The community of the demonstration in which D0004 and D0005 volunteer, D0001 supervises and D1001 leads. */
export const COMMUNITY = '350111001001'
export const COMMUNITY_NAME = '站前社区委员会'

/** Opens a large button's form in the community, which is asked for where there are several. */
async function begin(phone: Phone, button: string): Promise<void> {
  const { page } = phone
  await phone.go('#/')
  await page.getByRole('link', { name: button }).click()
  const place = page.getByRole('button', { name: COMMUNITY_NAME })
  await place.or(page.locator('[id^=field-]')).first().waitFor()
  if (await place.isVisible()) await place.click()
}

/** The card of a field, found by the beginning of its label. */
export function field(phone: Phone, name: string) {
  return phone.page.locator(`#field-${name}`)
}

/**
 * Takes photos with the camera. The film of a made-up camera begins anew whenever it is opened: `from`, in seconds of it, keeps
 * the pictures of two openings apart, since one picture is never kept twice.
 */
export async function shoot(phone: Phone, photos: number, from = 0): Promise<void> {
  const { page } = phone
  await page.getByRole('button', { name: '拍照', exact: true }).click()
  const dialog = page.getByRole('dialog')
  const film = () => dialog.locator('video').evaluate(video => (video as HTMLVideoElement).currentTime)
  await expect.poll(film, { timeout: 10_000 }).toBeGreaterThan(from)
  for (let taken = 0; taken < photos; taken++) {
    await dialog.getByText(`已拍 ${taken} 张`).waitFor()
    await dialog.getByRole('button', { name: '按这里拍照' }).click()
  }
  await dialog.getByText(`已拍 ${photos} 张`).waitFor()
  await dialog.getByRole('button', { name: /拍好了/ }).click()
  await dialog.waitFor({ state: 'detached' })
}

/** The id of the record on the screen. */
export async function shownRecord(phone: Phone): Promise<string> {
  await phone.page.waitForURL(/#\/record\//)
  return phone.page.url().replace(/.*#\/record\//, '')
}

export interface Report {
  title: string
  photos: number
  voice?: boolean
  /** Leaves the form before it is submitted. */
  draft?: boolean
  /** The phone may not be asked where it is, or is not asked. */
  noPlace?: 'denied' | 'not asked'
}

/** 随手拍. Gives the record's id. */
export async function photoReport(phone: Phone, report: Report): Promise<string> {
  const { page } = phone
  await begin(phone, '随手拍')
  if (report.photos > 0) await shoot(phone, report.photos)
  await field(phone, 'interest').getByRole('button', { name: '请选择' }).click()
  await field(phone, 'interest').getByRole('radio', { name: '无障碍环境建设' }).click()
  await page.getByLabel('标题').fill(report.title)
  await page.getByLabel('情况说明').fill('电动车停在盲道上，老人走不过去')
  if (report.voice) {
    await page.getByRole('button', { name: '按一下开始说话' }).click()
    await page.getByText('正在录音 0:00:01').waitFor()
    await page.getByRole('button', { name: '说完了，停止' }).click()
    await page.getByRole('button', { name: /播放第 1 段语音/ }).waitFor()
  }
  if (report.noPlace !== 'not asked') {
    await field(phone, 'point').getByRole('button', { name: '记下我现在的位置' }).click()
    const place = report.noPlace ? '没有允许记位置，记录里会照实注明' : /误差约 12 米，坐标系 WGS-84/
    await field(phone, 'point').getByText(place).waitFor()
  }
  if (report.draft) {
    await page.getByText('写的内容已存在手机里').waitFor()
    const id = page.url().replace(/.*#\/form\//, '')
    await page.getByRole('button', { name: '先存着' }).click()
    return id
  }
  await page.getByRole('button', { name: '提交' }).click()
  return shownRecord(phone)
}

/** 走访签到 at the only person in care. Gives the record's id. */
export async function visit(phone: Phone): Promise<string> {
  const { page } = phone
  await begin(phone, '走访签到')
  await field(phone, 'subject').getByRole('radio').first().click()
  await field(phone, 'mode').getByRole('radio').first().click()
  await field(phone, 'seen_in_person').getByRole('radio', { name: '是' }).click()
  await field(phone, 'concern').getByRole('radio', { name: '无' }).click()
  await field(phone, 'point').getByRole('button', { name: '记下我现在的位置' }).click()
  await field(phone, 'point')
    .getByText(/误差约 12 米/)
    .waitFor()
  await page.getByRole('button', { name: '提交' }).click()
  return shownRecord(phone)
}

/** 开始服务. */
export async function startService(phone: Phone): Promise<void> {
  const { page } = phone
  await phone.go('#/')
  await page.getByRole('link', { name: '开始服务' }).click()
  const own = page.getByRole('button', { name: '我自己的志愿服务' })
  const place = page.getByRole('button', { name: COMMUNITY_NAME })
  await own.or(place).first().waitFor()
  if (await own.isVisible()) await own.click()
  await place.click()
  await field(phone, 'service_kind').getByRole('button', { name: '请选择' }).click()
  await field(phone, 'service_kind').getByRole('radio', { name: '上门维修' }).click()
  await page.getByRole('button', { name: '现在开始' }).click()
  await page.getByRole('timer').waitFor()
}

/** 结束服务, with what was done. Gives the record's id. */
export async function stopService(phone: Phone): Promise<string> {
  const { page } = phone
  await phone.go('#/')
  await page.getByRole('link', { name: '结束服务' }).click()
  await page.getByRole('button', { name: '现在结束' }).click()
  await sayWhat(phone)
  await page.getByRole('button', { name: '提交' }).click()
  return shownRecord(phone)
}

/** A moment as a browser's control for one wants it, in the zone of the phones. */
export function controlTime(ms: number): string {
  return new Date(ms + 8 * 3_600_000).toISOString().slice(0, 16)
}

/** Own hours that are entered after the fact. `look` is done before they are submitted. Gives the record's id. */
export async function ownHours(phone: Phone, from: number, until: number, look?: () => Promise<void>): Promise<string> {
  const { page } = phone
  await phone.go('#/new/volunteer_session')
  await page.getByRole('button', { name: COMMUNITY_NAME }).click()
  await field(phone, 'service_kind').getByRole('button', { name: '请选择' }).click()
  await field(phone, 'service_kind').getByRole('radio', { name: '上门维修' }).click()
  await page.locator('#field-started_at-control').fill(controlTime(from))
  await page.locator('#field-ended_at-control').fill(controlTime(until))
  await page.getByRole('button', { name: /按起止时间填/ }).click()
  await sayWhat(phone)
  await look?.()
  await page.getByRole('button', { name: '提交' }).click()
  return shownRecord(phone)
}

/** What an own service was about. */
export async function sayWhat(phone: Phone): Promise<void> {
  const { page } = phone
  await page.getByLabel('活动名称').fill('上门修空调')
  await page.getByLabel('服务地点').fill('三号楼')
  await page.getByLabel('服务内容').fill('修好一台空调')
  await page.getByLabel('活动组织单位').fill('站前社区')
  await page.getByLabel('活动负责人').fill('演示·小组长')
}

/** A prosecutor registers a person in care and assigns a member. Gives the record's id. */
export function subject(desk: Terminal, alias: string, assigned: string, due: string): Promise<string> {
  const set = [`alias=${alias}`, 'category=bail', 'visit_place=三号楼楼下', `next_visit_on=${due}`]
  const flags = set.flatMap(one => ['--set', one])
  return desk.record('subject', '--unit', COMMUNITY, ...flags, '--add', `assigned=${assigned}`)
}

/** What stands under a heading of the list of records. */
export async function standing(phone: Phone, title: string): Promise<string> {
  const row = phone.page.locator('.record-row', { hasText: title })
  await expect.poll(() => row.count()).toBeGreaterThan(0)
  return row.first().locator('.badges').innerText()
}
