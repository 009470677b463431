import { labelIn, useApp } from '../../app/context'
import { elementsOf, registerOf } from '../../app/form/model'
import { valueText } from '../../app/form/show'
import { difference, moment } from '../../app/format'
import type { Field, FieldView, Json } from '../../phone'
import { STATE_FIELD } from '../../protocol/catalogue'
import { useConsole } from '../context'

/** Values and fields of a kind in words. */
export function useValues(kindName: string) {
  const { state, lang, words } = useApp()
  const { t } = useConsole()
  const kind = state.catalogue?.kinds[kindName]
  const field = (name: string): Field | undefined => kind?.fields[name]
  const value = (name: string, of: Json): string => {
    if (name === STATE_FIELD) return labelIn(lang, kind?.workflow.states[String(of)]?.label, String(of))
    const known = field(name)
    if (known === undefined) return typeof of === 'object' ? JSON.stringify(of) : String(of)
    if (known.type === 'record' || known.type === 'blob') return of === null ? words.notFilled : String(of).slice(-8)
    return valueText(of, known, state, lang, words)
  }
  return {
    kind,
    field,
    value,
    label: (name: string) => (name === STATE_FIELD ? t.state : labelIn(lang, field(name)?.label, name)),
    step: (name: string) => labelIn(lang, kind?.workflow.transitions[name]?.label, name),
    /** All values or elements of a field. */
    view: (name: string, of: FieldView | undefined) =>
      (of === undefined ? [] : Array.isArray(of) ? registerOf(of) : elementsOf(of))
        .map(one => value(name, one))
        .join(words.listSep),
  }
}

/** Moments and clocks in words. */
export function useTimes() {
  const { words } = useApp()
  const { t } = useConsole()
  return {
    at: (ms: number) => moment(words, ms, Date.now()),
    /** How far a clock was ahead; less than a minute is right. */
    clock: (ahead: number | null | undefined) => {
      if (ahead == null) return t.unknownTime
      if (Math.abs(ahead) < 60_000) return t.clockRight
      return ahead > 0 ? t.clockAhead(difference(words, ahead)) : t.clockBehind(difference(words, ahead))
    },
  }
}
