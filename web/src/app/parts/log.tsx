import type { LogState } from '../../phone'
import { useApp } from '../context'
import { saveFile } from '../device/file'
import { isoDay, moment } from '../format'
import { Button } from './button'
import { Notice } from './notice'

/** For how long a restore is told of beside what else is not as ever, ms. */
const NEWS_MS = 7 * 24 * 3600 * 1000

/** What the server says of its log and this phone does not believe: what, since when, and the server's words to hand over. */
export function LogWarning() {
  const { phone, state, words } = useApp()
  const warning = state.log?.warning ?? null
  if (warning === null) return null
  const { code, sinceMs, evidence } = warning
  return (
    <Notice tone="red" live>
      <p>
        <strong>{phone.words(code)}</strong>
      </p>
      <p>{words.logWarned(moment(words, sinceMs, Date.now()))}</p>
      <p>{words.codeIs(code)}</p>
      <Button
        icon="download"
        onPress={() => saveFile(new Blob([`${code}\n${evidence}\n`]), `wuyuan-${code}-${isoDay(sinceMs)}.txt`)}
      >
        {words.logEvidence}
      </Button>
    </Notice>
  )
}

function useTold() {
  const { words } = useApp()
  return (one: LogState['restores'][number]) => words.restored(moment(words, one.atMs, Date.now()), one.lost)
}

/** A restore, while it is new. */
export function RestoreNews() {
  const { state } = useApp()
  const told = useTold()
  const recent = (state.log?.restores ?? []).filter(one => Date.now() - one.atMs < NEWS_MS)
  const last = recent[recent.length - 1]
  return last === undefined ? null : <Notice tone={last.lost > 0 ? 'amber' : 'blue'}>{told(last)}</Notice>
}

/** How far the server's log has been watched, and the restores that it went through, with their names. */
export function LogCard() {
  const { state, words } = useApp()
  const told = useTold()
  const { log } = state
  if (log === null) return null
  return (
    <section class="card" aria-labelledby="log">
      <h2 id="log">{words.logTitle}</h2>
      <p>{words.logWatched(log.size, moment(words, log.checkedMs, Date.now()))}</p>
      {log.restores.map(one => (
        <div key={one.origin}>
          <p>{told(one)}</p>
          <p class="soft">
            {one.before} → {one.origin}
          </p>
        </div>
      ))}
    </section>
  )
}
