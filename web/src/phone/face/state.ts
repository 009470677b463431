/** How the phone stands. */

import type { Catalogue } from '../../protocol/catalogue'
import type { Distrust } from '../../protocol/log'
import type { Appointment, Lang, MemberChoice, Person, Unit } from './people'
import type { Outcome } from './sync'

/** A value that changes, and tells who listens. */
export interface Observable<T> {
  get(): T
  /** Calls `listener` after every change until the returned function is called. */
  subscribe(listener: (value: T) => void): () => void
}

/** How far this installation is. */
export type Stage =
  /** Nobody has signed in here. */
  | 'empty'
  /** Signed in: everything works. */
  | 'ready'
  /** The sign-in has run out: recording works, syncing waits for a password. */
  | 'sign_in'
  /** All appointments have ended: only delivering is possible. */
  | 'push_only'

/** What keeps the phone from syncing until somebody acts. */
export type Trouble =
  /** The sign-in has run out. */
  | 'sign_in'
  /** This phone was restored or copied: a fresh sign-in is needed, then it goes on by itself. */
  | 'feed_forked'
  /** The server asks for operations whose text is gone; the next sync goes on by itself. */
  | 'feed_lost'
  /** Another member's device bears this one's id; the next sync goes on by itself. */
  | 'device_taken'

/** Something that a person must look at. */
export interface Attention {
  /** A stable code: a verdict's, a photo's, one of the log that is not believed, or one of `unsent_days`, `unit_diverged`, `overlap`, `no_check_out`, `lost`. */
  code: string
  /** What it is about. */
  record?: string
  kind?: string
  unit?: string
  photo?: string
  /** What was wrong and what to do, in one plain sentence, in the present language. */
  text: string
}

/** The server's transparency log, as this phone has watched it. */
export interface LogState {
  /** The log that was last believed, how many entries it had, and when it was last looked at, ms by this phone's clock. */
  origin: string
  size: number
  checkedMs: number
  /** What was not believed, since when, and what the server had said; it stays. */
  warning: { code: Distrust; sinceMs: number; evidence: string } | null
  /** Restores that the server named, the oldest first: how many sealed entries each lost, and when it was heard of. */
  restores: { origin: string; before: string; lost: number; atMs: number }[]
}

/** How everything stands. */
export interface PhoneState {
  stage: Stage
  signedIn: boolean
  member: Person | null
  appointments: Appointment[]
  units: Unit[]
  members: MemberChoice[]
  catalogue: Catalogue | null
  /** Saves that are in no push yet. */
  waiting: number
  /** Saves that were sent and have no verdict yet, and those that the server holds until something else arrives. */
  sent: number
  held: number
  /** A sync is under way. */
  sending: boolean
  /** Photos whose bytes have not arrived, of all that are kept here. */
  photosWaiting: number
  photosTotal: number
  /** For how long the oldest unsent save or photo has waited, ms; null: nothing waits. */
  oldestWaitingMs: number | null
  /** When the server last answered, ms since 1970 by this phone's clock. */
  lastSync: number | null
  /** How the last sync ended; null before the first. */
  lastOutcome: Outcome | null
  attention: Attention[]
  lang: Lang
  /** The browser has promised not to throw this data away. */
  persisted: boolean
  /** Free space that the browser grants, bytes; null: it does not say. */
  freeBytes: number | null
  /** By how much the server's clock is ahead of this phone's, ms; null before the first sync. */
  clockOffsetMs: number | null
  trouble: Trouble | null
  /** null: none has been seen yet. */
  log: LogState | null
  /** The device that writes now, and where its key lies. */
  device: { id: string; label: string; keyStorage: 'non_extractable' | 'software' } | null
}
