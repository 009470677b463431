/** What a member may do, as far as the phone can judge it. The server judges again. */

import type { Appointment, Unit } from '../phone'
import { type Catalogue, type Field, type Kind, own } from '../protocol/catalogue'
import type { RecordView } from '../protocol/record'
import { statesOf } from './view'

/** Whether an appointment's unit is the given one or above it, as far as the units are known. */
export function covers(units: Unit[], appointed: string, unit: string): boolean {
  const parents = new Map(units.map(one => [one.code, one.parent ?? null]))
  const seen = new Set<string>()
  for (let at: string | null = unit; at !== null && !seen.has(at); at = parents.get(at) ?? null) {
    if (at === appointed) return true
    seen.add(at)
  }
  return false
}

/** Whether an appointment is in force at a moment of the server's clock. */
export function inForce(appointment: Appointment, ms: number): boolean {
  const ends = appointment.ends_ms ?? null
  return appointment.starts_ms <= ms && (ends === null || ms < ends)
}

/** Whether `role` may write `field`, by creating or by editing. */
export function mayWriteField(kind: Kind, role: string, field: Field, creating: boolean): boolean {
  const roles = field.write ?? (creating ? kind.write.create : kind.write.edit) ?? []
  return roles.indexOf(role) >= 0
}

/** Whether `role` may take a step of the record's workflow, if that is open to it: also where it edits nothing. */
export function mayMove(kind: Kind, role: string, record: RecordView, member: string): boolean {
  return (kind.write.own ?? []).indexOf(role) < 0 || record.creator === member
}

/** Whether `role` may change the record's fields at all; null: a new one. */
export function mayWrite(kind: Kind, role: string, record: RecordView | null, member: string): boolean {
  if (record === null) return (kind.write.create ?? []).indexOf(role) >= 0
  return (kind.write.edit ?? []).indexOf(role) >= 0 && mayMove(kind, role, record, member)
}

/** A state that keeps `role` from changing fields; undefined: none does. */
export function lockingState(kind: Kind, role: string, states: string[]): string | undefined {
  return states.find(state => {
    const roles = own(kind.workflow.states, state)?.edit
    return roles !== undefined && roles.indexOf(role) < 0
  })
}

/** Fields that a member in `role` may write now, and the transitions open to him. */
export function openTo(
  catalogue: Catalogue,
  role: string,
  record: RecordView,
  member: string,
): { writable: string[]; transitions: string[] } {
  const kind = own(catalogue.kinds, record.kind)
  if (kind === undefined || !mayMove(kind, role, record, member)) return { writable: [], transitions: [] }
  const edits = mayWrite(kind, role, record, member)
  const states = statesOf(record)
  const isLocked = lockingState(kind, role, states) !== undefined
  const writable = Object.keys(kind.fields).filter(name => {
    const field = kind.fields[name]
    return field !== undefined && edits && !isLocked && mayWriteField(kind, role, field, false)
  })
  const transitions = Object.keys(kind.workflow.transitions).filter(name => {
    const step = kind.workflow.transitions[name]
    return step !== undefined && step.roles.indexOf(role) >= 0 && states.some(state => step.from.indexOf(state) >= 0)
  })
  return { writable, transitions }
}
