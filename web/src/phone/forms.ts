/** Writing: a form is opened, filled in and saved, and the save is one operation. */

import type { Attached, Draft, Entry, Form, IfMoved, Lang, PhoneError, RecordShown, Saved } from '../phone'
import { toHex, utf8 } from '../protocol/bytes'
import { type Catalogue, own } from '../protocol/catalogue'
import { uuidV7 } from '../protocol/id'
import { type Decides, OP_BYTES, type Op, type OpName, opText } from '../protocol/op'
import { judgeShape } from '../protocol/shape'
import { renderInstant } from '../protocol/value'
import type { Reading, Writing } from '../store/db'
import { closedDevices, currentDevice } from '../store/devices'
import { account, getMeta } from '../store/meta'
import { append, lastOnRecord, opOf, ownSeen, rewrittenTo } from '../store/outbox'
import { usePhotos } from '../store/photos'
import { unitRow } from '../store/replica'
import type { AccountRow } from '../store/schema'
import type { Context } from '../sync/round'
import { approves, changed, judge, saysNothing, type Whole, whole } from './check'
import { phoneError } from './errors'
import { build } from './view'

/** The wall clock as operations write it. */
export function wallClock(context: Context, ms = context.env.now()): string {
  return renderInstant(ms, context.env.offsetMinutes())
}

/** A form for a new record. */
export function newForm(context: Context, kind: string, unit: string): Form {
  const record = uuidV7(context.env.random(16), context.env.now())
  return { id: toHex(context.env.random(8)), record, kind, unit, shown: null, seen: {}, generation: null }
}

/** What somebody sees of a record who looks at it now. */
async function seenNow(tx: Reading, record: string): Promise<Record<string, number>> {
  const seen = { ...(await tx.get('records', record))?.clock }
  for (const [device, seq] of Object.entries(await ownSeen(tx, record))) {
    seen[device] = Math.max(seen[device] ?? 0, seq)
  }
  return seen
}

/** The form of a record as it is shown now; null when there is no such record here. */
export async function openForm(context: Context, tx: Reading, record: string): Promise<Form | null> {
  const catalogue = (await getMeta(tx, 'catalogue'))?.body ?? null
  const built = await build(tx, catalogue, (await account(tx)).member.id, record)
  if (built === null) return null
  const { kind, unit } = built.record
  // What was refused altogether has shown nothing: it is written anew.
  const isKnown = built.pulled || built.laid.length > 0
  return {
    id: toHex(context.env.random(8)),
    record,
    kind,
    unit,
    shown: isKnown ? built.record : null,
    seen: isKnown ? await seenNow(tx, record) : {},
    generation: built.pulled ? (await unitRow(tx, unit)).generation : null,
  }
}

/**
 * Maps what was seen under an earlier device of this installation: what was rewritten bears its new number, what the
 * server has stays, what it never had is left out.
 */
async function mapSeen(tx: Reading, record: string, given: Record<string, number>): Promise<Record<string, number>> {
  const seen = { ...given }
  const closed = await closedDevices(tx)
  const current = (await currentDevice(tx)).device
  for (const [nth, row] of closed.entries()) {
    const common = row.commonSeq ?? 0
    const seq = seen[row.device]
    if (seq === undefined || seq <= common) continue
    const successor = closed[nth + 1]?.device ?? current
    const now = await rewrittenTo(tx, row.device, record, seq)
    if (now !== null) seen[successor] = Math.max(seen[successor] ?? 0, now)
    const last = await lastOnRecord(tx, row.device, record, common)
    if (last !== null) seen[row.device] = last
    else delete seen[row.device]
  }
  return seen
}

function sameSeen(a: Record<string, number>, b: Record<string, number>): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every(name => a[name] === b[name])
}

/** What an operation of the desk says beside. Its form shows what the server laid open. */
export interface OfDesk {
  decides?: Decides
  proposes?: true
  confirms?: OpName
  approves?: string
}

/** Everything that a save is made of. */
export interface Saving {
  form: Form
  desk?: OfDesk
  appointment: string
  entry: Entry
  attached: Attached[]
  ifMoved: IfMoved
  lang: Lang
  /** Puts the record together as it is now, for `base_moved`. */
  look: (tx: Reading, record: string) => Promise<RecordShown | null>
}

interface Written {
  op: Op
  text: string
}

/** Writes the operation; a refusal is thrown. */
async function written(context: Context, tx: Reading, saving: Saving): Promise<Written> {
  const { form, lang, desk } = saving
  const who = await account(tx)
  const catalogue = (await getMeta(tx, 'catalogue'))?.body
  // Not the generation last heard: after a restore, what the form showed may have to be awaited.
  const gen = form.generation ?? who.generation
  if (catalogue === undefined || gen === null) throw phoneError(lang, 'not_ready')
  const role = who.appointments.find(one => one.id === saving.appointment)?.role
  if (role === undefined) throw phoneError(lang, 'appointment_unknown')
  const filled = whole(own(catalogue.kinds, form.kind), saving.entry, saving.attached)
  // What the desk says is said as it stands: a confirmation repeats a proposal, a decision may change nothing.
  const entry = desk === undefined ? changed(catalogue, form, filled) : filled
  if (desk === undefined && form.shown !== null && saysNothing(entry)) throw phoneError(lang, 'nothing_changed')
  const refusal = desk === undefined ? judge(catalogue, form, entry, role, who.member.id) : null
  if (refusal !== null) throw phoneError(lang, refusal.code, refusal.place)
  const approval = approves(catalogue, form, entry)
  if ('code' in approval) throw phoneError(lang, approval.code, approval.place)
  const device = await currentDevice(tx)
  const op = draft(context, who, catalogue, saving, entry, device.headSeq + 1, gen)
  op.seen = await mapSeen(tx, form.record, form.seen)
  if (form.reissues !== undefined) op.reissues = form.reissues
  if (approval.digest !== undefined) op.approves = approval.digest
  Object.assign(op, desk)
  const text = opText(op)
  const bytes = utf8(text).length
  if (bytes > OP_BYTES) throw tooLarge(lang, bytes, entry)
  const fault = judgeShape(text, catalogue)
  if (fault !== null) throw phoneError(lang, fault.code, fault.place)
  return { op, text }
}

