/** Why a point is missing: it stands in a field beside the point, named after it, since catalogue 3. */

import type { Entry, Field, Form, Kind } from '../../phone'
import type { NoPoint, Point } from '../device/location'
import { valueIn, withValue } from './model'

const ENDING = '_absent'

/** What a form can say of a missing point: what the phone said, or that nobody asked it. */
export type Reason = NoPoint | 'not_asked'

/** The field that says why the point `name` is missing; null where the catalogue has none. */
export function reasonOf(kind: Kind | undefined, name: string): { name: string; field: Field } | null {
  const field = kind?.fields[name + ENDING]
  return kind?.fields[name]?.type === 'point' && field !== undefined ? { name: name + ENDING, field } : null
}

/** Whether a field says why a point is missing: it is shown with the point, never by itself. */
export function isReason(kind: Kind | undefined, name: string): boolean {
  return name.endsWith(ENDING) && reasonOf(kind, name.slice(0, -ENDING.length)) !== null
}

/** The entry with what is now known of a point: the point itself, or why there is none. A reason takes no point away. */
export function withPoint(kind: Kind, form: Form, entry: Entry, name: string, found: Point | Reason): Entry {
  const beside = reasonOf(kind, name)?.name
  if (typeof found === 'string') {
    return beside === undefined || valueIn(form, entry, name) !== null ? entry : withValue(entry, beside, found)
  }
  const placed = withValue(entry, name, found)
  return beside === undefined ? placed : withValue(placed, beside, null)
}

/** The entry in which each of the points that nobody asked for says so. */
export function withNotAsked(kind: Kind, form: Form, entry: Entry, names: readonly string[]): Entry {
  const silent = names.filter(name => {
    const beside = reasonOf(kind, name)?.name
    return beside !== undefined && valueIn(form, entry, name) === null && valueIn(form, entry, beside) === null
  })
  return silent.reduce((said, name) => withPoint(kind, form, said, name, 'not_asked'), entry)
}
