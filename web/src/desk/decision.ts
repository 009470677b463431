/**
 * A decision as an operation: which conclusions a finding allows, and what the operation of one says. Pure. The server
 * judges again (docs/PROTOCOL.md, section 3, "Deciding").
 */

import type { Appointment, Entry, Form, Unit } from '../phone'
import type { OfDesk } from '../phone/forms'
import { covers, inForce } from '../phone/rights'
import { contestedFields, statesOf } from '../phone/view'
import { type Catalogue, type Kind, own, STATE_FIELD, type Transition } from '../protocol/catalogue'
import type { Json, OpName } from '../protocol/op'
import { canonical } from '../protocol/overlay'
import type { RecordView } from '../protocol/record'
import type { Line, Opened, Proposal } from './types'

/** How a finding can be decided, in the order in which they are offered. */
export const CONCLUSIONS = [
  'keep_one',
  'merge_fields',
  'keep_both',
  'link',
  'return',
  'void',
  'reissue',
  'dismiss',
] as const

export type Conclusion = (typeof CONCLUSIONS)[number]

/** Roles that decide on every kind. */
const DESK = ['conflict_admin', 'prosecutor', 'department_head', 'chief_procurator']
/** Roles that decide on kinds without hours. */
const LEADS = ['group_leader', 'area_manager']
/** The kind on whose records is decided what is on no record. */
const DESK_NOTE = 'desk_note'

/** Who decides, and by which catalogue. */
export interface Desk {
  catalogue: Catalogue
  member: string
  appointments: Appointment[]
  units: Unit[]
  /** The server's clock, ms. */
  nowMs: number
}

/** What a person chose. */
export interface Choice {
  conclusion: Conclusion
  /** For each contested field the value that is to hold. */
  values: Record<string, Json>
  /** The transition, where several come to the conclusion, or where the state is contested. */
  act: string | null
  /** The field that links. */
  link: string | null
  reason: string
  /** Another member is to confirm it, also where nobody has to. */
  proposes: boolean
}

/** Nothing chosen yet. */
export function undecided(conclusion: Conclusion): Choice {
  return { conclusion, values: {}, act: null, link: null, reason: '', proposes: false }
}

/** The record on which the operation is, and the others that the finding is about. */
export interface Ground {
  record: string | null
  kind: string
  unit: string
  /** As laid open; null: there is none yet. */
  shown: RecordView | null
  others: string[]
}

/** Why nothing can be written, as a code. */
export interface Unfit {
  code: string
  place: string | null
}

/** What is to be saved. */
export interface Written {
  form: Omit<Form, 'id' | 'record'> & { record: string | null }
  appointment: string
  entry: Entry
  desk: OfDesk
}

/** The transition and its name. */
type Step = [name: string, step: Transition]

/** Where the operation goes; null: somebody else has to decide. */
export function groundOf(desk: Desk, opened: Opened): Ground | null {
  const { finding, records, op } = opened
  const about = [finding.record, finding.neighbour].filter((id): id is string => typeof id === 'string')
  const sheet = records.find(one => about.indexOf(one.record.id) >= 0)
  if (sheet !== undefined) {
    const { record } = sheet
    const others = about.filter(id => id !== record.id)
    return { record: record.id, kind: record.kind, unit: record.unit, shown: record, others }
  }
  if (finding.record != null) {
    const unit = finding.unit ?? null
    if (op?.kind == null || unit === null) return null
    return { record: finding.record, kind: op.kind, unit, shown: null, others: [] }
  }
  if (finding.hidden) return null
  const top = desk.units.find(one => one.parent == null)
  const unit = finding.unit ?? top?.code ?? null
  return unit === null ? null : { record: null, kind: DESK_NOTE, unit, shown: null, others: [] }
}

function mayDecide(kind: Kind, role: string): boolean {
  if (DESK.indexOf(role) >= 0) return true
  const concernsHours = kind.attests != null || Object.values(kind.fields).some(field => field.hours === true)
  return LEADS.indexOf(role) >= 0 && !concernsHours
}

/** The roles in which the member may decide there. */
function offices(desk: Desk, ground: Ground): Appointment[] {
  const kind = own(desk.catalogue.kinds, ground.kind)
  if (kind === undefined) return []
  return desk.appointments.filter(
    one => inForce(one, desk.nowMs) && covers(desk.units, one.unit, ground.unit) && mayDecide(kind, one.role),
  )
}

