// Prints a page in a headless Chromium, under the policy that came with it, and says what it saw in one line of JSON.
//
//   node print.cjs CHROMIUM PAGE.html POLICY OUT.pdf OUT.png
'use strict'

const fs = require('node:fs')
const { chromium } = require('playwright-core')

const [program, file, policy, pdf, png] = process.argv.slice(2)
const ADDRESS = 'http://form.test/page'
// What A4 leaves between its margins at 96 pixels an inch, A4 itself, and a screen.
const WIDTHS = [672, 794, 1280]

async function main () {
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] })
  const page = await browser.newPage({ viewport: { width: 794, height: 1123 } })
  const said = []
  const asked = []
  page.on('console', message => said.push(message.text()))
  page.on('request', request => { if (!request.url().startsWith('data:') && request.url() !== ADDRESS) asked.push(request.url()) })
  await page.route('**/*', route => route.request().url() === ADDRESS
    ? route.fulfill({ body: fs.readFileSync(file), contentType: 'text/html; charset=utf-8', headers: { 'content-security-policy': policy } })
    : route.abort())
  await page.goto(ADDRESS)
  const wide = []
  await page.emulateMedia({ media: 'print' })
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 1123 })
    const size = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
    if (size[0] > size[1]) wide.push([width, ...size])
  }
  // Text that is cut off or stands over its neighbour.
  const over = await page.evaluate(() => [...document.querySelectorAll('td, th, dd, p')]
    .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent.slice(0, 40)))
  const styled = await page.evaluate(() => getComputedStyle(document.querySelector('table')).borderCollapse)
  const pictures = await page.evaluate(() => [...document.images].map(one => one.naturalWidth))
  await page.setViewportSize({ width: 794, height: 1123 })
  await page.screenshot({ path: png, fullPage: true })
  await page.pdf({ path: pdf, preferCSSPageSize: true, printBackground: true })
  await browser.close()
  process.stdout.write(JSON.stringify({ wide, over, said, asked, styled, pictures }) + '\n')
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`)
  process.exit(1)
})
