import { useEffect, useState } from 'preact/hooks'
import type { Field, Json } from '../../phone'
import { useApp } from '../context'
import { isoDay, rfc3339 } from '../format'
import { Button } from '../parts/button'
import type { FrameOf } from './field'
import { described, Frame } from './frame'

interface Plain extends FrameOf {
  field: Field
  value: Json
  onValue: (value: Json) => void
}

/** From so many characters on, a text has several lines. */
const LINES = 61

/** How many characters a person would count: code points, as the catalogue counts them. */
function length(text: string): number {
  return Array.from(text).length
}

export function TextField(props: Plain) {
  const { words } = useApp()
  const { field } = props
  const text = typeof props.value === 'string' ? props.value : ''
  const max = field.max_chars ?? 0
  const left = max - length(text)
  const wrong = max > 0 && left < 0 ? words.tooLong(max) : props.wrong
  const hint = props.hint ?? (max > 0 && left >= 0 && left <= 20 && text !== '' ? words.charsLeft(left) : undefined)
  const control = `${props.id}-control`
  const common = {
    id: control,
    class: 'input',
    value: text,
    'aria-describedby': described(props.id, hint, wrong),
    'aria-invalid': wrong === undefined ? undefined : ('true' as const),
    'aria-required': props.required ? ('true' as const) : undefined,
    autocomplete: 'off' as const,
  }
  const put = (given: string) => props.onValue(given === '' ? null : given)
  return (
    <Frame {...props} hint={hint} wrong={wrong} forControl={control}>
      {max >= LINES ? (
        <textarea {...common} rows={3} onInput={event => put(event.currentTarget.value)} />
      ) : (
        <input {...common} type="text" onInput={event => put(event.currentTarget.value)} />
      )}
    </Frame>
  )
}

export function NumberField(props: Plain) {
  const { words } = useApp()
  const { field } = props
  const min = field.min ?? (field.type === 'minutes' ? 0 : Number.MIN_SAFE_INTEGER)
  const max = field.max ?? Number.MAX_SAFE_INTEGER
  const shown = typeof props.value === 'number' ? String(props.value) : ''
  const [text, setText] = useState(shown)
  useEffect(() => {
    if (Number(text) !== props.value) setText(shown)
    // Only what comes from outside changes what is being typed.
  }, [props.value])
  const whole = /^-?\d+$/.test(text) ? Number(text) : null
  const wrong =
    text !== '' && (whole === null || whole < min || whole > max) ? words.wrongNumber(min, max) : props.wrong
  const control = `${props.id}-control`
  const put = (given: string) => {
    setText(given)
    props.onValue(/^-?\d+$/.test(given) ? Number(given) : null)
  }
  return (
    <Frame {...props} wrong={wrong} forControl={control}>
      <div class="with-unit">
        <input
          id={control}
          class="input"
          type="text"
          inputMode="numeric"
          autocomplete="off"
          value={text}
          aria-describedby={described(props.id, props.hint, wrong)}
          aria-invalid={wrong === undefined ? undefined : 'true'}
          aria-required={props.required ? 'true' : undefined}
          onInput={event => put(event.currentTarget.value)}
        />
        {field.type === 'minutes' && <span>{words.minutesUnit}</span>}
      </div>
    </Frame>
  )
}

/** `2026-11-22T08:05`, as the browser's control for a moment wants it, in this phone's zone. */
function local(value: Json): string {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(ms) ? '' : rfc3339(ms).slice(0, 16)
}

export function WhenField(props: Plain) {
  const { words } = useApp()
  const instant = props.field.type === 'instant'
  const control = `${props.id}-control`
  const shown = instant ? local(props.value) : typeof props.value === 'string' ? props.value : ''
  const put = (given: string) => {
    if (given === '') props.onValue(null)
    else if (!instant) props.onValue(given)
    else props.onValue(rfc3339(new Date(given).getTime()))
  }
  const now = () => props.onValue(instant ? rfc3339(Date.now()) : isoDay(Date.now()))
  return (
    <Frame {...props} forControl={control}>
      <input
        id={control}
        class="input"
        type={instant ? 'datetime-local' : 'date'}
        value={shown}
        aria-describedby={described(props.id, props.hint, props.wrong)}
        aria-invalid={props.wrong === undefined ? undefined : 'true'}
        aria-required={props.required ? 'true' : undefined}
        onChange={event => put(event.currentTarget.value)}
      />
      {shown === '' && instant && (
        <Button icon="clock" onPress={now}>
          {words.setNow}
        </Button>
      )}
    </Frame>
  )
}
