/** Values in words. */

import type { Field, Json, Lang, PhoneState } from '../../phone'
import { labelIn } from '../context'
import { dayOf, metres, moment } from '../format'
import type { Words } from '../words'

/** A member's name; what is known of him. */
export function memberName(id: string | null | undefined, state: PhoneState, words: Words): string {
  if (id === state.member?.id) return state.member?.name ?? words.unknownName
  const found = state.members.find(one => one.id === id)
  return found === undefined ? words.unknownName : found.name
}

/** A unit's name, or its code. */
export function unitName(code: string, state: PhoneState): string {
  return state.units.find(one => one.code === code)?.name ?? code
}

/** `误差约 12 米，坐标系 WGS-84，来自手机系统`. */
export function pointText(point: { [name: string]: Json }, words: Words): string {
  const accuracy = typeof point.accuracy_m === 'number' ? metres(words, point.accuracy_m) : null
  const datum = words.datum[String(point.datum)] ?? String(point.datum)
  const source = words.pointSource[String(point.source)] ?? String(point.source)
  return words.pointLine(accuracy, datum, source)
}

/** A value of a field for people. */
export function valueText(value: Json, field: Field, state: PhoneState, lang: Lang, words: Words): string {
  if (value === null || value === '') return words.notFilled
  switch (field.type) {
    case 'enum': {
      const choice = field.values?.find(one => one.code === value)
      return labelIn(lang, choice?.label, String(value))
    }
    case 'bool':
      return value === true ? words.yes : words.no
    case 'instant': {
      const ms = Date.parse(String(value))
      return Number.isNaN(ms) ? String(value) : moment(words, ms, Date.now())
    }
    case 'date':
      return dayOf(words, String(value))
    case 'minutes':
      return `${String(value)} ${words.minutesUnit}`
    case 'member':
      return memberName(String(value), state, words)
    case 'unit':
      return unitName(String(value), state)
    case 'point':
      return typeof value === 'object' && !Array.isArray(value) ? pointText(value, words) : String(value)
    default:
      return String(value)
  }
}
