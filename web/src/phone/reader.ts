/** What the phone shows: records, hours and tasks. */

import type { HistoryLine, Hours, HoursLine, Phone, Photo, RecordFilter, RecordPage, RecordShown, Task } from '../phone'
import type { Reading } from '../store/db'
import { account } from '../store/meta'
import { api } from '../sync/round'
import { Core } from './core'
import { photosOf } from './originals'
import { page, shown } from './records'
import { covers, inForce } from './rights'
import { hours, overlapping, ownSessions, tasks, WARNED_MS } from './sessions'
import { thumbnail } from './thumbnails'

/** The phone as far as it is read. */
export abstract class Reader extends Core {
  records(filter: RecordFilter): Promise<RecordPage> {
    return this.read(tx => page(tx, filter))
  }

  protected look = (tx: Reading, record: string): Promise<RecordShown | null> =>
    shown(tx, record, code => this.words(code), this.serverNow())

  view(record: string): Promise<RecordShown | null> {
    return this.read(tx => this.look(tx, record))
  }

  history(record: string): Promise<HistoryLine[]> {
    return this.said(async () => api(this.context, await this.context.db.read(account)).history(record))
  }

  creatable(): ReturnType<Phone['creatable']> {
    const { appointments, catalogue, units } = this.observed.get()
    const now = this.serverNow()
    const found: ReturnType<Phone['creatable']> = []
    for (const appointment of appointments.filter(one => inForce(one, now))) {
      const covered = units.filter(unit => covers(units, appointment.unit, unit.code))
      for (const [kind, { write }] of Object.entries(catalogue?.kinds ?? {})) {
        if ((write.create ?? []).indexOf(appointment.role) >= 0) found.push({ kind, appointment, units: covered })
      }
    }
    return found
  }

  photos(record: string): Promise<Photo[]> {
    return this.read(tx => photosOf(tx, record, this.lang))
  }

  async thumbnail(sha256: string, size: 160 | 320 | 640 | 1280): Promise<Blob | null> {
    return this.said(() => thumbnail(this.context, sha256, size))
  }

  hours(): Promise<Hours> {
    return this.read(hours)
  }

  tasks(): Promise<Task[]> {
    return this.read(tx => tasks(tx, this.context.env.now()))
  }

  async overlaps(record: string, startedMs: number, endedMs: number): Promise<HoursLine[]> {
    const sessions = await this.read(tx => ownSessions(tx, startedMs - WARNED_MS))
    return overlapping(sessions, record, startedMs, endedMs)
  }
}