/** The steps that one of the roles may take from where the record stands; from a contested state, from any of them. */
function stepsOpen(kind: Kind, ground: Ground, roles: string[]): Step[] {
  const states = ground.shown === null ? [] : statesOf(ground.shown)
  return Object.entries(kind.workflow.transitions).filter(([, step]) => {
    const from = (state: string) => step.from.indexOf(state) >= 0
    return step.roles.some(role => roles.indexOf(role) >= 0) && states.some(from)
  })
}

/** What the conclusion's choices are: fields with their values, steps, links. */
export interface Offer {
  conclusion: Conclusion
  /** Contested fields that have to be settled, and those that may be. */
  fields: string[]
  /** Steps, of which one has to be taken where there are any. */
  steps: string[]
  links: string[]
}

/** How the finding can be decided by this member; none: he cannot. */
export function offers(desk: Desk, opened: Opened): Offer[] {
  const ground = groundOf(desk, opened)
  const kind = ground === null ? undefined : own(desk.catalogue.kinds, ground.kind)
  if (ground === null || kind === undefined || opened.finding.closed_ms != null) return []
  const roles = offices(desk, ground).map(one => one.role)
  if (roles.length === 0) return []
  const isProposal = opened.finding.rule === 'awaits_confirmation'
  const offer = (conclusion: Conclusion, more: Partial<Offer> = {}): Offer => ({
    conclusion,
    fields: [],
    steps: [],
    links: [],
    ...more,
  })
  // A proposal is confirmed or turned down; what it is about has a finding of its own.
  if (isProposal) return [offer('dismiss')]
  const reissues = opened.op?.fate === 'quarantined' && opened.op.says != null ? [offer('reissue')] : []
  // What created no record has left nothing that could be decided about otherwise.
  if (ground.shown === null && ground.record !== null) return reissues
  const steps = stepsOpen(kind, ground, roles)
  const found: Offer[] = []
  const differing = ground.shown === null ? [] : contestedFields(desk.catalogue, ground.shown)
  const fields = differing.filter(name => name !== STATE_FIELD)
  const states = ground.shown === null ? [] : statesOf(ground.shown)
  const isStale = opened.finding.rule === 'stale_transition' && states.length > 1
  if (isStale) {
    const to = steps.filter(([, step]) => states.indexOf(step.to) >= 0)
    if (to.length > 0) found.push(offer('keep_one', { steps: names(to) }))
    if (steps.length > 0) found.push(offer('merge_fields', { steps: names(steps) }))
  } else if (fields.length > 0 && mayEdit(kind, roles)) {
    found.push(offer('keep_one', { fields }), offer('merge_fields', { fields }))
  }
  found.push(offer('keep_both'))
  const links = ground.others.length > 0 ? linking(kind, ground.kind, roles, steps) : []
  if (links.length > 0) found.push(offer('link', { links }))
  for (const conclusion of ['return', 'void'] as const) {
    const fitting = steps.filter(([, step]) => step.concludes === conclusion)
    if (fitting.length > 0) found.push(offer(conclusion, { steps: names(fitting) }))
  }
  return [...found, ...reissues, offer('dismiss')]
}

function names(steps: Step[]): string[] {
  return steps.map(([name]) => name)
}

function mayEdit(kind: Kind, roles: string[]): boolean {
  return (kind.write.edit ?? []).some(role => roles.indexOf(role) >= 0)
}

/** Fields in which another record of the kind can be named; one that a step needs goes with that step. */
function linking(kind: Kind, name: string, roles: string[], steps: Step[]): string[] {
  const fields = Object.entries(kind.fields).filter(([, field]) => field.type === 'record' && field.target === name)
  const may = fields.filter(([field, of]) => {
    const needed = Object.values(kind.workflow.transitions).some(
      step => step.concludes === 'link' && (step.needs ?? []).indexOf(field) >= 0,
    )
    const writes = (of.write ?? kind.write.edit ?? []).some(role => roles.indexOf(role) >= 0)
    return writes && (!needed || mergeStep(steps, field) !== undefined)
  })
  return may.map(([field]) => field)
}

function mergeStep(steps: Step[], field: string): Step | undefined {
  return steps.find(([, step]) => step.concludes === 'link' && (step.needs ?? []).indexOf(field) >= 0)
}

