/** A device's key: out of reach where the browser can keep it, and the same signatures where it cannot. */

import 'fake-indexeddb/auto'
import { afterEach, expect, test, vi } from 'vitest'
import { Database } from '../../src/store/db'
import { makeKey, sign, verify } from '../../src/store/keys'

const MESSAGE = new TextEncoder().encode('wuyuan-head-v1')

afterEach(() => vi.restoreAllMocks())

test('the browser keeps the key, also in the database, and gives it to nobody', async () => {
  const key = await makeKey()
  if (key.kind !== 'non_extractable') throw new Error('this browser knows Ed25519')
  const db = await Database.open('keys')
  const row = { device: 'd', role: 'current' as const, place: 1, key, registered: 0 as const, continues: null }
  const rest = { headSeq: 0, headHash: '', serverSeq: 0, durableSeq: 0, commonSeq: null }
  await db.change(tx => tx.put('devices', { ...row, ...rest }))
  const kept = (await db.read(tx => tx.get('devices', 'd')))?.key
  db.close()
  if (kept?.kind !== 'non_extractable') throw new Error('the key has changed its kind')
  for (const format of ['pkcs8', 'jwk'] as const) {
    await expect(crypto.subtle.exportKey(format, kept.privateKey)).rejects.toThrow()
  }
  expect(kept.privateKey.usages).toEqual(['sign'])
  const signature = await sign(kept, MESSAGE)
  for (const software of [false, true]) {
    expect(await verify(key.publicKey, MESSAGE, signature, software)).toBe(true)
    expect(await verify(key.publicKey, MESSAGE.slice(1), signature, software)).toBe(false)
  }
})

test('a browser that does not know the algorithm gets a key in software', async () => {
  const unknown = () => Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'))
  vi.spyOn(crypto.subtle, 'generateKey').mockImplementation(unknown)
  vi.spyOn(crypto.subtle, 'importKey').mockImplementation(unknown)
  const key = await makeKey()
  expect(key.kind).toBe('software')
  const signature = await sign(key, MESSAGE)
  expect(await verify(key.publicKey, MESSAGE, signature)).toBe(true)
  vi.restoreAllMocks()
  expect(await verify(key.publicKey, MESSAGE, signature)).toBe(true)
})
