/** Writing: what is refused before it is saved, what a save says, and what a form has seen. */

import { expect, test } from 'vitest'
import { hoursDigest } from '../../src/protocol/hours'
import { uuidMs } from '../../src/protocol/id'
import type { Op } from '../../src/protocol/op'
import { renderInstant } from '../../src/protocol/value'
import { json } from './answers'
import { edit, record, signedIn } from './deeds'
import type { Handset } from './phones'
import { APPOINTMENT, MEMBER, type Scripted, UNIT } from './scripted'

const SET = { volunteer: MEMBER, service_kind: 'traffic', started_at: '2026-11-22T08:00:00+08:00' }

function ops(server: Scripted, one: Handset): Op[] {
  const of = one.phone.state().get().device?.id ?? ''
  return (server.feeds.get(of)?.ops ?? []).map(op => JSON.parse(op.text))
}

test('what the server would refuse is said before anything is saved, with its place', async () => {
  const { one } = await signedIn()
  const form = await one.phone.newForm('volunteer_session', UNIT)
  const why = async (set: object, more: object = {}) => {
    const refused = await one.phone.check(form, APPOINTMENT, { set: { ...SET, ...set }, ...more }, [])
    return refused === null ? null : [refused.code, refused.place]
  }
  expect(await why({})).toBeNull()
  expect(await why({ service_kind: null })).toEqual(['missing_required', 'service_kind'])
  expect(await why({ service_kind: 'nothing' })).toEqual(['wrong_type', 'service_kind'])
  expect(await why({ claimed_minutes: 1.5 })).toEqual(['wrong_type', 'claimed_minutes'])
  expect(await why({ started_at: '2026-02-30T08:00:00+08:00' })).toEqual(['wrong_type', 'started_at'])
  expect(await why({ activity_name: 'x'.repeat(101) })).toEqual(['wrong_type', 'activity_name'])
  expect(await why({ activity_name: 'a\u0000b' })).toEqual(['bad_text', null])
  expect(await why({ nothing: 1 })).toEqual(['unknown_field', 'nothing'])
  expect(await why({ evaluation: 'good' })).toEqual(['field_forbidden', 'evaluation'])
  expect(await why({ state: 'approved' })).toEqual(['unknown_field', 'state'])
  expect(await why({}, { act: 'submit' })).toEqual(['transition_incomplete', 'ended_at'])
  expect(await why({}, { act: 'approve' })).toEqual(['transition_forbidden', 'approve'])
  expect(await why({}, { act: 'nothing' })).toEqual(['transition_unknown', 'nothing'])
  expect(await why({}, { reason: 'x'.repeat(1001) })).toEqual(['malformed', null])
  const refused = one.phone.save(form, APPOINTMENT, { set: { ...SET, nothing: 1 } }, [], 'ask')
  await expect(refused).rejects.toMatchObject({ name: 'PhoneError', code: 'unknown_field', text: '记录中没有这个项目' })
  expect(one.phone.state().get().waiting).toBe(0)
  const other = await one.phone.newForm('nothing', UNIT)
  expect(await one.phone.check(other, APPOINTMENT, {}, [])).toMatchObject({ code: 'unknown_kind' })
  const nobody = one.phone.save(form, MEMBER, { set: SET }, [], 'ask')
  await expect(nobody).rejects.toMatchObject({ code: 'appointment_unknown' })
})

test('the words of a refusal are in the language of the screens', async () => {
  const { one } = await signedIn()
  const form = await one.phone.newForm('volunteer_session', UNIT)
  const text = async () => (await one.phone.check(form, APPOINTMENT, { set: { ...SET, nothing: 1 } }, []))?.text
  expect(await text()).toBe('记录中没有这个项目')
  await one.phone.setLang('zh-Hant')
  expect(await text()).toBe('記錄中沒有這個項目')
  await one.phone.setLang('en')
  expect(await text()).toBe('The kind has no such field.')
  await one.restart()
  expect(one.phone.state().get().lang).toBe('en')
})

test('only what was changed is written, and what was seen', async () => {
  const { server, one } = await signedIn()
  const id = await record(one, 'a')
  const form = await one.phone.openForm(id)
  if (form === null) throw new Error('no form')
  const shown = form.shown?.fields.started_at
  const started = Array.isArray(shown) ? shown[0]?.value : null
  // The same moment under another offset is the same value.
  const same = renderInstant(one.env.ms, 0)
  expect(same).not.toBe(started)
  const nothing = one.phone.save(form, APPOINTMENT, { set: { started_at: same, content: null } }, [], 'ask')
  await expect(nothing).rejects.toMatchObject({ code: 'nothing_changed' })
  await one.phone.save(form, APPOINTMENT, { set: { started_at: same, activity_name: 'b' } }, [], 'ask')
  await one.phone.sync()
  const [first, second] = ops(server, one)
  expect(first).not.toHaveProperty('seen')
  expect(second?.set).toEqual({ activity_name: 'b' })
  expect(second?.seen).toEqual({ [one.phone.state().get().device?.id ?? '']: 1 })
  expect(first?.salt).toMatch(/^[0-9a-f]{32}$/)
  expect(second?.salt).not.toBe(first?.salt)
  expect(uuidMs(id)).toBe(one.env.ms)
})

