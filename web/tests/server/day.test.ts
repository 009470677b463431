/** A volunteer's day against the real server. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Phone, Saved } from '../../src/phone'
import { handset, jpeg } from '../unit/phones'
import { PASSWORD, Server } from './server'

let server: Server

beforeAll(async () => {
  server = await Server.demo()
}, 120_000)

afterAll(() => server.end())

async function signedIn(number: string) {
  const one = await handset({ origin: server.url })
  await one.phone.signIn({ number, password: PASSWORD, label: '测试手机' })
  return one
}

function creatable(phone: Phone, kind: string) {
  const found = phone.creatable().find(one => one.kind === kind)
  if (found === undefined) throw new Error(`nothing of ${kind}`)
  return { ...found, unit: found.units.find(unit => unit.level === 'community') ?? found.units[0] }
}

async function report(phone: Phone, set: Record<string, string>, photos = 0): Promise<Saved> {
  const { appointment, unit } = creatable(phone, 'photo_report')
  const form = await phone.newForm('photo_report', unit?.code ?? '')
  const attached = []
  for (let nth = 0; nth < photos; nth++) {
    attached.push(await phone.takeIn(form, { field: 'photos', file: jpeg(1_200_000 + nth), source: 'camera' }))
  }
  const entry = { set: { channel: 'app', interest: 'accessibility', title: '盲道被占', description: '电动车', ...set } }
  return phone.save(form, appointment.id, { ...entry, act: 'submit' }, attached, 'ask')
}

/** Has the group leader of a record's unit approve its hours. */
async function approve(phone: Phone, record: string): Promise<void> {
  const unit = (await phone.view(record))?.unit
  const { members } = phone.state().get()
  const leader = members.find(member => member.unit === unit && member.roles.includes('group_leader'))
  const { phone: other } = await signedIn(leader?.number ?? '')
  const form = await other.openForm(record)
  const open = (await other.view(record))?.open.find(one => one.transitions.includes('approve'))
  if (form === null || open === undefined) throw new Error('the leader cannot approve')
  await other.save(form, open.appointment.id, { act: 'approve' }, [], 'ask')
  expect(await other.sync()).toEqual({ kind: 'up_to_date' })
  expect((await other.view(record))?.states).toEqual(['approved'])
  other.close()
}

test('a report is recorded, sent with its photos, confirmed and shown', async () => {
  const { phone } = await signedIn('D0004')
  expect(phone.state().get()).toMatchObject({ stage: 'ready', lastOutcome: { kind: 'up_to_date' } })
  expect(phone.state().get().device?.keyStorage).toBe('non_extractable')
  const saved = await report(phone, {}, 2)
  expect(phone.state().get()).toMatchObject({ waiting: 1, photosWaiting: 2 })
  expect((await phone.view(saved.record))?.standing).toBe('waiting')
  const heard: number[] = []
  const outcome = await phone.sync({ onProgress: progress => heard.push(progress.photo?.sent ?? 0) })
  expect(outcome).toEqual({ kind: 'up_to_date' })
  expect(Math.max(...heard)).toBe(1_200_001)
  expect(phone.state().get()).toMatchObject({ waiting: 0, sent: 0, photosWaiting: 0 })
  const shown = await phone.view(saved.record)
  expect(shown).toMatchObject({ standing: 'received', pulled: true, states: ['received'], laid: [], apart: [] })
  expect(shown?.photos).toEqual({ delivered: 2, total: 2, trouble: 0 })
  const history = await phone.history(saved.record)
  expect(history.map(line => line.fate)).toEqual(['accepted'])
  expect((await phone.records({})).lines.map(line => line.id)).toContain(saved.record)
  phone.close()
})

test('two phones edit one record: both values are kept until somebody decides', async () => {
  const { phone: a } = await signedIn('D0005')
  const { phone: b } = await signedIn('D9001')
  const { record } = await report(a, {})
  await a.sync()
  await b.sync()
  const edit = async (phone: Phone, set: Record<string, string>, reason?: string) => {
    const form = await phone.openForm(record)
    const open = (await phone.view(record))?.open[0]
    if (form === null || open === undefined) throw new Error('the record cannot be edited')
    await phone.save(form, open.appointment.id, { set, ...(reason === undefined ? {} : { reason }) }, [], 'ask')
  }
  await edit(b, { interest: 'work_safety' })
  await edit(a, { interest: 'environment' })
  await b.sync()
  await a.sync()
  expect(await a.view(record)).toMatchObject({ standing: 'conflict', contested: ['interest'] })
  await b.sync()
  await edit(b, { interest: 'accessibility' }, '盲道')
  await b.sync()
  await a.sync()
  const shown = await a.view(record)
  expect(shown?.standing).toBe('received')
  expect(shown?.fields.interest).toMatchObject([{ value: 'accessibility' }])
  a.close()
  b.close()
})

