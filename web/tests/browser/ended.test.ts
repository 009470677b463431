/** An appointment ends: what is pending goes out first, then the unit's data goes from the phone. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { photoReport, subject } from './deeds'
import { Phone } from './phone'
import { Caller, Server, Terminal } from './server'

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

/** All that the database of the phone holds, as text. */
const everything = () =>
  phone.page.evaluate(async () => {
    const open = indexedDB.open('wuyuan')
    const db = await new Promise<IDBDatabase>(resolve => {
      open.onsuccess = () => resolve(open.result)
    })
    const told: string[] = []
    for (const name of Array.from(db.objectStoreNames)) {
      const asked = db.transaction(name).objectStore(name).getAll()
      const rows = await new Promise<unknown[]>(resolve => {
        asked.onsuccess = () => resolve(asked.result)
      })
      told.push(`${name} ${JSON.stringify(rows)}`)
    }
    db.close()
    return told.join('\n')
  })

test('the data of a unit whose appointment has ended is wiped, after what was pending has gone', async () => {
  const desk = await Terminal.enrol(server, 'D9001')
  await subject(desk, '小李', 'D0004', '2026-11-20')
  await phone.signIn('D0004')
  expect(await everything()).toContain('小李')
  await phone.network(false)
  const record = await photoReport(phone, { title: '临走前的记录', photos: 1 })

  const volunteer = await Caller.signIn(server, 'D0004')
  const admin = await Caller.signIn(server, 'D9007')
  const here = volunteer.appointments.find(one => one.unit === '350111001001')
  await admin.send('POST', `/v1/appointments/${here?.id}/end`, {})
  await phone.network(true)
  await phone.go('#/sync')
  await phone.page.getByRole('button', { name: '立即同步' }).click()
  await phone.page.getByText('手机里的资料已清除').waitFor()

  await expect.poll(everything).not.toContain('小李')
  expect(await everything()).not.toContain('临走前的记录')
  const reconciler = await Caller.signIn(server, 'D9006')
  const { ops } = await reconciler.get<{ ops: { record: string; code: string }[] }>('/v1/ops?fate=quarantined')
  // Nothing is lost: what he wrote is at the desk, whatever becomes of it.
  expect(ops.filter(one => one.record === record).map(one => one.code)).toEqual(['appointment_ended'])
  phone.clean()
})

test('with the sign-out everything goes that was of this member; only the language and the size of the text stay', async () => {
  const { page } = phone
  expect(await everything()).toContain('D0004')
  await phone.go('#/settings')
  await page.getByRole('button', { name: '退出登录' }).click()
  const sure = page.getByRole('group', { name: /确定退出吗/ })
  await sure.getByRole('button', { name: '退出登录' }).click()
  await page.getByLabel('成员编号').waitFor()
  expect((await everything()).split('\n').filter(store => !store.endsWith(' []'))).toEqual(['meta ["zh-Hans"]'])
  expect(await page.evaluate(() => Object.keys(localStorage).concat(Object.keys(sessionStorage)))).toEqual([])
  expect(await page.getByLabel('成员编号').inputValue()).toBe('')
  phone.clean()
})
