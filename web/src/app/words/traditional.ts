// Simplified Chinese in traditional characters, for the catalogue's texts, which come in simplified characters alone. It knows the
// characters that they use; what it does not know stays as it is. Names of people and places are never sent through it.

import { SIMPLIFIED, TRADITIONAL } from './characters'

/** Words in which a character stands for another than elsewhere. */
const PHRASES: readonly (readonly [string, string])[] = [
  ['了解', '瞭解'],
  ['联系', '聯繫'],
  ['并入', '併入'],
  ['合并', '合併'],
  ['一并', '一併'],
  ['反复', '反覆'],
  ['重复', '重複'],
  ['注明', '註明'],
  ['备注', '備註'],
  ['胡须', '鬍鬚'],
]

/** The text in traditional characters. */
export function traditional(text: string): string {
  const phrased = PHRASES.reduce((done, [from, to]) => done.split(from).join(to), text)
  return Array.from(phrased, one => {
    const at = SIMPLIFIED.indexOf(one)
    return at < 0 ? one : TRADITIONAL.charAt(at)
  }).join('')
}
