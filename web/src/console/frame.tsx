import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp } from '../app/context'
import { troubleText } from '../app/fault'
import { moment } from '../app/format'
import { Button } from '../app/parts/button'
import { Icon } from '../app/parts/icon'
import { Notice } from '../app/parts/notice'
import { href } from '../app/route'
import type { Refused } from '../desk/desk'
import { PhoneError } from '../phone'
import { useConsole } from './context'
import { useKeys } from './keys'

/** What stands around every screen: where one is, how things stand, and who one is. */
export function Frame(props: {
  live: boolean
  place: string
  keys: boolean
  onKeys: (on: boolean) => void
  children: ComponentChildren
}) {
  const { phone, state, words, lang } = useApp()
  const { desk, t } = useConsole()
  const [help, setHelp] = useState(false)
  const [trouble, setTrouble] = useState<string | null>(null)
  const waiting = state.waiting + state.sent
  const [showRefused, setShowRefused] = useState(false)
  const [refused, setRefused] = useState<Refused[]>([])
  const known = state.attention.length
  useEffect(() => {
    let left = false
    desk.refused().then(
      found => left || setRefused(found),
      // What cannot be read now is read with the next change.
      () => undefined,
    )
    return () => {
      left = true
    }
  }, [desk, known, lang])
  useKeys(props.keys, { '?': () => setHelp(true), ...(help ? { Escape: () => setHelp(false) } : {}) })
  useEffect(() => {
    document.title = `${props.place === 'hours' ? t.hours : t.inbox} · ${t.title}`
  }, [t, props.place])
  const leave = async () => {
    setTrouble(null)
    try {
      await phone.signOut()
    } catch (error) {
      const isUndelivered = error instanceof PhoneError && error.code === 'undelivered'
      setTrouble(isUndelivered ? t.unsentSignOut : troubleText(error, words))
    }
  }
  return (
    <div class="console">
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        {t.skip}
      </button>
      <header class="top">
        <p class="brand">{t.title}</p>
        <nav aria-label={t.nav}>
          <a href={href('inbox')} aria-current={props.place === 'inbox' ? 'page' : undefined}>
            <Icon name="tasks" size={20} />
            {t.inbox}
          </a>
          <a href={href('hours')} aria-current={props.place === 'hours' ? 'page' : undefined}>
            <Icon name="ledger" size={20} />
            {t.hours}
          </a>
        </nav>
        <p class={`live ${props.live ? 'on' : 'off'}`}>
          <span class="dot" aria-hidden="true" />
          {props.live ? t.live : t.notLive}
        </p>
        {waiting > 0 && <p class="waiting">{t.waitingToSend(waiting)}</p>}
        {refused.length > 0 && (
          <button type="button" class="refused" onClick={() => setShowRefused(true)}>
            {t.refusedHere(refused.length)}
          </button>
        )}
        <div class="me">
          <span>{state.member !== null && t.signedInAs(state.member.name, state.member.number)}</span>
          <button type="button" class="quiet" onClick={() => setHelp(true)}>
            {t.keys}
          </button>
          <button
            type="button"
            class="quiet"
            lang={lang === 'en' ? 'zh-Hans' : 'en'}
            onClick={() => phone.setLang(lang === 'en' ? 'zh-Hans' : 'en')}
          >
            {t.otherLanguage}
          </button>
          <button type="button" class="quiet" onClick={leave}>
            {t.signOut}
          </button>
        </div>
      </header>
      {trouble !== null && (
        <Notice tone="amber" live>
          {trouble}
        </Notice>
      )}
      <main id="content" tabIndex={-1}>
        {props.children}
      </main>
      {showRefused && <RefusedList refused={refused} onClose={() => setShowRefused(false)} />}
      {help && <KeyHelp on={props.keys} onSwitch={props.onKeys} onClose={() => setHelp(false)} />}
    </div>
  )
}

/** Decisions that were not accepted, each with why, and the way to decide anew. */
function RefusedList({ refused, onClose }: { refused: Refused[]; onClose: () => void }) {
  const { words } = useApp()
  const { t } = useConsole()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="key-help" aria-labelledby="refused" onClose={onClose}>
      <h2 id="refused">{t.refusedHere(refused.length)}</h2>
      <p>{t.refusedAbout}</p>
      <ul class="decisions">
        {refused.map(one => (
          <li key={one.savedMs}>
            <strong>{one.text}</strong> <span class="soft">{moment(words, one.savedMs, Date.now())}</span>
            {one.findings[0] !== undefined && (
              <p>
                <a href={href('inbox', one.findings[0])} onClick={onClose}>
                  {t.openFinding}
                </a>
              </p>
            )}
          </li>
        ))}
      </ul>
      <Button kind="main" onPress={onClose}>
        {t.close}
      </Button>
    </dialog>
  )
}

/** The keyboard's shortcuts. */
function KeyHelp(props: { on: boolean; onSwitch: (on: boolean) => void; onClose: () => void }) {
  const { t } = useConsole()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="key-help" aria-labelledby="keys" onClose={props.onClose}>
      <h2 id="keys">{t.keys}</h2>
      <p>{t.keysAbout}</p>
      <dl>
        {t.keyList.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" checked={!props.on} onChange={event => props.onSwitch(!event.currentTarget.checked)} />
        {t.keysOff}
      </label>
      <Button kind="main" onPress={props.onClose}>
        {t.closeKeys}
      </Button>
    </dialog>
  )
}

/** What stands there until the server has said how everything is called; where it cannot, why. */
export function Beginning() {
  const { state } = useApp()
  const { t } = useConsole()
  const outcome = state.lastOutcome
  return (
    <p class="pick" role="status">
      {outcome !== null && 'text' in outcome && !state.sending ? outcome.text : t.loading}
    </p>
  )
}

/** Who has no desk is told where he works. */
export function NotForYou() {
  const { t } = useConsole()
  return (
    <div class="middle-card">
      <h1>{t.title}</h1>
      <Notice tone="blue">{t.onlyDesk}</Notice>
      <a class="button" href="/">
        {t.phoneApp}
      </a>
    </div>
  )
}
