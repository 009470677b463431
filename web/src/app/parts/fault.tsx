import type { ComponentChildren } from 'preact'
import { useErrorBoundary } from 'preact/hooks'
import { useApp } from '../context'
import { codeOf, textOf } from '../fault'
import { href } from '../route'
import { Button } from './button'
import { Notice } from './notice'

/** Something went wrong: told over whatever is on the screen, until it is put away or something else is pressed. */
export function FaultNotice({ error, clear }: { error: unknown; clear: () => void }) {
  const { words } = useApp()
  return (
    <div class="page-wide fault">
      <Notice tone="red" live>
        <p>{textOf(error, words)}</p>
        <p>{words.codeIs(codeOf(error))}</p>
        <Button onPress={clear}>{words.understood}</Button>
      </Notice>
    </div>
  )
}

/** Around a screen: one that cannot be drawn is told of, and leaves a way on. What was written in it is kept already. */
export function Guard({ children }: { children: ComponentChildren }) {
  const { report, words } = useApp()
  const [error] = useErrorBoundary(fault => report(fault))
  if (error === undefined) return <>{children}</>
  return (
    <main class="body">
      <h1>{words.notDrawn}</h1>
      <a class="button" href={href()}>
        {words.home}
      </a>
      <button type="button" class="button main" onClick={() => location.reload()}>
        {words.reload}
      </button>
    </main>
  )
}
