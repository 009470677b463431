/** What one sync works with, and what has happened in it. */

import type { Database } from '../store/db'
import type { AccountRow } from '../store/schema'
import { Api } from './api'
import type { Env } from './env'
import type { Transport } from './transport'

/** What a sync works with. */
export interface Context {
  db: Database
  env: Env
  transport: Transport
  /** Keys in software, even where the browser could keep them. */
  software: boolean
  /** Nothing is pulled: the desk asks for what it shows. Absent: what the member may read is. */
  pulls?: false
}

/** Requests on behalf of the account. */
export function api(context: Context, account: AccountRow): Api {
  return new Api(context.transport, account.accessToken)
}

/** How a sync ended, before it is put into words. */
export type Ended =
  | { kind: 'up_to_date' }
  | { kind: 'wait'; code: string; seconds: number | null }
  | { kind: 'sign_in'; trouble: 'sign_in' | 'feed_forked' | 'feed_lost' | 'device_taken' }
  | { kind: 'stopped'; code: string; detail: string }

/** What a request led to: null to go on, else the sync ends. */
export type Step = Ended | null

/**
 * How often a sync may be thrown back, by a gap, a restore, cursors that do not hold or a new device, before it ends for
 * now. One that a sound server throws back at all is thrown back once or twice.
 */
const MOST_SETBACKS = 3
/** The same for one photo. */
const MOST_PHOTO_SETBACKS = 2

/** The server answers and nothing comes of it: the same at once would come to the same. */
export function noProgress(): Ended {
  return { kind: 'wait', code: 'no_progress', seconds: null }
}

/** What has happened to photos in this sync. */
export class Uploads {
  readonly asked = new Set<string>()
  /** No new upload is begun: too many are open. */
  noneNew = false
  /** What is to be said at the end, when photos were left. */
  outcome: Ended | null = null
  private readonly left = new Set<string>()
  private readonly setbacks = new Map<string, number>()

  /** Whether the photo waits for the next sync. */
  isLeft(sha256: string): boolean {
    return this.left.has(sha256)
  }

  /** Leaves a photo for the next sync. */
  leave(sha256: string, why: Ended): void {
    this.left.add(sha256)
    this.say(why)
  }

  /** What must be looked at is said before what passes. */
  say(why: Ended): void {
    const before = this.outcome
    if (before?.kind === 'stopped') return
    if (before?.kind === 'wait' && why.kind === 'wait') {
      const seconds = Math.max(before.seconds ?? 0, why.seconds ?? 0)
      this.outcome = { ...before, seconds: seconds > 0 ? seconds : null }
    } else {
      this.outcome = why
    }
  }

  /** The photo was thrown back. */
  setBack(sha256: string, code: string): void {
    const setbacks = (this.setbacks.get(sha256) ?? 0) + 1
    this.setbacks.set(sha256, setbacks)
    if (setbacks > MOST_PHOTO_SETBACKS) this.leave(sha256, { kind: 'wait', code, seconds: null })
  }
}

/** What has happened in this sync. */
export class Round {
  exchanged = false
  refreshed = false
  /** The member's appointments have changed: the tokens are traded, for a new session says what they are now. */
  refreshWanted = false
  registered = false
  configWanted = false
  keyAsked = false
  catalogueAsked = false
  directoryAsked = false
  ledgerAsked = false
  logAsked = false
  /** Something was pushed or pulled. */
  moved = false
  /** Most operations of the next push, where an answer asked for fewer than the limit. */
  pushCap: number | null = null
  /** The next push goes with nothing beside it: a single operation and what went with it were too much. */
  pushAlone = false
  /** Up to which number of a device the server was asked what became of its operations. */
  readonly asked = new Map<string, number>()
  readonly earlierLeft = new Set<string>()
  readonly uploads = new Uploads()
  /** Units whose data was dropped. */
  readonly ended: string[] = []
  private setbacks = 0

  /** The server was restored: it is asked anew what became of everything. */
  doubt(): void {
    this.asked.clear()
    this.earlierLeft.clear()
    this.uploads.asked.clear()
  }

  /**
   * The sync was thrown back to an earlier point. Each time it may get on from there, so a server that throws it back for
   * ever is known only by how often it does.
   */
  setBack(): Step {
    this.setbacks++
    return this.setbacks > MOST_SETBACKS ? noProgress() : null
  }
}
