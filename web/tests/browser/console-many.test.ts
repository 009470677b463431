/** Twenty thousand findings are no more work for the desk than twenty: pages come as they are scrolled to. */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { COMMUNITY } from './deeds'
import { Desktop } from './desktop'
import { Caller, Server, Terminal } from './server'
import { until } from './wait'

const MANY = 20_000
/** The most rows that are drawn of a list, however long it is. */
const DRAWN = 60

/** Writes findings of clocks that were off, each of another operation of one device, a second apart. */
const FILL = `
import os, sqlite3, sys
path, unit, record, device, count = sys.argv[1:]
base = sqlite3.connect(path, timeout=30)
base.execute("BEGIN IMMEDIATE")
rows = (
    (os.urandom(16), "clock_off", unit, bytes.fromhex(record), bytes.fromhex(device), n + 1, 1700000000000 + 1000 * n)
    for n in range(int(count))
)
base.executemany("INSERT INTO finding (id, code, unit, record, device, seq, opened_ms) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
base.commit()
`

let server: Server
let browser: Browser

beforeAll(async () => {
  server = await Server.start()
  browser = await Desktop.browser()
})

afterAll(async () => {
  await browser?.close()
  await server?.end()
})

test('twenty thousand findings are scrolled to their end, a few rows drawn at a time', async () => {
  const volunteer = await Terminal.enrol(server, 'D0004')
  const set = ['channel=app', 'interest=accessibility', 'title=盲道被占', 'description=电动车停在盲道上']
  const all = set.flatMap(one => ['--set', one])
  const record = await volunteer.record('photo_report', '--unit', COMMUNITY, ...all, '--act', 'submit')
  const prosecutor = await Caller.signIn(server, 'D9001')
  const { ops } = await prosecutor.get<{ ops: { device: string }[] }>(`/v1/records/${record}/history`)
  const hex = (id: string | undefined) => String(id).replaceAll('-', '')
  const given = [`${server.folder}/wuyuan.db`, COMMUNITY, hex(record), hex(ops[0]?.device), String(MANY)]
  await promisify(execFile)('python3', ['-c', FILL, ...given])

  const desk = await Desktop.open(browser, server.url, 'D9006')
  const { page } = desk
  await page.getByText(`共 ${MANY} 项`).waitFor()
  const rows = page.locator('.finding-list li')
  let most = 0
  await until('the last row', async () => {
    most = Math.max(most, await rows.count())
    await page.locator('.finding-box').evaluate(box => {
      box.scrollTop = box.scrollHeight
    })
    return (await rows.last().getAttribute('aria-posinset')) === String(MANY)
  })
  expect(most).toBeLessThan(DRAWN)
  expect(await page.getByText(/已载入/).count()).toBe(0)
  // From the end as from the beginning: one is opened, and the keys go on from there.
  await rows.last().getByRole('link').click()
  await page.getByRole('heading', { name: /手机时钟异常/ }).waitFor()
  await page.keyboard.press('k')
  await until('the one before', async () => {
    const open = page.locator('.finding-list li.is-open')
    return (await open.getAttribute('aria-posinset')) === String(MANY - 1)
  })
  expect(await desk.look('many')).toEqual([])
  desk.clean()
})
