/** The types of the catalogue's fields (section 3). */

import type { Field } from './catalogue'
import { isHash, isId, isUnit } from './id'
import { JsonNumber, type Strict } from './json'

const INSTANT =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$/
const DAY = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/
const DATUMS = ['wgs84', 'gcj02', 'bd09']
const SOURCES = ['gps', 'network', 'manual', 'exif', 'mock', 'unknown']

/** Days since 1970 of a date of the Gregorian calendar; null: there is no such day. */
function dayNumber(year: number, month: number, day: number): number | null {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return exists ? date.getTime() / 86_400_000 : null
}

/** The moment that RFC 3339 text with an offset names, ms since 1970, what is finer cut off; null for other text. */
export function instantMs(text: string): number | null {
  const found = INSTANT.exec(text)
  if (found === null) return null
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const days = dayNumber(year, month, day)
  // The sixtieth second of a minute may be a leap second.
  if (days === null || hour > 23 || minute > 59 || second > 60) return null
  const fraction = Number(`${(found[7] ?? '.').slice(1)}000`.slice(0, 3))
  const zone = found[8] ?? 'Z'
  let offset = 0
  if (zone !== 'Z' && zone !== 'z') {
    const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))]
    if (hours > 23 || minutes > 59) return null
    offset = (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes)
  }
  return ((days * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1000 + fraction
}

/** RFC 3339 with milliseconds in an offset given in minutes east of UTC. */
export function renderInstant(ms: number, offsetMinutes: number): string {
  const local = new Date(ms + offsetMinutes * 60_000).toISOString().replace(/Z$/, '')
  const two = (value: number) => String(value).padStart(2, '0')
  const size = Math.abs(offsetMinutes)
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

function isDay(text: string): boolean {
  const found = DAY.exec(text)
  if (found === null) return false
  return dayNumber(Number(found[1]), Number(found[2]), Number(found[3])) !== null
}

function within(value: Strict | undefined, least: number, most: number): boolean {
  return value instanceof JsonNumber && value.value >= least && value.value <= most
}

function isWhole(value: Strict, least: number, most: number): boolean {
  return value instanceof JsonNumber && value.isInteger && value.value >= least && value.value <= most
}

function isPoint(value: Strict): boolean {
  if (!(value instanceof Map)) return false
  const names = ['lng', 'lat', 'datum', 'source']
  if (!names.every(name => value.has(name))) return false
  if (value.size > names.length + (value.has('accuracy_m') ? 1 : 0)) return false
  const accuracy = value.get('accuracy_m')
  return (
    within(value.get('lng'), -180, 180) &&
    within(value.get('lat'), -90, 90) &&
    DATUMS.indexOf(value.get('datum') as string) >= 0 &&
    SOURCES.indexOf(value.get('source') as string) >= 0 &&
    (accuracy === undefined || accuracy === null || within(accuracy, 0, 1e7))
  )
}

/** How many code points a text has. */
export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/** Whether a value that is not null is of its field's type and within its bounds, under catalogue version `cat`. */
export function fits(field: Field, value: Strict, cat: number): boolean {
  const most = field.max ?? Number.MAX_SAFE_INTEGER
  switch (field.type) {
    case 'text':
      return typeof value === 'string' && codePoints(value) <= (field.max_chars ?? 0)
    case 'integer':
      return isWhole(value, field.min ?? -Number.MAX_SAFE_INTEGER, most)
    case 'minutes':
      return isWhole(value, Math.max(field.min ?? 0, 0), most)
    case 'date':
      return typeof value === 'string' && isDay(value)
    case 'instant':
      return typeof value === 'string' && instantMs(value) !== null
    case 'enum':
      return (field.values ?? []).some(choice => choice.code === value && choice.since <= cat)
    case 'bool':
      return typeof value === 'boolean'
    case 'point':
      return isPoint(value)
    case 'member':
    case 'record':
      return isId(value)
    case 'unit':
      return isUnit(value)
    case 'blob':
      return isHash(value)
    default:
      // A type that this app does not know: the server judges.
      return true
  }
}
