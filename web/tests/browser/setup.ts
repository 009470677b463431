import { afterEach } from 'vitest'
import { screens } from './phone'

// Vitest ends a test's hooks before the file's own, so the phones are still on.
afterEach(async context => {
  if (context.task.result?.state === 'fail') console.error(await screens())
})
