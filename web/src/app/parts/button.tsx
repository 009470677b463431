import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { useApp } from '../context'
import { Icon, type IconName } from './icon'

/**
 * A button. While what it began is under way it stays where it is, says so, and begins nothing anew. What goes wrong in it and is not
 * said by who gave it is told.
 */
export function Button(props: {
  kind?: string
  icon?: IconName
  busy?: boolean
  onPress: () => unknown
  /** The button of a form: the keyboard's enter presses it. */
  submit?: boolean
  children: ComponentChildren
}) {
  const { report, clear } = useApp()
  const [working, setWorking] = useState(false)
  const under = useRef(false)
  const busy = working || props.busy === true
  const press = async () => {
    if (under.current || props.busy === true) return
    under.current = true
    setWorking(true)
    clear()
    try {
      await props.onPress()
    } catch (error) {
      report(error, true)
    } finally {
      under.current = false
      setWorking(false)
    }
  }
  return (
    <button
      type={props.submit ? 'submit' : 'button'}
      class={`button ${props.kind ?? ''}`}
      aria-disabled={busy ? 'true' : undefined}
      onClick={press}
    >
      {props.icon && <Icon name={props.icon} turning={busy && props.icon === 'sync'} />}
      <span>{props.children}</span>
    </button>
  )
}

/** A line that leads somewhere. */
export function RowLink(props: { to: string; icon: IconName; children: ComponentChildren }) {
  return (
    <a class="row-link" href={props.to}>
      <Icon name={props.icon} />
      <span class="grow">{props.children}</span>
      <Icon name="next" size={20} />
    </a>
  )
}

/** A button whose deed cannot be undone: it asks in place, without a window over the page. */
export function Sure(props: { label: string; question: string; yes: string; icon?: IconName; onSure: () => unknown }) {
  const { words } = useApp()
  const [asking, setAsking] = useState(false)
  if (!asking) {
    return (
      <Button kind="grave" icon={props.icon} onPress={() => setAsking(true)}>
        {props.label}
      </Button>
    )
  }
  return (
    <fieldset aria-label={props.question}>
      <div class="card">
        <p role="alert">{props.question}</p>
        <Button kind="grave main" onPress={props.onSure}>
          {props.yes}
        </Button>
        <Button onPress={() => setAsking(false)}>{words.cancel}</Button>
      </div>
    </fieldset>
  )
}
