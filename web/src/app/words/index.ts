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

/** A language and its words. */
export interface Spoken {
  lang: Lang
  words: Words
}

/** The words of a language; simplified Chinese where its own cannot be had, so that there is always something to read. */
export async function spokenIn(lang: Lang): Promise<Spoken> {
  try {
    return { lang, words: await wordsOf(lang) }
  } catch {
    // Its file is neither kept here nor to be had now.
    return { lang: 'zh-Hans', words: zhHans }
  }
}
