import { useEffect, useRef, useState } from 'preact/hooks'
import type { Appointment, Attached, Entry, Form, Photo } from '../../phone'
import { labelIn, useApp, useAsked } from '../context'
import { foreseen } from '../fault'
import { isReason, withNotAsked } from '../form/absent'
import { FieldControl } from '../form/field'
import { useKeeper } from '../form/keeper'
import { arranged, beginnings, filled, missing, registerOf, untouched, writableAnew } from '../form/model'
import { TextField } from '../form/plain'
import { presetOf } from '../form/presets'
import { SessionTimes } from '../form/session'
import { unitName } from '../form/show'
import { Button, Sure } from '../parts/button'
import { Notice } from '../parts/notice'
import { back, href, replace } from '../route'

/** An open form and what was written in it before. */
export interface Opened {
  form: Form
  entry: Entry
  attached: Attached[]
  appointment: Appointment
  /** It is kept as a draft already. */
  kept: boolean
  /** For a record that there is: what may be written and done now. */
  writable: string[] | null
  transitions: string[]
}

const REASON = {
  type: 'text',
  policy: 'latest',
  required: false,
  since: 1,
  sensitivity: 'internal',
  label: { 'zh-Hans': '', en: '' },
  max_chars: 1000,
} as const

/** A form of any kind, drawn from the catalogue. What is written is kept at once; saving is a step of its own. */
export function FormBody({ opened }: { opened: Opened }) {
  const { phone, state, lang, words, announce, report } = useApp()
  const { form, appointment } = opened
  const kind = state.catalogue?.kinds[form.kind]
  const keeper = useKeeper(phone, form, appointment.id, opened, report, () => {
    // From now on the address leads to the draft, also after a restart.
    if (!opened.kept) history.replaceState(history.state, '', href('form', form.record))
  })
  const { written, change } = keeper
  const [wrong, setWrong] = useState<Record<string, string>>({})
  const [trouble, setTrouble] = useState<string | null>(null)
  const [moved, setMoved] = useState<(() => Promise<void>) | null>(null)
  const [more, setMore] = useState(false)
  const [reason, setReason] = useState('')
  const photos = useAsked<Photo[]>(p => p.photos(form.record), [form.record])
  const toFocus = useRef<string | null>(null)

  useEffect(() => {
    if (toFocus.current === null) return
    const field = document.getElementById(`field-${toFocus.current}`)
    toFocus.current = null
    field?.scrollIntoView()
    field?.querySelector<HTMLElement>('input:not([hidden]), textarea, select, button')?.focus()
  })
  if (kind === undefined) return <Notice tone="amber">{words.notThere}</Notice>

  const fresh = form.shown === null
  const names = (opened.writable ?? writableAnew(kind, appointment.role)).filter(name => !isReason(kind, name))
  const [ahead, rest] = arranged(kind, names, presetOf(form.kind).first)
  const acts = fresh ? beginnings(kind, appointment.role) : opened.transitions
  const plain = acts.filter(name => kind.workflow.transitions[name]?.reason !== true)
  const reasoned = acts.filter(name => kind.workflow.transitions[name]?.reason === true)
  const differing = Object.entries(form.shown?.fields ?? {}).some(
    ([name, view]) => kind.fields[name]?.policy === 'review' && registerOf(view).length > 1,
  )
  const openRest = more || rest.some(one => wrong[one.name] !== undefined)
  const hiddenFilled = rest.filter(one => filled(form, written.entry, written.attached, one)).length

  /** The author makes the record or hands it in: what he left out, he left out. Others who change it say nothing of that. */
  const isStatement = (act: string | null) =>
    fresh || (act !== null && plain.indexOf(act) >= 0 && form.shown?.creator === state.member?.id)
  const point = (at: Record<string, string>) => {
    setWrong(at)
    toFocus.current = ahead.concat(rest).find(one => at[one.name] !== undefined)?.name ?? null
  }
  const save = async (act: string | null, ifMoved: 'ask' | 'save') => {
    setTrouble(null)
    setMoved(null)
    const { entry: filledIn, attached } = keeper.latest.current
    const entry = isStatement(act) ? withNotAsked(kind, form, filledIn, names) : filledIn
    const lacking = missing(kind, form, entry, attached, act)
    if (lacking.length > 0) {
      const label = (name: string) => labelIn(lang, kind.fields[name]?.label, name)
      point(Object.fromEntries(lacking.map(name => [name, words.missingOne(label(name))])))
      setTrouble(words.missing(lacking.length))
      return
    }
    point({})
    const whole: Entry = { ...entry, act, reason: reason.trim() === '' ? null : reason.trim() }
    await keeper.close()
    try {
      await phone.save(form, appointment.id, whole, attached, ifMoved)
      announce(words.saved)
      replace('record', form.record)
    } catch (error) {
      keeper.reopen()
      const { code, place, text } = foreseen(error)
      if (code === 'base_moved') setMoved(() => () => save(act, 'save'))
      else {
        setTrouble(text)
        if (place !== null) point({ [place]: text })
      }
    }
  }
  const drop = async () => {
    await keeper.close()
    try {
      await phone.dropDraft(form.record)
    } catch (error) {
      keeper.reopen()
      throw error
    }
    back()
  }
  const onEntry = (to: (before: Entry) => Entry) => change(before => ({ ...before, entry: to(before.entry) }))
  const control = (one: (typeof ahead)[number]) => (
    <div class="card" key={one.name}>
      <FieldControl
        id={`field-${one.name}`}
        named={one}
        form={form}
        entry={written.entry}
        attached={written.attached}
        kept={photos.value ?? []}
        wrong={wrong[one.name]}
        onEntry={onEntry}
        onAttached={to => change(before => ({ ...before, attached: to(before.attached) }))}
      />
      {one.name === 'claimed_minutes' && <SessionTimes form={form} entry={written.entry} onEntry={onEntry} />}
    </div>
  )
  return (
    <>
      <p class="soft">
        {unitName(form.unit, state)} · {words.roles[appointment.role] ?? appointment.role}
      </p>
      {ahead.map(control)}
      {rest.length > 0 && !openRest && (
        <Button icon="plus" onPress={() => setMore(true)}>
          {words.more(rest.length - hiddenFilled)}
        </Button>
      )}
      {openRest && rest.map(control)}
      {(reasoned.length > 0 || differing) && (
        <div class="card">
          <TextField
            id="field-reason"
            label={words.reason}
            required={false}
            hint={undefined}
            wrong={wrong.reason}
            field={REASON}
            value={reason === '' ? null : reason}
            onValue={value => setReason(typeof value === 'string' ? value : '')}
          />
        </div>
      )}
      <div aria-live="assertive" class="stack">
        {trouble !== null && <Notice tone="red">{trouble}</Notice>}
        {moved !== null && (
          <Notice tone="purple">
            <p>{words.moved}</p>
            <p>{words.movedAbout}</p>
          </Notice>
        )}
      </div>
      {moved !== null && (
        <div class="stack">
          <Button icon="list" onPress={() => replace('record', form.record)}>
            {words.lookAgain}
          </Button>
          <Button kind="main" onPress={moved}>
            {words.saveAnyway}
          </Button>
        </div>
      )}
      {moved === null && (
        <div class="stack">
          {plain.map(name => (
            <Button kind="go tall" icon="check" key={name} onPress={() => save(name, 'ask')}>
              {labelIn(lang, kind.workflow.transitions[name]?.label, name)}
            </Button>
          ))}
          {!fresh && (
            <Button kind={plain.length > 0 ? '' : 'main tall'} icon="check" onPress={() => save(null, 'ask')}>
              {words.save}
            </Button>
          )}
          {fresh && plain.length === 0 && (
            <Button kind="go tall" icon="check" onPress={() => save(null, 'ask')}>
              {words.save}
            </Button>
          )}
          {reasoned.map(name => (
            <Button icon="returned" key={name} onPress={() => (reason.trim() === '' ? askReason() : save(name, 'ask'))}>
              {labelIn(lang, kind.workflow.transitions[name]?.label, name)}
            </Button>
          ))}
          <Button icon="pencil" onPress={back}>
            {words.saveDraft}
          </Button>
        </div>
      )}
      <p class="soft" role="status">
        {keeper.kept === 'kept' && words.draftKept}
      </p>
      {(opened.kept || !untouched(written.entry) || written.attached.length > 0) && (
        <Sure
          label={words.discardDraft}
          question={words.discardDraftSure}
          yes={words.discardDraft}
          icon="cross"
          onSure={drop}
        />
      )}
    </>
  )

  function askReason() {
    setTrouble(words.missingOne(words.reason))
    setWrong({ reason: words.missingOne(words.reason) })
    toFocus.current = 'reason'
  }
}
