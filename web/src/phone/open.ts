/** Opening the phone. */

import type { Phone } from '../phone'
import { Database } from '../store/db'
import { getMeta } from '../store/meta'
import { tidyPhotos } from '../store/photos'
import { browserEnv, type Env } from '../sync/env'
import { type Fetch, Transport } from '../sync/transport'
import { ThePhone } from './phone'
import { loadWords } from './words'

/** What tests give otherwise than the browser does. */
export interface Surroundings {
  name?: string
  env?: Env
  fetch?: Fetch
  /** Where the server is; by default where the app came from. */
  origin?: string
  timeoutMs?: number
  /** Keys in software, even where the browser could keep them. */
  software?: boolean
  /** Nothing is pulled, as at the desk. */
  pulls?: false
}

const NAME = 'wuyuan'
/** A file that nothing has named for so long never will be, ms. */
const FORGOTTEN_MS = 86_400_000

/** Opens the database of this browser, or makes it. Never throws away anything but files that nothing names. */
export function open(given: Surroundings = {}): Promise<Phone> {
  return openPhone(given)
}

/** The same, for what is built on it. */
export async function openPhone(given: Surroundings): Promise<ThePhone> {
  const name = given.name ?? NAME
  const db = await Database.open(name)
  const fetcher: Fetch = given.fetch ?? ((input, init) => fetch(input, init))
  const transport = new Transport(fetcher, given.origin ?? '', given.timeoutMs)
  const pulls = given.pulls === false ? ({ pulls: false } as const) : {}
  const context = { db, env: given.env ?? browserEnv(), transport, software: given.software === true, ...pulls }
  // Another tab may have a form open.
  await db.change(tx => tidyPhotos(tx, row => context.env.now() - row.takenMs > FORGOTTEN_MS))
  const kept = await db.read(tx => getMeta(tx, 'lang'))
  const lang = kept === 'zh-Hant' || kept === 'en' ? kept : 'zh-Hans'
  await loadWords(lang).catch(() => undefined)
  const phone = new ThePhone(context, name, lang)
  await phone.refresh()
  return phone
}
