import { useState } from 'preact/hooks'
import { useApp } from '../context'
import { described, Frame } from '../form/frame'
import { Button } from './button'

/** A line of text outside a record's form. A secret one can be shown, for nobody types blindly with ease. */
export function TextInput(props: {
  id: string
  label: string
  hint?: string
  wrong?: string
  secret?: boolean
  numeric?: boolean
  complete?: 'username' | 'current-password' | 'new-password' | 'one-time-code' | 'off'
  value: string
  onValue: (value: string) => void
}) {
  const { words } = useApp()
  const [open, setOpen] = useState(false)
  const control = `${props.id}-control`
  return (
    <Frame id={props.id} label={props.label} hint={props.hint} wrong={props.wrong} forControl={control}>
      <input
        id={control}
        class="input"
        {...(props.secret && !open ? { type: 'password' as const } : { type: 'text' as const })}
        inputMode={props.numeric ? 'numeric' : undefined}
        autocomplete={props.complete ?? 'off'}
        autocapitalize="off"
        spellcheck={false}
        value={props.value}
        aria-describedby={described(props.id, props.hint, props.wrong)}
        aria-invalid={props.wrong === undefined ? undefined : 'true'}
        onInput={event => props.onValue(event.currentTarget.value)}
      />
      {props.secret && <Button onPress={() => setOpen(!open)}>{open ? words.hidePassword : words.showPassword}</Button>}
    </Frame>
  )
}
