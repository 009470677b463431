/** Services, hours and what there is to do. */

import type { RecordLine, Standing } from './records'

/** A service that has begun and not ended. It survives restarts and reboots. */
export interface Running {
  record: string
  kind: string
  unit: string
  /** RFC 3339, as the phone's clock said. */
  startedAt: string
  /** ms since 1970 of the same. */
  startedMs: number
  /** For how long it has run, ms; by the clock that does not jump where there is one. */
  forMs(): number
  /** Over 12 hours: the check-out was forgotten, most likely. */
  long: boolean
}

/** Own hours. */
export interface Hours {
  /** Approved by the server's record, minutes, by ledger. */
  confirmed: Record<string, number>
  /** Claimed and not approved yet, minutes, by ledger. */
  pending: Record<string, number>
  sessions: HoursLine[]
  /** When the server's ledger was last asked, ms by this phone's clock; null: never, and `confirmed` is what records say. */
  asOfMs: number | null
}

/** One session in the own hours. */
export interface HoursLine {
  record: string
  kind: string
  ledger: string
  startedMs: number | null
  endedMs: number | null
  minutes: number | null
  confirmed: boolean
  standing: Standing
}

/** Something to do. */
export interface Task {
  /** `returned`: put it right; `draft`: begun and not submitted; `check_out`: never ended; `assigned`: named in it; `decide`: differing values of an own record. */
  kind: 'returned' | 'draft' | 'check_out' | 'assigned' | 'decide'
  line: RecordLine
}
