/** A phone: Chromium with the app, on a folder that outlives its restarts. */

import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { PASSWORD } from './server'

/** How the browser is started: it asks for nothing by itself. */
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
]

/** How long a step may take before a test says that it never came, ms. */
export const PATIENCE = 20_000

/** What is left free on a full phone, bytes: less than what a browser leaves to others. */
const SPARE_BYTES = 200 << 10
/** As much is written at once when it is filled, bytes: less than what is left free, so that the browser's own writes find room beside it. */
const PIECE_BYTES = 100 << 10

/** What a phone is like. */
export interface Like {
  /** Where the app comes from. */
  url: string
  lang?: string
  timezone?: string
  /** Where it stands; nothing: it may not be asked. */
  at?: { latitude: number; longitude: number; accuracy: number }
  width?: number
  height?: number
  /** Its storage is small, and can be filled. It forgets everything with a restart. */
  small?: boolean
}

/** Phones and desks that are switched on: what they show is printed when a test fails. */
export const switchedOn = new Set<{ page: Page; complaints: string[] }>()

/** What every phone shows now. */
export async function screens(): Promise<string> {
  const shown = Array.from(switchedOn, async phone => {
    const text = await phone.page.locator('body').innerText({ timeout: 2_000 })
    return `${phone.page.url()}\n${text}\n${phone.complaints.join('\n')}`
  })
  const told = await Promise.allSettled(shown)
  return told.map(one => (one.status === 'fulfilled' ? one.value : String(one.reason))).join('\n\n')
}

export class Phone {
  private context: BrowserContext | null = null
  private skew = 0
  private offline = false
  private readonly folder = mkdtempSync(join(tmpdir(), 'wuyuan-phone-'))
  page!: Page
  /** What the page complained of, and where it asked outside its origin. */
  readonly complaints: string[] = []

  private constructor(private readonly like: Like) {}

  /** A phone that has never been used, with the app on its screen. */
  static async unpack(like: Like): Promise<Phone> {
    const phone = new Phone(like)
    await phone.on()
    return phone
  }

  /** Switches the phone on, or opens the browser again. */
  async on(): Promise<void> {
    const { like } = this
    const context = await chromium.launchPersistentContext(this.folder, {
      executablePath: like.small ? join(import.meta.dirname, 'small-phone.sh') : '/usr/bin/chromium',
      env: { ...process.env, SMALL_FOLDER: this.folder, SMALL_PID: `${this.folder}.pid` } as Record<string, string>,
      args: FLAGS,
      viewport: { width: like.width ?? 360, height: like.height ?? 640 },
      deviceScaleFactor: 1,
      isMobile: true,
      hasTouch: true,
      locale: like.lang ?? 'zh-CN',
      timezoneId: like.timezone ?? 'Asia/Shanghai',
      permissions: like.at ? ['geolocation', 'camera', 'microphone'] : ['camera', 'microphone'],
      ...(like.at ? { geolocation: like.at } : {}),
    })
    this.context = context
    context.setDefaultTimeout(PATIENCE)
    switchedOn.add(this)
    await context.setOffline(this.offline)
    if (this.skew !== 0) await context.addInitScript(shiftClock, this.skew)
    this.page = context.pages()[0] ?? (await context.newPage())
    this.page.on('pageerror', error => this.complaints.push(String(error.stack ?? error)))
    this.page.on('console', message => {
      // What the network failed to bring is said by the app itself, in its own words.
      if (message.type() === 'error' && !/net::ERR|status of \d/.test(message.text()))
        this.complaints.push(message.text())
    })
    this.page.on('request', request => {
      const { origin, protocol } = new URL(request.url())
      if (protocol !== 'blob:' && protocol !== 'data:' && origin !== like.url)
        this.complaints.push(`asked ${request.url()}`)
    })
    await this.page.goto(like.url)
    await this.page.getByRole('heading', { level: 1 }).waitFor()
  }

  /** Ends the browser as a phone does that runs out of power. */
  async off(): Promise<void> {
    await this.context?.close()
    this.context = null
    switchedOn.delete(this)
  }

  async restart(): Promise<void> {
    await this.off()
    await this.on()
  }

  /** Sets the phone's clock, ms ahead of the true time; it holds from the next restart on. */
  clock(ahead: number): void {
    this.skew = ahead
  }

  /** Switches the network off or on, as flight mode does; it stays so over restarts. */
  async network(on: boolean): Promise<void> {
    this.offline = !on
    await this.context?.setOffline(!on)
  }

  /** Slows the processor down so many times, as an old phone is slower; 1: not at all. */
  async slow(times: number): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page)
    await session.send('Emulation.setCPUThrottlingRate', { rate: times })
  }

  /** Fills the small filesystem, or frees it again. */
  fill(full: boolean): void {
    const pid = readFileSync(`${this.folder}.pid`, 'utf8').trim()
    const inside = `/proc/${pid}/root${this.folder}`
    const filler = join(inside, 'filler')
    if (!full) {
      rmSync(filler)
      return
    }
    const file = openSync(filler, 'w')
    // The browser writes meanwhile, so the room that is left is looked at again after every piece.
    for (;;) {
      const { bavail, bsize } = statfsSync(inside)
      const piece = Math.min(PIECE_BYTES, bavail * bsize - SPARE_BYTES)
      if (piece <= 0) break
      writeSync(file, Buffer.alloc(piece))
    }
    closeSync(file)
  }

  async throw(): Promise<void> {
    await this.off()
    rmSync(this.folder, { recursive: true, force: true })
    rmSync(`${this.folder}.pid`, { force: true })
  }

  /** Signs in and waits for the first sync. */
  async signIn(number: string): Promise<void> {
    const { page } = this
    await page.getByLabel('成员编号').fill(number)
    await page.getByLabel('密码', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: '登录' }).click()
    await page.getByRole('button', { name: '立即同步' }).waitFor()
    await page.getByText('全部已送达').waitFor()
  }

  /** Waits until the service worker has the whole app, so that it starts without a network. */
  async installed(): Promise<void> {
    await this.page.evaluate(async () => {
      await navigator.serviceWorker.ready
    })
  }

  async go(hash: string): Promise<void> {
    await this.page.evaluate(to => {
      location.hash = to
    }, hash)
  }

  /** Presses 立即同步 and waits until everything has gone. */
  async sync(): Promise<void> {
    await this.page.getByRole('button', { name: '立即同步' }).click()
    await this.page.getByText('全部已送达').first().waitFor()
  }

  /** Nothing went wrong on the page, and nothing outside was asked. */
  clean(): void {
    expect(this.complaints).toEqual([])
  }
}

/** Runs in the page before everything else: a wall clock that is ahead. The clock that counts up is left alone. */
function shiftClock(ahead: number): void {
  const True = Date
  class Shifted extends True {
    constructor(...given: unknown[]) {
      if (given.length === 0) super(True.now() + ahead)
      else super(...(given as []))
    }
    static override now(): number {
      return True.now() + ahead
    }
  }
  self.Date = Shifted as DateConstructor
}
