import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon'

/** How something is meant: an icon and a colour, always beside words. */
export type Tone = 'plain' | 'blue' | 'green' | 'amber' | 'red' | 'purple'

const ICONS: Record<Tone, IconName> = {
  plain: 'info',
  blue: 'info',
  green: 'check',
  amber: 'warn',
  red: 'warn',
  purple: 'split',
}

/** Something to be read, in a frame. One that is `live` is read out when it comes. */
export function Notice(props: { tone: Tone; icon?: IconName; live?: boolean; children: ComponentChildren }) {
  return (
    <div class={`notice tone-${props.tone}`} role={props.live ? 'alert' : undefined}>
      <Icon name={props.icon ?? ICONS[props.tone]} />
      <div>{props.children}</div>
    </div>
  )
}

/** A short state with its sign. */
export function Badge(props: { tone: Tone; icon: IconName; children: ComponentChildren }) {
  return (
    <span class={`badge tone-${props.tone}`}>
      <Icon name={props.icon} size={20} />
      <span>{props.children}</span>
    </span>
  )
}

/** How far something is. */
export function ProgressBar(props: { label: string; done: number; of: number }) {
  const part = props.of > 0 ? Math.min(1, props.done / props.of) : 0
  const percent = Math.round(part * 100)
  return (
    <div
      class="bar-of-progress"
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div style={{ width: `${percent}%` }} />
    </div>
  )
}
