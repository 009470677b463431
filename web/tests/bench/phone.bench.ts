/** How fast the app is on a slow phone. It prints numbers and asserts none: machines differ. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, test } from 'vitest'
import { Phone } from '../browser/phone'
import { Caller, DIST, Server } from '../browser/server'
import { fill } from './filler'

/** An old phone beside this machine. */
const SLOWER = 4
const RECORDS = 5_000
const STARTS = 7
/** A finger's flick, px each frame. */
const FLICK = 120
const FRAMES = 240

let server: Server
let phone: Phone

beforeAll(async () => {
  server = await Server.start(['--rate-per-member', '1000'])
})

afterAll(async () => {
  await phone?.throw()
  await server?.end()
})

function print(what: string, value: string): void {
  process.stdout.write(`${what.padEnd(60)} ${value}\n`)
}

function median(all: number[]): number {
  return all.slice().sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0
}

test('numbers', async () => {
  // The console's files lie in a folder of their own.
  const files = readdirSync(join(DIST, 'assets'), { withFileTypes: true }).filter(entry => entry.isFile())
  for (const { name } of files.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    print(
      name.replace(/-[^-]*(\.\w+)$/, '$1'),
      `${gzipSync(readFileSync(join(DIST, 'assets', name)), { level: 9 }).length} B gzip`,
    )
  }
  await fill(await Caller.signIn(server, 'D0004'), RECORDS)

  phone = await Phone.unpack({ url: server.url })
  const began = Date.now()
  await phone.signIn('D0004')
  print(`sign-in and first pull of ${RECORDS} records`, `${Date.now() - began} ms`)
  await phone.installed()
  await phone.network(false)

  // From the beginning of the navigation until the four buttons stand, without a network.
  const starts: number[] = []
  for (let nth = 0; nth < STARTS; nth++) {
    await phone.restart()
    await phone.slow(SLOWER)
    await phone.page.goto('about:blank')
    await phone.page.goto(server.url)
    await phone.page.locator('.four').waitFor()
    starts.push(
      await phone.page.evaluate(
        () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now(),
      ),
    )
  }
  print(
    `offline start, ${RECORDS} records, processor ${SLOWER} times slower`,
    `${Math.round(median(starts))} ms median of ${STARTS}`,
  )

  const opening = Date.now()
  await phone.go('#/records')
  await phone.page.locator('.record-row').first().waitFor()
  print('opening the list, as slow', `${Date.now() - opening} ms`)
  const frames = await phone.page.evaluate(
    ([flick, count]) =>
      new Promise<number[]>(resolve => {
        const times: number[] = []
        let before = performance.now()
        const step = (now: number) => {
          times.push(now - before)
          before = now
          if (times.length > Number(count)) resolve(times.slice(1))
          else {
            scrollBy(0, Number(flick))
            requestAnimationFrame(step)
          }
        }
        requestAnimationFrame(step)
      }),
    [FLICK, FRAMES],
  )
  const late = frames.filter(ms => ms > 34).length
  const worst = Math.round(Math.max(...frames))
  print(
    `scrolling ${FLICK * FRAMES} px of the list, as slow`,
    `${Math.round(median(frames))} ms a frame, ${late} of ${FRAMES} over 34 ms, worst ${worst} ms`,
  )
})