test('a record that moved since its form was opened: it is asked first, and both may be kept', async () => {
  const { server, one } = await signedIn()
  const other = '01970000-0000-7000-8000-00000000d009'
  const id = '01970000-0000-7000-8000-00000000e001'
  const pulled = (pos: number, name: string) => {
    const fields = {
      state: [{ value: 'draft', dot: [other, 1] }],
      activity_name: [{ value: name, dot: [other, pos] }],
      volunteer: [{ value: MEMBER, dot: [other, 1] }],
    }
    const put = { id, pos, kind: 'volunteer_session', unit: UNIT, creator: MEMBER, clock: { [other]: pos }, fields }
    return server.page([{ id, pos }], { cursor: `c${pos}`, changes: [{ put }] })
  }
  server.pages = [pulled(1, 'a')]
  await one.phone.sync()
  const form = await one.phone.openForm(id)
  if (form === null) throw new Error('no form')
  expect(form).toMatchObject({ generation: 'g1', seen: { [other]: 1 } })
  await one.phone.keepDraft(form, { set: { activity_name: 'mine' } }, { appointment: APPOINTMENT })
  server.pages = [pulled(2, 'b')]
  await one.phone.sync()
  const draft = await one.phone.draft(id)
  if (draft === null) throw new Error('no draft')
  const save = (ifMoved: 'ask' | 'save') => one.phone.save(draft.form, APPOINTMENT, draft.entry, [], ifMoved)
  await expect(save('ask')).rejects.toMatchObject({ code: 'base_moved', detail: { now: { id } } })
  expect(await one.phone.draft(id)).not.toBeNull()
  await save('save')
  expect(await one.phone.draft(id)).toBeNull()
  await one.phone.sync()
  expect(ops(server, one)[0]?.seen).toEqual({ [other]: 1 })
  expect(await one.phone.view(id)).toMatchObject({ standing: 'conflict', contested: ['activity_name'] })
})

test('an operation over the limit is refused before it is kept, with the largest fields', async () => {
  const { one } = await signedIn()
  const form = await one.phone.newForm('volunteer_session', UNIT)
  const big = Array.from({ length: 1200 }, () => '0'.repeat(64))
  const refused = await one.phone.check(form, APPOINTMENT, { set: SET, add: { photos: big } }, [])
  expect(refused).toMatchObject({ code: 'too_large', place: 'photos', detail: { limit: 65_536 } })
})

test('what was refused is put right: the new operation stands for it', async () => {
  const { server, one } = await signedIn()
  const id = await record(one, 'wrong')
  server.refuse = [['"wrong"', 'quarantined', 'wrong_type']]
  await one.phone.sync()
  const apart = (await one.phone.view(id))?.apart[0]
  if (apart === undefined) throw new Error('nothing is apart')
  expect(apart).toMatchObject({ code: 'wrong_type', set: { activity_name: 'wrong' } })
  const draft = await one.phone.reopen(apart)
  if (draft === null) throw new Error('no draft')
  const set = { ...draft.entry.set, activity_name: 'right' }
  await one.phone.save(draft.form, draft.appointment ?? '', { ...draft.entry, set }, draft.attached, 'ask')
  expect(await one.phone.sync()).toEqual({ kind: 'up_to_date' })
  const [refused, better] = ops(server, one)
  expect(better?.record).toBe(id)
  expect(better?.reissues).toMatchObject({ device: apart.device, seq: refused?.seq })
  expect(better?.seen).toBeUndefined()
  expect(await one.phone.view(id)).toMatchObject({ standing: 'received', apart: [] })
  expect(one.phone.state().get().attention).toEqual([])
})

