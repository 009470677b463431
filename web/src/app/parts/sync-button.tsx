import { useEffect, useState } from 'preact/hooks'
import type { Progress } from '../../phone'
import { useApp } from '../context'
import { size } from '../format'
import { Button } from './button'
import { Notice, ProgressBar } from './notice'

/** 立即同步: starts a sync or joins the one under way, shows how far it is, and says in one sentence how it ended. */
export function SyncButton() {
  const { phone, state, words, announce } = useApp()
  const [progress, setProgress] = useState<Progress | null>(null)
  useEffect(
    () =>
      phone.on(event => {
        if (event.kind === 'progress') setProgress(event.progress)
        if (event.kind === 'outcome') setProgress(null)
      }),
    [phone],
  )
  const sync = async () => {
    // The browser may ask its user, so it is asked from a tap; its answer changes nothing here but what settings say.
    if (!state.persisted) void phone.askPersistence()
    const outcome = await phone.sync()
    announce(outcome.kind === 'up_to_date' ? words.syncDone : outcome.text)
  }
  const outcome = state.lastOutcome
  return (
    <>
      <Button kind="main tall" icon="sync" busy={state.sending} onPress={sync}>
        {state.sending ? words.syncing : words.syncNow}
      </Button>
      {state.sending && progress !== null && (
        <>
          <p>
            {words.syncPhase[progress.phase]}
            {progress.total > 0 && ` ${progress.done}/${progress.total}`}
            {progress.photo !== undefined && ` · ${size(progress.photo.sent)}/${size(progress.photo.bytes)}`}
          </p>
          <ProgressBar label={words.syncPhase[progress.phase]} done={reached(progress)} of={progress.total || 1} />
        </>
      )}
      {!state.sending && outcome !== null && outcome.kind !== 'up_to_date' && (
        <Notice tone={outcome.kind === 'wait' ? 'blue' : 'amber'}>
          <p>{outcome.text}</p>
          {outcome.kind === 'stopped' && <p>{words.codeIs(outcome.code)}</p>}
        </Notice>
      )}
    </>
  )
}

/** How much has gone, the part of the photo under way included. */
function reached(progress: Progress): number {
  const photo = progress.photo
  return progress.done + (photo === undefined || photo.bytes === 0 ? 0 : photo.sent / photo.bytes)
}
