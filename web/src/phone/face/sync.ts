/** How syncing goes, and what happens to a phone. */

import type { Trouble } from './state'

/** How a sync ended. */
export type Outcome =
  | { kind: 'up_to_date' }
  /** Not now: it is tried again by itself after `afterMs`. */
  | { kind: 'wait'; code: string; afterMs: number; text: string }
  /** Somebody must sign in; everything recorded is kept. */
  | { kind: 'sign_in'; trouble: Trouble; text: string }
  /** The same again would be refused again: somebody must look at it. */
  | { kind: 'stopped'; code: string; text: string }

/** How far a sync is. */
export interface Progress {
  phase: 'connecting' | 'sending' | 'fetching' | 'photos'
  /** Saves or photos that have gone, of how many. */
  done: number
  total: number
  /** Bytes of the photo that is being sent. */
  photo?: { sha256: string; sent: number; bytes: number }
}

/** What happens to a phone. */
export type PhoneEvent =
  | { kind: 'records' }
  | { kind: 'progress'; progress: Progress }
  | { kind: 'outcome'; outcome: Outcome }
  /** A unit or everything has ended for this member; what was pulled of it is gone. */
  | { kind: 'ended'; units: string[] }
  /** The key was made, the phone is enrolled. */
  | { kind: 'enrolled' }
