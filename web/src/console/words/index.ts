import type { Lang } from '../../phone'
import { en } from './en'
import { type ConsoleWords, zhHans } from './zh-hans'

export type { ConsoleWords }

/** What the console says in a language: English, or simplified Chinese. */
export function consoleWords(lang: Lang): ConsoleWords {
  return lang === 'en' ? en : zhHans
}