/** Whether one person alone may not do this. */
export function needsSecond(kind: Kind, shown: RecordView | null, entry: Entry): boolean {
  const step = entry.act == null ? undefined : own(kind.workflow.transitions, entry.act)
  if (step?.second === true) return true
  const touched = [entry.set, entry.add, entry.remove].flatMap(part => Object.keys(part ?? {}))
  const hours = touched.some(name => own(kind.fields, name)?.hours === true)
  const states = shown === null ? [] : statesOf(shown)
  return hours && states.some(state => own(kind.workflow.states, state)?.second === true)
}

/** What the choice writes into the record. */
export function entryOf(opened: Opened, ground: Ground, kind: Kind, choice: Choice): Entry | Unfit {
  const reason = choice.reason
  const act = choice.act
  switch (choice.conclusion) {
    case 'keep_one':
    case 'merge_fields':
      return { set: choice.values, act, reason }
    case 'return':
    case 'void':
      return { act, reason }
    case 'link':
      return linkEntry(ground, kind, choice)
    case 'reissue': {
      const says = opened.op?.says
      if (says == null) return { code: 'reissue_invalid', place: null }
      return { set: says.set, add: says.add, remove: says.remove, act: says.act ?? null, reason }
    }
    default:
      return ground.record === null ? { set: { text: reason }, reason } : { reason }
  }
}

function linkEntry(ground: Ground, kind: Kind, choice: Choice): Entry | Unfit {
  const { link, reason } = choice
  const other = ground.others[0]
  const field = link === null ? undefined : own(kind.fields, link)
  if (link === null || field === undefined || other === undefined) return { code: 'decision_unfit', place: 'link' }
  const step = Object.entries(kind.workflow.transitions).find(
    ([, one]) => one.concludes === 'link' && (one.needs ?? []).indexOf(link) >= 0,
  )
  const act = step?.[0] ?? null
  return field.policy === 'set'
    ? { add: { [link]: ground.others }, act, reason }
    : { set: { [link]: other }, act, reason }
}

/** The decision as an operation, or why there is none. */
export function decision(desk: Desk, opened: Opened, choice: Choice): Written | Unfit {
  const ground = groundOf(desk, opened)
  const kind = ground === null ? undefined : own(desk.catalogue.kinds, ground.kind)
  const offer = offers(desk, opened).find(one => one.conclusion === choice.conclusion)
  if (ground === null || kind === undefined || offer === undefined) return { code: 'decision_forbidden', place: null }
  if (choice.reason.trim() === '') return { code: 'reason_required', place: 'reason' }
  // One that was chosen before the screen was shown anew may stand there no more.
  const stands = (name: string) => {
    const field = ground.shown?.fields[name]
    const value = choice.values[name]
    if (value === undefined || choice.conclusion !== 'keep_one' || !Array.isArray(field)) return value !== undefined
    return field.some(one => canonical(one.value) === canonical(value))
  }
  const open = offer.fields.find(name => !stands(name))
  if (open !== undefined) return { code: 'value_missing', place: open }
  if (offer.steps.length > 0 && (choice.act === null || offer.steps.indexOf(choice.act) < 0)) {
    return { code: 'step_missing', place: 'act' }
  }
  const values = Object.fromEntries(offer.fields.map(name => [name, choice.values[name] ?? null]))
  const act = offer.steps.length > 0 ? choice.act : null
  const entry = entryOf(opened, ground, kind, { ...choice, values, act })
  if ('code' in entry) return entry
  const { finding, op } = opened
  const office = officeFor(desk, ground, kind, entry)
  if (office === undefined) return { code: 'decision_forbidden', place: null }
  const proposes = ground.shown !== null && (choice.proposes || needsSecond(kind, ground.shown, entry))
  const findings = { [finding.id]: finding.basis }
  const reissues: { reissues?: OpName } =
    choice.conclusion === 'reissue' && op != null ? { reissues: { device: op.device, seq: op.seq, hash: op.hash } } : {}
  return {
    form: { ...formOf(opened, ground), ...reissues },
    appointment: office.id,
    entry,
    desk: { decides: { conclusion: choice.conclusion, findings }, ...(proposes ? { proposes: true as const } : {}) },
  }
}

