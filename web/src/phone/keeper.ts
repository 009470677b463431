/** Syncing by itself: at once, after saves, when the network comes back, and after every wait. */

import { type Outcome, PhoneError } from '../phone'

/** How long after a save a sync begins, so that several saves go together, ms. */
const SOON_MS = 1500
/** How often the server is asked for news while somebody looks, ms. */
const NEWS_MS = 5 * 60_000

/** Waits that may end with the network's return; all others are the server's word. */
const NETWORK = ['unreachable', 'timeout', 'answer_foreign']

/** Keeps a phone synced while the page is open. Only timers; what must not be lost lies in the database. */
export class Keeper {
  private timer: ReturnType<typeof setTimeout> | undefined
  private on = false
  /** When the last wait ends, ms; and whether it is the network's, which may be back before. */
  private notBefore = 0
  private isNetwork = false

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
    if (this.on) this.after(Math.max(SOON_MS, this.notBefore - Date.now()))
  }

  /**
   * The network is said to be back, or somebody looks again. The first request after it fails often; what follows is the
   * wait of any other failure.
   */
  private readonly wake = (): void => {
    if (document.visibilityState === 'hidden') return
    if (this.isNetwork) this.after(SOON_MS)
    else this.soon()
  }

  private after(ms: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.run(), ms)
  }

  private async run(): Promise<void> {
    const outcome = await this.sync().catch(error => {
      // The phone's state says that it failed; what nobody foresaw is for whoever mends it, too.
      if (!(error instanceof PhoneError)) console.error(error)
      return null
    })
    const waits = outcome?.kind === 'wait' ? outcome : null
    this.notBefore = waits === null ? 0 : Date.now() + waits.afterMs
    this.isNetwork = waits !== null && NETWORK.indexOf(waits.code) >= 0
    if (!this.on) return
    if (outcome?.kind === 'wait') this.after(outcome.afterMs)
    // Whoever must act signs in or calls for a sync himself.
    else if (outcome?.kind !== 'sign_in') this.after(NEWS_MS)
  }
}
