/** What a form shows and what was filled in, as pure functions: an entry is never changed, a new one is made. */

import type { Attached, Catalogue, Entry, Field, FieldView, Form, Json, Kind, RecordView } from '../../phone'

/** A field of a kind by its name. */
export interface Named {
  name: string
  field: Field
}

/** The values of a register as shown; none for a set. */
export function registerOf(view: FieldView | undefined): Json[] {
  return Array.isArray(view) ? view.map(one => one.value) : []
}

/** The elements of a set as shown; none for a register. */
export function elementsOf(view: FieldView | undefined): Json[] {
  return view === undefined || Array.isArray(view) ? [] : view.items.map(one => one.value)
}

function same(a: Json, b: Json): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

/** The value of a register with what was filled in; null where it is empty or its values differ. */
export function valueIn(form: Form, entry: Entry, name: string): Json {
  const filled = entry.set?.[name]
  if (filled !== undefined) return filled
  const shown = registerOf(form.shown?.fields[name])
  return shown.length === 1 ? (shown[0] ?? null) : null
}

/** The elements of a set with what was filled in. */
export function itemsOf(form: Form, entry: Entry, name: string): Json[] {
  const gone = entry.remove?.[name] ?? []
  const shown = elementsOf(form.shown?.fields[name]).filter(one => !gone.some(g => same(g, one)))
  const more = (entry.add?.[name] ?? []).filter(one => !shown.some(s => same(s, one)))
  return shown.concat(more)
}

/** The entry with a register filled in. */
export function withValue(entry: Entry, name: string, value: Json): Entry {
  return { ...entry, set: { ...entry.set, [name]: value } }
}

function listed(lists: Record<string, Json[]> | undefined, name: string, list: Json[]): Record<string, Json[]> {
  const made = { ...lists }
  if (list.length > 0) made[name] = list
  else delete made[name]
  return made
}

/** The entry with an element of a set put in or taken out. */
export function withItem(form: Form, entry: Entry, name: string, item: Json, inside: boolean): Entry {
  const shown = elementsOf(form.shown?.fields[name]).some(one => same(one, item))
  const add = (entry.add?.[name] ?? []).filter(one => !same(one, item))
  const remove = (entry.remove?.[name] ?? []).filter(one => !same(one, item))
  if (inside && !shown) add.push(item)
  if (!inside && shown) remove.push(item)
  return { ...entry, add: listed(entry.add, name, add), remove: listed(entry.remove, name, remove) }
}

/** Nothing was filled in. */
export function untouched(entry: Entry): boolean {
  return [entry.set, entry.add, entry.remove].every(one => one === undefined || Object.keys(one).length === 0)
}

/** The field has a value, photos that are attached to the form included. */
export function filled(form: Form, entry: Entry, attached: readonly Attached[], { name, field }: Named): boolean {
  if (attached.some(one => one.field === name)) return true
  if (field.policy === 'set') return itemsOf(form, entry, name).length > 0
  const value = valueIn(form, entry, name)
  if (value !== null && value !== '') return true
  return registerOf(form.shown?.fields[name]).length > 1 && entry.set?.[name] === undefined
}

/** What has to be filled in before the form can be saved with `act`: fields without a value, in the form's order. */
export function missing(
  kind: Kind,
  form: Form,
  entry: Entry,
  attached: readonly Attached[],
  act: string | null,
): string[] {
  const needs = act === null ? [] : (kind.workflow.transitions[act]?.needs ?? [])
  return kind.form.filter(name => {
    const field = kind.fields[name]
    if (field === undefined) return false
    const wanted = (form.shown === null && field.required) || needs.indexOf(name) >= 0
    return wanted && !filled(form, entry, attached, { name, field })
  })
}

/** The transitions that a new record may begin with, for a role. */
export function beginnings(kind: Kind, role: string): string[] {
  const all = Object.entries(kind.workflow.transitions)
  return all.filter(([, one]) => one.creates === true && one.roles.indexOf(role) >= 0).map(([name]) => name)
}

/** The fields that a role may fill in on a new record: the creator may write what is his to make. */
export function writableAnew(kind: Kind, role: string): string[] {
  return kind.form.filter(name => {
    const write = kind.fields[name]?.write
    return write === undefined || write.indexOf(role) >= 0
  })
}

/** Splits fields into those that matter first and the rest: required ones, what submitting needs, pictures, voice, a place. */
export function arranged(kind: Kind, names: readonly string[], first: readonly string[]): [Named[], Named[]] {
  const needs = new Set(Object.values(kind.workflow.transitions).flatMap(one => (one.creates ? (one.needs ?? []) : [])))
  const known = kind.form.concat(first.filter(name => kind.form.indexOf(name) < 0))
  const all = known.filter(name => names.indexOf(name) >= 0 && kind.fields[name] !== undefined)
  const ahead = first.filter(name => all.indexOf(name) >= 0)
  const after = all.filter(name => first.indexOf(name) < 0)
  const matters = (name: string) => {
    const field = kind.fields[name] as Field
    return (
      field.required || needs.has(name) || (field.type === 'blob' && field.policy === 'set') || field.type === 'point'
    )
  }
  const named = (name: string): Named => ({ name, field: kind.fields[name] as Field })
  return [ahead.concat(after.filter(matters)).map(named), after.filter(name => !matters(name)).map(named)]
}

/** What a record is called in a list: its title, else the first choice that it makes. */
export function titleOf(
  catalogue: Catalogue | null,
  kindName: string,
  fields: RecordView['fields'],
  label: (of: Kind | Field | { label: Field['label'] }) => string,
): string {
  const kind = catalogue?.kinds[kindName]
  if (kind === undefined) return kindName
  for (const name of ['title', 'activity_name', 'alias', 'subject_alias']) {
    const value = registerOf(fields[name])[0]
    if (typeof value === 'string' && value !== '') return value
  }
  for (const name of kind.form) {
    const field = kind.fields[name]
    if (field?.type !== 'enum' || field.policy === 'set' || !field.required || name === 'channel') continue
    const code = registerOf(fields[name])[0]
    const choice = field.values?.find(one => one.code === code)
    if (choice !== undefined) return `${label(kind)} · ${label(choice)}`
  }
  return label(kind)
}
