/** Turning what went wrong below into what a screen can say. */

import { type Lang, PhoneError } from '../phone'
import { StoreError } from '../store/db'
import { Problem, Unreached } from '../sync/problem'
import { OtherMember } from '../sync/session'
import { words } from './words'

/** An error with its words. */
export function phoneError(
  lang: Lang,
  code: string,
  place: string | null = null,
  detail: Record<string, unknown> = {},
): PhoneError {
  return new PhoneError(code, words(code, lang), place, detail)
}

/** What any error means for a screen. A fault of this program stays what it is. */
export function inWords(error: unknown, lang: Lang): unknown {
  if (error instanceof StoreError || error instanceof Unreached) return phoneError(lang, error.code)
  if (error instanceof OtherMember) return phoneError(lang, 'other_member')
  if (error instanceof Problem) {
    const said = words(error.code, lang)
    const text = said === error.code ? error.title || error.code : said
    const detail = { request_id: error.requestId, retry_after: error.retryAfter, status: error.status }
    return new PhoneError(error.code, text, null, detail)
  }
  return error
}
