// The desk's list, its hints and its map, as far as they need no server.

import { describe, expect, test } from 'vitest'
import { unitsOf } from '../../src/console/parts/select'
import { EventReader } from '../../src/desk/events'
import { type Proof, provesPosting } from '../../src/desk/hours'
import { begun, continued, differs, drawn, without } from '../../src/desk/lines'
import { distanceM, gridOf, inWgs84, placeOf, sketch } from '../../src/desk/place'
import { type Counts, EVERYTHING, type Line, queryOf } from '../../src/desk/types'
import { be64, concat, toHex } from '../../src/protocol/bytes'
import { leafHash, rootOf } from '../../src/protocol/log'

const line = (id: string, basis = 'b') => ({ id, basis }) as Line
const counts = (all: number) => ({ all, rules: {}, units: {}, ages: {} }) as unknown as Counts

describe('the list', () => {
  test('goes on page by page, each finding once, and forgets what was decided', () => {
    const first = begun({ findings: [line('1'), line('2')], next: 'n', counts: counts(3) })
    const both = continued(first, { findings: [line('2'), line('3')] })
    expect(both.lines.map(one => one.id)).toEqual(['1', '2', '3'])
    expect(both.next).toBeNull()
    const left = without(both, new Set(['2', 'unknown']))
    expect([left.lines.map(one => one.id), left.counts?.all]).toEqual([['1', '3'], 2])
  })

  test('differs when its number, its order or a basis does', () => {
    const page = { findings: [line('1'), line('2')], counts: counts(2) }
    expect(differs(begun(page), page)).toBe(false)
    expect(differs(begun(page), { ...page, counts: counts(3) })).toBe(true)
    expect(differs(begun(page), { ...page, findings: [line('2'), line('1')] })).toBe(true)
    expect(differs(begun(page), { ...page, findings: [line('1'), line('2', 'c')] })).toBe(true)
  })

  test('draws a few rows of many', () => {
    const { from, to } = drawn(20_000, 76, 76 * 10_000, 760)
    expect([from <= 10_000, to >= 10_010, to - from < 40]).toEqual([true, true, true])
    expect(drawn(3, 76, 0, 760)).toEqual({ from: 0, to: 3 })
  })

  test('asks for what is chosen and nothing else', () => {
    expect(queryOf(EVERYTHING)).toBe('state=open')
    expect(queryOf({ ...EVERYTHING, rule: 'overlap', days: 7, mine: true }, { after: '1.a' })).toBe(
      'state=open&rule=overlap&days=7&mine=true&after=1.a',
    )
  })

  test('sums units into those above them', () => {
    const units = [
      { code: 'd', name: 'd', parent: null },
      { code: 'a', name: 'a', parent: 'd' },
      { code: 'b', name: 'b', parent: 'd' },
      { code: 'a1', name: 'a1', parent: 'a' },
    ]
    const found = unitsOf(units, { ...counts(5), units: { a1: 3, a: 2 } }, '')
    expect(found.map(one => [one.code, one.depth, one.count])).toEqual([
      ['d', 0, 5],
      ['a', 1, 5],
      ['a1', 2, 3],
    ])
    expect(unitsOf(units, counts(0), 'b').map(one => one.code)).toEqual(['d', 'b'])
  })
})

test('hints are read however the stream cuts them', () => {
  const text = ': wuyuan\n\nevent: unit\ndata: {"unit":"1","pos":2}\n\n: alive\n\nevent: all\r\ndata: {}\r\n\r\n'
  for (const size of [1, 2, 7, text.length]) {
    const reader = new EventReader()
    const heard = []
    for (let at = 0; at < text.length; at += size) heard.push(...reader.take(text.slice(at, at + size)))
    expect(heard).toEqual([
      { name: 'unit', data: '{"unit":"1","pos":2}' },
      { name: 'all', data: '{}' },
    ])
  }
})

describe('the map', () => {
  const at = (lng: number, lat: number, datum: string) =>
    placeOf('x', { lng, lat, datum, accuracy_m: 10, source: 'gps' }) ?? expect.fail('a place')

  test('shows one spot at one place whichever datum it was given in', () => {
    // The shift of GCJ-02 here is some 600 metres.
    const plain = at(119.33, 26.08, 'wgs84')
    const shifted = at(119.33 + 0.0049, 26.08 - 0.003, 'gcj02')
    const drawing = sketch([plain, shifted])
    const [one, two] = drawing?.spots ?? []
    expect(one && two && distanceM(one, two)).toBeLessThan(80)
    const [lng, lat] = inWgs84(at(119.33, 26.08, 'unknown'))
    expect([lng, lat]).toEqual([119.33, 26.08])
  })

  test('measures in metres, and draws a grid of round ones', () => {
    const [one, two] = sketch([at(119.33, 26.08, 'wgs84'), at(119.33, 26.09, 'wgs84')])?.spots ?? []
    expect(Math.round(one && two ? distanceM(one, two) : 0)).toBe(1112)
    expect([gridOf(100), gridOf(700), gridOf(60_000)]).toEqual([20, 200, 20_000])
    expect(sketch([])).toBeNull()
  })

  test('takes nothing for a place that is none', () => {
    for (const value of [null, 'x', 3, [1], { lng: '1', lat: 2 }]) expect(placeOf('x', value as never)).toBeNull()
  })
})

describe('the proof of a posting', () => {
  // A leaf of a posting: version, kind, a short id, a digest.
  const leafOf = (number: number, kind = 6) =>
    concat(new Uint8Array([1, kind, 8]), be64(number), new Uint8Array(32).fill(number))
  const leaves = [1, 2, 3].map(number => leafOf(number))
  const hashes = leaves.map(leafHash)
  const root = toHex(rootOf(hashes))
  const head = { origin: 'o', size: 3, root }
  const proof: Proof = {
    checkpoint: '',
    origin: 'o',
    size: 3,
    index: 2,
    leaf: toHex(leafOf(3)),
    leaf_hash: toHex(leafHash(leafOf(3))),
    proof: [toHex(rootOf(hashes.slice(0, 2)))],
  }

  test('holds for this posting and for no other', () => {
    expect(provesPosting(3, proof, head)).toEqual({ kind: 'sealed', index: 2, size: 3 })
    expect(provesPosting(2, proof, head)).toEqual({ kind: 'wrong' })
    expect(provesPosting(3, { ...proof, leaf: null }, head)).toEqual({ kind: 'unread', index: 2, size: 3 })
  })

  test('does not hold when anything of it was changed', () => {
    const other = 'f'.repeat(64)
    for (const changed of [
      { index: 1 },
      { size: 4 },
      { proof: [other] },
      { proof: ['x'] },
      { leaf: toHex(leafOf(3, 5)) },
      { leaf: 'ff' },
      { leaf_hash: other },
    ]) {
      expect(provesPosting(3, { ...proof, ...changed }, head), JSON.stringify(changed)).toEqual({ kind: 'wrong' })
    }
    expect(provesPosting(3, proof, { ...head, root: other })).toEqual({ kind: 'wrong' })
  })
})
