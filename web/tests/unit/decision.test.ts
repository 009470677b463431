// What the desk may conclude, and the operation that a conclusion becomes.

import { describe, expect, test } from 'vitest'
import {
  alike,
  type Choice,
  type Conclusion,
  confirmation,
  type Desk,
  decision,
  groundOf,
  hasMoved,
  offers,
  undecided,
} from '../../src/desk/decision'
import type { Line, Opened, Proposal } from '../../src/desk/types'
import type { RecordView } from '../../src/protocol/record'
import { catalogue } from './desk-kinds'

const RECORD = '01970000-0000-7000-8000-000000000001'
const OTHER = '01970000-0000-7000-8000-000000000002'
const DEVICE = '01970000-0000-7000-8000-00000000d001'
const SECOND = '01970000-0000-7000-8000-00000000d002'
const BASIS = 'b'.repeat(64)

function desk(role: string, member = 'me'): Desk {
  const units = [
    { code: '350111000000', name: '区', level: 'district', parent: null, roles: [] },
    { code: '350111001026', name: '社区', level: 'community', parent: '350111000000', roles: [] },
  ] as unknown as Desk['units']
  const appointments = [{ id: `as ${role}`, role, unit: '350111000000', starts_ms: 0 }]
  return { catalogue, member, appointments, units, nowMs: 1 }
}

function record(kind: string, state: string, fields: RecordView['fields'] = {}): RecordView {
  const made = { state: [{ value: state, dot: [DEVICE, 1] as [string, number] }], ...fields }
  return { id: RECORD, kind, unit: '350111001026', pos: 7, creator: 'author', clock: { [DEVICE]: 3 }, fields: made }
}

function opened(rule: string, view: RecordView | null, more: Partial<Opened> = {}, line: Partial<Line> = {}): Opened {
  const finding = { id: 'f'.repeat(32), basis: BASIS, rule, record: view?.id, kind: view?.kind, ...line } as Line
  const records = view === null ? [] : [{ record: view, beside: [], photos: [], history: [], more_history: false }]
  return { finding, records, further: [], decisions: [], generation: 'g', ...more } as Opened
}

const contested = record('photo_report', 'received', {
  interest: [
    { value: 'women', dot: [DEVICE, 2] },
    { value: 'heritage', dot: [SECOND, 1] },
  ],
})

const say = (conclusion: Conclusion, more: Partial<Choice> = {}): Choice => ({
  ...undecided(conclusion),
  reason: '核对过',
  ...more,
})

const conclusions = (of: Desk, about: Opened) => offers(of, about).map(one => one.conclusion)

