/** Merging, for those who want to know (section 10): the phone needs none of it but `contested`. */

import type { FieldType } from './catalogue'
import type { Json } from './op'
import { addItem, canonical, type Fields, type Own, putValue, removeItem } from './overlay'
import type { Dot } from './record'
import { instantMs } from './value'

/** One operation of a unit's log. */
export interface Logged extends Own {
  device: string
  /** Fields that its author may not read: what they hold survives. */
  blind?: string[]
}

/** Takes one operation of the unit's log, in the log's order. */
export function mergeOp(fields: Fields, clock: Record<string, number>, op: Logged): void {
  if ((clock[op.device] ?? 0) >= op.seq) return
  const dot: Dot = [op.device, op.seq]
  const seen = (name: string) => (op.blind?.includes(name) ? {} : (op.seen ?? {}))
  for (const [name, value] of Object.entries(op.set ?? {})) putValue(fields, name, value, dot, seen(name))
  for (const [name, values] of Object.entries(op.remove ?? {})) {
    for (const value of values) removeItem(fields, name, value, seen(name))
  }
  for (const [name, values] of Object.entries(op.add ?? {})) {
    for (const value of values) addItem(fields, name, value, dot)
  }
  clock[op.device] = op.seq
}

/** A text that is equal for values that are equal as values of their type: an instant counts as its moment. */
export function typed(type: FieldType | undefined, value: Json): string {
  const ms = type === 'instant' && typeof value === 'string' ? instantMs(value) : null
  return ms === null ? canonical(value) : `instant ${ms}`
}

/** The registers whose values differ as values of their type, in order of their names. */
export function contested(fields: Fields, type: (name: string) => FieldType | undefined): string[] {
  const names = Object.keys(fields).filter(name => {
    const field = fields[name]
    if (!Array.isArray(field)) return false
    return new Set(field.map(entry => typed(type(name), entry.value))).size > 1
  })
  return names.sort()
}
