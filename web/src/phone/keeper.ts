/** Syncing by itself: at once, after saves, when the network comes back, and after every wait. */

import type { Outcome } from '../phone'

/** How long after a save a sync begins, so that several saves go together, ms. */
const SOON_MS = 1500
/** How often the server is asked for news while somebody looks, ms. */
const NEWS_MS = 5 * 60_000

/** Keeps a phone synced while the page is open. Only timers; what must not be lost lies in the database. */
export class Keeper {
  private timer: ReturnType<typeof setTimeout> | undefined
  private on = false

  constructor(private readonly sync: () => Promise<Outcome>) {}

  /** Starts or stops. */
  set(on: boolean): void {
    if (on === this.on) return
    this.on = on
    if (typeof window !== 'undefined') {
      const change = on ? window.addEventListener : window.removeEventListener
      change.call(window, 'online', this.wake)
      document[on ? 'addEventListener' : 'removeEventListener']('visibilitychange', this.wake)
    }
    if (on) this.after(0)
    else clearTimeout(this.timer)
  }

  /** Something was saved. */
  soon(): void {
    if (this.on) this.after(SOON_MS)
  }

  /**
   * The network is said to be back, or somebody looks again. The first request after it fails often; what follows is the
   * wait of any other failure.
   */
  private readonly wake = (): void => {
    if (document.visibilityState !== 'hidden') this.after(SOON_MS)
  }

  private after(ms: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.run(), ms)
  }

  private async run(): Promise<void> {
    const outcome = await this.sync().catch(() => null)
    if (!this.on) return
    if (outcome?.kind === 'wait') this.after(outcome.afterMs)
    // Whoever must act signs in or calls for a sync himself.
    else if (outcome?.kind !== 'sign_in') this.after(NEWS_MS)
  }
}
