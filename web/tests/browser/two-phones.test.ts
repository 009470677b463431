/** Two phones edit one record: both values are kept and shown until a person decides, and the decision is seen. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { field, photoReport } from './deeds'
import { Phone } from './phone'
import { Server } from './server'

let server: Server
let volunteer: Phone
let prosecutor: Phone

beforeAll(async () => {
  server = await Server.start()
  volunteer = await Phone.unpack({ url: server.url, at: { latitude: 26.08, longitude: 119.32, accuracy: 12 } })
  prosecutor = await Phone.unpack({ url: server.url })
})

afterAll(async () => {
  await volunteer?.throw()
  await prosecutor?.throw()
  await server?.end()
})

/** Changes the category of a record, with a reason where one is given. */
async function edit(phone: Phone, record: string, interest: string, reason?: string): Promise<void> {
  await phone.go(`#/record/${record}`)
  await phone.page.getByRole('button', { name: '修改' }).click()
  await field(phone, 'interest')
    .getByRole('button', { name: /更改|请选择/ })
    .click()
  await field(phone, 'interest').getByRole('radio', { name: interest }).click()
  if (reason !== undefined) await phone.page.getByLabel('理由').fill(reason)
  await phone.page.getByRole('button', { name: '保存' }).click()
  await phone.page.waitForURL(/#\/record\//)
}

async function sync(phone: Phone): Promise<void> {
  await phone.go('#/sync')
  await phone.page.getByRole('button', { name: '立即同步' }).click()
  await phone.page.getByText('全部已送达').first().waitFor()
  // A sync that found nothing to send says when it was.
  await expect.poll(() => phone.page.getByRole('button', { name: '立即同步' }).getAttribute('aria-disabled')).toBeNull()
}

test('neither is lost, and the decision comes back with its reason', async () => {
  await volunteer.signIn('D0004')
  await prosecutor.signIn('D9001')
  const record = await photoReport(volunteer, { title: '盲道被占', photos: 0 })
  await sync(volunteer)
  await sync(prosecutor)

  await volunteer.network(false)
  await prosecutor.network(false)
  await edit(volunteer, record, '生态环境和资源保护')
  await edit(prosecutor, record, '安全生产')
  await prosecutor.network(true)
  await sync(prosecutor)
  await volunteer.network(true)
  await sync(volunteer)
  await sync(prosecutor)

  for (const phone of [volunteer, prosecutor]) {
    await phone.go(`#/record/${record}`)
    const both = phone.page.getByRole('region', { name: '两种填写' })
    await both.getByText('生态环境和资源保护').waitFor()
    await both.getByText('安全生产').waitFor()
    await both.getByText('您填写的').waitFor()
    await phone.page.getByText('冲突待处理').first().waitFor()
  }

  await edit(prosecutor, record, '无障碍环境建设', '现场核实是盲道')
  await sync(prosecutor)
  await sync(volunteer)
  await volunteer.go(`#/record/${record}`)
  await volunteer.page.getByText('无障碍环境建设').waitFor()
  await volunteer.page.getByText('两种填写').waitFor({ state: 'detached' })
  await volunteer.page.getByRole('link', { name: '查看经过' }).click()
  await volunteer.page.getByText('理由：现场核实是盲道').waitFor()
  volunteer.clean()
  prosecutor.clean()
})

test('a form that was opened before somebody else changed the record says so, and saves only when told', async () => {
  const record = await photoReport(volunteer, { title: '路灯不亮', photos: 0 })
  await sync(volunteer)
  await sync(prosecutor)
  await volunteer.go(`#/form/${record}`)
  await volunteer.page.getByLabel('标题').fill('路灯坏了三盏')
  await volunteer.page.getByText('写的内容已存在手机里').waitFor()
  await edit(prosecutor, record, '安全生产')
  await sync(prosecutor)
  await sync(volunteer)

  await volunteer.go(`#/form/${record}`)
  expect(await volunteer.page.getByLabel('标题').inputValue()).toBe('路灯坏了三盏')
  await volunteer.page.getByRole('button', { name: '保存' }).click()
  await volunteer.page.getByText('打开以后，别人改过这条记录').waitFor()
  await volunteer.page.getByRole('button', { name: '仍要保存' }).click()
  await volunteer.page.waitForURL(/#\/record\//)
  await sync(volunteer)
  await volunteer.go(`#/record/${record}`)
  await volunteer.page.getByRole('heading', { name: '路灯坏了三盏' }).waitFor()
  await volunteer.page.getByText('安全生产').waitFor()
  volunteer.clean()
})