describe('what is offered', () => {
  test('a contested field is settled, and the steps of the workflow that conclude are there', () => {
    const about = opened('contested_field', contested)
    expect(conclusions(desk('conflict_admin'), about)).toEqual([
      'keep_one',
      'merge_fields',
      'keep_both',
      'return',
      'void',
      'dismiss',
    ])
    expect(offers(desk('conflict_admin'), about)[0]?.fields).toEqual(['interest'])
  })

  test('who may not decide is offered nothing: a leader on hours, a volunteer at all, nobody what is closed', () => {
    const session = record('volunteer_session', 'submitted')
    expect(conclusions(desk('group_leader'), opened('overlap', session))).toEqual([])
    expect(conclusions(desk('prosecutor'), opened('overlap', session))).toEqual(['keep_both', 'dismiss'])
    expect(conclusions(desk('volunteer'), opened('contested_field', contested))).toEqual([])
    const closed = opened('contested_field', contested, {}, { closed_ms: 5 })
    expect(conclusions(desk('conflict_admin'), closed)).toEqual([])
  })

  test('an appointment that is over, or in another unit, gives nothing', () => {
    const over = desk('conflict_admin')
    over.appointments = [{ id: 'a', role: 'conflict_admin', unit: '350111000000', starts_ms: 0, ends_ms: 1 }]
    expect(conclusions(over, opened('contested_field', contested))).toEqual([])
    const elsewhere = desk('conflict_admin')
    elsewhere.appointments = [{ id: 'a', role: 'conflict_admin', unit: '350102000000', starts_ms: 0 }]
    expect(conclusions(elsewhere, opened('contested_field', contested))).toEqual([])
  })

  test('two records are linked by the step that the kind has for it, or by a plain link', () => {
    const about = opened('duplicate_report', record('photo_report', 'received'), {}, { neighbour: OTHER })
    const link = offers(desk('prosecutor'), about).find(one => one.conclusion === 'link')
    expect(link?.links).toEqual(expect.arrayContaining(['merged_into', 'related']))
    const merged = decision(desk('prosecutor'), about, say('link', { link: 'merged_into' }))
    expect(merged).toMatchObject({ entry: { set: { merged_into: OTHER }, act: 'merge' } })
    const related = decision(desk('prosecutor'), about, say('link', { link: 'related' }))
    expect(related).toMatchObject({ entry: { add: { related: [OTHER] }, act: null } })
    expect(decision(desk('prosecutor'), about, say('link'))).toMatchObject({ code: 'decision_unfit' })
  })

  test('a refused operation that created nothing is issued again, and nothing else can be done with it', () => {
    const says = { at: 1, act: 'submit', set: { title: '盲道' }, add: {}, remove: {}, seen: {}, hidden: 0 }
    const op = { device: DEVICE, seq: 4, hash: 'a'.repeat(64), fate: 'quarantined', kind: 'photo_report', says }
    const line = { record: RECORD, unit: '350111001026', device: DEVICE, seq: 4 }
    const about = opened('quarantined_op', null, { op: op as unknown as Opened['op'] }, line)
    expect(conclusions(desk('prosecutor'), about)).toEqual(['reissue'])
    expect(decision(desk('prosecutor'), about, say('reissue'))).toMatchObject({
      form: { record: RECORD, shown: null, seen: {}, reissues: { device: DEVICE, seq: 4, hash: op.hash } },
      entry: { set: { title: '盲道' }, act: 'submit' },
      desk: { decides: { conclusion: 'reissue' } },
    })
  })

  test('what is on no record is decided on a note of the uppermost unit; what is hidden by somebody else', () => {
    const fork = opened('forked_feed', null)
    expect(groundOf(desk('prosecutor'), fork)).toMatchObject({ record: null, kind: 'desk_note', unit: '350111000000' })
    expect(decision(desk('prosecutor'), fork, say('dismiss'))).toMatchObject({
      form: { record: null, kind: 'desk_note' },
      entry: { set: { text: '核对过' } },
    })
    expect(groundOf(desk('prosecutor'), opened('overlap', null, {}, { hidden: true }))).toBeNull()
  })
})

describe('the operation', () => {
  const about = opened('contested_field', contested)

  test('names the finding with the basis that was shown, and has seen what the screen showed', () => {
    const made = decision(desk('conflict_admin'), about, say('keep_one', { values: { interest: 'women' } }))
    expect(made).toEqual({
      form: {
        record: RECORD,
        kind: 'photo_report',
        unit: '350111001026',
        shown: contested,
        seen: { [DEVICE]: 3 },
        generation: 'g',
      },
      appointment: 'as conflict_admin',
      entry: { set: { interest: 'women' }, act: null, reason: '核对过' },
      desk: { decides: { conclusion: 'keep_one', findings: { [about.finding.id]: BASIS } } },
    })
  })

  test('wants a reason, every value, and one that stands there', () => {
    const of = desk('conflict_admin')
    const values = { interest: 'women' }
    expect(decision(of, about, say('keep_one', { values, reason: ' ' }))).toMatchObject({ code: 'reason_required' })
    expect(decision(of, about, say('keep_one'))).toMatchObject({ code: 'value_missing', place: 'interest' })
    const gone = say('keep_one', { values: { interest: 'work_safety' } })
    expect(decision(of, about, gone)).toMatchObject({ code: 'value_missing', place: 'interest' })
    expect(decision(of, about, { ...gone, conclusion: 'merge_fields' })).toMatchObject({
      appointment: expect.anything(),
    })
    expect(decision(of, about, say('return'))).toMatchObject({ code: 'step_missing' })
    expect(decision(of, about, say('return', { act: 'void' }))).toMatchObject({ code: 'step_missing' })
  })

  test('a value that was chosen for another conclusion is not written', () => {
    const made = decision(desk('conflict_admin'), about, say('dismiss', { values: { interest: 'women' }, act: 'void' }))
    expect(made).toMatchObject({ entry: { reason: '核对过' } })
    expect(made).not.toHaveProperty('entry.set')
    expect(made).not.toHaveProperty('entry.act')
  })

  test('is only proposed where two persons have to, or where one asks for it', () => {
    const hours = {
      claimed_minutes: [
        { value: 60, dot: [DEVICE, 2] as [string, number] },
        { value: 90, dot: [SECOND, 1] as [string, number] },
      ],
    }
    const choice = say('keep_one', { values: { claimed_minutes: 60 } })
    const proposes = (state: string, chosen = choice) => {
      const made = decision(
        desk('conflict_admin'),
        opened('contested_field', record('volunteer_session', state, hours)),
        chosen,
      )
      return 'code' in made ? made.code : made.desk.proposes === true
    }
    expect(proposes('submitted')).toBe(false)
    expect(proposes('submitted', { ...choice, proposes: true })).toBe(true)
    expect(proposes('approved')).toBe(true)
    expect(proposes('approved', say('keep_both'))).toBe(false)
    expect(proposes('submitted', say('void', { act: 'void' }))).toBe(true)
  })
})

