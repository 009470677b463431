// Writes src/app/words/characters.ts: the characters of the catalogue's texts that are others in traditional Chinese. With --check
// it says whether the file is what it would write.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Converter } from 'opencc-js'

const FILE = 'src/app/words/characters.ts'
const CATALOGUE = '../sync-protocol/catalog'
/** Characters that are two in traditional Chinese, with the one that stands where no phrase says otherwise. */
const CHOSEN = {
  了: '了',
  系: '系',
  并: '並',
  回: '回',
  复: '復',
  签: '簽',
  注: '注',
  须: '須',
  里: '裡',
  后: '後',
  干: '幹',
  发: '發',
  钟: '鐘',
}
const LINE = 50

const convert = Converter({ from: 'cn', to: 'tw' })
const texts = readdirSync(CATALOGUE)
  .sort()
  .flatMap(name =>
    Array.from(readFileSync(`${CATALOGUE}/${name}`, 'utf8').matchAll(/zh-Hans = "([^"]*)"/g), found => found[1]),
  )
const used = Array.from(new Set(texts.join(''))).sort()
const table = used
  .map(one => [one, CHOSEN[one] ?? convert(one)])
  .filter(([from, to]) => from !== to && Array.from(to).length === 1)

function lines(at) {
  const all = table.map(pair => pair[at])
  const cut = []
  for (let n = 0; n < all.length; n += LINE) cut.push(`  '${all.slice(n, n + LINE).join('')}'`)
  return cut.join(' +\n')
}

const made = `// Written by scripts/traditional.mjs from the catalogue's texts.

export const SIMPLIFIED =
${lines(0)}

export const TRADITIONAL =
${lines(1)}
`
if (!process.argv.includes('--check')) writeFileSync(FILE, made)
else if (readFileSync(FILE, 'utf8') !== made) {
  process.stderr.write(`${FILE} does not follow from the catalogue: run scripts/web generate\n`)
  process.exit(1)
}
