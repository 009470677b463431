/** The browser's clocks as operations write them, and what a reader of them may conclude. */

import { afterEach, expect, test, vi } from 'vitest'
import { renderInstant } from '../../src/protocol/value'
import { browserEnv } from '../../src/sync/env'

afterEach(() => vi.restoreAllMocks())

function clocks() {
  const at = { wall: 1_795_305_600_000, up: 5000 }
  vi.spyOn(Date, 'now').mockImplementation(() => at.wall)
  vi.spyOn(performance, 'now').mockImplementation(() => at.up)
  return at
}

test('while both clocks go on alike, the boot stays and the uptime counts', () => {
  const at = clocks()
  const env = browserEnv()
  const first = env.uptime()
  at.wall += 60_000
  at.up += 60_000
  expect(env.uptime()).toEqual({ boot: first.boot, ms: first.ms + 60_000 })
})

test('a phone that slept, or whose clock was set, is another boot: nothing is counted over it', () => {
  const at = clocks()
  const env = browserEnv()
  const boots = [env.uptime().boot]
  at.wall += 3_600_000
  boots.push(env.uptime().boot)
  at.wall -= 86_400_000 * 365
  boots.push(env.uptime().boot)
  at.wall += 500
  at.up += 500
  expect(env.uptime()).toEqual({ boot: boots[2], ms: 500 })
  expect(new Set(boots).size).toBe(3)
  for (const boot of boots) expect(boot.length).toBeLessThanOrEqual(64)
})

test('a wall clock is written in the offset of its place', () => {
  expect(renderInstant(1_795_305_600_123, 480)).toBe('2026-11-22T08:00:00.123+08:00')
  expect(renderInstant(1_795_305_600_123, -210)).toBe('2026-11-21T20:30:00.123-03:30')
  expect(renderInstant(1_795_305_600_123, 0)).toBe('2026-11-22T00:00:00.123+00:00')
})
