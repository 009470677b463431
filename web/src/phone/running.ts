/** The running service clock. It lies in the database, so it survives restarts and reboots. */

import type { Draft, Entry, Running } from '../phone'
import type { RunningRow } from '../store/schema'
import type { Context } from '../sync/round'
import { wallClock } from './forms'
import { LONG_MS } from './sessions'

/** For how long it has run, ms: by the clock that does not jump while the span lasts, else by the wall clock. */
function ranMs(context: Context, row: RunningRow): number {
  const uptime = context.env.uptime()
  const ran = uptime.boot === row.boot ? uptime.ms - row.uptimeMs : context.env.now() - row.startedMs
  return Math.max(0, ran)
}

/** The running service as screens see it. */
export function running(context: Context, row: RunningRow): Running {
  const { record, kind, unit, startedAt, startedMs } = row
  return {
    record,
    kind,
    unit,
    startedAt,
    startedMs,
    forMs: () => ranMs(context, row),
    long: ranMs(context, row) > LONG_MS,
  }
}

/** What is kept of a service that begins now. */
export function begun(
  context: Context,
  given: { record: string; kind: string; unit: string; appointment: string },
): RunningRow {
  const uptime = context.env.uptime()
  const startedMs = context.env.now()
  return { ...given, startedAt: wallClock(context, startedMs), startedMs, boot: uptime.boot, uptimeMs: uptime.ms }
}

/** What its end fills in: `ended_at` now, and the minutes since the start. */
export function ending(context: Context, row: RunningRow, before: Entry): Draft['entry'] {
  const minutes = Math.min(1440, Math.max(1, Math.round(ranMs(context, row) / 60_000)))
  return { ...before, set: { ended_at: wallClock(context), claimed_minutes: minutes, ...before.set } }
}