test('a running service survives a restart and a reboot, and ends as hours', async () => {
  const one = await signedIn('D0010')
  const { appointment, unit } = creatable(one.phone, 'volunteer_session')
  const volunteer = one.phone.state().get().member?.id ?? ''
  const running = await one.phone.start('volunteer_session', unit?.code ?? '', appointment.id, {
    set: { volunteer, service_kind: 'traffic', activity_name: '路口协勤', content: '引导', place_text: '站前路' },
  })
  await expect(one.phone.start('volunteer_session', unit?.code ?? '', appointment.id, {})).rejects.toMatchObject({
    code: 'running_already',
  })
  one.env.pass(90 * 60_000)
  await one.restart()
  one.env.boot = 'another'
  one.env.upMs = 5
  expect((await one.phone.running())?.forMs()).toBe(90 * 60_000)
  await one.phone.sync()
  const { form, entry, appointment: as } = await one.phone.stop()
  expect(entry.set).toMatchObject({ claimed_minutes: 90 })
  // By day, whenever this runs: hours of the night wait for a person.
  const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  const times = { started_at: `${day}T09:00:00.000+08:00`, ended_at: `${day}T10:30:00.000+08:00` }
  const set = { ...entry.set, ...times, organising_unit: '站前社区', person_in_charge: '演示·某' }
  await one.phone.save(form, as ?? '', { set, act: 'submit' }, [], 'ask')
  expect(await one.phone.running()).toBeNull()
  await one.phone.sync()
  expect(await one.phone.view(running.record)).toMatchObject({ standing: 'received', states: ['submitted'] })
  expect(await one.phone.hours()).toMatchObject({ pending: { volunteer: 90 } })
  await approve(one.phone, running.record)
  // The server posts behind the approval; it is asked until it has.
  const deadline = Date.now() + 30_000
  for (;;) {
    one.env.pass(2 * 3_600_000)
    expect(await one.phone.sync()).toEqual({ kind: 'up_to_date' })
    const { confirmed } = await one.phone.hours()
    if (confirmed.volunteer === 90) break
    expect(Date.now()).toBeLessThan(deadline)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  expect((await one.phone.view(running.record))?.standing).toBe('posted')
  expect((await one.phone.hours()).pending).toEqual({})
  one.phone.close()
}, 60_000)

test('what is refused is kept apart with its reason, and can be put right', async () => {
  const { phone } = await signedIn('D0016')
  const other = phone.state().get().appointments[0]
  const { appointment } = creatable(phone, 'photo_report')
  expect(other).toBeDefined()
  const form = await phone.newForm('photo_report', '350111201200')
  const entry = { set: { channel: 'app', interest: 'women', title: '别处' } }
  const { record } = await phone.save(form, appointment.id, entry, [], 'ask')
  await phone.sync()
  const shown = await phone.view(record)
  expect(shown).toMatchObject({ standing: 'refused', pulled: false, apart: [{ code: 'unit_forbidden' }] })
  expect(phone.state().get().attention).toMatchObject([{ code: 'unit_forbidden', record }])
  const apart = shown?.apart[0]
  if (apart === undefined) throw new Error('nothing is apart')
  const draft = await phone.reopen(apart)
  expect(draft?.entry.set).toEqual(entry.set)
  phone.close()
})

test('with a key in software the server is told so', async () => {
  const one = await handset({ origin: server.url, software: true })
  await one.phone.signIn({ number: 'D0022', password: PASSWORD, label: '旧手机' })
  await report(one.phone, {})
  expect(await one.phone.sync()).toEqual({ kind: 'up_to_date' })
  expect(one.phone.state().get().device?.keyStorage).toBe('software')
  const devices = await server.api('D0022', 'GET', '/v1/devices')
  expect(JSON.stringify(devices.body)).toContain('"software"')
  one.phone.close()
})

test('signing out removes everything, but not what is undelivered', async () => {
  const one = await signedIn('D0028')
  await report(one.phone, {}, 1)
  await one.restart({ fetch: () => Promise.reject(new TypeError('no network')) })
  await expect(one.phone.signOut()).rejects.toMatchObject({ code: 'undelivered', detail: { saves: 1, photos: 1 } })
  expect((await one.phone.records({})).lines).toHaveLength(1)
  await one.restart()
  await one.phone.signOut()
  expect(one.phone.state().get()).toMatchObject({ stage: 'empty', member: null, waiting: 0 })
  expect((await one.phone.records({})).lines).toEqual([])
  await one.phone.signIn({ number: 'D0034', password: PASSWORD, label: '别人' })
  expect(one.phone.state().get().member?.number).toBe('D0034')
  one.phone.close()
})
