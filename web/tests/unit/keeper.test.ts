/** Syncing by itself, on a clock that the test moves. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Outcome } from '../../src/phone'
import { Keeper } from '../../src/phone/keeper'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

function keeper(outcomes: Outcome[]) {
  const syncs: number[] = []
  const begun = Date.now()
  const one = new Keeper(() => {
    syncs.push(Date.now() - begun)
    return Promise.resolve(outcomes.shift() ?? { kind: 'up_to_date' })
  })
  return { one, syncs }
}

const wait = (code: string, afterMs: number): Outcome => ({ kind: 'wait', code, afterMs, text: '' })

test('it syncs at once, soon after saves, and now and then', async () => {
  const { one, syncs } = keeper([])
  one.set(true)
  await vi.advanceTimersByTimeAsync(10)
  one.soon()
  await vi.advanceTimersByTimeAsync(1000)
  one.soon()
  await vi.advanceTimersByTimeAsync(300_000 + 2000)
  expect(syncs).toEqual([0, 2510, 302_510])
  one.set(false)
  await vi.advanceTimersByTimeAsync(1_000_000)
  expect(syncs).toHaveLength(3)
})

test('a server that asked for time gets it, whatever is saved meanwhile', async () => {
  const { one, syncs } = keeper([wait('busy', 30_000)])
  one.set(true)
  await vi.advanceTimersByTimeAsync(10)
  one.soon()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(syncs).toEqual([0, 30_000])
  one.set(false)
})

test('a failed sync is tried again by itself, and nobody is asked to sign in twice', async () => {
  const { one, syncs } = keeper([
    wait('unreachable', 1000),
    wait('unreachable', 2000),
    { kind: 'sign_in', trouble: 'sign_in', text: '' },
  ])
  one.set(true)
  await vi.advanceTimersByTimeAsync(600_000)
  expect(syncs).toEqual([0, 1000, 3000])
  one.set(false)
})
