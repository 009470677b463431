/** What a phone shows: the base record with its own operations laid over it (section 6). */

import type { Json } from './op'
import type { Dot, FieldView, ItemView, ValueView } from './record'

/** The part of an operation that the overlay needs; a transition's `state` stands in `set` already. */
export interface Own {
  seq: number
  seen?: Record<string, number> | undefined
  set?: Record<string, Json> | undefined
  add?: Record<string, Json[]> | undefined
  remove?: Record<string, Json[]> | undefined
  proposes?: boolean | undefined
}

/** Fields by name. */
export type Fields = Record<string, FieldView>

function covers(seen: Record<string, number>, dot: Dot): boolean {
  return (seen[dot[0]] ?? 0) >= dot[1]
}

/** The same value, whatever the order of its members. */
export function sameJson(a: Json, b: Json): boolean {
  return canonical(a) === canonical(b)
}

/** A text that is equal for equal values. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map(name => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`).join(',')}}`
}

/** The order of a set's elements: by their values. */
export function byValue(a: ItemView, b: ItemView): number {
  if (typeof a.value === 'number' && typeof b.value === 'number') return a.value - b.value
  const [left, right] = [canonical(a.value), canonical(b.value)]
  return left < right ? -1 : left > right ? 1 : 0
}

/** Writes a register: what was seen goes, the new value stands first. */
export function putValue(fields: Fields, name: string, value: Json, dot: Dot, seen: Record<string, number>): void {
  const before = fields[name]
  const kept: ValueView[] = Array.isArray(before) ? before.filter(old => !covers(seen, old.dot)) : []
  fields[name] = [{ value, dot }, ...kept]
}

/** Removes the dots of a set's element that were seen; an element without dots disappears, a set without elements too. */
export function removeItem(fields: Fields, name: string, value: Json, seen: Record<string, number>): void {
  const before = fields[name]
  if (before === undefined || Array.isArray(before)) return
  const items = before.items
    .map(item => (sameJson(item.value, value) ? { ...item, dots: item.dots.filter(dot => !covers(seen, dot)) } : item))
    .filter(item => item.dots.length > 0)
  if (items.length > 0) fields[name] = { items }
  else delete fields[name]
}

/** Adds a dot to a set's element. */
export function addItem(fields: Fields, name: string, value: Json, dot: Dot): void {
  const before = fields[name]
  const items = before === undefined || Array.isArray(before) ? [] : before.items.slice()
  const at = items.findIndex(item => sameJson(item.value, value))
  const found = items[at]
  if (found === undefined) items.push({ value, dots: [dot] })
  else items[at] = { ...found, dots: [...found.dots, dot] }
  fields[name] = { items: items.sort(byValue) }
}

/** Lays one operation of `device` over the fields, in place. A proposal shows nothing. */
export function layOver(fields: Fields, device: string, op: Own): void {
  if (op.proposes === true) return
  const dot: Dot = [device, op.seq]
  const seen = op.seen ?? {}
  for (const [name, value] of Object.entries(op.set ?? {})) putValue(fields, name, value, dot, seen)
  for (const [name, values] of Object.entries(op.remove ?? {})) {
    for (const value of values) removeItem(fields, name, value, seen)
  }
  for (const [name, values] of Object.entries(op.add ?? {})) {
    for (const value of values) addItem(fields, name, value, dot)
  }
}
