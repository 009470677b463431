import { useState } from 'preact/hooks'
import { PhoneError } from '../../phone'
import { useApp } from '../context'
import { foreseen } from '../fault'
import { unitName } from '../form/show'
import { day, size } from '../format'
import { Button, Sure } from '../parts/button'
import { LogCard, LogWarning } from '../parts/log'
import { LanguageChoice, SizeChoice } from '../parts/look'
import { Notice } from '../parts/notice'
import { Page } from '../parts/page'
import { href, replace } from '../route'

/** How the app looks and speaks, which phone this is, and the way out. */
export function SettingsScreen() {
  const { state, words } = useApp()
  return (
    <Page title={words.settingsTitle}>
      <SizeChoice />
      <LanguageChoice />
      <section class="card" aria-labelledby="appointments">
        <h2 id="appointments">{words.appointmentsTitle}</h2>
        <p>
          {state.member?.name} {state.member?.number}
        </p>
        <ul class="stack">
          {state.appointments.map(one => (
            <li key={one.id}>
              {words.roles[one.role] ?? one.role} · {unitName(one.unit, state)}
              {one.ends_ms != null && ` · ${words.until(day(words, one.ends_ms))}`}
            </li>
          ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="device">
        <h2 id="device">{words.device}</h2>
        {state.device !== null && (
          <dl class="facts">
            <div>
              <dt>{words.deviceId}</dt>
              <dd>{state.device.id}</dd>
            </div>
            <div>
              <dt>{words.signingKey}</dt>
              <dd>{words.keyKept[state.device.keyStorage]}</dd>
            </div>
          </dl>
        )}
        {state.freeBytes !== null && <p>{words.freeSpace(size(state.freeBytes))}</p>}
        <p>{state.persisted ? words.persisted : words.notPersisted}</p>
      </section>
      <LogWarning />
      <LogCard />
      <SignOut />
    </Page>
  )
}

/** Signing out delivers first; what cannot be delivered is cleared only when that is asked for in so many words. */
function SignOut() {
  const { phone, words } = useApp()
  const [unsent, setUnsent] = useState<number | null>(null)
  const [trouble, setTrouble] = useState<string | null>(null)
  const leave = async (loseUndelivered: boolean) => {
    setTrouble(null)
    try {
      await phone.signOut({ loseUndelivered })
      replace()
    } catch (error) {
      if (error instanceof PhoneError && error.code === 'undelivered') {
        setUnsent(Number(error.detail.saves ?? 0) + Number(error.detail.photos ?? 0))
      } else setTrouble(foreseen(error).text)
    }
  }
  return (
    <section class="card" aria-labelledby="sign-out">
      <h2 id="sign-out">{words.signOut}</h2>
      <p>{words.signOutAbout}</p>
      {trouble !== null && (
        <Notice tone="red" live>
          {trouble}
        </Notice>
      )}
      {unsent === null ? (
        <Sure
          label={words.signOut}
          question={words.signOutSure}
          yes={words.signOut}
          icon="out"
          onSure={() => leave(false)}
        />
      ) : (
        <>
          <Notice tone="red" live>
            {words.signOutUnsent(unsent)}
          </Notice>
          <a class="button" href={href('export')}>
            {words.exportUnsent}
          </a>
          <Button onPress={() => setUnsent(null)}>{words.cancel}</Button>
          <Sure
            label={words.signOutAnyway}
            question={words.signOutLoses}
            yes={words.signOutAnyway}
            icon="out"
            onSure={() => leave(true)}
          />
        </>
      )}
    </section>
  )
}
