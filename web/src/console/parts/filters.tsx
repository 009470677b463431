import { useApp } from '../../app/context'
import type { Counts, Filter } from '../../desk/types'
import { useConsole, useNames } from '../context'
import { Select, unitsOf } from './select'

/** Which findings are shown. Beside each choice stands how many there are. */
export function Filters(props: { filter: Filter; counts: Counts | null; onFilter: (filter: Filter) => void }) {
  const { state } = useApp()
  const { t, rules } = useConsole()
  const names = useNames()
  const { filter, counts } = props
  const put = (change: Partial<Filter>) => props.onFilter({ ...filter, ...change })
  const byCount = Object.entries(counts?.rules ?? {}).sort((a, b) => b[1] - a[1])
  const listed = byCount.map(([code]) => code)
  if (filter.rule !== '' && listed.indexOf(filter.rule) < 0) listed.unshift(filter.rule)
  const units = unitsOf(state.units, counts, filter.unit)
  return (
    <search class="filters" aria-label={t.filters}>
      <Select label={t.standing} value={filter.state} onValue={state => put({ state: state as Filter['state'] })}>
        {Object.entries(t.standings).map(([code, name]) => (
          <option value={code} key={code}>
            {name}
          </option>
        ))}
      </Select>
      <Select label={t.severity} value={filter.severity} onValue={severity => put({ severity })}>
        <option value="">{t.allSeverities}</option>
        {Object.entries(t.severities).map(([code, name]) => (
          <option value={code} key={code}>
            {name}
          </option>
        ))}
      </Select>
      <Select label={t.rule} value={filter.rule} onValue={rule => put({ rule })}>
        <option value="">{t.allRules}</option>
        {listed.map(code => (
          <option value={code} key={code}>
            {`${rules[code] === undefined ? code : names.rule(code)} (${counts?.rules[code] ?? 0})`}
          </option>
        ))}
      </Select>
      <Select label={t.unit} value={filter.unit} onValue={unit => put({ unit })}>
        <option value="">{t.allUnits}</option>
        {units.map(one => (
          <option value={one.code} key={one.code}>
            {`${'\u3000'.repeat(one.depth)}${one.name} (${one.count})`}
          </option>
        ))}
      </Select>
      <Select label={t.kind} value={filter.kind} onValue={kind => put({ kind })}>
        <option value="">{t.allKinds}</option>
        {Object.keys(state.catalogue?.kinds ?? {}).map(code => (
          <option value={code} key={code}>
            {names.kind(code)}
          </option>
        ))}
      </Select>
      <Select label={t.age} value={String(filter.days)} onValue={days => put({ days: Number(days) })}>
        {Object.entries(t.ages).map(([days, name]) => (
          <option value={days} key={days}>
            {name}
          </option>
        ))}
      </Select>
      <label class="check">
        <input type="checkbox" checked={filter.mine} onChange={event => put({ mine: event.currentTarget.checked })} />
        {t.mine}
      </label>
      {counts !== null && (
        <ul class="ages">
          {Object.entries(t.ageCounts).map(([code, name]) => (
            <li key={code}>
              {name} <strong>{counts.ages[code as keyof Counts['ages']]}</strong>
            </li>
          ))}
        </ul>
      )}
    </search>
  )
}
