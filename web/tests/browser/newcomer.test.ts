/** A new volunteer: from the code that the office hands out to the first report. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { COMMUNITY, photoReport } from './deeds'
import { Phone } from './phone'
import { Caller, Server } from './server'

let server: Server
let phone: Phone

beforeAll(async () => {
  server = await Server.start(['--admin-totp', 'false'])
  phone = await Phone.unpack({ url: server.url, at: { latitude: 26.08, longitude: 119.32, accuracy: 12 } })
})

afterAll(async () => {
  await phone?.throw()
  await server?.end()
})

test('the code of the office opens the phone once; a wrong one, a weak password and a used code are told in words', async () => {
  const office = await Caller.signIn(server, 'D9007')
  const member = await office.send<{ id: string }>('POST', '/v1/members', { number: 'D0900', name: '演示·林某' })
  await office.send('POST', `/v1/members/${member.id}/appointments`, { role: 'volunteer', unit: COMMUNITY })
  const { code } = await office.send<{ code: string }>('POST', `/v1/members/${member.id}/activation`)

  const { page } = phone
  const password = '护学岗 每天早上七点半'
  const open = page.getByRole('button', { name: '开通' })
  const fill = async (given: { code: string; password: string; again: string }) => {
    // The screen of the sign-in has a number too.
    await page.getByLabel('激活码').waitFor()
    await page.getByLabel('成员编号').fill('D0900')
    await page.getByLabel('激活码').fill(given.code)
    await page.getByLabel('设一个密码').fill(given.password)
    await page.getByLabel('再输入一次密码').fill(given.again)
    await open.click()
  }
  await page.getByRole('link', { name: '第一次使用' }).click()
  await fill({ code: '', password: '', again: '' })
  await page.getByText('请填写激活码').waitFor()
  await page.getByText('请填写密码').waitFor()
  await fill({ code, password, again: `${password}。` })
  await page.getByText('两次输入的密码不一样').waitFor()
  await fill({ code, password: 'D0900-D0900', again: 'D0900-D0900' })
  await page.getByText('不能含有成员编号').waitFor()
  await fill({ code: 'AAAA-AAAA-AAAA', password, again: password })
  await page.getByText('编号或激活码不正确，或激活码已过期').waitFor()
  await fill({ code, password, again: password })
  await page.getByRole('heading', { name: '演示·林某，您好' }).waitFor()
  await page.getByText('全部已送达').first().waitFor()

  const record = await photoReport(phone, { title: '新来的第一条', photos: 1 })
  await phone.go('#/sync')
  await phone.sync()
  const desk = await Caller.signIn(server, 'D9001')
  const { ops } = await desk.get<{ ops: { by: string; fate: string }[] }>(`/v1/records/${record}/history`)
  expect(ops).toMatchObject([{ by: member.id, fate: 'accepted' }])

  // What is on the phone goes with the sign-out; the code is used up, the password serves.
  await phone.go('#/settings')
  await page.getByRole('button', { name: '退出登录' }).click()
  await page
    .getByRole('group', { name: /确定退出吗/ })
    .getByRole('button', { name: '退出登录' })
    .click()
  await page.getByRole('link', { name: '第一次使用' }).click()
  await fill({ code, password, again: password })
  await page.getByText('编号或激活码不正确，或激活码已过期').waitFor()
  await page.getByRole('link', { name: '已经开通过' }).click()
  await page.getByLabel('激活码').waitFor({ state: 'detached' })
  await page.getByLabel('成员编号').fill('D0900')
  await page.getByLabel('密码', { exact: true }).fill(password)
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByText('全部已送达').first().waitFor()
  phone.clean()
})
