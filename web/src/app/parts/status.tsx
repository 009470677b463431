import { useApp } from '../context'
import { moment } from '../format'
import { href } from '../route'
import { Icon } from './icon'
import { SyncButton } from './sync-button'

/** What waits, in words: the first thing that anybody wants to know. */
export function useSummary(): string {
  const { state, words } = useApp()
  const parts = [
    // What went into a push that nobody answered waits like all else: only an answer says that it arrived.
    state.waiting + state.sent > 0 && words.waitingCount(state.waiting + state.sent),
    state.held > 0 && words.heldCount(state.held),
    state.photosWaiting > 0 && words.photosWaiting(state.photosWaiting),
  ].filter((one): one is string => one !== false)
  return parts.length > 0 ? parts.join(words.listSep) : state.lastSync === null ? words.neverSynced : words.syncNothing
}

/** How things stand, and the large button that sends. */
export function Standing() {
  const { state, words } = useApp()
  const summary = useSummary()
  const clear = state.waiting + state.sent + state.held + state.photosWaiting === 0 && state.lastSync !== null
  return (
    <section class="card" aria-label={words.syncTitle}>
      <a class={`row-link ${clear ? 'tone-green' : 'tone-blue'}`} href={href('sync')}>
        <Icon name={clear ? 'check' : 'up'} />
        <span class="grow">
          <strong>{summary}</strong>
          {state.lastSync !== null && (
            <span class="under">{words.lastSync(moment(words, state.lastSync, Date.now()))}</span>
          )}
        </span>
        <Icon name="next" size={20} />
      </a>
      <SyncButton />
      {state.attention.length > 0 && (
        <a class="row-link tone-red" href={href('sync')}>
          <Icon name="warn" />
          <span class="grow">
            <strong>{words.needsAttention(state.attention.length)}</strong>
          </span>
          <Icon name="next" size={20} />
        </a>
      )}
    </section>
  )
}
