// What the app says in simplified Chinese, the language that it is written in; the others follow its shape.
// Sentences are short and say what to do. Nothing here certifies, tracks or judges anybody.

import { phone } from './zh-hans/phone'
import { records } from './zh-hans/records'

export const zhHans = { ...phone, ...records }

export type Words = typeof zhHans
