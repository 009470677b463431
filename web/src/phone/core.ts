/** What all of the phone stands on: its state, who listens, and errors in words. */

import type { Lang, Observable, Outcome, PhoneEvent, PhoneState } from '../phone'
import type { Reading } from '../store/db'
import type { Context } from '../sync/round'
import { inWords } from './errors'
import { Keeper } from './keeper'
import { Observed } from './observed'
import { EMPTY, readStatus, undelivered } from './status'
import { Syncer } from './syncing'
import { words } from './words'

/** The phone as far as nothing is read, written or sent. */
export abstract class Core {
  protected readonly observed: Observed<PhoneState>
  protected readonly listeners = new Set<(event: PhoneEvent) => void>()
  protected readonly syncer: Syncer
  protected readonly keeper: Keeper
  protected readonly channel: BroadcastChannel | null

  constructor(
    protected context: Context,
    protected readonly name: string,
    protected lang: Lang,
  ) {
    const beginning = { sending: false, lastOutcome: null, lang, persisted: false, freeBytes: null }
    this.observed = new Observed<PhoneState>({ ...EMPTY, ...beginning })
    this.syncer = new Syncer(
      () => this.context,
      () => this.context.db.read(undelivered),
      () => this.lang,
    )
    this.keeper = new Keeper(() => this.sync())
    this.channel =
      typeof BroadcastChannel === 'undefined' || typeof window === 'undefined' ? null : new BroadcastChannel(name)
    if (this.channel !== null) this.channel.onmessage = () => void this.heard()
  }

  /** Another tab has changed something. */
  protected async heard(): Promise<void> {
    await this.refresh()
    this.tell({ kind: 'records' })
  }

  protected tell(event: PhoneEvent): void {
    for (const listener of Array.from(this.listeners)) listener(event)
  }

  /** Something was changed here. */
  protected async moved(): Promise<void> {
    await this.refresh()
    this.tell({ kind: 'records' })
    this.channel?.postMessage('changed')
  }

  /** Does something whose errors are for screens. */
  protected async said<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw inWords(error, this.lang)
    }
  }

  /** Does something with all that this phone works with. */
  within<T>(work: (context: Context) => Promise<T>): Promise<T> {
    return this.said(() => work(this.context))
  }

  protected read<T>(work: (tx: Reading) => Promise<T>): Promise<T> {
    return this.said(() => this.context.db.read(work))
  }

  /** This phone's best knowledge of the server's clock, ms. */
  protected serverNow(): number {
    return this.context.env.now() + (this.observed.get().clockOffsetMs ?? 0)
  }

  /** Reads the state anew. */
  async refresh(): Promise<void> {
    const kept = await this.context.db.read(tx => readStatus(tx, this.lang, this.context.env.now()))
    const [persisted, freeBytes] = await storage()
    const { lastOutcome } = this.observed.get()
    this.observed.set({ ...kept, sending: this.syncer.isRunning, lastOutcome, lang: this.lang, persisted, freeBytes })
  }

  /** Syncs now; what keeps the phone synced calls it. */
  abstract sync(): Promise<Outcome>

  state(): Observable<PhoneState> {
    return this.observed
  }

  on(listener: (event: PhoneEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  words(code: string): string {
    return words(code, this.lang)
  }
}

/** Whether the browser keeps this data for good, and how much room there is. */
async function storage(): Promise<[boolean, number | null]> {
  const manager = typeof navigator === 'undefined' ? undefined : navigator.storage
  if (manager === undefined) return [false, null]
  const persisted = typeof manager.persisted === 'function' ? await manager.persisted() : false
  const estimate = typeof manager.estimate === 'function' ? await manager.estimate() : {}
  const { quota, usage } = estimate
  return [persisted, quota === undefined || usage === undefined ? null : Math.max(0, quota - usage)]
}
