/** The database of a phone, as another app left it. */

import { expect, test } from 'vitest'
import { handset } from './phones'

test('a database that a newer app wrote is left alone', async () => {
  const name = 'newer'
  await new Promise(resolve => {
    const request = indexedDB.open(name, 99)
    request.onsuccess = () => {
      request.result.close()
      resolve(undefined)
    }
  })
  await expect(handset({ name })).rejects.toMatchObject({ code: 'storage_newer' })
})
