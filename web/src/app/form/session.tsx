import { labelIn, useApp, useAsked } from '../context'
import { clockTime, moment } from '../format'
import { Button } from '../parts/button'
import { Notice } from '../parts/notice'
import type { Control } from './field'
import { valueIn, withValue } from './model'

const MINUTE = 60_000
const LONG_HOURS = 12

function ms(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? null : at
}

/** What the times of a session come to, and what its author may want to look at before somebody else does. */
export function SessionTimes({ form, entry, onEntry }: Pick<Control, 'form' | 'entry' | 'onEntry'>) {
  const { lang, state, words } = useApp()
  const start = ms(valueIn(form, entry, 'started_at'))
  const end = ms(valueIn(form, entry, 'ended_at'))
  const rest = valueIn(form, entry, 'break_minutes')
  const claimed = valueIn(form, entry, 'claimed_minutes')
  const known = start !== null && end !== null
  const others = useAsked(
    async phone => (known && end > start ? phone.overlaps(form.record, start, end) : []),
    [form.record, start, end],
  )
  if (!known) return null
  if (end <= start) return <Notice tone="amber">{words.endBeforeStart}</Notice>
  const minutes = Math.floor((end - start) / MINUTE) - (typeof rest === 'number' ? rest : 0)
  const hours = Math.floor((end - start) / (60 * MINUTE))
  return (
    <>
      {minutes > 0 && claimed !== minutes && (
        <Button icon="clock" onPress={() => onEntry(before => withValue(before, 'claimed_minutes', minutes))}>
          {words.fillMinutes(minutes)}
        </Button>
      )}
      {hours >= LONG_HOURS && <Notice tone="amber">{words.longRunning(hours)}</Notice>}
      {(others.value ?? []).map(one => (
        <Notice tone="amber" key={one.record}>
          {words.overlaps(
            `${labelIn(lang, state.catalogue?.kinds[one.kind]?.name, one.kind)} ${
              one.startedMs === null ? '' : moment(words, one.startedMs, Date.now())
            }${one.endedMs === null ? '' : `–${clockTime(one.endedMs)}`}`,
          )}
        </Notice>
      ))}
    </>
  )
}
