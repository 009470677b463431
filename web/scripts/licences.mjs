// Whether every package that ships has a permissive licence. Tools that only build and test may differ.

import { readFileSync } from 'node:fs'

/** As deny.toml has it for the Rust side, and what npm's packages name beside. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MPL-2.0',
  'Unlicense',
  'Zlib',
])

/** What a package says elsewhere than in its description. */
const SAID = new Map([['node_modules/combine-errors', 'MIT']])

const read = path => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
const { packages } = read('../package-lock.json')
const faults = []
let count = 0
for (const [path, locked] of Object.entries(packages)) {
  if (path === '' || locked.dev === true || locked.devOptional === true) continue
  count++
  // Older packages say it only in their own description.
  const own = locked.license ?? read(`../${path}/package.json`)
  const licence = SAID.get(path) ?? (typeof own === 'string' ? own : (own.license ?? own.licenses?.[0]?.type))
  const choices = String(licence).replace(/[()]/g, '').split(' OR ')
  if (!choices.some(choice => choice.split(' AND ').every(one => ALLOWED.has(one)))) faults.push(`${path}: ${licence}`)
}
if (faults.length > 0) {
  console.error(`packages that may not ship:\n${faults.join('\n')}`)
  process.exit(1)
}
console.log(`licences of ${count} npm packages that ship: all permissive`)
