/** What the phone can judge before saving, so that nobody learns of it days later. The server judges again. */

import type { Entry, Form } from '../phone'
import { type Catalogue, type Kind, own } from '../protocol/catalogue'
import { approvedValues, hoursDigest } from '../protocol/hours'
import { typed } from '../protocol/merge'
import type { Json } from '../protocol/op'
import type { RecordView } from '../protocol/record'
import { lockingState, mayMove, mayWrite, mayWriteField } from './rights'
import { statesOf } from './view'

/** Why an entry would be refused. */
export interface Refusal {
  code: string
  place: string | null
}

/** An entry without holes. */
export interface Whole {
  set: Record<string, Json>
  add: Record<string, Json[]>
  remove: Record<string, Json[]>
  act: string | null
  reason: string | null
}

function lists(given: Record<string, Json[]> | undefined): Record<string, Json[]> {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, values]) => values.length > 0))
}

/** The entry with the attached files named in their fields. */
export function whole(kind: Kind | undefined, entry: Entry, attached: { field: string; sha256: string }[]): Whole {
  const reason = entry.reason?.trim() ?? ''
  const made: Whole = {
    set: { ...entry.set },
    add: lists(entry.add),
    remove: lists(entry.remove),
    act: entry.act ?? null,
    reason: reason === '' ? null : reason,
  }
  for (const { field, sha256 } of attached) {
    if (own(kind?.fields, field)?.policy !== 'set') {
      made.set[field] = sha256
      continue
    }
    const list = made.add[field] ?? []
    if (list.indexOf(sha256) < 0) made.add[field] = [...list, sha256]
  }
  return made
}

/** Leaves out what is as shown. Writing to a contested field always counts: it decides. */
export function changed(catalogue: Catalogue, form: Form, entry: Whole): Whole {
  const fields = own(catalogue.kinds, form.kind)?.fields
  const set = Object.entries(entry.set).filter(([name, value]) => {
    const shown = form.shown?.fields[name]
    const only = Array.isArray(shown) && shown.length === 1 ? shown[0] : undefined
    // An empty field that stays empty says nothing.
    if (only === undefined) return value !== null || Array.isArray(shown)
    const type = own(fields, name)?.type
    return typed(type, only.value) !== typed(type, value)
  })
  return { ...entry, set: Object.fromEntries(set) }
}

/** Whether an entry says anything. */
export function saysNothing(entry: Whole): boolean {
  const parts = [entry.set, entry.add, entry.remove]
  return entry.act === null && parts.every(part => Object.keys(part).length === 0)
}

function hasValue(record: RecordView | null, name: string): boolean {
  const field = record?.fields[name]
  if (field === undefined) return false
  return Array.isArray(field) ? field.some(entry => entry.value !== null) : field.items.length > 0
}

/** Judges fields, required values and the transition for `member` in `role`; null: nothing is wrong. */
export function judge(catalogue: Catalogue, form: Form, entry: Whole, role: string, member: string): Refusal | null {
  const kind = own(catalogue.kinds, form.kind)
  if (kind === undefined) return { code: 'unknown_kind', place: form.kind }
  const creating = form.shown === null
  const touched = [entry.set, entry.add, entry.remove].flatMap(part => Object.keys(part))
  const onlyMoves = form.shown !== null && entry.act !== null && touched.length === 0
  const may =
    onlyMoves && form.shown !== null
      ? mayMove(kind, role, form.shown, member)
      : mayWrite(kind, role, form.shown, member)
  if (!may) return { code: 'role_forbidden', place: form.kind }
  for (const name of touched) {
    const field = own(kind.fields, name)
    if (field === undefined) return { code: 'unknown_field', place: name }
    if (!mayWriteField(kind, role, field, creating)) return { code: 'field_forbidden', place: name }
  }
  const isFilled = (name: string): boolean => {
    const set = own(entry.set, name)
    if (set !== undefined) return set !== null
    return own(entry.add, name) !== undefined || hasValue(form.shown, name)
  }
  if (creating) {
    const order = kind.form.length > 0 ? kind.form : Object.keys(kind.fields)
    const missing = order.find(name => own(kind.fields, name)?.required === true && !isFilled(name))
    if (missing !== undefined) return { code: 'missing_required', place: missing }
  }
  const states = form.shown === null ? [] : statesOf(form.shown)
  if (touched.length > 0) {
    const state = lockingState(kind, role, states)
    if (state !== undefined) return { code: 'state_locked', place: state }
  }
  return entry.act === null ? null : judgeAct(kind, entry.act, entry, role, creating, states, isFilled)
}

function judgeAct(
  kind: Kind,
  act: string,
  entry: Whole,
  role: string,
  creating: boolean,
  states: string[],
  isFilled: (name: string) => boolean,
): Refusal | null {
  const step = own(kind.workflow.transitions, act)
  if (step === undefined) return { code: 'transition_unknown', place: act }
  const isOpen = creating ? step.creates === true : states.some(state => step.from.indexOf(state) >= 0)
  if (!isOpen || step.roles.indexOf(role) < 0) return { code: 'transition_forbidden', place: act }
  if (step.reason === true && entry.reason === null) return { code: 'reason_required', place: act }
  const missing = (step.needs ?? []).find(name => !isFilled(name))
  return missing === undefined ? null : { code: 'transition_incomplete', place: missing }
}

/** The digest of what an approving transition approves; undefined: it approves nothing. */
export function approves(catalogue: Catalogue, form: Form, entry: Whole): { digest?: string } | Refusal {
  const step = entry.act === null ? undefined : own(own(catalogue.kinds, form.kind)?.workflow.transitions, entry.act)
  if (step?.approves !== true) return {}
  const approved = approvedValues(catalogue, form.kind, form.shown?.fields ?? {}, entry.set)
  if ('contested' in approved) return { code: 'approval_stale', place: approved.contested }
  return { digest: hoursDigest(catalogue, form.kind, approved.values) }
}
