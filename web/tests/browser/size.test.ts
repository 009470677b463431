/** The app is light: a phone on a weak network loads little, once. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { DIST } from './server'

/** Most bytes of script, as they travel, that a phone ever runs. */
const MOST = 90_000
/** What only some phones load: a signature for those whose browser has none, and the two other languages, in two files each. */
const SELDOM = /^(nacl-fast|en|zh-hant)-/

test('all script that a phone in the field runs is at most 90 kB', () => {
  const scripts = readdirSync(join(DIST, 'assets')).filter(name => name.endsWith('.js'))
  const size = (name: string) => gzipSync(readFileSync(join(DIST, 'assets', name)), { level: 9 }).length
  const always = scripts.filter(name => !SELDOM.test(name))
  // The names above are of files that there are: nothing is left out of the sum by mistake.
  expect(scripts.length - always.length).toBe(5)
  const sum = always.reduce((all, name) => all + size(name), 0)
  console.log(`script: ${sum} bytes gzipped`)
  expect(sum).toBeLessThanOrEqual(MOST)
})
