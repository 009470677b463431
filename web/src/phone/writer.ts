/** What is written on the phone: forms, drafts, saves and the running service. */

import type { Apart, Attached, Draft, Entry, Form, IfMoved, PhoneError, Running, Saved, Taking } from '../phone'
import { getMeta, putMeta } from '../store/meta'
import { tidyPhotos } from '../store/photos'
import type { DraftRow } from '../store/schema'
import { phoneError } from './errors'
import { newForm, openForm, reopenRefused, type Saving, save, tryOut } from './forms'
import { takeIn } from './originals'
import { Reader } from './reader'
import { begun, ending, running } from './running'

function draftOf(row: DraftRow): Draft {
  const { form, appointment, entry, attached, keptMs } = row
  return { form, appointment, entry, attached, keptMs }
}

/** The phone as far as it is written on. */
export abstract class Writer extends Reader {
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

  protected saving(form: Form, appointment: string, entry: Entry, attached: Attached[], ifMoved: IfMoved): Saving {
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
}
