// What the app says in English.

import { phone } from './en/phone'
import { records } from './en/records'
import type { Words } from './zh-hans'

export const en: Words = { ...phone, ...records }
