import type { ComponentChildren } from 'preact'
import { useApp } from '../context'
import { Icon } from '../parts/icon'

/** A field's name, what it is for, what is wrong with it, and its control. The control names `labelId` as its label. */
export function Frame(props: {
  id: string
  label: string
  required?: boolean
  hint?: string
  wrong?: string
  forControl?: string
  children: ComponentChildren
}) {
  const { words } = useApp()
  const label = (
    <>
      {props.label}
      {props.required && <small>{words.required}</small>}
    </>
  )
  return (
    <div class="field" id={props.id}>
      {props.forControl === undefined ? (
        <p class="label" id={labelId(props.id)}>
          {label}
        </p>
      ) : (
        <label class="label" id={labelId(props.id)} for={props.forControl}>
          {label}
        </label>
      )}
      {props.hint !== undefined && (
        <p class="hint" id={hintId(props.id)}>
          {props.hint}
        </p>
      )}
      {props.children}
      {props.wrong !== undefined && (
        <p class="wrong" id={wrongId(props.id)}>
          <Icon name="warn" size={24} />
          <span>{props.wrong}</span>
        </p>
      )}
    </div>
  )
}

export const labelId = (id: string) => `${id}-label`
export const hintId = (id: string) => `${id}-hint`
export const wrongId = (id: string) => `${id}-wrong`

/** What describes a control, for screen readers. */
export function described(id: string, hint: string | undefined, wrong: string | undefined): string | undefined {
  const ids = [hint !== undefined && hintId(id), wrong !== undefined && wrongId(id)].filter(one => one !== false)
  return ids.length > 0 ? ids.join(' ') : undefined
}
