import type { Opened } from '../../desk/types'
import { useConsole, useNames } from '../context'
import { useTimes } from './value'

/** What was decided about the finding before. */
export function DecisionLog({ opened }: { opened: Opened }) {
  const { t } = useConsole()
  const names = useNames()
  const times = useTimes()
  if (opened.decisions.length === 0) return null
  return (
    <section class="block">
      <h3>{t.earlierDecisions}</h3>
      <ul class="decisions">
        {opened.decisions.map(one => (
          <li key={`${one.device} ${one.seq}`}>
            <strong>{t.conclusions[one.conclusion] ?? one.conclusion}</strong>
            <p class="soft">
              {names.member(one.by)} · {times.at(one.at)}
              {opened.finding.closed_ms == null && ` · ${one.stands ? t.stillStands : t.standsNoMore}`}
            </p>
            {one.reason != null && <p>{one.reason}</p>}
          </li>
        ))}
      </ul>
    </section>
  )
}
