/** What nobody foresaw: it is told in plain words with a code, quotes nothing, and what was written stays. */

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { photoReport, shownRecord } from './deeds'
import { choose, look } from './look'
import { Phone } from './phone'
import { Server } from './server'

const TYPED = '小李家门口的台阶'

let server: Server
let phone: Phone

beforeAll(async () => {
  server = await Server.start()
  phone = await Phone.unpack({ url: server.url, at: { latitude: 26.08, longitude: 119.32, accuracy: 12 } })
  await phone.signIn('D0004')
})

beforeEach(() => {
  phone.complaints.length = 0
})

afterAll(async () => {
  await phone?.throw()
  await server?.end()
})

const told = () => phone.page.getByRole('alert').filter({ hasText: '代码：' })

/** The notice, which says what to do and nothing of what was typed; its code. */
async function code(): Promise<string> {
  await told().getByText('出了点问题，记录都还在').waitFor()
  const text = await told().innerText()
  expect(text).not.toContain(TYPED)
  return /代码：(.*)/.exec(text)?.[1] ?? ''
}

test('a button that fails says so where its presser looks, and nothing that he typed is lost', async () => {
  const { page } = phone
  const draft = await photoReport(phone, { title: TYPED, photos: 1, draft: true })
  await phone.go(`#/form/${draft}`)
  await page.getByLabel('标题').waitFor()
  await page.evaluate(typed => {
    const random = crypto.getRandomValues
    crypto.getRandomValues = () => {
      crypto.getRandomValues = random
      throw new TypeError(typed)
    }
  }, TYPED)
  await page.getByRole('button', { name: '提交' }).click()
  expect(await code()).toMatch(/^fault TypeError \d+:\d+$/)
  // It is in the window, however far the form is scrolled.
  expect(await told().evaluate(element => element.getBoundingClientRect().top)).toBeGreaterThanOrEqual(0)
  expect(await page.getByLabel('标题').inputValue()).toBe(TYPED)
  expect(phone.complaints.join('\n')).toContain('TypeError')

  await phone.restart()
  await phone.go(`#/form/${draft}`)
  expect(await phone.page.getByLabel('标题').inputValue()).toBe(TYPED)
  await phone.page.getByRole('img', { name: '第 1 张照片' }).waitFor()
  await phone.page.getByRole('button', { name: '提交' }).click()
  expect(await shownRecord(phone)).toBe(draft)
  await told().waitFor({ state: 'detached' })
})

test('what was put away comes again only if somebody presses for it', async () => {
  const { page } = phone
  await phone.go('#/')
  const fail = () =>
    page.evaluate(typed => {
      setTimeout(() => {
        throw new RangeError(typed)
      })
    }, TYPED)
  await fail()
  expect(await code()).toMatch(/^fault RangeError/)
  await page.getByRole('button', { name: '知道了' }).click()
  await told().waitFor({ state: 'detached' })
  await fail()
  await page.evaluate(typed => void Promise.reject(new URIError(typed)), TYPED)
  // The second of the one is not told, or it would have been told before the other.
  expect(await code()).toMatch(/^fault URIError/)
  await page.getByRole('button', { name: '知道了' }).click()
})

test('a screen that cannot be drawn leaves a way on', async () => {
  const { page } = phone
  await phone.go('#/')
  await page.getByRole('link', { name: '随手拍' }).waitFor()
  await page.evaluate(typed => {
    const hours = Date.prototype.getHours
    Object.assign(window, {
      mend: () => {
        Date.prototype.getHours = hours
      },
    })
    Date.prototype.getHours = () => {
      throw new TypeError(typed)
    }
  }, TYPED)
  await phone.go('#/sync')
  await page.getByRole('heading', { name: '这一页打不开' }).waitFor()
  expect(await code()).toMatch(/^fault TypeError \d+:\d+$/)
  await page.evaluate('mend()')
  await page.getByRole('link', { name: '回到首页' }).click()
  await page.getByRole('link', { name: '随手拍' }).waitFor()
})

test('an answer that cannot be read from the phone is told, and not only missing', async () => {
  const { page } = phone
  await phone.go('#/')
  await page.evaluate(() => {
    const get = IDBObjectStore.prototype.get
    Object.assign(window, {
      mend: () => {
        IDBObjectStore.prototype.get = get
      },
    })
    IDBObjectStore.prototype.get = () => {
      throw new DOMException('no', 'UnknownError')
    }
  })
  await phone.go('#/hours')
  await told().waitFor()
  expect(await told().innerText()).toMatch(/代码：(fault UnknownError|storage_failed)/)
  await page.evaluate('mend()')
})

test('the notice in every size, on narrow phones and wide ones', async () => {
  const found: string[] = []
  for (const [size, name] of ['18', '24', '30'].entries()) {
    await choose(phone, size, '简体中文', 'zh-Hans')
    for (const width of [320, 412]) {
      await phone.page.setViewportSize({ width, height: 568 })
      // What was told once is told again after a start.
      await phone.page.reload()
      await phone.go('#/')
      await phone.page.getByRole('link', { name: '随手拍' }).waitFor()
      await phone.page.evaluate(() => void Promise.reject(new TypeError()))
      await code()
      found.push(...(await look(phone, `${name}-fault-${width}`)))
      // It leaves some of the screen to be seen.
      expect(await told().evaluate(element => element.getBoundingClientRect().bottom)).toBeLessThan(568)
    }
  }
  expect(found).toEqual([])
})
