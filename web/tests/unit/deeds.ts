/** What is done with a phone of a scripted server, and what is then seen on either side. */

import type { Op } from '../../src/protocol/op'
import { renderInstant } from '../../src/protocol/value'
import { Database } from '../../src/store/db'
import type { OutRow } from '../../src/store/schema'
import { type Handset, handset } from './phones'
import { APPOINTMENT, MEMBER, Scripted, UNIT } from './scripted'

/** A phone that has signed in to a scripted server. */
export async function signedIn(): Promise<{ server: Scripted; one: Handset }> {
  const server = new Scripted()
  const one = await handset({ fetch: server.fetch, timeoutMs: 2000 })
  await one.phone.signIn({ number: 'D0004', password: 'x', label: '手机' })
  server.asked.length = 0
  return { server, one }
}

/** Saves a session that says `note` somewhere; the record. */
export async function record(one: Handset, note: string): Promise<string> {
  const form = await one.phone.newForm('volunteer_session', UNIT)
  const set = {
    volunteer: MEMBER,
    service_kind: 'traffic',
    started_at: renderInstant(one.env.ms, 480),
    activity_name: note,
  }
  return (await one.phone.save(form, APPOINTMENT, { set }, [], 'ask')).record
}

/** Changes a record. */
export async function edit(one: Handset, record: string, note: string): Promise<void> {
  const form = await one.phone.openForm(record)
  if (form === null) throw new Error('there is no such record here')
  await one.phone.save(form, APPOINTMENT, { set: { activity_name: note } }, [], 'ask')
}

/** The operations that the phone keeps, read beside it. */
export async function outbox(one: Handset): Promise<OutRow[]> {
  const db = await Database.open(one.name)
  const rows = await db.read(tx => tx.all('outbox'))
  db.close()
  return rows
}

/** The id of the device that writes now. */
export function device(one: Handset): string {
  return one.phone.state().get().device?.id ?? ''
}

/** The operations that a server has of a device. */
export function stored(server: Scripted, of: string): Op[] {
  return (server.feeds.get(of)?.ops ?? []).map(op => JSON.parse(op.text))
}
