/** A desk: the console in a window of a desktop browser, as one member's own. */

import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { FLAGS, PATIENCE, switchedOn } from './phone'
import { PASSWORD, TARGET } from './server'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PICTURES = join(TARGET, 'web/screens')

export class Desktop {
  /** What the page complained of, and where it asked outside its origin. */
  readonly complaints: string[] = []

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static browser(): Promise<Browser> {
    return chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS })
  }

  /** A window on the console, signed in. */
  static async open(browser: Browser, url: string, number: string): Promise<Desktop> {
    const viewport = { width: 1440, height: 900 }
    const context = await browser.newContext({ viewport, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })
    context.setDefaultTimeout(PATIENCE)
    const page = await context.newPage()
    const desktop = new Desktop(context, page)
    switchedOn.add(desktop)
    page.on('pageerror', error => desktop.complaints.push(String(error.stack ?? error)))
    page.on('console', message => {
      // What the network failed to bring is said by the console itself, in its own words.
      if (message.type() === 'error' && !/net::ERR|status of \d/.test(message.text()))
        desktop.complaints.push(message.text())
    })
    page.on('request', request => {
      const { origin, protocol } = new URL(request.url())
      if (protocol !== 'blob:' && protocol !== 'data:' && origin !== url)
        desktop.complaints.push(`asked ${request.url()}`)
    })
    await page.goto(`${url}/console`)
    await page.getByLabel('成员编号').fill(number)
    await page.getByLabel('密码', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: '登录' }).click()
    await page.getByRole('button', { name: '退出登录' }).waitFor()
    return desktop
  }

  async close(): Promise<void> {
    switchedOn.delete(this)
    await this.context.close()
  }

  /** Narrows the list to one rule. */
  async only(rule: string): Promise<void> {
    const select = this.page.getByLabel('类型', { exact: true })
    const option = select.locator('option', { hasText: rule })
    await option.waitFor({ state: 'attached' })
    await select.selectOption({ label: String(await option.textContent()) })
  }

  /** The row of a finding of a rule that is about a record. */
  row(record: string, rule = '内容有分歧') {
    return this.page.locator('.finding-list li', { hasText: rule }).filter({ hasText: record.slice(-8) })
  }

  /** Takes a picture of what is shown, and gives what axe finds wrong with it. */
  async look(name: string): Promise<string[]> {
    mkdirSync(PICTURES, { recursive: true })
    await this.page.screenshot({ path: join(PICTURES, `console-${name}.png`) })
    if (!(await this.page.evaluate('"axe" in window'))) await this.page.evaluate(AXE)
    const { violations } = (await this.page.evaluate(
      'axe.run(document, { resultTypes: ["violations"] })',
    )) as AxeResults
    return violations.flatMap(one =>
      one.nodes.map(node => `${name}: ${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`),
    )
  }

  /** Nothing went wrong on the page, and nothing outside was asked. */
  clean(): void {
    expect(this.complaints).toEqual([])
  }
}