test('an approval names what its form shows', async () => {
  const { server, one } = await signedIn()
  server.next('/v1/auth/sign-in', () =>
    json({
      access_token: 'x',
      refresh_token: 'y',
      scope: 'full',
      member: { id: MEMBER, number: 'D0004', name: '演示·某' },
      appointments: [{ id: APPOINTMENT, role: 'group_leader', unit: UNIT, starts_ms: 0 }],
    }),
  )
  await one.phone.signIn({ number: 'D0004', password: 'x', label: '手机' })
  const set = {
    ...SET,
    ended_at: '2026-11-22T10:00:00+08:00',
    claimed_minutes: 120,
    activity_name: '路口',
    place_text: '站前',
    content: '引导',
    organising_unit: '社区',
    person_in_charge: '某',
  }
  const form = await one.phone.newForm('volunteer_session', UNIT)
  const { record: id } = await one.phone.save(form, APPOINTMENT, { set, act: 'submit' }, [], 'ask')
  const open = await one.phone.openForm(id)
  if (open === null) throw new Error('no form')
  expect((await one.phone.view(id))?.open[0]?.transitions).toContain('approve')
  await one.phone.save(open, APPOINTMENT, { act: 'approve' }, [], 'ask')
  await one.phone.sync()
  const { catalogue } = one.phone.state().get()
  if (catalogue === null) throw new Error('no catalogue')
  const digest = hoursDigest(catalogue, 'volunteer_session', { ...set, started_at: '2026-11-22T00:00:00Z' })
  expect(ops(server, one)[1]).toMatchObject({ act: { name: 'approve' }, approves: digest })
  expect(await one.phone.view(id)).toMatchObject({ standing: 'received', states: ['approved'] })
  // Approved is not posted: what counts is the ledger.
  expect(await one.phone.hours()).toMatchObject({ confirmed: { volunteer: 0 }, pending: { volunteer: 120 } })
  server.postings = [{ number: 1, session: id, minutes: 120, ledger: 'volunteer' }]
  await one.phone.sync()
  expect((await one.phone.hours()).confirmed).toEqual({ volunteer: 0 })
  one.env.pass(2 * 3_600_000)
  await one.phone.sync()
  expect(await one.phone.hours()).toMatchObject({ confirmed: { volunteer: 120 }, pending: {} })
  expect((await one.phone.view(id))?.standing).toBe('posted')
  server.postings.push({ number: 2, session: id, minutes: -120, ledger: 'volunteer' })
  one.env.pass(2 * 3_600_000)
  await one.phone.sync()
  expect(server.to('/v1/hours/postings').pop()?.path).toContain('after=1')
  expect(await one.phone.hours()).toMatchObject({ confirmed: { volunteer: 0 }, pending: { volunteer: 120 } })
})

test('tasks and warnings: what was returned, never ended, or overlaps', async () => {
  const { one } = await signedIn()
  const session = async (from: string, to: string | null) => {
    const form = await one.phone.newForm('volunteer_session', UNIT)
    const set = { ...SET, started_at: from, ...(to === null ? {} : { ended_at: to }) }
    return (await one.phone.save(form, APPOINTMENT, { set }, [], 'ask')).record
  }
  one.env.ms = Date.parse('2026-11-23T12:00:00+08:00')
  const forgotten = await session('2026-11-22T08:00:00+08:00', null)
  one.env.pass(1)
  const first = await session('2026-11-22T09:00:00+08:00', '2026-11-22T10:00:00+08:00')
  one.env.pass(1)
  await session('2026-11-22T09:30:00+08:00', '2026-11-22T11:00:00+08:00')
  const codes = one.phone
    .state()
    .get()
    .attention.map(({ code }) => code)
  expect(codes).toEqual(['no_check_out', 'overlap'])
  const tasks = await one.phone.tasks()
  expect(tasks.map(task => [task.kind, task.line.id])).toContainEqual(['check_out', forgotten])
  expect(tasks.map(task => task.kind)).toContain('draft')
  const from = Date.parse('2026-11-22T09:59:00+08:00')
  expect((await one.phone.overlaps('', from, from + 30 * 60_000)).length).toBe(2)
  expect(await one.phone.overlaps(first, from - 7_200_000, from - 3_600_000)).toEqual([])
})

test('unsent work that is older than three days is warned of', async () => {
  const { server, one } = await signedIn()
  await edit(one, await record(one, 'a'), 'b')
  server.always('/v1/', () => Promise.reject(new TypeError('no network')))
  one.env.pass(3 * 86_400_000 + 1)
  await one.phone.sync()
  expect(
    one.phone
      .state()
      .get()
      .attention.map(({ code }) => code),
  ).toContain('unsent_days')
  expect(one.phone.state().get().oldestWaitingMs).toBeGreaterThan(3 * 86_400_000)
})

test('a list of five thousand records comes page by page, the newest first, each once', async () => {
  const { server, one } = await signedIn()
  const records = Array.from({ length: 5000 }, (_, nth) => {
    const id = `0197${nth.toString(16).padStart(4, '0')}-0000-7000-8000-00000000e001`
    return { id, pos: nth + 1 }
  })
  server.pages = [server.page(records)]
  expect(await one.phone.sync()).toEqual({ kind: 'up_to_date' })
  const local = await record(one, 'newest')
  const draft = await one.phone.newForm('volunteer_session', UNIT)
  await one.phone.keepDraft(draft, { set: { activity_name: '草稿' } })
  for (const kind of ['volunteer_session', undefined]) {
    const seen: string[] = []
    let after: string | undefined
    do {
      const filter = { limit: 700, ...(kind === undefined ? {} : { kind }), ...(after === undefined ? {} : { after }) }
      const page = await one.phone.records(filter)
      seen.push(...page.lines.map(line => line.id))
      after = page.next ?? undefined
    } while (after !== undefined)
    expect(seen).toHaveLength(5002)
    expect(new Set(seen.slice(0, 2))).toEqual(new Set([local, draft.record]))
    expect(seen).toEqual([...seen].sort().reverse())
  }
  const found = await one.phone.records({ text: 'NEWEST' })
  expect(found.lines.map(line => line.id)).toEqual([local])
  const drafts = await one.phone.records({ standing: ['draft'] })
  expect(drafts.lines).toMatchObject([{ id: draft.record, standing: 'draft', states: [] }])
})
