import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useApp } from '../context'
import { back } from '../route'
import { Icon } from './icon'

/** A screen: its name above, a way back, and what it shows. The name takes the focus, so that a screen reader begins there. */
export function Page(props: { title: string; back?: boolean; end?: ComponentChildren; children: ComponentChildren }) {
  const { words } = useApp()
  const heading = useRef<HTMLHeadingElement>(null)
  const { title } = props
  useEffect(() => {
    document.title = `${title} · ${words.appName}`
  }, [title, words])
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div class="page">
      <header class="bar">
        {props.back !== false && (
          <button type="button" class="bar-button" onClick={back}>
            <Icon name="back" />
            {words.back}
          </button>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {props.end}
      </header>
      <main class="body">{props.children}</main>
    </div>
  )
}
