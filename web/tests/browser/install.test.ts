/** The app can be installed, asks to be kept, and says how much room there is. */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Phone } from './phone'
import { Server } from './server'

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

test('the browser finds nothing that keeps the app from being installed', async () => {
  phone = await Phone.unpack({ url: server.url })
  await phone.signIn('D0004')
  await phone.installed()
  const session = await phone.page.context().newCDPSession(phone.page)
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  // A window whose folder is given counts as one that keeps nothing; that is of the test, not of the app.
  expect(installabilityErrors.map(one => one.errorId).filter(id => id !== 'in-incognito')).toEqual([])
  phone.clean()
})

/** Runs in the page: a browser that keeps what it is asked to keep, and has so much room. */
function keeping(freeBytes: number): void {
  let persisted = false
  Object.assign(navigator.storage, {
    persist: () => {
      persisted = true
      return Promise.resolve(true)
    },
    persisted: () => Promise.resolve(persisted),
    estimate: () => Promise.resolve({ quota: freeBytes + 1_000_000, usage: 1_000_000 }),
  })
}

test('it is asked that nothing be thrown away, and little room is said before photos find none', async () => {
  phone = await Phone.unpack({ url: server.url })
  const { page } = phone
  await page.evaluate(keeping, 5_000_000_000)
  await phone.signIn('D0004')
  await phone.go('#/settings')
  await page.getByText('手机已答应不清理本应用的资料').waitFor()
  await page.getByText('手机还可存 5 GB').waitFor()
  await page.evaluate(keeping, 150_000_000)
  await phone.go('#/sync')
  await phone.sync()
  await page.getByText('手机空间不多了，只剩 150 MB').waitFor()
  phone.clean()
})
