/** The phone put together. */

import type {
  Apart,
  Attached,
  Draft,
  Entry,
  Form,
  HistoryLine,
  Hours,
  HoursLine,
  IfMoved,
  Lang,
  Observable,
  Outcome,
  Phone,
  PhoneEvent,
  PhoneState,
  Photo,
  Progress,
  RecordFilter,
  RecordPage,
  RecordShown,
  Running,
  Saved,
  Taking,
  Task,
} from '../phone'
import { PhoneError } from '../phone'
import { Database, type Reading } from '../store/db'
import { account, getMeta, putMeta } from '../store/meta'
import { tidyPhotos } from '../store/photos'
import type { DraftRow } from '../store/schema'
import { Problem } from '../sync/problem'
import { api, type Context } from '../sync/round'
import { type Credentials, signIn } from '../sync/session'
import { inWords, phoneError } from './errors'
import { newForm, openForm, reopenRefused, type Saving, save, tryOut } from './forms'
import { Keeper } from './keeper'
import { Observed } from './observed'
import { photosOf, takeIn } from './originals'
import { page, shown } from './records'
import { covers, inForce } from './rights'
import { begun, ending, running } from './running'
import { hours, overlapping, ownSessions, tasks, WARNED_MS } from './sessions'
import { EMPTY, readStatus, undelivered } from './status'
import { Syncer } from './syncing'
import { thumbnail } from './thumbnails'
import { loadWords, words } from './words'

/** Letters and digits that a password of an export has at least. */
const PASSWORD_CHARS = 8

function draftOf(row: DraftRow): Draft {
  const { form, appointment, entry, attached, keptMs } = row
  return { form, appointment, entry, attached, keptMs }
}

/** The only phone there is. */
export class ThePhone implements Phone {
  private readonly observed: Observed<PhoneState>
  private readonly listeners = new Set<(event: PhoneEvent) => void>()
  private readonly syncer: Syncer
  private readonly keeper: Keeper
  private readonly channel: BroadcastChannel | null