/** The office in which all of it may be done. */
function officeFor(desk: Desk, ground: Ground, kind: Kind, entry: Entry): Appointment | undefined {
  const step = entry.act == null ? undefined : own(kind.workflow.transitions, entry.act)
  const edits = [entry.set, entry.add, entry.remove].some(part => Object.keys(part ?? {}).length > 0)
  const all = offices(desk, ground)
  const fits = (one: Appointment) => {
    const writes = [...(kind.write.edit ?? []), ...(ground.shown === null ? (kind.write.create ?? []) : [])]
    return (step === undefined || step.roles.indexOf(one.role) >= 0) && (!edits || writes.indexOf(one.role) >= 0)
  }
  return all.find(fits)
}

/** The form: what the screen showed is what its author has seen. */
function formOf(opened: Opened, ground: Ground): Written['form'] {
  const { record, kind, unit, shown } = ground
  return { record, kind, unit, shown, seen: { ...shown?.clock }, generation: opened.generation }
}

/** The proposal that a finding is about. */
export function proposalOf(opened: Opened): Proposal | null {
  const { finding, records } = opened
  if (finding.rule !== 'awaits_confirmation') return null
  const all = records.flatMap(one => one.record.proposals ?? [])
  return all.find(({ dot }) => dot[0] === finding.device && dot[1] === finding.seq) ?? null
}

/** Carries out what another member proposed. */
export function confirmation(desk: Desk, opened: Opened, proposal: Proposal, reason: string): Written | Unfit {
  const sheet = opened.records.find(one => (one.record.proposals ?? []).indexOf(proposal) >= 0)
  const kind = sheet === undefined ? undefined : own(desk.catalogue.kinds, sheet.record.kind)
  if (sheet === undefined || kind === undefined) return { code: 'proposal_unknown', place: null }
  if (proposal.by === desk.member) return { code: 'proposal_same_person', place: null }
  if (proposal.hidden === true) return { code: 'proposal_hidden', place: null }
  if (reason.trim() === '') return { code: 'reason_required', place: 'reason' }
  const { record } = sheet
  const ground: Ground = { record: record.id, kind: record.kind, unit: record.unit, shown: record, others: [] }
  const { set = {}, add = {}, remove = {}, act = null } = proposal
  const entry: Entry = { set, add, remove, act, reason }
  const office = confirmers(desk, ground, kind, entry, proposal)[0]
  if (office === undefined) return { code: 'decision_forbidden', place: null }
  const [device, seq] = proposal.dot
  const ofDesk: OfDesk = {
    confirms: { device, seq, hash: proposal.hash },
    ...(proposal.decides == null ? {} : { decides: proposal.decides }),
    ...(proposal.approves == null ? {} : { approves: proposal.approves }),
  }
  return { form: formOf(opened, ground), appointment: office.id, entry, desk: ofDesk }
}

function confirmers(desk: Desk, ground: Ground, kind: Kind, entry: Entry, proposal: Proposal): Appointment[] {
  const step = entry.act == null ? undefined : own(kind.workflow.transitions, entry.act)
  const edits = [entry.set, entry.add, entry.remove].some(part => Object.keys(part ?? {}).length > 0)
  return desk.appointments.filter(
    one =>
      inForce(one, desk.nowMs) &&
      covers(desk.units, one.unit, ground.unit) &&
      (step === undefined || step.roles.indexOf(one.role) >= 0) &&
      (!edits || (kind.write.edit ?? []).indexOf(one.role) >= 0) &&
      (proposal.decides == null || mayDecide(kind, one.role)),
  )
}

/** Conclusions that say the same of any number of findings: they choose between no values. */
const FOR_MANY: Conclusion[] = ['keep_both', 'dismiss']

/** Whether the findings are like each other, so that one reason can hold for all: one rule, open, each on a record that is read. */
export function alike(lines: Line[]): boolean {
  const first = lines[0]
  if (first === undefined) return false
  return lines.every(
    one =>
      one.rule === first.rule && one.kind === first.kind && one.record != null && !one.hidden && one.closed_ms == null,
  )
}

/** The conclusions that can be drawn for many at once. */
export function forMany(): readonly Conclusion[] {
  return FOR_MANY
}

type Laid = Pick<Opened, 'finding' | 'records'>

/** Whether a case, asked for again, is no longer what the screen shows. */
export function hasMoved(shown: Laid, now: Laid): boolean {
  if (shown.finding.basis !== now.finding.basis || shown.finding.closed_ms !== now.finding.closed_ms) return true
  const heads = (one: Laid) => one.records.map(({ record }) => `${record.id} ${record.pos}`).join()
  return heads(shown) !== heads(now)
}
