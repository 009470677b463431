/** The height of a row follows from its texts. */

import { expect, test } from 'vitest'
import { linesOf, shapeOf } from '../../src/app/parts/row-shape'

test('Chinese breaks anywhere but before a closing sign and after an opening one', () => {
  expect(linesOf('', 8)).toBe(1)
  expect(linesOf('盲道被电动车占用', 8)).toBe(1)
  expect(linesOf('盲道被电动车占用了', 8)).toBe(2)
  // The comma takes the character before it along.
  expect(linesOf('盲道被电动车占用，走', 8)).toBe(2)
  expect(linesOf('盲道被电动车占用，走不过去了吧', 8)).toBe(2)
  expect(linesOf('盲道被电动车占，（走', 9)).toBe(2)
})

test('words stay whole where a line holds them', () => {
  expect(linesOf('Public interest', 8)).toBe(2)
  expect(linesOf('Public-interest photo report', 10)).toBe(2)
  expect(linesOf('a'.repeat(40), 8)).toBe(4)
  expect(linesOf('看 aaaaaaaaaaaaaaaaaaaa', 8)).toBe(3)
})

test('a title gets the lines that it needs, three at most, and the row grows by them', () => {
  const row = (title: string, size: number, width: number) =>
    shapeOf({ title, under: '今天 08:05 · 站前', badges: ['待同步'] }, size, width)
  const short = row('井盖', 30, 266)
  const long = row('井盖松动，行人从上面走很危险', 30, 266)
  expect([short.title, long.title, row('盲'.repeat(60), 30, 266).title]).toEqual([1, 2, 3])
  expect(long.height - short.height).toBe(45)
  expect(row('井盖松动，行人从上面走很危险', 18, 266).title).toBe(1)
})

test('badges stand beside each other where there is room, and below each other where there is none', () => {
  const row = (badges: string[], size: number, width: number) =>
    shapeOf({ title: 'a', under: 'b', badges }, size, width).height
  const both = ['冲突待处理', '照片 2/3']
  expect(row(both, 18, 306)).toBe(row(['冲突待处理'], 18, 306))
  expect(row(both, 30, 266) - row(['冲突待处理'], 30, 266)).toBe(45 + 14)
})
