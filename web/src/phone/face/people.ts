/** Who uses the phone, and where and with whom he works. */

import type { components } from '../../api/types'

/** A language of the screens. */
export type Lang = 'zh-Hans' | 'zh-Hant' | 'en'

/** A member as the server names one. */
export interface Person {
  id: string
  number: string
  name: string
}

/** A role in a unit for a time; `id` is an operation's `as`. */
export interface Appointment {
  id: string
  role: string
  unit: string
  /** First moment, ms since 1970. */
  starts_ms: number
  /** First moment after it, ms; absent: open. */
  ends_ms?: number | null
}

/** A unit of the grid as a choice, and the caller's roles there: none for one that is only above. */
export type Unit = components['schemas']['UnitEntry']

/** A member as a choice; one entry for each unit in which he is appointed. */
export type MemberChoice = components['schemas']['MemberEntry']
