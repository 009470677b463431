import { useMemo } from 'preact/hooks'
import { useApp } from '../app/context'
import type { Desk } from '../desk/decision'

/** Who decides here, by which catalogue, now; null until the desk knows. */
export function useOffice(): (() => Desk) | null {
  const { state } = useApp()
  const { catalogue, member, appointments, units, clockOffsetMs } = state
  return useMemo(() => {
    if (catalogue === null || member === null) return null
    return () => ({
      catalogue,
      member: member.id,
      appointments,
      units,
      nowMs: Date.now() + (clockOffsetMs ?? 0),
    })
  }, [catalogue, member, appointments, units, clockOffsetMs])
}
