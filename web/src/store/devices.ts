/** The devices that this installation has been. */

import { genesis } from '../protocol/feed'
import { type Reading, StoreError, type Writing } from './db'
import type { StoredKey } from './keys'
import { doubtReleased } from './outbox'
import type { DeviceRow } from './schema'

/** All of them, in the order in which they were made. */
export async function allDevices(tx: Reading): Promise<DeviceRow[]> {
  const rows = await tx.all('devices')
  return rows.sort((a, b) => a.place - b.place)
}

/** The one that writes. */
export async function currentDevice(tx: Reading): Promise<DeviceRow> {
  const found = (await allDevices(tx)).find(row => row.role === 'current')
  if (found === undefined) throw new StoreError('storage_damaged', 'no device')
  return found
}

/** The one that is being enrolled in its place. */
export async function nextDevice(tx: Reading): Promise<DeviceRow | undefined> {
  return (await allDevices(tx)).find(row => row.role === 'next')
}

/** Those that have been closed, earliest first. */
export async function closedDevices(tx: Reading): Promise<DeviceRow[]> {
  return (await allDevices(tx)).filter(row => row.role === 'closed')
}

/** Adds a device. */
export async function insertDevice(
  tx: Writing,
  device: string,
  key: StoredKey,
  role: 'current' | 'next',
  continues: DeviceRow['continues'] = null,
): Promise<void> {
  const place = (await tx.count('devices')) + 1
  await tx.put('devices', {
    device,
    role,
    place,
    key,
    registered: 0,
    continues,
    headSeq: 0,
    headHash: genesis(device),
    serverSeq: 0,
    durableSeq: 0,
    commonSeq: null,
  })
}

/** Closes the current feed after `common` and lets the next one, which the server knows, write. */
export async function succeed(tx: Writing, common: number): Promise<void> {
  const [current, next] = [await currentDevice(tx), await nextDevice(tx)]
  if (next === undefined) throw new StoreError('storage_damaged', 'no next device')
  await tx.put('devices', { ...current, role: 'closed', serverSeq: common, commonSeq: common })
  await tx.put('devices', { ...next, role: 'current', registered: 1 })
}

/** The server was restored: what it has of the closed feeds must be asked, and what it says of what had waited. */
export async function doubtClosed(tx: Writing): Promise<void> {
  for (const row of await closedDevices(tx)) {
    await doubtReleased(tx, row.device, row.commonSeq ?? 0)
    await tx.put('devices', { ...row, serverSeq: 0 })
  }
}
