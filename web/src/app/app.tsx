import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Phone } from '../phone'
import { AppContext, type App as AppValue, useObservable } from './context'
import { useFaults } from './fault'
import { htmlLang } from './format'
import { FaultNotice, Guard } from './parts/fault'
import { Notice } from './parts/notice'
import { type Route, useRoute } from './route'
import { ChooseKindScreen } from './screens/choose-kind'
import { ExportScreen } from './screens/export'
import { FormScreen, NewScreen } from './screens/form'
import { HistoryScreen } from './screens/history'
import { HomeScreen } from './screens/home'
import { HoursScreen } from './screens/hours'
import { RecordScreen } from './screens/record'
import { RecordsScreen } from './screens/records'
import { StartScreen, StopScreen } from './screens/service'
import { SettingsScreen } from './screens/settings'
import { SignInScreen } from './screens/sign-in'
import { SyncScreen } from './screens/sync'
import { TasksScreen } from './screens/tasks'
import { UpdateOffer, useUpdate } from './update'
import { type Spoken, spokenIn } from './words'

/** The whole app around an open phone. */
export function App({ phone, first }: { phone: Phone; first: Spoken }) {
  const state = useObservable(useMemo(() => phone.state(), [phone]))
  const route = useRoute()
  const update = useUpdate()
  const { fault, report, clear } = useFaults()
  const [said, setSaid] = useState('')
  const [ended, setEnded] = useState(false)
  const [spoken, setSpoken] = useState(first)
  const odd = useRef(false)
  // The same words twice are read out twice only if the text differs.
  const announce = useCallback((text: string) => {
    odd.current = !odd.current
    setSaid(odd.current ? text : `${text}\u00a0`)
  }, [])
  const ready = state.stage !== 'empty'
  useEffect(() => {
    let left = false
    spokenIn(state.lang).then(found => left || setSpoken(found))
    return () => {
      left = true
    }
  }, [state.lang])
  useEffect(() => {
    document.documentElement.lang = htmlLang(spoken.lang)
  }, [spoken.lang])
  useEffect(() => phone.keepSyncing(ready), [phone, ready])
  useEffect(() => phone.on(event => event.kind === 'ended' && setEnded(true)), [phone])
  const app: AppValue = useMemo(
    () => ({ phone, state, ...spoken, announce, report, clear }),
    [phone, state, spoken, announce, report, clear],
  )
  return (
    <AppContext.Provider value={app}>
      {fault !== null && <FaultNotice error={fault.error} clear={clear} />}
      {update !== null && <UpdateOffer take={update} />}
      {ended && (
        <div class="page-wide">
          <Notice tone="amber" live>
            {app.words.wiped}
          </Notice>
        </div>
      )}
      <Guard key={route.join('/')}>
        <Screen route={route} ready={ready} />
      </Guard>
      <div class="hidden-text" role="status">
        {said}
      </div>
    </AppContext.Provider>
  )
}

/** The screen of a place. Without a member there are only those that bring one. */
function Screen({ route, ready }: { route: Route; ready: boolean }) {
  const [name, one, two] = route
  if (!ready) return <SignInScreen first={name === 'activate'} key={name === 'activate' ? 'first' : 'again'} />
  switch (name) {
    case 'sign-in':
      return <SignInScreen first={false} />
    case 'activate':
      return <SignInScreen first />
    case 'start':
      return <StartScreen />
    case 'stop':
      return <StopScreen />
    case 'new':
      return one === undefined ? <ChooseKindScreen /> : <NewScreen kind={one} />
    case 'form':
      return one === undefined ? <HomeScreen /> : <FormScreen record={one} act={two} />
    case 'records':
      return <RecordsScreen />
    case 'record':
      return one === undefined ? <HomeScreen /> : <RecordScreen record={one} />
    case 'history':
      return one === undefined ? <HomeScreen /> : <HistoryScreen record={one} />
    case 'sync':
      return <SyncScreen />
    case 'export':
      return <ExportScreen />
    case 'hours':
      return <HoursScreen />
    case 'tasks':
      return <TasksScreen />
    case 'settings':
      return <SettingsScreen />
    default:
      return <HomeScreen />
  }
}