describe('the confirmation', () => {
  const proposal: Proposal = {
    dot: [SECOND, 9],
    hash: 'c'.repeat(64),
    by: 'somebody',
    at: 1,
    set: { interest: 'women' },
    decides: { conclusion: 'keep_one', findings: { ['e'.repeat(32)]: BASIS } },
  }
  const view = { ...contested, proposals: [proposal] }
  const about = opened('awaits_confirmation', view, {}, { device: SECOND, seq: 9 })

  test('repeats the proposal and names it', () => {
    expect(confirmation(desk('prosecutor'), about, proposal, '同意')).toMatchObject({
      entry: { set: { interest: 'women' }, add: {}, remove: {}, act: null, reason: '同意' },
      desk: { confirms: { device: SECOND, seq: 9, hash: proposal.hash }, decides: proposal.decides },
    })
  })

  test('is not by who proposed, not without a reason, not by who reads less or has no such right', () => {
    const code = (of: Desk, what: Proposal, reason = '同意') =>
      confirmation(
        of,
        { ...about, records: [{ ...about.records[0], record: { ...view, proposals: [what] } }] } as Opened,
        what,
        reason,
      )
    expect(code(desk('prosecutor', 'somebody'), proposal)).toMatchObject({ code: 'proposal_same_person' })
    expect(code(desk('prosecutor'), proposal, '')).toMatchObject({ code: 'reason_required' })
    expect(code(desk('prosecutor'), { ...proposal, hidden: true })).toMatchObject({ code: 'proposal_hidden' })
    expect(code(desk('case_admin'), proposal)).toMatchObject({ code: 'decision_forbidden' })
  })

  test('or it is turned down; nothing else is decided there', () => {
    expect(conclusions(desk('prosecutor'), about)).toEqual(['dismiss'])
  })
})

test('only findings of one rule and kind, open and read whole, are decided together', () => {
  const line = (more: Partial<Line> = {}) => opened('late_entry', contested, {}, more).finding
  expect(alike([])).toBe(false)
  expect(alike([line(), line({ record: OTHER })])).toBe(true)
  for (const other of [{ rule: 'clock_off' }, { kind: 'subject' }, { hidden: true }, { closed_ms: 1 }]) {
    expect(alike([line(), line(other as Partial<Line>)])).toBe(false)
  }
})

test('a screen is stale when its finding or a record of it has moved', () => {
  const about = opened('contested_field', contested)
  expect(hasMoved(about, opened('contested_field', { ...contested }))).toBe(false)
  expect(hasMoved(about, opened('contested_field', { ...contested, pos: 8 }))).toBe(true)
  expect(hasMoved(about, opened('contested_field', contested, {}, { basis: 'a'.repeat(64) }))).toBe(true)
  expect(hasMoved(about, opened('contested_field', contested, {}, { closed_ms: 9 }))).toBe(true)
})