  constructor(
    private context: Context,
    private readonly name: string,
    private lang: Lang,
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
  private async heard(): Promise<void> {
    await this.refresh()
    this.tell({ kind: 'records' })
  }

  private tell(event: PhoneEvent): void {
    for (const listener of Array.from(this.listeners)) listener(event)
  }

  /** Something was changed here. */
  private async moved(): Promise<void> {
    await this.refresh()
    this.tell({ kind: 'records' })
    this.channel?.postMessage('changed')
  }

  /** Does something whose errors are for screens. */
  private async said<T>(work: () => Promise<T>): Promise<T> {
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

  private read<T>(work: (tx: Reading) => Promise<T>): Promise<T> {
    return this.said(() => this.context.db.read(work))
  }

  /** This phone's best knowledge of the server's clock, ms. */
  private serverNow(): number {
    return this.context.env.now() + (this.observed.get().clockOffsetMs ?? 0)
  }

  /** Reads the state anew. */
  async refresh(): Promise<void> {
    const kept = await this.context.db.read(tx => readStatus(tx, this.lang, this.context.env.now()))
    const [persisted, freeBytes] = await storage()
    const { lastOutcome } = this.observed.get()
    this.observed.set({ ...kept, sending: this.syncer.isRunning, lastOutcome, lang: this.lang, persisted, freeBytes })
  }

  state(): Observable<PhoneState> {
    return this.observed
  }

  on(listener: (event: PhoneEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

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

  private async enter(credentials: Credentials, label: string): Promise<void> {
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

  records(filter: RecordFilter): Promise<RecordPage> {
    return this.read(tx => page(tx, filter))
  }

  private look = (tx: Reading, record: string): Promise<RecordShown | null> =>
    shown(tx, record, code => this.words(code), this.serverNow())

  view(record: string): Promise<RecordShown | null> {
    return this.read(tx => this.look(tx, record))
  }

  history(record: string): Promise<HistoryLine[]> {
    return this.said(async () => api(this.context, await this.context.db.read(account)).history(record))
  }

  creatable(): ReturnType<Phone['creatable']> {
    const { appointments, catalogue, units } = this.observed.get()
    const now = this.serverNow()
    const found: ReturnType<Phone['creatable']> = []
    for (const appointment of appointments.filter(one => inForce(one, now))) {
      const covered = units.filter(unit => covers(units, appointment.unit, unit.code))
      for (const [kind, { write }] of Object.entries(catalogue?.kinds ?? {})) {
        if ((write.create ?? []).indexOf(appointment.role) >= 0) found.push({ kind, appointment, units: covered })
      }
    }
    return found
  }

  newForm(kind: string, unit: string): Promise<Form> {
    return Promise.resolve(newForm(this.context, kind, unit))
  }

  openForm(record: string): Promise<Form | null> {
    return this.read(tx => openForm(this.context, tx, record))
  }

  async keepDraft(
    form: Form,
    entry: Entry,
    given: { appointment?: string; attached?: Attached[] } = {},
  ): Promise<void> {
    const row: DraftRow = {
      record: form.record,
      unit: form.unit,
      form,
      appointment: given.appointment ?? null,
      entry,
      attached: given.attached ?? [],
      keptMs: this.context.env.now(),
    }
    await this.said(() => this.context.db.change(tx => tx.put('drafts', row)))
    this.tell({ kind: 'records' })
  }

  async reopen(apart: Apart): Promise<Draft | null> {
    const found = await this.read(tx => reopenRefused(this.context, tx, apart.device, apart.seq))
    if (found === null) return null
    const { form, entry, appointment, attached } = found
    await this.keepDraft(form, entry, { ...(appointment === null ? {} : { appointment }), attached })
    return this.draft(form.record)
  }

  async drafts(): Promise<Draft[]> {
    const rows = await this.read(tx => tx.all('drafts'))
    return rows.sort((a, b) => b.keptMs - a.keptMs).map(draftOf)
  }

  async draft(record: string): Promise<Draft | null> {
    const row = await this.read(tx => tx.get('drafts', record))
    return row === undefined ? null : draftOf(row)
  }

  async dropDraft(record: string): Promise<void> {
    await this.said(() =>
      this.context.db.change(async tx => {
        const own = new Set((await tx.get('drafts', record))?.attached.map(one => one.sha256))
        await tx.delete('drafts', record)
        await tidyPhotos(tx, row => own.has(row.sha256))
      }),
    )
    this.tell({ kind: 'records' })
  }

  takeIn(_form: Form, taking: Taking): Promise<Attached> {
    return this.said(() => takeIn(this.context, taking, this.lang))
  }

  private saving(form: Form, appointment: string, entry: Entry, attached: Attached[], ifMoved: IfMoved): Saving {
    return { form, appointment, entry, attached, ifMoved, lang: this.lang, look: this.look }
  }

  check(form: Form, appointment: string, entry: Entry, attached: Attached[]): Promise<PhoneError | null> {
    const saving = this.saving(form, appointment, entry, attached, 'save')
    return this.read(tx => tryOut(this.context, tx, saving))
  }

  async save(form: Form, appointment: string, entry: Entry, attached: Attached[], ifMoved: IfMoved): Promise<Saved> {
    const saving = this.saving(form, appointment, entry, attached, ifMoved)
    const saved = await this.said(() => this.context.db.change(tx => save(this.context, tx, saving)))
    await this.moved()
    this.keeper.soon()
    return saved
  }

  async running(): Promise<Running | null> {
    const row = await this.read(tx => getMeta(tx, 'running'))
    return row === undefined ? null : running(this.context, row)
  }

  async start(kind: string, unit: string, appointment: string, entry: Entry): Promise<Running> {
    const form = newForm(this.context, kind, unit)
    const row = begun(this.context, { record: form.record, kind, unit, appointment })
    const set = { started_at: row.startedAt, ...entry.set }
    const saving = this.saving(form, appointment, { ...entry, set }, [], 'save')
    await this.said(() =>
      this.context.db.change(async tx => {
        if ((await getMeta(tx, 'running')) !== undefined) throw phoneError(this.lang, 'running_already')
        await save(this.context, tx, saving)
        await putMeta(tx, 'running', row)
      }),
    )
    await this.moved()
    this.keeper.soon()
    return running(this.context, row)
  }

  async stop(): Promise<Draft> {
    const row = await this.read(tx => getMeta(tx, 'running'))
    if (row === undefined) throw phoneError(this.lang, 'not_running')
    const kept = await this.draft(row.record)
    const form = kept?.form ?? (await this.openForm(row.record))
    if (form === null) throw phoneError(this.lang, 'record_gone')
    const entry = ending(this.context, row, kept?.entry ?? {})
    const appointment = kept?.appointment ?? row.appointment
    await this.keepDraft(form, entry, { appointment, attached: kept?.attached ?? [] })
    return { form, appointment, entry, attached: kept?.attached ?? [], keptMs: this.context.env.now() }
  }

  async forgetRunning(): Promise<void> {
    await this.said(() => this.context.db.change(tx => tx.delete('meta', 'running')))
  }

  photos(record: string): Promise<Photo[]> {
    return this.read(tx => photosOf(tx, record, this.lang))
  }

  async thumbnail(sha256: string, size: 160 | 320 | 640 | 1280): Promise<Blob | null> {
    return this.said(() => thumbnail(this.context, sha256, size))
  }

  async retryPhotos(): Promise<void> {
    await this.said(() =>
      this.context.db.change(async tx => {
        for (const row of await tx.all('photos')) {
          if (row.trouble !== null) await tx.put('photos', { ...row, trouble: null, asked: null })
        }
      }),
    )
    await this.refresh()
  }

  hours(): Promise<Hours> {
    return this.read(hours)
  }

  tasks(): Promise<Task[]> {
    return this.read(tx => tasks(tx, this.context.env.now()))
  }

  async overlaps(record: string, startedMs: number, endedMs: number): Promise<HoursLine[]> {
    const sessions = await this.read(tx => ownSessions(tx, startedMs - WARNED_MS))
    return overlapping(sessions, record, startedMs, endedMs)
  }

  words(code: string): string {
    return words(code, this.lang)
  }

  close(): void {
    this.keeper.set(false)
    this.channel?.close()
    this.context.db.close()
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
