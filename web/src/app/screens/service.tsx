import { useEffect, useState } from 'preact/hooks'
import type { Entry, Form, RecordLine } from '../../phone'
import { labelIn, useApp, useAsked } from '../context'
import { foreseen } from '../fault'
import { withNotAsked } from '../form/absent'
import { FieldControl } from '../form/field'
import { missing, registerOf } from '../form/model'
import { presetOf } from '../form/presets'
import { unitName } from '../form/show'
import { writing } from '../form/where'
import { rfc3339 } from '../format'
import { Button, Sure } from '../parts/button'
import { Notice } from '../parts/notice'
import { Page } from '../parts/page'
import { PickPlace, type Place } from '../parts/pick-place'
import { go, replace } from '../route'
import { Clock } from './home'

/** The kinds whose sessions a clock can run for: those with a ledger, a start and an end. */
function timed(kinds: Record<string, { ledger?: string | null; fields: Record<string, unknown> }>): string[] {
  const all = Object.entries(kinds)
  return all
    .filter(([, one]) => one.ledger != null && one.fields.started_at && one.fields.ended_at)
    .map(([name]) => name)
}

/** What is about to begin. */
interface Beginning {
  kind: string
  place: Place
  entry: Entry
}

/** 开始服务: what, where and of which kind, each asked only where it is open; then one press. */
export function StartScreen() {
  const { phone, state, lang, words } = useApp()
  const [kind, setKind] = useState<string | null>(null)
  const [order, setOrder] = useState<RecordLine | null>(null)
  const [place, setPlace] = useState<Place | null>(null)
  const orders = useAsked(() => phone.records({ kind: 'service_order', limit: 50 }), [])
  const mayCreate = phone.creatable()
  const kinds = timed(state.catalogue?.kinds ?? {}).filter(name => mayCreate.some(one => one.kind === name))
  const open = (orders.value?.lines ?? []).filter(one => one.states.indexOf('active') >= 0)
  const observable = kinds.indexOf('service_session') >= 0 ? open : []
  const own = kinds.filter(name => name !== 'service_session')
  const chosen =
    kind ?? (orders.value !== undefined && observable.length === 0 && own.length === 1 ? (own[0] ?? null) : null)
  const ways = mayCreate.filter(one => one.kind === chosen)
  const places = ways
    .flatMap(({ appointment, units }) => writing(units).map(unit => ({ appointment, unit })))
    .filter(one => order === null || one.unit.code === order.unit)
  const at = place ?? (places.length === 1 ? (places[0] ?? null) : null)
  const many = new Set(ways.map(one => one.appointment.role)).size > 1
  return (
    <Page title={words.startTitle}>
      {kinds.length === 0 && <Notice tone="amber">{words.noRole}</Notice>}
      {chosen === null && orders.value !== undefined && kinds.length > 0 && (
        <section class="card" aria-labelledby="which">
          <h2 id="which">{words.whichService}</h2>
          {own.map(name => (
            <Button key={name} onPress={() => setKind(name)}>
              {name === 'volunteer_session'
                ? words.ownService
                : labelIn(lang, state.catalogue?.kinds[name]?.name, name)}
            </Button>
          ))}
          {observable.map(line => (
            <Button
              key={line.id}
              onPress={() => {
                setOrder(line)
                setKind('service_session')
              }}
            >
              {words.observe(`${unitName(line.unit, state)} ${registerOf(line.fields.period_from)[0] ?? ''}`)}
            </Button>
          ))}
        </section>
      )}
      {chosen !== null && at === null && <PickPlace places={places} roles={many} onPick={setPlace} />}
      {chosen !== null && at !== null && (
        <Begin
          key={`${chosen} ${at.unit.code}`}
          begin={{ kind: chosen, place: at, entry: order === null ? {} : { set: { order: order.id } } }}
        />
      )}
    </Page>
  )
}

/** What the record must have from its start, and the press that starts the clock. */
function Begin({ begin }: { begin: Beginning }) {
  const { phone, state, lang, words, announce } = useApp()
  const kind = state.catalogue?.kinds[begin.kind]
  const me = state.member?.id ?? ''
  const [entry, setEntry] = useState<Entry>(() => {
    const preset = presetOf(begin.kind).set(rfc3339(Date.now()), me)
    return { ...begin.entry, set: { ...preset, ...begin.entry.set } }
  })
  const [wrong, setWrong] = useState<Record<string, string>>({})
  const [trouble, setTrouble] = useState<string | null>(null)
  if (kind === undefined) return null
  const form: Form = {
    id: 'start',
    record: '',
    kind: begin.kind,
    unit: begin.place.unit.code,
    shown: null,
    seen: {},
    generation: null,
  }
  const given = new Set<string>(Object.keys(entry.set ?? {}).filter(name => name === 'volunteer' || name === 'order'))
  const asked = kind.form.filter(name => {
    const field = kind.fields[name]
    return (
      field !== undefined && !given.has(name) && ((field.required && name !== 'started_at') || name === 'start_point')
    )
  })
  const start = async () => {
    setTrouble(null)
    const lacking = missing(kind, form, entry, [], null).filter(name => name !== 'started_at')
    setWrong(
      Object.fromEntries(lacking.map(name => [name, words.missingOne(labelIn(lang, kind.fields[name]?.label, name))])),
    )
    if (lacking.length > 0) {
      setTrouble(words.missing(lacking.length))
      return
    }
    try {
      const said = withNotAsked(kind, form, entry, asked)
      await phone.start(begin.kind, begin.place.unit.code, begin.place.appointment.id, said)
      announce(words.started)
      replace()
    } catch (error) {
      setTrouble(foreseen(error).text)
    }
  }
  return (
    <>
      <p class="soft">
        {begin.place.unit.name} · {words.roles[begin.place.appointment.role] ?? begin.place.appointment.role}
      </p>
      {asked.map(name => {
        const field = kind.fields[name]
        if (field === undefined) return null
        return (
          <div class="card" key={name}>
            <FieldControl
              id={`field-${name}`}
              named={{ name, field }}
              form={form}
              entry={entry}
              attached={[]}
              kept={[]}
              wrong={wrong[name]}
              onEntry={setEntry}
              onAttached={() => {}}
            />
          </div>
        )
      })}
      {trouble !== null && (
        <Notice tone="red" live>
          {trouble}
        </Notice>
      )}
      <Button kind="go tall" icon="play" onPress={start}>
        {words.startNow}
      </Button>
    </>
  )
}

/** 结束服务: one press notes the end; what was done is filled in after. */
export function StopScreen() {
  const { phone, words } = useApp()
  const running = useAsked(() => phone.running(), [])
  const [trouble, setTrouble] = useState<string | null>(null)
  const stop = async () => {
    try {
      const draft = await phone.stop()
      replace('form', draft.form.record)
    } catch (error) {
      setTrouble(foreseen(error).text)
    }
  }
  const forget = async () => {
    await phone.forgetRunning()
    go()
  }
  const none = running.value === null
  useEffect(() => {
    if (none) replace()
  }, [none])
  return (
    <Page title={words.stopTitle}>
      {running.value != null && (
        <>
          <Clock running={running.value} />
          {trouble !== null && (
            <Notice tone="red" live>
              {trouble}
            </Notice>
          )}
          <Button kind="grave main tall" icon="stop" onPress={stop}>
            {words.stopNow}
          </Button>
          <Sure
            label={words.discardRunning}
            question={words.discardRunningSure}
            yes={words.discardRunning}
            onSure={forget}
          />
        </>
      )}
    </Page>
  )
}
