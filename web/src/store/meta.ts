/** Single rows: the account, what is cached of the server, the running clock. */

import { type Reading, StoreError, type Writing } from './db'
import type { AccountRow, Cached, Meta, Trouble } from './schema'

/** One of the single rows. */
export async function getMeta<K extends keyof Meta>(tx: Reading, key: K): Promise<Meta[K] | undefined> {
  return (await tx.get('meta', key)) as Meta[K] | undefined
}

/** Writes one. */
export function putMeta<K extends keyof Meta>(tx: Writing, key: K, value: Meta[K]): Promise<void> {
  return tx.put('meta', value, key)
}

/** The account. Throws where nobody has signed in. */
export async function account(tx: Reading): Promise<AccountRow> {
  const row = await getMeta(tx, 'account')
  if (row === undefined) throw new StoreError('storage_damaged', 'no account')
  return row
}

/** Changes the account. */
export async function changeAccount(tx: Writing, change: Partial<AccountRow>): Promise<void> {
  await putMeta(tx, 'account', { ...(await account(tx)), ...change })
}

/**
 * Notes a trouble. A fork or a loss stays until it is mended, whatever comes after. Where the sign-in has run out the
 * tokens go too.
 */
export async function setTrouble(tx: Writing, trouble: Trouble): Promise<void> {
  const row = await account(tx)
  if (row.trouble === null || row.trouble === 'sign_in') await changeAccount(tx, { trouble, signedInSince: false })
  if (trouble === 'sign_in') await changeAccount(tx, { accessToken: null, refreshToken: null, signedInSince: false })
}

/** Has a cached body asked for anew. */
export async function expire(tx: Writing, key: 'config' | 'directory'): Promise<void> {
  const kept = await getMeta(tx, key)
  if (kept === undefined) return
  await putMeta(tx, key, { ...(kept as Cached<never>), atMs: Number.MIN_SAFE_INTEGER })
}
