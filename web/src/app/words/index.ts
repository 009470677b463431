import type { Lang } from '../../phone'
import { en } from './en'
import { type Words, zhHans } from './zh-hans'
import { zhHant } from './zh-hant'

export type { Words }

/** The languages, each by its own name. */
export const LANGUAGES: readonly { lang: Lang; name: string }[] = [
  { lang: 'zh-Hans', name: '简体中文' },
  { lang: 'zh-Hant', name: '繁體中文' },
  { lang: 'en', name: 'English' },
]

/** The words of a language. */
export function wordsOf(lang: Lang): Words {
  if (lang === 'en') return en
  return lang === 'zh-Hant' ? zhHant : zhHans
}
