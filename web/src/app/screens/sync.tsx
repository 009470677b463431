import { useApp } from '../context'
import { moment, size } from '../format'
import { Button, RowLink } from '../parts/button'
import { Notice } from '../parts/notice'
import { Page } from '../parts/page'
import { useSummary } from '../parts/status'
import { SyncButton } from '../parts/sync-button'
import { isWarnedOf, Warnings } from '../parts/warnings'
import { href } from '../route'

/** What waits, what needs somebody and why, and the large button. */
export function SyncScreen() {
  const { phone, state, words } = useApp()
  const summary = useSummary()
  const others = state.attention.filter(one => !isWarnedOf(one.code))
  const photoTrouble = state.attention.some(one => one.photo !== undefined)
  return (
    <Page title={words.syncTitle}>
      <section class="card" aria-label={words.whatWaits}>
        <p class="tally">{summary}</p>
        {state.photosTotal > 0 && <p>{words.photosDone(state.photosTotal - state.photosWaiting, state.photosTotal)}</p>}
        {state.lastSync !== null && <p class="soft">{words.lastSync(moment(words, state.lastSync, Date.now()))}</p>}
        <SyncButton />
      </section>
      <section class="stack" aria-labelledby="attention">
        <h2 id="attention">{words.attentionTitle}</h2>
        <Warnings />
        {state.attention.length === 0 && <p>{words.nothingNeedsYou}</p>}
        {others.map(one =>
          one.record === undefined ? (
            <Notice tone="amber" key={`${one.code} ${one.unit ?? ''}`}>
              {one.text}
            </Notice>
          ) : (
            <RowLink to={href('record', one.record)} icon="warn" key={`${one.code} ${one.record} ${one.photo ?? ''}`}>
              {one.text}
            </RowLink>
          ),
        )}
        {photoTrouble && (
          <Button icon="sync" onPress={() => phone.retryPhotos()}>
            {words.retryPhotos}
          </Button>
        )}
      </section>
      <section class="stack" aria-label={words.storage}>
        {state.freeBytes !== null && <p>{words.freeSpace(size(state.freeBytes))}</p>}
        {!state.persisted && <p>{words.notPersisted}</p>}
        <RowLink to={href('export')} icon="download">
          {words.exportUnsent}
        </RowLink>
      </section>
    </Page>
  )
}
