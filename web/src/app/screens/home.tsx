import { useEffect, useState } from 'preact/hooks'
import type { Running } from '../../phone'
import { useApp, useAsked } from '../context'
import { clockTime, duration, moment, ticking } from '../format'
import { RowLink } from '../parts/button'
import { Icon, type IconName } from '../parts/icon'
import { Notice } from '../parts/notice'
import { Page } from '../parts/page'
import { Standing } from '../parts/status'
import { Warnings } from '../parts/warnings'
import { href } from '../route'

/** The present moment, followed while somebody looks. */
export function useNow(every: number, on: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!on) return
    const timer = setInterval(() => setNow(Date.now()), every)
    return () => clearInterval(timer)
  }, [every, on])
  return now
}

/** The first screen: four large buttons, how things stand, and the way to everything else. */
export function HomeScreen() {
  const { phone, state, words } = useApp()
  const running = useAsked(() => phone.running(), [])
  const tasks = useAsked(() => phone.tasks(), [])
  const may = new Set(phone.creatable().map(one => one.kind))
  const others = Object.keys(state.catalogue?.kinds ?? {}).filter(kind => may.has(kind))
  const count = tasks.value?.length ?? 0
  return (
    <Page title={words.hello(state.member?.name ?? '')} back={false}>
      {state.stage === 'push_only' && <Notice tone="amber">{words.pushOnly}</Notice>}
      {state.stage === 'sign_in' && (
        <Notice tone="amber">
          <p>{words.signInAgainAbout}</p>
          <a class="button main" href={href('sign-in')}>
            {words.signIn}
          </a>
        </Notice>
      )}
      {running.value != null && <Clock running={running.value} />}
      <nav aria-label={words.mainThings}>
        <ul class="four">
          <li>
            {running.value == null ? (
              <Big to={href('start')} kind="start" icon="play" text={words.startService} />
            ) : (
              <Big to={href('stop')} kind="stop" icon="stop" text={words.endService} />
            )}
          </li>
          <li>
            <Big to={href('new', 'supervision_visit')} kind="visit" icon="pin" text={words.checkIn} />
          </li>
          <li>
            <Big to={href('new', 'photo_report')} kind="snap" icon="camera" text={words.photoReport} />
          </li>
          <li>
            <Big to={href('records')} kind="list" icon="list" text={words.myRecords} />
          </li>
        </ul>
      </nav>
      <Standing />
      <Warnings />
      <nav class="stack" aria-label={words.otherThings}>
        <RowLink to={href('tasks')} icon="tasks">
          {words.myTasks}
          {count > 0 && ` · ${words.tasksCount(count)}`}
        </RowLink>
        <RowLink to={href('hours')} icon="clock">
          {words.myHours}
        </RowLink>
        {others.length > 0 && (
          <RowLink to={href('new')} icon="pencil">
            {words.otherRecords}
          </RowLink>
        )}
        <RowLink to={href('settings')} icon="gear">
          {words.settings}
        </RowLink>
      </nav>
    </Page>
  )
}

function Big(props: { to: string; kind: string; icon: IconName; text: string }) {
  return (
    <a class={`big ${props.kind}`} href={props.to}>
      <Icon name={props.icon} size={44} />
      {props.text}
    </a>
  )
}

/** The running clock. What it shows is worked out from when it began, so no restart stops it. */
export function Clock({ running }: { running: Running }) {
  const { words } = useApp()
  const now = useNow(1000, true)
  const forMs = running.forMs()
  return (
    <section class="card" aria-label={words.running}>
      <p>
        {words.running} · {words.runningSince(clockTime(running.startedMs))}
      </p>
      <p class="clock" role="timer" aria-label={duration(words, forMs)}>
        {ticking(forMs)}
      </p>
      {running.long && (
        <Notice tone="amber">
          {words.longRunning(Math.floor(forMs / 3_600_000))} {words.openSession(moment(words, running.startedMs, now))}
        </Notice>
      )}
    </section>
  )
}
