// Who takes a step need not edit: the server allows it, so the phone does not stand in the way.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Form } from '../../src/phone'
import { judge } from '../../src/phone/check'
import { openTo } from '../../src/phone/rights'
import type { Catalogue } from '../../src/protocol/catalogue'
import type { RecordView } from '../../src/protocol/record'

const VERDICTS = new URL('../../../sync-protocol/vectors/verdicts.json', import.meta.url)
const catalogue: Catalogue = JSON.parse(readFileSync(VERDICTS, 'utf8')).catalog

const shown: RecordView = {
  id: '01970000-0000-7000-8000-000000000001',
  kind: 'volunteer_session',
  unit: '350111001026',
  pos: 1,
  creator: '01970000-0000-7000-8000-000000000002',
  clock: {},
  fields: { state: [{ value: 'submitted', dot: ['01970000-0000-7000-8000-000000000003', 1], pos: 1 }] },
} as unknown as RecordView

const form: Form = { id: 'f', record: shown.id, kind: shown.kind, unit: shown.unit, shown, seen: {}, generation: 'g' }
const step = { set: {}, add: {}, remove: {}, act: 'question', reason: '核对时间' }

test('a role that edits nothing takes its own steps', () => {
  expect(openTo(catalogue, 'area_manager', shown, 'me')).toEqual({ writable: [], transitions: ['approve', 'question'] })
  expect(judge(catalogue, form, step, 'area_manager', 'me')).toBeNull()
  const edits = { ...step, set: { content: 'x' } }
  expect(judge(catalogue, form, edits, 'area_manager', 'me')?.code).toBe('role_forbidden')
  expect(judge(catalogue, form, { ...step, act: 'return' }, 'area_manager', 'me')?.code).toBe('transition_forbidden')
})
