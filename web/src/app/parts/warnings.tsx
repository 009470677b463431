import { useApp } from '../context'
import { difference, size } from '../format'
import { href } from '../route'
import { LogWarning, RestoreNews } from './log'
import { Notice } from './notice'

const DAY = 24 * 3600 * 1000
/** Work that has waited so long is in danger on a phone. */
const OLD = 3 * DAY
/** Below this, photos will soon find no room. */
const LITTLE = 200_000_000
/** The server makes a finding from here on. */
const CLOCK_OFF = 5 * 60 * 1000

/** Whether something that needs attention is among what is said here. */
export function isWarnedOf(code: string): boolean {
  return code === 'unsent_days' || code.startsWith('log_')
}

/** What is not right with this phone, and what its holder can do about it. */
export function Warnings() {
  const { state, words } = useApp()
  const oldest = state.oldestWaitingMs
  const offset = state.clockOffsetMs
  return (
    <>
      <LogWarning />
      {oldest !== null && oldest >= OLD && (
        <Notice tone="red">
          <p>{words.oldUnsent(Math.floor(oldest / DAY))}</p>
          <a class="button" href={href('export')}>
            {words.exportUnsent}
          </a>
        </Notice>
      )}
      {state.freeBytes !== null && state.freeBytes < LITTLE && (
        <Notice tone="amber">{words.freeSpaceLow(size(state.freeBytes))}</Notice>
      )}
      {offset !== null && Math.abs(offset) >= CLOCK_OFF && (
        <Notice tone="amber" icon="clock">
          {words.clockWrong(difference(words, offset), offset < 0)}
        </Notice>
      )}
      <RestoreNews />
      {state.device?.keyStorage === 'software' && <Notice tone="plain">{words.softwareKey}</Notice>}
    </>
  )
}
