import { useApp } from '../../app/context'
import type { Deed, Opened } from '../../desk/types'
import { useConsole, useNames } from '../context'
import { useTimes, useValues } from './value'

/** Everything that happened to the records, in the order in which it reached the server. */
export function Timeline({ opened }: { opened: Opened }) {
  const { t } = useConsole()
  const of = opened.records.flatMap(({ record, history }) => history.map(deed => ({ kind: record.kind, deed })))
  const op = opened.op
  if (op != null && !of.some(({ deed }) => deed.device === op.device && deed.seq === op.seq)) {
    of.push({ kind: op.kind ?? opened.finding.kind ?? '', deed: op })
  }
  of.sort((a, b) => a.deed.arrival - b.deed.arrival || (a.deed.pos ?? 0) - (b.deed.pos ?? 0))
  if (of.length === 0) return null
  const about = (deed: Deed) => deed.device === opened.finding.device && deed.seq === opened.finding.seq
  return (
    <section class="block" aria-label={t.timeline}>
      <h3>{t.timeline}</h3>
      {opened.records.some(one => one.more_history) && <p class="soft">{t.earlier}</p>}
      <ol class="timeline">
        {of.map(({ kind, deed }) => (
          <li
            key={`${deed.device} ${deed.seq}`}
            class={[deed.fate, about(deed) ? 'is-about' : ''].filter(one => one !== '').join(' ')}
          >
            <OneDeed kind={kind} deed={deed} many={opened.records.length > 1} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function OneDeed({ kind, deed, many }: { kind: string; deed: Deed; many: boolean }) {
  const { phone } = useApp()
  const { t } = useConsole()
  const names = useNames()
  const times = useTimes()
  const { label, value, step } = useValues(kind)
  const says = deed.says
  const set = Object.entries(says?.set ?? {})
  const lists = [
    ...Object.entries(says?.add ?? {}).map(([name, all]) => [t.added, name, all] as const),
    ...Object.entries(says?.remove ?? {}).map(([name, all]) => [t.removed, name, all] as const),
  ]
  const conclusion = says?.decides?.conclusion
  const ahead = says == null || deed.written == null ? null : says.at - deed.written
  return (
    <>
      <p class="deed-head">
        <strong>{names.member(deed.by)}</strong>
        {typeof says?.act === 'string' && <span class="act">{step(says.act)}</span>}
        {says?.proposes === true && <span class="act">{t.proposes}</span>}
        {says?.confirms != null && <span class="act">{t.confirms}</span>}
        {conclusion !== undefined && <span class="act">{t.decided(t.conclusions[conclusion] ?? conclusion)}</span>}
        {deed.fate !== 'accepted' && <span class="fate">{t.fates[deed.fate] ?? deed.fate}</span>}
      </p>
      <p class="soft">
        {t.written} {deed.written == null ? t.unknownTime : times.at(deed.written)}
        {ahead !== null && Math.abs(ahead) >= 60_000 && ` (${t.clock} ${times.clock(ahead)})`} · {t.arrival}{' '}
        {times.at(deed.arrival)} · {t.device} {names.short(deed.device)} #{deed.seq}
        {many && deed.record != null && ` · ${t.recordOf(names.short(deed.record))}`}
      </p>
      {deed.code != null && <p class="fate">{phone.words(deed.code)}</p>}
      {(set.length > 0 || lists.length > 0) && (
        <dl class="deed-says">
          {set.map(([name, of]) => (
            <div key={name}>
              <dt>{label(name)}</dt>
              <dd>{value(name, of)}</dd>
            </div>
          ))}
          {lists.map(([how, name, all]) => (
            <div key={`${how} ${name}`}>
              <dt>
                {label(name)} {how}
              </dt>
              <dd>{all.map(of => value(name, of)).join(' / ')}</dd>
            </div>
          ))}
        </dl>
      )}
      {(says?.hidden ?? 0) > 0 && <p class="soft">{t.hiddenFields(says?.hidden ?? 0)}</p>}
      {says?.reason != null && (
        <p>
          {t.reason}: {says.reason}
        </p>
      )}
    </>
  )
}
