/** A sync as screens see it: one at a time over all tabs, told in words, with the wait that follows a failure. */

import type { Lang, Outcome, Progress } from '../phone'
import { leased } from '../store/lease'
import { type Action, syncOnce } from '../sync/loop'
import { type Context, type Ended, Round } from '../sync/round'
import { words } from './words'

/** The first wait is at most this, and grows with every failure in a row, ms. */
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 300_000
const LOCK = 'wuyuan-sync'

/** What a sync came to. */
export interface Synced {
  outcome: Outcome
  /** Units whose data was dropped. */
  ended: string[]
}

function phaseOf(action: Action): Progress['phase'] {
  switch (action.kind) {
    case 'exchange':
    case 'push_earlier':
    case 'ask_earlier':
      return 'sending'
    case 'catalogue':
    case 'directory':
    case 'log':
    case 'ledger':
      return 'fetching'
    case 'ask_photos':
    case 'upload':
    case 'end_upload':
      return 'photos'
    default:
      return 'connecting'
  }
}

/** Runs syncs for one phone. */
export class Syncer {
  private failures = 0
  private running: Promise<Synced> | null = null
  private readonly tab = String(Math.random())
  private readonly watchers = new Set<(progress: Progress) => void>()

  /**
   * @param counts how many saves and photos only this phone has
   * @param lang the language of outcomes
   */
  constructor(
    private readonly context: () => Context,
    private readonly counts: () => Promise<{ saves: number; photos: number }>,
    private readonly lang: () => Lang,
  ) {}

  /** Whether one is under way. */
  get isRunning(): boolean {
    return this.running !== null
  }

  /** Syncs, or joins the sync that is under way. */
  async run(onProgress?: (progress: Progress) => void): Promise<Synced> {
    if (onProgress !== undefined) this.watchers.add(onProgress)
    if (this.running === null) {
      this.running = this.locked().finally(() => {
        this.running = null
      })
    }
    try {
      return await this.running
    } finally {
      if (onProgress !== undefined) this.watchers.delete(onProgress)
    }
  }

  private async locked(): Promise<Synced> {
    // Two tabs must not trade the same refresh token: the server would take it for a stolen one.
    const locks = typeof navigator === 'undefined' ? undefined : navigator.locks
    const once = () => this.once()
    return locks === undefined ? leased(this.context().db, this.tab, once) : locks.request(LOCK, once)
  }

  private tell(progress: Progress): void {
    for (const watcher of this.watchers) watcher(progress)
  }

  private async once(): Promise<Synced> {
    const before = await this.counts()
    let done = 0
    let phase: Progress['phase'] = 'connecting'
    const total = () => (phase === 'photos' ? before.photos : before.saves)
    const round = new Round()
    const pending: Promise<void>[] = []
    const ended = await syncOnce(
      this.context(),
      {
        action: action => {
          phase = phaseOf(action)
          const now = this.counts().then(left => {
            done = phase === 'photos' ? before.photos - left.photos : before.saves - left.saves
            this.tell({ phase, done: Math.max(0, done), total: total() })
          })
          pending.push(now)
        },
        photo: (sha256, sent, bytes) => {
          this.tell({ phase: 'photos', done: Math.max(0, done), total: total(), photo: { sha256, sent, bytes } })
        },
      },
      round,
    )
    await Promise.all(pending)
    return { outcome: this.outcome(ended), ended: round.ended }
  }

  private outcome(ended: Ended): Outcome {
    const text = (code: string) => words(code, this.lang())
    if (ended.kind === 'wait') {
      // Full jitter, so that phones that failed together do not come back together.
      const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.failures, 20))
      this.failures++
      const share = new DataView(this.context().env.random(4).buffer).getUint32(0) / 0xffffffff
      const afterMs = Math.round((ended.seconds ?? 0) * 1000 + ceiling * share)
      return { kind: 'wait', code: ended.code, afterMs, text: text(ended.code) }
    }
    if (ended.kind === 'sign_in') return { kind: 'sign_in', trouble: ended.trouble, text: text(ended.trouble) }
    if (ended.kind === 'stopped') {
      const said = text(ended.code)
      return { kind: 'stopped', code: ended.code, text: said === ended.code ? ended.detail || said : said }
    }
    this.failures = 0
    return { kind: 'up_to_date' }
  }
}
