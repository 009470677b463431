/** Looking at a screen: a picture of it to be looked at, and what axe and a ruler find wrong with it. */

import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import type { Phone } from './phone'
import { TARGET } from './server'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PICTURES = join(TARGET, 'web/screens')
/** The least that a finger finds, px. */
const TOUCH = 60
/** The least that an old eye reads, px. */
const TEXT = 18

/** Runs in the page: what is too small to hit or to read, what stands out of the window, and titles that are cut off. */
function faults([touch, text]: [number, number]): string[] {
  const found: string[] = []
  const name = (element: Element) =>
    `${element.tagName} ${element.className} ${(element.textContent ?? '').slice(0, 30)}`
  for (const element of document.querySelectorAll('a, button, input, select, textarea')) {
    const box = element.getBoundingClientRect()
    if (box.width === 0 || element.closest('[hidden]')) continue
    // Half a pixel is what rounding may take.
    if (box.width < touch - 0.5 || box.height < touch - 0.5)
      found.push(`small: ${name(element)} ${box.width}x${box.height}`)
  }
  for (const element of document.querySelectorAll('body *')) {
    const own = Array.from(element.childNodes).some(
      node => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
    )
    if (own && Number.parseFloat(getComputedStyle(element).fontSize) < text) found.push(`tiny: ${name(element)}`)
    const box = element.getBoundingClientRect()
    const hidden = element.closest('.hidden-text, svg')
    if (!hidden && box.width > 0 && box.right > document.documentElement.clientWidth + 1)
      found.push(`wide: ${name(element)}`)
  }
  for (const element of document.querySelectorAll('.record-row, .record-row .title, .record-row .under')) {
    // The longest titles end after three lines; the record's own screen has the whole.
    if (getComputedStyle(element).webkitLineClamp === '3') continue
    if (element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1)
      found.push(`cut: ${name(element)} ${element.scrollHeight}/${element.clientHeight}`)
  }
  return found
}

/** Looks at what is shown; nothing was found where the list is empty. */
export async function look({ page }: Phone, name: string): Promise<string[]> {
  mkdirSync(PICTURES, { recursive: true })
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true })
  const seen = await page.evaluate(faults, [TOUCH, TEXT] as [number, number])
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(AXE)
  const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults
  return [
    ...seen,
    ...violations.flatMap(one =>
      one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`),
    ),
  ].map(fault => `${name}: ${fault}`)
}

/** Goes to a screen and waits until its content is drawn. */
export async function open(phone: Phone, hash: string, content = 'h1'): Promise<void> {
  await phone.go('#/nowhere')
  await phone.page.getByRole('link').first().waitFor()
  await phone.go(hash)
  await phone.page.locator(`.page:not(:has(.four)) ${content}, .page:has(.four) .clock`).first().waitFor()
}

/** Chooses how all screens look: the text's size by its place in the list, and the language by its own name. */
export async function choose(phone: Phone, size: number, lang: string, tag: string): Promise<void> {
  await open(phone, '#/settings')
  await phone.page
    .locator('section', { has: phone.page.locator('#text-size') })
    .getByRole('radio')
    .nth(size)
    .click()
  await phone.page.getByRole('radio', { name: lang }).click()
  await phone.page.locator(`html[lang=${tag}]`).waitFor()
}
