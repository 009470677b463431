/** The catalogue as `GET /v1/catalog` serves it: kinds, their fields, who may write them, and their workflow. */

/** A text in the languages that the server has; fall back to zh-Hans. */
export type Labels = { 'zh-Hans': string; 'zh-Hant'?: string; en: string }

/** The type of a field's values. */
export type FieldType =
  | 'text'
  | 'integer'
  | 'minutes'
  | 'date'
  | 'instant'
  | 'enum'
  | 'bool'
  | 'point'
  | 'member'
  | 'record'
  | 'unit'
  | 'blob'

/** One choice of an enum. */
export interface Choice {
  code: string
  since: number
  label: Labels
}

/** A field of a kind. */
export interface Field {
  type: FieldType
  policy: 'latest' | 'review' | 'set'
  required: boolean
  hours?: boolean
  since: number
  sensitivity: string
  label: Labels
  purpose?: { keep_years: number; why: Labels }
  max_chars?: number
  min?: number
  max?: number
  max_items?: number
  target?: string
  values?: Choice[]
  read?: string[]
  write?: string[]
}

/** A step of the workflow. */
export interface Transition {
  label: Labels
  from: string[]
  to: string
  creates?: boolean
  roles: string[]
  reason?: boolean
  needs?: string[]
  approves?: boolean
  second?: boolean
  /** The conclusion of the desk that this step carries out. */
  concludes?: string
}

/** A state of the workflow. */
export interface State {
  label: Labels
  edit?: string[]
  second?: boolean
}

/** A record kind. */
export interface Kind {
  since: number
  name: Labels
  about: Labels
  ledger?: string | null
  attests?: { link: string; from: string; until: string; observers: number; tolerance_minutes: number } | null
  read: { unit?: string[]; own?: string[]; assigned?: string[]; via?: string[] }
  write: { create?: string[]; edit?: string[]; own?: string[] }
  fields: Record<string, Field>
  form: string[]
  workflow: { initial: string; states: Record<string, State>; transitions: Record<string, Transition> }
}

/** Everything that can be recorded. */
export interface Catalogue {
  version: number
  kinds: Record<string, Kind>
}

/** The field that the workflow alone writes. */
export const STATE_FIELD = 'state'

/** The kind as of catalogue version `cat`, if there is one. */
export function kindAt(catalogue: Catalogue, name: string, cat: number): Kind | undefined {
  const kind = own(catalogue.kinds, name)
  return kind !== undefined && kind.since <= cat ? kind : undefined
}

/** The field as of catalogue version `cat`, if there is one. */
export function fieldAt(kind: Kind, name: string, cat: number): Field | undefined {
  const field = own(kind.fields, name)
  return field !== undefined && field.since <= cat ? field : undefined
}

/** A member of an object that is its own: names from outside must not reach what every object has. */
export function own<T>(map: Record<string, T> | undefined, name: string): T | undefined {
  return map !== undefined && Object.prototype.hasOwnProperty.call(map, name) ? map[name] : undefined
}
