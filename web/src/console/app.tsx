import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { AppContext, type App as AppValue, useObservable } from '../app/context'
import { useFaults } from '../app/fault'
import { htmlLang } from '../app/format'
import { FaultNotice } from '../app/parts/fault'
import { type Route, useRoute } from '../app/route'
import { type Words, wordsOf } from '../app/words'
import type { Desk } from '../desk/desk'
import type { Rule } from '../desk/types'
import { type Console, ConsoleContext } from './context'
import { Beginning, Frame, NotForYou } from './frame'
import { useSingleKeys } from './keys'
import { HoursScreen } from './screens/hours'
import { InboxScreen } from './screens/inbox'
import { SignInScreen } from './screens/sign-in'
import { consoleWords } from './words'

/** Roles that record in the field and have no desk. */
const FIELD = ['supervisor', 'info_officer', 'liaison_officer', 'volunteer', 'counsellor']

/** The whole console around an open desk. */
export function ConsoleApp({ desk, first }: { desk: Desk; first: Words }) {
  const { phone } = desk
  const state = useObservable(useMemo(() => phone.state(), [phone]))
  const route = useRoute()
  const { fault, report, clear } = useFaults()
  const [said, setSaid] = useState('')
  const [spoken, setSpoken] = useState({ lang: state.lang, words: first })
  const [rules, setRules] = useState<Record<string, Rule>>({})
  const [live, setLive] = useState(false)
  const [keys, setKeys] = useSingleKeys()
  const listeners = useRef(new Set<(unit: string | null) => void>())
  const odd = useRef(false)
  // The same words twice are read out twice only if the text differs.
  const announce = useCallback((text: string) => {
    odd.current = !odd.current
    setSaid(odd.current ? text : `${text}\u00a0`)
  }, [])
  const ready = state.stage === 'ready'
  useEffect(() => {
    let left = false
    const { lang } = state
    wordsOf(lang).then(
      words => left || setSpoken({ lang, words }),
      // A language whose words cannot be had stays unspoken: the present one goes on.
      () => undefined,
    )
    return () => {
      left = true
    }
  }, [state.lang])
  useEffect(() => {
    document.documentElement.lang = htmlLang(spoken.lang)
  }, [spoken.lang])
  useEffect(() => phone.keepSyncing(state.stage !== 'empty'), [phone, state.stage])
  useEffect(() => {
    if (!ready) return
    // Without their wording rules stand by their codes; the next hint asks again.
    const ask = () => desk.rules().then(setRules, () => undefined)
    void ask()
    return desk.follow(
      heard => {
        const unit = heard.name === 'unit' ? (JSON.parse(heard.data) as { unit: string }).unit : null
        if (unit === null) void ask()
        for (const listener of Array.from(listeners.current)) listener(unit)
      },
      on => setLive(on),
    )
  }, [desk, ready])
  const onMove = useCallback((listener: (unit: string | null) => void) => {
    listeners.current.add(listener)
    return () => {
      listeners.current.delete(listener)
    }
  }, [])
  const t = consoleWords(spoken.lang)
  const app: AppValue = useMemo(
    () => ({ phone, state, ...spoken, announce, report, clear }),
    [phone, state, spoken, announce, report, clear],
  )
  const around: Console = useMemo(() => ({ desk, t, rules, onMove, keys }), [desk, t, rules, onMove, keys])
  // Without them everything would stand by its code, and nobody could tell what he may decide.
  const known = state.catalogue !== null && state.units.length > 0
  const hasDesk = state.appointments.some(one => FIELD.indexOf(one.role) < 0)
  return (
    <AppContext.Provider value={app}>
      <ConsoleContext.Provider value={around}>
        {fault !== null && <FaultNotice error={fault.error} clear={clear} />}
        {state.stage === 'empty' || state.stage === 'sign_in' ? (
          <SignInScreen />
        ) : (
          <Frame live={live} place={route[0] ?? 'inbox'} keys={keys} onKeys={setKeys}>
            {!(hasDesk && ready) ? <NotForYou /> : known ? <Screen route={route} /> : <Beginning />}
          </Frame>
        )}
        <div class="hidden-text" role="status">
          {said}
        </div>
      </ConsoleContext.Provider>
    </AppContext.Provider>
  )
}

/** The screen of a place; the list of findings where the address names none. */
function Screen({ route }: { route: Route }) {
  const [name, one, two] = route
  if (name === 'hours') return <HoursScreen ledger={one ?? 'volunteer'} person={two ?? null} />
  return <InboxScreen finding={name === 'inbox' ? (one ?? null) : null} />
}
