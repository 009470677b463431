/** Why a point is missing. */

import { expect, test } from 'vitest'
import { isReason, reasonOf, withNotAsked, withPoint } from '../../src/app/form/absent'
import type { Form, Kind } from '../../src/phone'

const label = { 'zh-Hans': '', en: '' }
const field = { policy: 'latest', required: false, since: 1, sensitivity: 'internal', label } as const
const kind: Kind = {
  since: 1,
  name: label,
  about: label,
  read: {},
  write: {},
  fields: {
    point: { type: 'point', ...field },
    point_absent: { type: 'enum', ...field },
    end_point: { type: 'point', ...field },
    note_absent: { type: 'text', ...field },
  },
  form: ['point', 'point_absent', 'end_point', 'note_absent'],
  workflow: { initial: 'draft', states: {}, transitions: {} },
}
const form: Form = { id: 'f', record: 'r', kind: 'k', unit: 'u', shown: null, seen: {}, generation: null }
const point = { lng: 119.3, lat: 26.1, datum: 'wgs84', accuracy_m: 8, source: 'unknown' } as const

test('a reason belongs to the point that it is named after, and to nothing else', () => {
  expect(reasonOf(kind, 'point')?.name).toBe('point_absent')
  expect([reasonOf(kind, 'end_point'), reasonOf(kind, 'note'), reasonOf(undefined, 'point')]).toEqual([
    null,
    null,
    null,
  ])
  expect(kind.form.filter(name => isReason(kind, name))).toEqual(['point_absent'])
})

test('a reason stands until there is a point, and takes none away', () => {
  const denied = withPoint(kind, form, {}, 'point', 'denied')
  expect(denied.set).toEqual({ point_absent: 'denied' })
  const found = withPoint(kind, form, denied, 'point', point)
  expect(found.set).toEqual({ point, point_absent: null })
  expect(withPoint(kind, form, found, 'point', 'timeout')).toBe(found)
  // A catalogue of before knows of no reason.
  expect(withPoint(kind, form, {}, 'end_point', 'denied')).toEqual({})
})

test('only a point of which nothing was said was not asked for', () => {
  const names = ['point', 'end_point']
  expect(withNotAsked(kind, form, {}, names).set).toEqual({ point_absent: 'not_asked' })
  for (const said of ['denied', point] as const) {
    const entry = withPoint(kind, form, {}, 'point', said)
    expect(withNotAsked(kind, form, entry, names)).toBe(entry)
  }
  const record = { id: 'r', kind: 'k', unit: 'u', pos: 1, creator: 'm', clock: {} }
  const shown = { ...record, fields: { point: [{ value: point, dot: ['d', 1] as [string, number] }] } }
  expect(withNotAsked(kind, { ...form, shown }, {}, names)).toEqual({})
})
