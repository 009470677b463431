import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { useApp } from '../../app/context'
import { troubleText } from '../../app/fault'
import { moment } from '../../app/format'
import { Notice } from '../../app/parts/notice'
import { go, href } from '../../app/route'
import { type Choice, groundOf, hasMoved, offers, undecided } from '../../desk/decision'
import type { Line, Opened } from '../../desk/types'
import { PhoneError } from '../../phone'
import { useConsole, useMoves, useNames } from '../context'
import { keepChoice, keptChoice } from '../kept'
import { useKeys } from '../keys'
import { useOffice } from '../office'
import { DecisionPanel } from '../parts/decision'
import { DecisionLog } from '../parts/decisions'
import { PlaceMap } from '../parts/map'
import { ProposalPanel } from '../parts/proposal'
import { Saw } from '../parts/saw'
import { Sheets } from '../parts/sheets'
import { Timeline } from '../parts/timeline'
import { Versions } from '../parts/versions'

/** One finding laid open, and the decision about it. */
export function CaseScreen(props: { id: string; next: string | null; onDecided: () => void; onMoved: () => void }) {
  const { state, words, announce } = useApp()
  const { desk, t, keys } = useConsole()
  const office = useOffice()
  const { id } = props
  const [unsent, setUnsent] = useState(false)
  const [opened, setOpened] = useState<Opened | null>(null)
  const [latest, setLatest] = useState<Opened | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [choice, setChoice] = useState<Choice | null>(() => keptChoice(id))
  const [sent, setSent] = useState<string | null>(null)
  const entered = useRef(choice !== null)
  entered.current = choice !== null && (choice.reason !== '' || Object.keys(choice.values).length > 0)

  const show = useCallback((to: Opened) => {
    setOpened(to)
    setLatest(null)
  }, [])
  const gone = useRef(false)
  const begin = useCallback(() => {
    desk.open(id).then(
      found => gone.current || show(found),
      trouble => gone.current || setError(trouble),
    )
  }, [desk, id, show])
  useEffect(() => {
    gone.current = false
    begin()
    return () => {
      gone.current = true
    }
  }, [begin])

  /** It may have moved: what was entered is never thrown away, and the reader is told what he no longer sees. */
  const look = async () => {
    if (opened === null) return begin()
    // Without an answer the screen stands as it is; the server refuses what it no longer allows.
    const now = await desk.open(id).catch(() => null)
    if (now === null || !hasMoved(opened, now)) return
    if (entered.current) setLatest(now)
    else {
      show(now)
      announce(t.updated)
    }
  }
  const units = opened === null ? [] : unitsOf(opened)
  useMoves(() => void look(), opened?.finding.unit == null ? null : units)

  // What was to be sent has gone: the server's word stands in the place of ours.
  const wasUnsent = useRef(false)
  useEffect(() => {
    if (wasUnsent.current && !unsent) {
      setSent(null)
      void look()
    }
    wasUnsent.current = unsent
  }, [unsent])

  const on = opened === null || office === null ? null : (groundOf(office(), opened)?.record ?? null)
  const open = state.waiting + state.sent
  useEffect(() => {
    let left = false
    if (on === null || open === 0) setUnsent(false)
    else {
      desk.isWaiting(on).then(
        yes => left || setUnsent(yes),
        // What the database cannot say is said by the server's verdict.
        () => undefined,
      )
    }
    return () => {
      left = true
    }
  }, [desk, on, open])

  const put = (to: Choice | null) => {
    setChoice(to)
    keepChoice(id, to)
  }
  const current = latest ?? opened
  const offered = opened === null || office === null ? [] : offers(office(), opened)
  const pick = (nth: number) => {
    const offer = offered[nth]
    if (offer === undefined || opened?.finding.closed_ms != null) return false
    put({ ...(choice ?? undecided(offer.conclusion)), conclusion: offer.conclusion, act: null, link: null })
  }
  const digits = Object.fromEntries(
    ['1', '2', '3', '4', '5', '6', '7', '8'].map((digit, nth) => [digit, () => pick(nth)] as const),
  )
  const reason = () => {
    const box = document.getElementById('reason')
    if (box === null) return false
    box.focus()
  }
  useKeys(keys, { ...digits, r: reason })
  useKeys(true, {
    Escape: () => {
      if (document.querySelector('dialog[open]') !== null) return false
      go('inbox')
    },
  })

  if (opened === null) {
    const isGone = error instanceof PhoneError && error.detail.status === 404
    return (
      <div class="case">
        {error === null ? (
          <p class="pick">{t.loading}</p>
        ) : (
          <Notice tone="amber">{isGone ? t.goneForYou : troubleText(error, words)}</Notice>
        )}
      </div>
    )
  }
  const ground = office === null ? null : groundOf(office(), opened)
  const closed = opened.finding.closed_ms != null
  const isStale = latest !== null
  const settled = async (text: string, leaves: boolean) => {
    put(null)
    setSent(text)
    announce(text)
    if (leaves) props.onDecided()
    const now = await desk.open(id).catch(() => null)
    if (now !== null) show(now)
    if (!leaves) props.onMoved()
  }
  return (
    <div class="case">
      <Head line={opened.finding} next={props.next} />
      {isStale && (
        <div class="stale">
          <Notice tone="amber" live>
            <p>{latest.finding.closed_ms != null ? t.staleClosed : t.stale}</p>
            <button type="button" class="small-main" onClick={() => show(latest)}>
              {t.showLatest}
            </button>
          </Notice>
        </div>
      )}
      {sent !== null && (
        <Notice tone="green">
          <p>{sent}</p>
          {props.next !== null && (
            <p>
              <a href={href('inbox', props.next)}>{t.nextOpen}</a>
            </p>
          )}
        </Notice>
      )}
      {opened.finding.hidden && <Notice tone="amber">{t.hiddenAbout}</Notice>}
      <div class="case-body">
        <div class="case-main">
          {opened.saw != null && <Saw saw={opened.saw} />}
          <Versions
            opened={opened}
            choice={choice}
            onChoice={offered.some(one => one.conclusion === 'keep_one') && !closed ? put : null}
          />
          <Sheets opened={opened} />
          <PlaceMap opened={opened} />
          <Timeline opened={opened} />
        </div>
        <div class="case-decision">
          <ProposalPanel opened={opened} stale={isStale} onDone={text => settled(text, true)} />
          {closed || current?.finding.closed_ms != null ? (
            <Notice tone="plain">
              <p>{t.closedNow}</p>
              {opened.finding.closed_why != null && <p>{t.whyClosed[opened.finding.closed_why]}</p>}
            </Notice>
          ) : null}
          {unsent && <Notice tone="blue">{t.unsent}</Notice>}
          {!closed && !unsent && offered.length === 0 && <Notice tone="plain">{t.mayNotDecide}</Notice>}
          {!closed && !unsent && offered.length > 0 && ground !== null && (
            <DecisionPanel
              opened={opened}
              offered={offered}
              choice={choice}
              stale={isStale}
              onChoice={put}
              onDone={(text, leaves) => settled(text, leaves)}
              onRefused={() => void look()}
            />
          )}
          <DecisionLog opened={opened} />
        </div>
      </div>
    </div>
  )
}

