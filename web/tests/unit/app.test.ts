/** The parts of the screens that are pure. */

import { expect, test } from 'vitest'
import { beginnings, itemsOf, missing, valueIn, withItem, withValue } from '../../src/app/form/model'
import { difference, rfc3339, size, ticking } from '../../src/app/format'
import { traditional } from '../../src/app/words/traditional'
import { zhHans } from '../../src/app/words/zh-hans'
import type { Field, Form, Kind } from '../../src/phone'

const label = { 'zh-Hans': '', en: '' }
const plain = { policy: 'review', required: false, since: 1, sensitivity: 'internal', label } as const

function kind(fields: Record<string, Partial<Field>>, needs: string[] = []): Kind {
  const whole = Object.entries(fields).map(([name, field]) => [name, { type: 'text', ...plain, ...field }])
  return {
    since: 1,
    name: label,
    about: label,
    read: {},
    write: {},
    fields: Object.fromEntries(whole) as Record<string, Field>,
    form: Object.keys(fields),
    workflow: {
      initial: 'draft',
      states: {},
      transitions: { submit: { label, from: ['draft'], to: 'sent', creates: true, roles: ['volunteer'], needs } },
    },
  }
}

function form(fields: NonNullable<Form['shown']>['fields'] | null): Form {
  const shown = fields && { id: 'r', kind: 'k', unit: 'u', pos: 1, creator: 'm', clock: {}, fields }
  return { id: 'f', record: 'r', kind: 'k', unit: 'u', shown, seen: {}, generation: null }
}

test('what was filled in stands before what is shown, and differing values are none', () => {
  const shown = form({
    title: [{ value: 'a', dot: ['d', 1] }],
    kind: [
      { value: 'x', dot: ['d', 1] },
      { value: 'y', dot: ['e', 1] },
    ],
  })
  expect(valueIn(shown, {}, 'title')).toBe('a')
  expect(valueIn(shown, withValue({}, 'title', 'b'), 'title')).toBe('b')
  expect(valueIn(shown, withValue({}, 'title', null), 'title')).toBeNull()
  expect(valueIn(shown, {}, 'kind')).toBeNull()
})

test('an element taken out and put in again is no change', () => {
  const shown = form({ observers: { items: [{ value: 'a', dots: [['d', 1]] }] } })
  const without = withItem(shown, {}, 'observers', 'a', false)
  expect(without.remove).toEqual({ observers: ['a'] })
  expect(itemsOf(shown, without, 'observers')).toEqual([])
  const again = withItem(shown, without, 'observers', 'a', true)
  expect([again.add, again.remove]).toEqual([{}, {}])
  const more = withItem(shown, again, 'observers', 'b', true)
  expect(itemsOf(shown, more, 'observers')).toEqual(['a', 'b'])
  expect(withItem(shown, more, 'observers', 'b', false).add).toEqual({})
})

test('a form says what is missing: required fields anew, what a step needs always, photos by their attachment', () => {
  const of = kind({ title: { required: true }, photos: { type: 'blob', policy: 'set' }, text: {} }, ['photos', 'text'])
  expect(missing(of, form(null), {}, [], null)).toEqual(['title'])
  expect(missing(of, form({}), {}, [], null)).toEqual([])
  expect(missing(of, form(null), withValue({}, 'title', 'a'), [], 'submit')).toEqual(['photos', 'text'])
  const photo = { field: 'photos', sha256: 'x', bytes: 1, media: 'image/jpeg' }
  expect(missing(of, form(null), { set: { title: 'a', text: 'b' } }, [photo], 'submit')).toEqual([])
  expect(beginnings(of, 'volunteer')).toEqual(['submit'])
  expect(beginnings(of, 'prosecutor')).toEqual([])
})

test('times, spans and sizes', () => {
  expect(Date.parse(rfc3339(1_795_305_600_123))).toBe(1_795_305_600_123)
  expect(ticking(9 * 3_600_000 + 61_000)).toBe('9:01:01')
  expect(difference(zhHans, -365 * 86_400_000)).toBe('365 天')
  expect([size(0), size(1_500), size(12_345_678)]).toEqual(['0 B', '1.5 KB', '12 MB'])
})

test('phrases say which of two characters it is', () => {
  expect(traditional('联系合并，并注明重复')).toBe('聯繫合併，並註明重複')
  expect(traditional('Wuyuan 五员 12')).toBe('Wuyuan 五員 12')
})
