// What the app says in traditional Chinese.

import type { Words } from './zh-hans'
import { phone } from './zh-hant/phone'
import { records } from './zh-hant/records'

export const zhHant: Words = { ...phone, ...records }
