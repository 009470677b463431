/** The phone put together: who uses it, and what is sent. */

import { type Lang, type Outcome, type Phone, PhoneError, type Progress } from '../phone'
import { Database } from '../store/db'
import { account, putMeta } from '../store/meta'
import { Problem } from '../sync/problem'
import { api } from '../sync/round'
import { type Credentials, signIn } from '../sync/session'
import { inWords, phoneError } from './errors'
import { undelivered } from './status'
import { loadWords } from './words'
import { Writer } from './writer'

/** Letters and digits that a password of an export has at least. */
const PASSWORD_CHARS = 8

/** The only phone there is. */
export class ThePhone extends Writer implements Phone {
  async setLang(lang: Lang): Promise<void> {
    // Where its words cannot be had, the screens go on in the present language, and so do these.
    await loadWords(lang).catch(() => undefined)
    this.lang = lang
    await this.said(() => this.context.db.change(tx => putMeta(tx, 'lang', lang)))
    await this.refresh()
  }

  activate(given: { number: string; code: string; password: string; label: string }): Promise<void> {
    const { label, ...rest } = given
    return this.enter({ kind: 'activation', ...rest }, label)
  }

  signIn(given: { number: string; password: string; label: string; totp?: string }): Promise<void> {
    const { label, ...rest } = given
    return this.enter({ kind: 'password', ...rest }, label)
  }

  protected async enter(credentials: Credentials, label: string): Promise<void> {
    const wasEmpty = this.observed.get().stage === 'empty'
    await this.said(() => signIn(this.context, credentials, label))
    await this.moved()
    // What is needed to record comes with the first sync; a failure of it is an outcome, and is tried again.
    await this.sync()
    if (wasEmpty) this.tell({ kind: 'enrolled' })
  }

  async signOut(given: { loseUndelivered?: boolean } = {}): Promise<void> {
    const lose = given.loseUndelivered === true
    if (this.observed.get().stage === 'empty') return
    await this.sync()
    const left = await this.context.db.read(undelivered)
    if (left.saves + left.photos > 0 && !lose) throw phoneError(this.lang, 'undelivered', null, { ...left })
    const who = await this.context.db.read(account)
    if (who.accessToken !== null) {
      try {
        await api(this.context, who).signOut()
      } catch (error) {
        // Tokens that the server has dropped already need no dropping; without a network they run out by themselves.
        if (!lose && !(error instanceof Problem && error.status === 401)) throw inWords(error, this.lang)
      }
    }
    await this.said(async () => {
      await this.context.db.remove()
      this.context = { ...this.context, db: await Database.open(this.name) }
      await this.context.db.change(tx => putMeta(tx, 'lang', this.lang))
    })
    this.observed.set({ ...this.observed.get(), lastOutcome: null })
    await this.moved()
  }

  async sync(given: { onProgress?: (progress: Progress) => void } = {}): Promise<Outcome> {
    if (this.observed.get().stage === 'empty') {
      return { kind: 'sign_in', trouble: 'sign_in', text: this.words('sign_in') }
    }
    const run = this.syncer.run(progress => {
      given.onProgress?.(progress)
      this.tell({ kind: 'progress', progress })
    })
    this.observed.set({ ...this.observed.get(), sending: true })
    try {
      const { outcome, ended } = await this.said(() => run)
      this.observed.set({ ...this.observed.get(), lastOutcome: outcome })
      if (ended.length > 0) this.tell({ kind: 'ended', units: ended })
      this.tell({ kind: 'outcome', outcome })
      return outcome
    } catch (error) {
      // What keeps syncing by itself has nobody to tell: the screens do.
      const { code, text } = error instanceof PhoneError ? error : phoneError(this.lang, 'sync_broken')
      this.observed.set({ ...this.observed.get(), lastOutcome: { kind: 'stopped', code, text } })
      throw error
    } finally {
      await this.moved()
    }
  }

  keepSyncing(on: boolean): void {
    this.keeper.set(on)
  }

  async export(password: string): Promise<Blob> {
    if (Array.from(password).length < PASSWORD_CHARS) throw phoneError(this.lang, 'password_short')
    return this.said(async () => {
      const { makeExport } = await import('./export')
      return makeExport(this.context, password)
    })
  }

  async askPersistence(): Promise<boolean> {
    const persisted = (await navigator.storage?.persist?.()) ?? false
    await this.refresh()
    return persisted
  }

  close(): void {
    this.keeper.set(false)
    this.channel?.close()
    this.context.db.close()
  }
}
