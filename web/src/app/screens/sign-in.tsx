import { useState } from 'preact/hooks'
import { useApp } from '../context'
import { foreseen } from '../fault'
import { Button } from '../parts/button'
import { TextInput } from '../parts/input'
import { LanguageChoice, SizeChoice } from '../parts/look'
import { Notice } from '../parts/notice'
import { Page } from '../parts/page'
import { href, replace } from '../route'

/** What the device is called in the list of devices: the browser and its system, as far as it says. */
function deviceLabel(): string {
  const agent = navigator.userAgent
  const system = /\(([^)]*)\)/.exec(agent)?.[1] ?? ''
  const browser = /(?:Chrome|Firefox|Version)\/(\d+)/.exec(agent)?.[0] ?? ''
  return `${system.split(';').slice(-1)[0]?.trim() ?? ''} ${browser}`.trim().slice(0, 60)
}

/** The shortest password that the server takes. */
const SHORTEST = 10

/** Signing in, or, the first time, activating with the office's one-time code. */
export function SignInScreen({ first }: { first: boolean }) {
  const { phone, state, words } = useApp()
  const [number, setNumber] = useState(state.member?.number ?? '')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [code, setCode] = useState('')
  const [totp, setTotp] = useState('')
  const [askTotp, setAskTotp] = useState(false)
  const [wrong, setWrong] = useState<Record<string, string>>({})
  const [trouble, setTrouble] = useState<string | null>(null)

  const check = (): Record<string, string> => {
    const found: Record<string, string> = {}
    if (number.trim() === '') found.number = words.fillIn(words.number)
    if (first && code.trim() === '') found.code = words.fillIn(words.activationCode)
    if (password === '') found.password = words.fillIn(words.password)
    else if (first && Array.from(password).length < SHORTEST) found.password = words.newPasswordHint(SHORTEST)
    else if (first && again !== password) found.again = words.passwordsDiffer
    return found
  }
  const send = async () => {
    setTrouble(null)
    const found = check()
    setWrong(found)
    if (Object.keys(found).length > 0) {
      document.getElementById(`${Object.keys(found)[0]}-control`)?.focus()
      return
    }
    const label = deviceLabel()
    try {
      if (first) await phone.activate({ number: number.trim(), code: code.trim(), password, label })
      else {
        const second = totp.trim() === '' ? {} : { totp: totp.trim() }
        await phone.signIn({ number: number.trim(), password, label, ...second })
      }
      void phone.askPersistence()
      replace()
    } catch (error) {
      const { code: why, text } = foreseen(error)
      if (why === 'totp_required') setAskTotp(true)
      setTrouble(text)
    }
  }
  const submit = (event: Event) => {
    event.preventDefault()
  }
  return (
    <Page title={first ? words.activateTitle : words.signInTitle} back={first || state.signedIn}>
      {state.stage === 'sign_in' && <Notice tone="amber">{words.signInAgainAbout}</Notice>}
      <form class="stack" onSubmit={submit} noValidate>
        <TextInput
          id="number"
          label={words.number}
          hint={words.numberHint}
          wrong={wrong.number}
          complete="username"
          value={number}
          onValue={setNumber}
        />
        {first && (
          <TextInput
            id="code"
            label={words.activationCode}
            hint={words.activationHint}
            wrong={wrong.code}
            complete="one-time-code"
            value={code}
            onValue={setCode}
          />
        )}
        <TextInput
          id="password"
          label={first ? words.newPassword : words.password}
          hint={first ? words.newPasswordHint(SHORTEST) : undefined}
          wrong={wrong.password}
          secret
          complete={first ? 'new-password' : 'current-password'}
          value={password}
          onValue={setPassword}
        />
        {first && (
          <TextInput
            id="again"
            label={words.passwordAgain}
            wrong={wrong.again}
            secret
            complete="new-password"
            value={again}
            onValue={setAgain}
          />
        )}
        {askTotp && (
          <TextInput id="totp" label={words.totpCode} numeric complete="one-time-code" value={totp} onValue={setTotp} />
        )}
        {trouble !== null && (
          <Notice tone="red" live>
            {trouble}
          </Notice>
        )}
        <Button kind="main tall" icon="person" submit onPress={send}>
          {first ? words.activate : words.signIn}
        </Button>
      </form>
      <a class="button" href={first ? href('sign-in') : href('activate')}>
        {first ? words.alreadyActive : words.firstTime}
      </a>
      <SizeChoice />
      <LanguageChoice />
    </Page>
  )
}
