import type { Lang } from '../phone'
import type { Words } from './words'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n)
}

/** `08:05`, by this phone's clock and zone. */
export function clockTime(ms: number): string {
  const date = new Date(ms)
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}

/** `2026-11-22`, as a date field wants it. */
export function isoDay(ms: number): string {
  const date = new Date(ms)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** A moment as RFC 3339 in this phone's zone, to the millisecond. */
export function rfc3339(ms: number): string {
  const date = new Date(ms)
  const off = -date.getTimezoneOffset()
  const zone = `${off < 0 ? '-' : '+'}${two(Math.floor(Math.abs(off) / 60))}:${two(Math.abs(off) % 60)}`
  const fine = String(date.getMilliseconds() + 1000).slice(1)
  return `${isoDay(ms)}T${clockTime(ms)}:${two(date.getSeconds())}.${fine}${zone}`
}

/** `11月20日`, with the year where it is another one than now. */
export function day(words: Words, ms: number, now = Date.now()): string {
  const date = new Date(ms)
  const year = date.getFullYear()
  return words.day(year === new Date(now).getFullYear() ? null : year, date.getMonth() + 1, date.getDate())
}

/** The same of a date as a field holds it. */
export function dayOf(words: Words, date: string): string {
  const ms = Date.parse(`${date}T12:00:00`)
  return Number.isNaN(ms) ? date : day(words, ms)
}

/** `今天 08:05`, `昨天 08:05` or `11月20日 08:05`. */
export function moment(words: Words, ms: number, now: number): string {
  const iso = isoDay(ms)
  if (iso === isoDay(now)) return `${words.today} ${clockTime(ms)}`
  if (iso === isoDay(now - DAY)) return `${words.yesterday} ${clockTime(ms)}`
  return `${day(words, ms, now)} ${clockTime(ms)}`
}

/** `8 小时 5 分钟`. */
export function duration(words: Words, ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE))
  return words.durationWords(Math.floor(minutes / 60), minutes % 60)
}

/** `8:05:09`, for a running clock. */
export function ticking(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

/** How far a clock is off: the largest unit that says it. */
export function difference(words: Words, ms: number): string {
  const away = Math.abs(ms)
  return away >= DAY ? words.days(Math.round(away / DAY)) : duration(words, away)
}

/** `1.5 GB`. */
export function size(bytes: number): string {
  const names = ['B', 'KB', 'MB', 'GB', 'TB']
  let value = bytes
  let at = 0
  while (value >= 1000 && at < names.length - 1) {
    value /= 1000
    at++
  }
  return `${value >= 10 || at === 0 ? Math.round(value) : Math.round(value * 10) / 10} ${names[at]}`
}

/** A distance in whole metres, at least one. */
export function metres(words: Words, m: number): string {
  return words.metres(Math.max(1, Math.round(m)))
}

/** The tag that makes a screen reader speak the language. */
export function htmlLang(lang: Lang): string {
  return lang === 'en' ? 'en' : lang === 'zh-Hant' ? 'zh-Hant' : 'zh-Hans'
}
