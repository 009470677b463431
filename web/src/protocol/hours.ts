/** What an approval of hours is bound to: a digest of every value that counts towards them (section 3). */

import { utf8 } from './bytes'
import { type Catalogue, own } from './catalogue'
import { hashOf } from './feed'
import { typed } from './merge'
import type { Json } from './op'
import { canonical, type Fields } from './overlay'
import { instantMs } from './value'

/** The fields of a kind that count towards hours, in the order of their names. */
export function countingFields(catalogue: Catalogue, kind: string): string[] {
  const fields = own(catalogue.kinds, kind)?.fields ?? {}
  return Object.keys(fields)
    .filter(name => fields[name]?.hours === true)
    .sort()
}

/** The digest of values by field, `null` and absent alike. */
export function hoursDigest(catalogue: Catalogue, kind: string, values: Record<string, Json | undefined>): string {
  let text = `wuyuan-hours-v1\n${kind}\n`
  for (const name of countingFields(catalogue, kind)) {
    const value = values[name]
    if (value === undefined || value === null) continue
    const type = own(catalogue.kinds, kind)?.fields[name]?.type
    const ms = type === 'instant' && typeof value === 'string' ? instantMs(value) : null
    text += `${name}=${ms === null ? canonical(value) : ms}\n`
  }
  return hashOf(utf8(text))
}

/** The values that a form shows and changes, by counting field; or the field in which values differ. */
export function approvedValues(
  catalogue: Catalogue,
  kind: string,
  shown: Fields,
  set: Record<string, Json>,
): { values: Record<string, Json> } | { contested: string } {
  const values: Record<string, Json> = {}
  for (const name of countingFields(catalogue, kind)) {
    const type = own(catalogue.kinds, kind)?.fields[name]?.type
    const entered = own(set, name)
    const field = shown[name]
    const all = entered !== undefined ? [entered] : Array.isArray(field) ? field.map(entry => entry.value) : []
    if (new Set(all.map(value => typed(type, value))).size > 1) return { contested: name }
    const value = all[0]
    if (value !== undefined) values[name] = value
  }
  return { values }
}
