/** What is told of an error: words, a code, a place in the app's script, and nothing of what was typed. */

import { expect, test } from 'vitest'
import { codeOf, foreseen, textOf } from '../../src/app/fault'
import { zhHans } from '../../src/app/words/zh-hans'
import { PhoneError } from '../../src/phone'

const TYPED = '小李住三号楼'

function thrown(error: Error, stack: string): Error {
  return Object.assign(error, { stack: `${error.name}: ${error.message}\n${stack}` })
}

test('an unforeseen error is told by its sort and its first place in the script of the app, however a browser writes it', () => {
  const chromium = `    at JSON.parse (<anonymous>)
    at Object.save (https://a.example/assets/main-B1_x.js:1:2345)
    at https://a.example/assets/main-B1_x.js:7:8`
  expect(codeOf(thrown(new TypeError(TYPED), chromium))).toBe('fault TypeError 1:2345')
  expect(codeOf(thrown(new RangeError(TYPED), 'save@https://a.example/assets/main-B1_x.js:1:99'))).toBe(
    'fault RangeError 1:99',
  )
  expect(codeOf(new DOMException(TYPED, 'InvalidStateError'))).toMatch(/^fault InvalidStateError/)
  expect(textOf(new TypeError(TYPED), zhHans)).toBe(zhHans.wentWrong)
})

test('nothing of what an error says is told, whatever bears it', () => {
  const named = Object.assign(new Error(TYPED), { name: TYPED })
  for (const error of [
    thrown(new Error(`${TYPED}\n${TYPED}`), ''),
    named,
    TYPED,
    { message: TYPED },
    null,
    undefined,
  ]) {
    expect(codeOf(error)).toBe('fault')
    expect(textOf(error, zhHans)).toBe(zhHans.wentWrong)
  }
})

test('what the phone has words for is told in them, and only the rest goes on', () => {
  const full = new PhoneError('phone_full', '手机存储空间已满')
  expect([codeOf(full), textOf(full, zhHans), foreseen(full)]).toEqual(['phone_full', '手机存储空间已满', full])
  const other = new TypeError(TYPED)
  expect(() => foreseen(other)).toThrow(other)
})
