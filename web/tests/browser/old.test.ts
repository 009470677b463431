/** Phones of 2018, 2020 and 2021: the app starts, installs itself, starts again without a network, records, signs and syncs. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OldBrowser } from './cdp'
import { COMMUNITY_NAME } from './deeds'
import { Caller, PASSWORD, Server, TARGET, Terminal } from './server'

let server: Server

beforeAll(async () => {
  server = await Server.start()
})

afterAll(async () => {
  await server?.end()
})

/** A finger on the element that bears the text; false while there is none. */
const press = (text: string) => `(() => {
  const all = Array.from(document.querySelectorAll('button, a'))
  const found = all.find(one => one.textContent.trim() === ${JSON.stringify(text)})
  if (found !== undefined) found.click()
  return found !== undefined
})()`

const shows = (text: string) => `document.body.innerText.indexOf(${JSON.stringify(text)}) >= 0`

/** Types into the control of a label. */
const type = (label: string, text: string) => `(() => {
  const found = Array.from(document.querySelectorAll('label')).find(one => one.textContent.indexOf(${JSON.stringify(label)}) === 0)
  const control = document.getElementById(found.htmlFor)
  const proto = control.tagName === 'TEXTAREA' ? HTMLTextAreaElement : HTMLInputElement
  Object.getOwnPropertyDescriptor(proto.prototype, 'value').set.call(control, ${JSON.stringify(text)})
  control.dispatchEvent(new Event('input', { bubbles: true }))
})()`

/** Chooses in a field's list, as a finger does. */
const choose = (field: string, text: string) => `(() => {
  const found = Array.from(document.querySelectorAll('#field-${field} label')).find(one => one.innerText.trim() === ${JSON.stringify(text)})
  found.querySelector('input').click()
})()`

async function signIn(browser: OldBrowser): Promise<void> {
  await browser.until(shows('成员编号'))
  await browser.evaluate(type('成员编号', 'D0004'))
  await browser.evaluate(type('密码', PASSWORD))
  await browser.until(press('登录'))
  await browser.until(shows('全部已送达'))
}

/** 随手拍, from the first screen, without a network. */
async function report(browser: OldBrowser, title: string): Promise<void> {
  await browser.until(press('随手拍'))
  await browser.until(shows('在哪个社区'))
  await browser.until(press(COMMUNITY_NAME))
  await browser.until(shows('按一下开始说话'))
  await browser.evaluate(`document.querySelector('#field-interest button').click()`)
  await browser.until(`document.querySelector('#field-interest input[type=radio]')`)
  await browser.evaluate(choose('interest', '无障碍环境建设'))
  await browser.evaluate(type('标题', title))
  await browser.evaluate(type('情况说明', '电动车停在盲道上'))
  await browser.until(press('提交'))
  await browser.until('location.hash.indexOf("#/record/") === 0')
  await browser.until(shows('已保存在手机里，待同步'))
}

for (const version of [67, 83, 92]) {
  test(`Chromium ${version}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wuyuan-old-'))
    const program = join(TARGET, `old-browsers/${version}/chromium`)
    const title = `盲道被占 ${version}`
    let browser = await OldBrowser.start(program, folder)
    try {
      const agent = await browser.evaluate<string>('navigator.userAgent')
      expect(agent).toContain(`Chrome/${version}.`)
      await browser.goto(server.url)
      await signIn(browser)
      // Old browsers keep no such keys: the key is the app's own, and the phone says so.
      expect(await browser.evaluate(shows('签名用的钥匙由软件保管'))).toBe(true)
      expect(await browser.evaluate('navigator.serviceWorker.ready.then(() => true)')).toBe(true)

      await browser.close()
      await server.stop()
      browser = await OldBrowser.start(program, folder)
      await browser.goto(server.url)
      await browser.until(shows('随手拍'))
      await report(browser, title)

      await server.run()
      await browser.evaluate('location.hash = "#/sync"')
      await browser.until(shows('1 条待同步'))
      await browser.until(press('立即同步'))
      await browser.until(shows('全部已送达'))
      expect(browser.complaints).toEqual([])
    } finally {
      await browser.close()
      rmSync(folder, { recursive: true, force: true })
    }
    const volunteer = await Caller.signIn(server, 'D0004')
    const devices = await volunteer.get<{ key_storage: string }[]>('/v1/devices')
    expect(devices.some(one => one.key_storage === 'software')).toBe(true)
  })
}

/** The access token is no more: each sync begins with the trade of the refresh token, which nobody may trade twice. */
const runOut = `new Promise((resolve, reject) => {
  const opening = indexedDB.open('wuyuan')
  opening.onsuccess = () => {
    const change = opening.result.transaction('meta', 'readwrite')
    const asking = change.objectStore('meta').get('account')
    asking.onsuccess = () => {
      change.objectStore('meta').put(Object.assign(asking.result, { accessToken: null }), 'account')
    }
    change.oncomplete = () => { opening.result.close(); resolve(true) }
    change.onabort = () => reject(change.error)
  }
})`

test('two tabs of Chromium 67, which has no locks, record and sync at once: all of it arrives once, and nobody is signed out', async () => {
  const strict = await Server.start()
  const folder = mkdtempSync(join(tmpdir(), 'wuyuan-tabs-'))
  const first = await OldBrowser.start(join(TARGET, 'old-browsers/67/chromium'), folder)
  try {
    await first.goto(strict.url)
    await signIn(first)
    const second = await first.another()
    await second.goto(strict.url)
    await second.until(shows('随手拍'))
    const tabs = [first, second]
    for (const tab of tabs) expect(await tab.evaluate('navigator.locks === undefined')).toBe(true)
    const titles: string[] = []
    for (let round = 1; round <= 4; round++) {
      const now = tabs.map((_, nth) => `第 ${round} 轮第 ${nth + 1} 页`)
      titles.push(...now)
      await Promise.all(tabs.map(tab => tab.evaluate('location.hash = "#/"')))
      await Promise.all(tabs.map((tab, nth) => report(tab, now[nth] ?? '')))
      await Promise.all(tabs.map(tab => tab.evaluate('location.hash = "#/sync"')))
      await first.evaluate(runOut)
      await Promise.all(tabs.map(tab => tab.until(press('立即同步'))))
      await Promise.all(tabs.map(tab => tab.until(shows('全部已送达'))))
    }
    for (const tab of tabs) {
      expect(await tab.evaluate(shows('请重新登录'))).toBe(false)
      expect(tab.complaints).toEqual([])
    }
    const volunteer = await Caller.signIn(strict, 'D0004')
    // A feed that was forked, or written wrongly, would have made a second device.
    expect(await volunteer.get<unknown[]>('/v1/devices')).toHaveLength(1)
    const reconciler = await Caller.signIn(strict, 'D9006')
    for (const fate of ['held', 'quarantined']) {
      expect(await reconciler.get(`/v1/ops?fate=${fate}`)).toMatchObject({ ops: [] })
    }
    const desk = await Terminal.enrol(strict, 'D9001')
    await desk.run('sync')
    const list = await desk.run('list')
    for (const title of titles) expect(list.split(title)).toHaveLength(2)

    // A sign-out in one tab is one in the other.
    await second.evaluate('location.hash = "#/settings"')
    await second.until(press('退出登录'))
    await second.until(shows('退出后手机里的资料会清除'))
    await second.until(press('退出登录'))
    await Promise.all(tabs.map(tab => tab.until(shows('成员编号'))))
    expect(first.complaints).toEqual([])
  } finally {
    await first.close()
    await strict.end()
    rmSync(folder, { recursive: true, force: true })
  }
})
