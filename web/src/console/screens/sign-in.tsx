import { useState } from 'preact/hooks'
import { useApp } from '../../app/context'
import { troubleText } from '../../app/fault'
import { Button } from '../../app/parts/button'
import { TextInput } from '../../app/parts/input'
import { Notice } from '../../app/parts/notice'
import { PhoneError } from '../../phone'
import { useConsole } from '../context'

/** What the desk is called in the list of devices. */
function deskLabel(): string {
  const agent = navigator.userAgent
  const system = /\(([^);]*)/.exec(agent)?.[1] ?? ''
  const browser = /(?:Edg|Chrome|Firefox|Version)\/\d+/.exec(agent)?.[0] ?? ''
  return `${system} ${browser}`.trim().slice(0, 60)
}

/** Signing in at the desk. Who does for the first time activates in the phone app. */
export function SignInScreen() {
  const { phone, state, words, lang } = useApp()
  const { t } = useConsole()
  const [number, setNumber] = useState(state.member?.number ?? '')
  const [password, setPassword] = useState('')
  const [totp, setTotp] = useState('')
  const [askTotp, setAskTotp] = useState(false)
  const [trouble, setTrouble] = useState<string | null>(null)
  const send = async () => {
    setTrouble(null)
    const second = totp.trim() === '' ? {} : { totp: totp.trim() }
    try {
      await phone.signIn({ number: number.trim(), password, label: deskLabel(), ...second })
      void phone.askPersistence()
    } catch (error) {
      if (error instanceof PhoneError && error.code === 'totp_required') setAskTotp(true)
      setTrouble(troubleText(error, words))
    }
  }
  return (
    <main class="middle-card">
      <h1>{t.title}</h1>
      {state.stage === 'sign_in' && <Notice tone="amber">{t.signInAgain}</Notice>}
      <form class="stack" onSubmit={event => event.preventDefault()} noValidate>
        <TextInput id="number" label={words.number} complete="username" value={number} onValue={setNumber} />
        <TextInput
          id="password"
          label={words.password}
          secret
          complete="current-password"
          value={password}
          onValue={setPassword}
        />
        {askTotp && (
          <TextInput id="totp" label={words.totpCode} numeric complete="one-time-code" value={totp} onValue={setTotp} />
        )}
        {trouble !== null && (
          <Notice tone="red" live>
            {trouble}
          </Notice>
        )}
        <Button kind="main" icon="person" submit onPress={send}>
          {words.signIn}
        </Button>
      </form>
      <p>
        <a href="/#/activate">{t.firstTime}</a>
      </p>
      <button
        type="button"
        class="quiet"
        lang={lang === 'en' ? 'zh-Hans' : 'en'}
        onClick={() => phone.setLang(lang === 'en' ? 'zh-Hans' : 'en')}
      >
        {t.otherLanguage}
      </button>
    </main>
  )
}