function draft(
  context: Context,
  who: AccountRow,
  catalogue: Catalogue,
  saving: Saving,
  entry: Whole,
  seq: number,
  gen: string,
): Op {
  const uptime = context.env.uptime()
  return {
    seq,
    salt: toHex(context.env.random(16)),
    gen,
    cat: catalogue.version,
    by: who.member.id,
    as: saving.appointment,
    at: wallClock(context),
    boot: uptime.boot,
    uptime_ms: uptime.ms,
    record: saving.form.record,
    kind: saving.form.kind,
    unit: saving.form.unit,
    set: entry.set,
    add: entry.add,
    remove: entry.remove,
    ...(entry.act === null ? {} : { act: { name: entry.act } }),
    ...(entry.reason === null ? {} : { reason: entry.reason }),
  }
}

function tooLarge(lang: Lang, bytes: number, entry: Whole): PhoneError {
  const sizes = Object.entries({ ...entry.set, ...entry.add, ...entry.remove })
    .map(([name, value]) => ({ name, bytes: utf8(JSON.stringify(value)).length }))
    .sort((a, b) => b.bytes - a.bytes)
  const place = sizes[0]?.name ?? null
  return phoneError(lang, 'too_large', place, { bytes, limit: OP_BYTES, fields: sizes })
}

/** What a save would be refused for; null: nothing. */
export async function tryOut(context: Context, tx: Reading, saving: Saving): Promise<PhoneError | null> {
  try {
    await written(context, tx, saving)
    return null
  } catch (error) {
    if (error instanceof Error && error.name === 'PhoneError') return error as PhoneError
    throw error
  }
}

/** Saves: one operation at the end of the feed, with its photos, in the transaction that it is called in. */
export async function save(context: Context, tx: Writing, saving: Saving): Promise<Saved> {
  const { form, lang } = saving
  const { op, text } = await written(context, tx, saving)
  if (saving.ifMoved === 'ask' && form.shown !== null && !sameSeen(await seenNow(tx, form.record), op.seen ?? {})) {
    throw phoneError(lang, 'base_moved', null, { now: await saving.look(tx, form.record) })
  }
  for (const { sha256, field } of saving.attached) {
    if ((await tx.get('photos', sha256)) === undefined) throw phoneError(lang, 'photo_missing', field)
  }
  const { record, kind, unit } = form
  const row = await append(tx, await currentDevice(tx), { text, record, kind, unit, savedMs: context.env.now() })
  await usePhotos(tx, row, saving.attached)
  if (form.reissues !== undefined) await markReissued(tx, form.reissues, row.seq)
  await tx.delete('drafts', record)
  const running = await getMeta(tx, 'running')
  if (running?.record === record && op.set?.ended_at != null) await tx.delete('meta', 'running')
  return { record, device: row.device, seq: row.seq }
}

async function markReissued(tx: Writing, name: OpName, by: number): Promise<void> {
  await tx.update('outbox', [name.device, name.seq], { reissuedBy: by })
}

/** The form in which what was refused is put right: filled in as it was, and standing for it once it is saved. */
export async function reopenRefused(
  context: Context,
  tx: Reading,
  device: string,
  seq: number,
): Promise<Omit<Draft, 'keptMs'> | null> {
  const row = await tx.get('outbox', [device, seq])
  const op = row === undefined || row.fate !== 'quarantined' ? null : opOf<Op>(row)
  if (row === undefined || op === null) return null
  const form = (await openForm(context, tx, row.record)) ?? {
    ...newForm(context, row.kind, row.unit),
    record: row.record,
  }
  const uses = (await tx.all('uses', { index: 'record', only: row.record })).filter(
    use => use.device === device && use.seq === seq,
  )
  const attached: Attached[] = []
  for (const { field, sha256 } of uses) {
    const photo = await tx.get('photos', sha256)
    if (photo !== undefined) attached.push({ field, sha256, bytes: photo.bytes, media: photo.media })
  }
  const entry: Entry = {
    ...(op.set === undefined ? {} : { set: op.set }),
    ...(op.add === undefined ? {} : { add: op.add }),
    ...(op.remove === undefined ? {} : { remove: op.remove }),
    act: op.act?.name ?? null,
    reason: op.reason ?? null,
  }
  // What had a first form stands for the first of them, which the server takes once.
  const reissues = { device, seq, hash: row.bodyHash }
  return { form: { ...form, reissues }, appointment: op.as, entry, attached }
}
