import { useEffect, useState } from 'preact/hooks'
import { useApp } from '../../app/context'
import { troubleText } from '../../app/fault'
import { Notice } from '../../app/parts/notice'
import { go, href } from '../../app/route'
import type { HoursFilter, Total } from '../../desk/hours'
import { useConsole, useMoves, useNames, useServer } from '../context'
import { PersonHours } from '../parts/person-hours'
import { Select, unitsOf } from '../parts/select'

/** Minutes as hours and minutes. */
export function hoursText(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '−' : ''}${Math.floor(size / 60)}:${String(size % 60).padStart(2, '0')}`
}

/** Hours by person in one ledger, and beside them every posting and claim of the one that is chosen. */
export function HoursScreen({ ledger, person }: { ledger: string; person: string | null }) {
  const { state, words } = useApp()
  const { desk, t } = useConsole()
  const [unit, setUnit] = useState('')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const filter: HoursFilter = { ledger, unit, from, to }
  const totals = useServer(() => desk.hours(filter), [desk, ledger, unit, from, to])
  useMoves(() => void totals.again(), null)
  const own = state.units.filter(one => one.roles.length > 0)
  const units = unitsOf(
    state.units,
    { all: 0, rules: {}, units: Object.fromEntries(own.map(one => [one.code, 0])), ages: NO_AGES },
    unit,
  )
  const lines = totals.value?.totals ?? []
  return (
    <div class={person === null ? 'inbox' : 'inbox with-case'}>
      <section class="side" aria-label={t.persons}>
        <search class="filters" aria-label={t.filters}>
          <Select label={t.ledger} value={ledger} onValue={to => go('hours', to)}>
            {Object.entries(t.ledgers).map(([code, name]) => (
              <option value={code} key={code}>
                {name}
              </option>
            ))}
          </Select>
          <Select label={t.unit} value={unit} onValue={setUnit}>
            <option value="">{t.allUnits}</option>
            {units.map(one => (
              <option value={one.code} key={one.code}>
                {`${'\u3000'.repeat(one.depth)}${one.name}`}
              </option>
            ))}
          </Select>
          <Day label={t.from} value={from} onValue={setFrom} />
          <Day label={t.to} value={to} onValue={setTo} />
        </search>
        <div class="list-head">
          <h1>{t.persons}</h1>
          {totals.value !== undefined && <span class="soft">{t.asOf(totals.value.position)}</span>}
        </div>
        {totals.error !== null && <Notice tone="amber">{troubleText(totals.error, words)}</Notice>}
        {totals.value?.more === true && <Notice tone="amber">{t.moreHours}</Notice>}
        <div class="finding-box">
          {totals.value !== undefined && lines.length === 0 && <p class="pick">{t.noHours}</p>}
          {lines.length > 0 && <Persons ledger={ledger} person={person} lines={lines} />}
        </div>
        <p class="foot soft">{t.ledgersApart}</p>
      </section>
      <section class="case-side" aria-label={t.hours}>
        {person === null ? (
          <p class="pick">{t.pickPerson}</p>
        ) : (
          <PersonHours filter={filter} person={person} key={`${ledger} ${person} ${unit} ${from} ${to}`} />
        )}
      </section>
    </div>
  )
}

const NO_AGES = { under_3_days: 0, under_7_days: 0, under_30_days: 0, older: 0 }

/** A first or last day. */
function Day(props: { label: string; value: string; onValue: (value: string) => void }) {
  return (
    <label class="day">
      <span>{props.label}</span>
      <input type="date" value={props.value} onChange={event => props.onValue(event.currentTarget.value)} />
    </label>
  )
}

/** As many persons are drawn at once; a press brings more. */
const DRAWN = 200

function Persons(props: { ledger: string; person: string | null; lines: Total[] }) {
  const { t } = useConsole()
  const names = useNames()
  const { state } = useApp()
  const [drawn, setDrawn] = useState(DRAWN)
  const { ledger, lines } = props
  useEffect(() => setDrawn(DRAWN), [ledger])
  const number = (id: string) => state.members.find(one => one.id === id)?.number ?? ''
  const name = (key: string) => (ledger === 'volunteer' ? `${names.member(key)} ${number(key)}` : names.short(key))
  const sorted = lines.slice().sort((a, b) => b.pending.sessions - a.pending.sessions)
  return (
    <>
      <table class="sums">
        <thead>
          <tr>
            <th scope="col">{t.person}</th>
            <th scope="col">{t.confirmed}</th>
            <th scope="col">{t.pending}</th>
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, drawn).map(line => (
            <tr key={line.key ?? ''} class={line.key === props.person ? 'is-open' : undefined}>
              <th scope="row">
                {line.key == null ? t.notSettled : <a href={href('hours', ledger, line.key)}>{name(line.key)}</a>}
              </th>
              <td>{hoursText(line.confirmed.minutes)}</td>
              <td>
                {line.pending.sessions === 0
                  ? ''
                  : `${hoursText(line.pending.minutes)} · ${t.ofSessions(line.pending.sessions)}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {lines.length > drawn && (
        <button type="button" class="quiet" onClick={() => setDrawn(drawn + DRAWN)}>
          {t.showMore}
        </button>
      )}
    </>
  )
}
