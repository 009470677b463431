import type { Lang } from '../../phone'
import { type Words, zhHans } from './zh-hans'

export type { Words }

/** The languages, each by its own name. */
export const LANGUAGES: readonly { lang: Lang; name: string }[] = [
  { lang: 'zh-Hans', name: '简体中文' },
  { lang: 'zh-Hant', name: '繁體中文' },
  { lang: 'en', name: 'English' },
]

/** The words of a language. Simplified Chinese is always there; the others come from files of their own, kept like all others. */
export async function wordsOf(lang: Lang): Promise<Words> {
  if (lang === 'en') return (await import('./en')).en
  if (lang === 'zh-Hant') return (await import('./zh-hant')).zhHant
  return zhHans
}
