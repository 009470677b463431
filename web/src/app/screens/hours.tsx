import { useApp, useAsked } from '../context'
import { clockTime, duration, moment } from '../format'
import { Notice } from '../parts/notice'
import { Page } from '../parts/page'
import { StandingBadges } from '../parts/standing'
import { href } from '../route'

const MINUTE = 60_000
const NO_PHOTOS = { delivered: 0, total: 0, trouble: 0 }

/** Own hours, by ledger: what is confirmed and what still waits, never added together. */
export function HoursScreen() {
  const { phone, words } = useApp()
  const hours = useAsked(() => phone.hours(), [])
  const ledgers = Object.keys({ ...hours.value?.confirmed, ...hours.value?.pending })
  return (
    <Page title={words.hoursTitle}>
      <p class="soft">{words.hoursAbout}</p>
      {hours.value !== undefined && ledgers.length === 0 && <Notice tone="plain">{words.noHours}</Notice>}
      {ledgers.map(ledger => (
        <section class="card" key={ledger} aria-label={words.ledger[ledger] ?? ledger}>
          <h2>{words.ledger[ledger] ?? ledger}</h2>
          <div class="pair">
            <div>
              <p>{words.confirmedHours}</p>
              <p class="tally">{duration(words, (hours.value?.confirmed[ledger] ?? 0) * MINUTE)}</p>
            </div>
            <div>
              <p>{words.pendingHours}</p>
              <p class="tally">{duration(words, (hours.value?.pending[ledger] ?? 0) * MINUTE)}</p>
            </div>
          </div>
        </section>
      ))}
      <ul class="stack">
        {(hours.value?.sessions ?? []).map(one => (
          <li key={one.record}>
            <a class="record-row" href={href('record', one.record)}>
              <span class="title">
                {one.minutes === null ? words.notEnded : duration(words, one.minutes * MINUTE)} ·{' '}
                {one.confirmed ? words.confirmedHours : words.pendingHours}
              </span>
              <span class="under">
                {one.startedMs === null ? '' : moment(words, one.startedMs, Date.now())}
                {one.endedMs === null ? '' : `–${clockTime(one.endedMs)}`}
              </span>
              <StandingBadges standing={one.standing} photos={NO_PHOTOS} />
            </a>
          </li>
        ))}
      </ul>
    </Page>
  )
}