function unitsOf(opened: Opened): string[] {
  const all = opened.records.map(one => one.record.unit)
  return opened.finding.unit == null ? all : [opened.finding.unit, ...all]
}

function Head({ line, next }: { line: Line; next: string | null }) {
  const { words } = useApp()
  const { t } = useConsole()
  const names = useNames()
  const heading = useRef<HTMLHeadingElement>(null)
  const now = Date.now()
  useEffect(() => {
    // Who comes by the keyboard's arrows goes on in the list: only a screen that is empty of focus takes it.
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <header class="case-head">
      <div>
        <h2 ref={heading} tabIndex={-1}>
          <span class={`severity ${line.severity}`}>{t.severities[line.severity]}</span> {names.rule(line.rule)}
        </h2>
        <p>{names.ruleAbout(line.rule)}</p>
        <p class="soft">
          {[
            names.unit(line.unit),
            line.record == null ? t.noRecord : `${names.kind(line.kind)} ${names.short(line.record)}`,
            t.openedAt(moment(words, line.opened_ms, now)),
            line.closed_ms == null ? t.days(line.days) : t.closedAt(moment(words, line.closed_ms, now)),
            ...(line.blocks_posting && line.closed_ms == null ? [t.blocks] : []),
          ]
            .filter(one => one !== '')
            .join(' · ')}
        </p>
      </div>
      <div class="head-links">
        {next !== null && <a href={href('inbox', next)}>{t.nextOpen}</a>}
        <a href={href('inbox')}>{t.close}</a>
      </div>
    </header>
  )
}
