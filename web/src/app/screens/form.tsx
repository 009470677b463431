import { useEffect, useState } from 'preact/hooks'
import type { Appointment, Phone, PhoneState } from '../../phone'
import { labelIn, useApp } from '../context'
import { foreseen } from '../fault'
import { beginning } from '../form/presets'
import { writing } from '../form/where'
import { rfc3339 } from '../format'
import { Notice } from '../parts/notice'
import { Page } from '../parts/page'
import { PickPlace } from '../parts/pick-place'
import { FormBody, type Opened } from './form-body'

/** Opens what is kept of a form, or a new form of the record as it is shown now. */
async function reopen(
  phone: Phone,
  state: PhoneState,
  record: string,
  act: string | undefined,
): Promise<Opened | null> {
  const draft = await phone.draft(record)
  const form = draft?.form ?? (await phone.openForm(record))
  if (form === null) return null
  const opened = { form, entry: draft?.entry ?? {}, attached: draft?.attached ?? [], kept: draft !== null }
  const given = state.appointments.find(one => one.id === draft?.appointment)
  if (form.shown === null) {
    const may = phone.creatable().filter(one => one.kind === form.kind && one.units.some(u => u.code === form.unit))
    const appointment = given ?? may[0]?.appointment
    return appointment === undefined ? null : { ...opened, appointment, writable: null, transitions: [] }
  }
  const ways = (await phone.view(record))?.open ?? []
  const fitting = act === undefined ? ways : ways.filter(one => one.transitions.indexOf(act) >= 0)
  const way = fitting.find(one => one.appointment.id === given?.id) ?? fitting[0]
  if (way === undefined) return null
  return {
    ...opened,
    appointment: way.appointment,
    writable: way.writable,
    transitions: act === undefined ? way.transitions : [act],
  }
}

/** The form of a record, or a draft. */
export function FormScreen({ record, act }: { record: string; act?: string }) {
  const { phone, state, lang, words } = useApp()
  const [opened, setOpened] = useState<Opened | null | undefined>(undefined)
  const [trouble, setTrouble] = useState<string | null>(null)
  useEffect(() => {
    // What the form shows is what its author has seen: nothing that comes later changes it.
    reopen(phone, phone.state().get(), record, act).then(setOpened, error => setTrouble(foreseen(error).text))
  }, [phone, record, act, lang])
  const kind = opened ? state.catalogue?.kinds[opened.form.kind] : undefined
  const name = labelIn(lang, kind?.name, '')
  const title = opened?.form.shown === null ? words.newRecord(name) : words.editRecord(name)
  return (
    <Page title={opened ? title : words.loading} key={opened ? 'open' : 'opening'}>
      {trouble !== null && <Notice tone="red">{trouble}</Notice>}
      {opened === null && <Notice tone="amber">{words.notThereAbout}</Notice>}
      {opened && <FormBody opened={opened} key={opened.form.id} />}
    </Page>
  )
}

/** A new record: where and in which role, where that is open; then its form. */
export function NewScreen({ kind: name }: { kind: string }) {
  const { phone, state, lang, words } = useApp()
  const roles = phone.creatable().filter(one => one.kind === name)
  const places = roles.flatMap(({ appointment, units }) => writing(units).map(unit => ({ appointment, unit })))
  const [opened, setOpened] = useState<Opened | null>(null)
  const [trouble, setTrouble] = useState<string | null>(null)
  const kind = state.catalogue?.kinds[name]

  const begin = async (appointment: Appointment, unit: string) => {
    try {
      const form = await phone.newForm(name, unit)
      const entry = beginning(name, kind?.fields ?? {}, rfc3339(Date.now()), state.member?.id ?? '')
      setOpened({ form, entry, attached: [], appointment, kept: false, writable: null, transitions: [] })
    } catch (error) {
      setTrouble(foreseen(error).text)
    }
  }
  const only = places.length === 1 ? places[0] : undefined
  const alone = only === undefined ? '' : `${only.appointment.id} ${only.unit.code}`
  useEffect(() => {
    if (only !== undefined) void begin(only.appointment, only.unit.code)
    // One place is no choice: the form opens at once, and only once.
  }, [alone])
  const many = new Set(roles.map(one => one.appointment.role)).size > 1
  return (
    <Page title={words.newRecord(labelIn(lang, kind?.name, name))}>
      {trouble !== null && <Notice tone="red">{trouble}</Notice>}
      {places.length === 0 && <Notice tone="amber">{words.noRole}</Notice>}
      {opened === null && places.length > 1 && (
        <PickPlace places={places} roles={many} onPick={place => begin(place.appointment, place.unit.code)} />
      )}
      {opened !== null && <FormBody opened={opened} />}
    </Page>
  )
}
