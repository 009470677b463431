import { useId } from 'preact/hooks'
import { labelIn, useApp } from '../../app/context'
import { rfc3339 } from '../../app/format'
import type { Version } from '../../desk/types'
import type { Field, Json } from '../../phone'
import { canonical } from '../../protocol/overlay'
import { useValues } from './value'

/** A field's value as it should be: one of those that stand there, or another where it can be typed. */
export function Editor(props: {
  label: string
  kind: string
  name: string
  field: Field | undefined
  offered: Version[]
  value: Json | undefined
  onValue: (value: Json) => void
}) {
  const id = useId()
  const { value } = useValues(props.kind)
  const seen = new Set<string>()
  const offered = props.offered.filter(one => {
    const key = canonical(one.value)
    return !seen.has(key) && seen.add(key)
  })
  return (
    <div class="editor">
      <label for={id}>{props.label}</label>
      <Control id={id} {...props} />
      <p class="quick">
        {offered.map(one => (
          <button
            type="button"
            class="quiet"
            key={canonical(one.value)}
            aria-pressed={props.value !== undefined && canonical(props.value) === canonical(one.value)}
            onClick={() => props.onValue(one.value)}
          >
            {value(props.name, one.value)}
          </button>
        ))}
      </p>
    </div>
  )
}

function Control(props: {
  id: string
  field: Field | undefined
  value: Json | undefined
  onValue: (value: Json) => void
}) {
  const { state, lang } = useApp()
  const { id, field, value, onValue } = props
  const text = value === undefined || value === null ? '' : String(value)
  switch (field?.type) {
    case 'integer':
    case 'minutes':
      return (
        <input
          id={id}
          type="number"
          step={1}
          min={field.min}
          max={field.max}
          value={text}
          onInput={event => {
            const number = event.currentTarget.valueAsNumber
            onValue(Number.isSafeInteger(number) ? number : null)
          }}
        />
      )
    case 'date':
      return <input id={id} type="date" value={text} onInput={event => onValue(event.currentTarget.value || null)} />
    case 'instant': {
      const ms = Date.parse(text)
      return (
        <input
          id={id}
          type="datetime-local"
          value={Number.isNaN(ms) ? '' : rfc3339(ms).slice(0, 16)}
          onInput={event => {
            const chosen = Date.parse(event.currentTarget.value)
            onValue(Number.isNaN(chosen) ? null : rfc3339(chosen))
          }}
        />
      )
    }
    case 'enum':
      return (
        <select id={id} value={text} onChange={event => onValue(event.currentTarget.value || null)}>
          <option value="" />
          {(field.values ?? []).map(one => (
            <option value={one.code} key={one.code}>
              {labelIn(lang, one.label, one.code)}
            </option>
          ))}
        </select>
      )
    case 'member':
      return (
        <select id={id} value={text} onChange={event => onValue(event.currentTarget.value || null)}>
          <option value="" />
          {Array.from(new Map(state.members.map(one => [one.id, one])).values()).map(one => (
            <option value={one.id} key={one.id}>
              {`${one.name} ${one.number}`}
            </option>
          ))}
        </select>
      )
    case 'text':
      return <textarea id={id} value={text} onInput={event => onValue(event.currentTarget.value)} />
    default:
      // What cannot be typed is chosen from what stands there.
      return <output id={id}>{text}</output>
  }
}
