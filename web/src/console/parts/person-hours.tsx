import { useEffect, useState } from 'preact/hooks'
import { useApp } from '../../app/context'
import { troubleText } from '../../app/fault'
import { dayOf } from '../../app/format'
import { Notice } from '../../app/parts/notice'
import { href } from '../../app/route'
import type { Claim, HoursFilter, Posting } from '../../desk/hours'
import { useConsole, useMoves, useNames } from '../context'
import { hoursText } from '../screens/hours'
import { useTimes } from './value'

interface Paged<T> {
  lines: T[]
  next: string | null
}

/** Pages of something of one person, as far as they were asked for; the first again when something moved. */
function usePages<T>(ask: (after: string | null) => Promise<Paged<T>>) {
  const [pages, setPages] = useState<Paged<T> | null>(null)
  const [error, setError] = useState<unknown>(null)
  const load = (after: string | null) =>
    ask(after).then(
      page => {
        setPages(before => (after === null ? page : { ...page, lines: [...(before?.lines ?? []), ...page.lines] }))
        setError(null)
      },
      trouble => setError(trouble),
    )
  // The component that asks is made anew for another question.
  useEffect(() => void load(null), [])
  useMoves(() => void load(null), null)
  const next = pages?.next ?? null
  return { lines: pages?.lines ?? null, error, more: next === null ? null : () => void load(next) }
}

/** All hours of one person in one ledger: what is posted, with what it stands on and its seal, and what waits for what. */
export function PersonHours({ filter, person }: { filter: HoursFilter; person: string }) {
  const { words } = useApp()
  const { desk, t } = useConsole()
  const names = useNames()
  const postings = usePages<Posting>(async after => {
    const page = await desk.postings(filter, person, after)
    return { lines: page.postings, next: page.next ?? null }
  })
  const claims = usePages<Claim>(async after => {
    const page = await desk.claims(filter, person, after)
    return { lines: page.claims, next: page.next ?? null }
  })
  const name = filter.ledger === 'volunteer' ? names.member(person) : names.short(person)
  const error = postings.error ?? claims.error
  return (
    <div class="case">
      <header class="case-head">
        <h2>
          {name} · {t.ledgers[filter.ledger] ?? filter.ledger}
        </h2>
        <div class="head-links">
          <a href={href('hours', filter.ledger)}>{t.close}</a>
        </div>
      </header>
      {error !== null && <Notice tone="amber">{troubleText(error, words)}</Notice>}
      <section class="block" aria-labelledby="claims">
        <h3 id="claims">{t.claims}</h3>
        {claims.lines?.length === 0 && <p class="soft">{t.noClaims}</p>}
        {(claims.lines ?? []).map(one => (
          <ClaimCard key={one.session} claim={one} />
        ))}
        {claims.more !== null && <More onMore={claims.more} />}
      </section>
      <section class="block" aria-labelledby="postings">
        <h3 id="postings">{t.postings}</h3>
        {postings.lines?.length === 0 && <p class="soft">{t.noPostings}</p>}
        {(postings.lines ?? []).map(one => (
          <PostingCard key={one.number} posting={one} />
        ))}
        {postings.more !== null && <More onMore={postings.more} />}
      </section>
    </div>
  )
}

function More({ onMore }: { onMore: () => void }) {
  const { t } = useConsole()
  return (
    <button type="button" class="quiet" onClick={onMore}>
      {t.showMore}
    </button>
  )
}

function ClaimCard({ claim }: { claim: Claim }) {
  const { words, lang } = useApp()
  const { t } = useConsole()
  const names = useNames()
  return (
    <div class="hours-card waits">
      <p>
        <strong>{hoursText(claim.minutes)}</strong> {claim.day == null ? '' : dayOf(words, claim.day)}
      </p>
      <p class="soft">
        {names.unit(claim.unit)} · {names.kind(claim.kind)} {names.short(claim.session)}
      </p>
      <p>
        {t.waitsFor} {claim.waits.map(one => (lang === 'en' ? one.en : one.zh)).join(words.listSep)}
      </p>
    </div>
  )
}

function PostingCard({ posting }: { posting: Posting }) {
  const { words } = useApp()
  const { desk, t } = useConsole()
  const names = useNames()
  const times = useTimes()
  const [sealed, setSealed] = useState<{ good: boolean; text: string } | null>(null)
  const check = async () => {
    try {
      const found = await desk.sealed(posting)
      if (found === null) setSealed({ good: false, text: t.sealedNotYet })
      else if (found.kind === 'wrong') setSealed({ good: false, text: t.sealedWrong })
      else {
        const say = found.kind === 'sealed' ? t.sealed : t.sealedUnread
        setSealed({ good: true, text: say(found.index + 1, found.size) })
      }
    } catch (error) {
      setSealed({ good: false, text: troubleText(error, words) })
    }
  }
  return (
    <div class={posting.minutes < 0 ? 'hours-card is-back' : 'hours-card'}>
      <p>
        <strong>{hoursText(posting.minutes)}</strong> {dayOf(words, posting.day)} · {t.posting(posting.number)} ·{' '}
        {t.round(posting.round)}
        {posting.reverses != null && <em class="mark">{t.takesBack(posting.reverses)}</em>}
        {posting.reversed_by != null && <em class="mark">{t.takenBack(posting.reversed_by)}</em>}
      </p>
      <p class="soft">
        {names.unit(posting.unit)} · {names.kind(posting.kind)} {names.short(posting.session)} · {t.postedAt}{' '}
        {times.at(posting.posted)} · {t.approvedBy} {names.short(posting.by.device)} #{posting.by.seq}
      </p>
      <details>
        <summary>
          {t.ground} ({posting.operations.length})
        </summary>
        <ul>
          {posting.operations.map(one => (
            <li key={`${one.device} ${one.seq}`}>
              {names.kind(one.kind)} {names.short(one.record)} · {names.short(one.device)} #{one.seq} ·{' '}
              <code>{one.hash.slice(0, 16)}</code>
            </li>
          ))}
        </ul>
      </details>
      <p class="seal">
        <button type="button" class="quiet" onClick={() => void check()}>
          {t.prove}
        </button>{' '}
        {sealed !== null && (
          <span role="status" class={sealed.good ? 'good' : 'bad'}>
            {sealed.text}
          </span>
        )}
      </p>
    </div>
  )
}
