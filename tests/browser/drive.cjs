// A headless Chromium with tus-js-client on a page of the server's own origin. It takes a command a line and answers
// each with a line of JSON: {"ok": …} or {"error": "…"}. Its input's end is its own.
//
//   node drive.cjs CHROMIUM ORIGIN FOLDER
'use strict'

const fs = require('node:fs')
const readline = require('node:readline')
const { chromium } = require('playwright-core')

const [program, origin, folder] = process.argv.slice(2)
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync']
const PAGE = `${origin}/page-of-the-tests`

async function main () {
  const context = await chromium.launchPersistentContext(folder, { executablePath: program, args: FLAGS })
  const page = await context.newPage()

  // The page comes from here and not over the network; once it stands, nothing is between the browser and the network.
  async function open () {
    const html = '<!doctype html><title>tests</title>'
    await context.route(PAGE, route => route.fulfill({ contentType: 'text/html', body: html }))
    await page.goto(PAGE)
    await context.unroute(PAGE)
    for (const source of [require.resolve('tus-js-client/dist/tus.js'), require.resolve('./page.js')]) {
      await page.addScriptTag({ content: fs.readFileSync(source, 'utf8') })
    }
  }

  const deeds = {
    // Uploads to the end, or until what the command says is to happen.
    upload: command => page.evaluate(command => window.upload(command), command),
    // Leaves the page in the middle, as a phone that restarts does, and opens it anew.
    reload: () => open(),
    version: () => context.browser()?.version() ?? page.evaluate(() => navigator.userAgent)
  }

  await open()
  process.stdout.write('{"ok": "ready"}\n')
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const command = JSON.parse(line)
    const answer = await deeds[command.do](command).then(ok => ({ ok: ok ?? null }), error => ({ error: String(error) }))
    process.stdout.write(JSON.stringify(answer) + '\n')
  }
  await context.close()
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`)
  process.exit(1)
})
