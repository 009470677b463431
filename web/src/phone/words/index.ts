/** What codes mean, for people. */

import type { Lang } from '../../phone'
import { own } from '../../protocol/catalogue'
import { zhHans } from './zh-hans'

const known: Partial<Record<Lang, Record<string, string>>> = { 'zh-Hans': zhHans }

/** Has the words of a language at hand. Simplified Chinese always is; the others come from files of their own. */
export async function loadWords(lang: Lang): Promise<void> {
  if (lang === 'en') known.en = (await import('./en')).en
  if (lang === 'zh-Hant') known['zh-Hant'] = (await import('./zh-hant')).zhHant
}

/** The words of a code, simplified Chinese where the language is not at hand; the code itself where nobody knows it. */
export function words(code: string, lang: Lang): string {
  return own(known[lang] ?? zhHans, code) ?? code
}
