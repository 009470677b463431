/**
 * The desk: what the console's screens may do. It is a phone that pulls nothing: its member, key and outbox are the same,
 * and what it shows it asks for. A decision is an operation in its feed, durable before it is sent.
 */

import { type Phone, PhoneError } from '../phone'
import { save } from '../phone/forms'
import { openPhone, type Surroundings } from '../phone/open'
import type { ThePhone } from '../phone/phone'
import { toHex } from '../protocol/bytes'
import { uuidV7 } from '../protocol/id'
import { openNote, type Verify } from '../protocol/log'
import type { Op } from '../protocol/op'
import { verify } from '../store/keys'
import { account, getMeta } from '../store/meta'
import { ofRecord, opOf } from '../store/outbox'
import { api } from '../sync/round'
import type { Written } from './decision'
import type { Heard } from './events'
import { follow } from './follower'
import {
  type Claims,
  type HoursFilter,
  hoursQuery,
  type Posting,
  type Postings,
  type Proof,
  personIn,
  provesPosting,
  type Sealed,
  type Totals,
} from './hours'
import { type Case, type Counts, type Filter, type Opened, type Page, queryOf, type Rule } from './types'

/** The database is not the phone app's: the desk is a device of its own. */
const NAME = 'wuyuan-desk'
/** As many findings are asked for at once. */
export const PAGE = 200

/** How often a server that has not said how often says that it is there, seconds: never less often. */
const SELDOM_SECS = 600

/** What became of a decision. */
export type Fate =
  | { kind: 'accepted' | 'held' }
  /** It lies here and goes as soon as the server can be reached. */
  | { kind: 'waiting'; text: string }
  | { kind: 'refused'; code: string; text: string }

/** A decision that was not accepted. */
export interface Refused {
  text: string
  /** When it was made, ms by this computer's clock. */
  savedMs: number
  findings: string[]
}

/** For how long one that was not accepted is told of, ms. */
const NEWS_MS = 7 * 24 * 3600 * 1000

/** Opens the desk of this browser. */
export async function openDesk(given: Surroundings = {}): Promise<Desk> {
  return new Desk(await openPhone({ name: NAME, ...given, pulls: false }))
}

export class Desk {
  constructor(private readonly own: ThePhone) {}

  /** Signing in and out, the state, words, small pictures. */
  get phone(): Phone {
    return this.own
  }

  /** Asks the server; a sign-in that has run out is traded first. */
  private async ask<T>(path: string, isIt: (body: T) => boolean): Promise<T> {
    const once = () => this.own.within(async context => api(context, await context.db.read(account)).get(path, isIt))
    try {
      return await once()
    } catch (error) {
      if (!(error instanceof PhoneError) || error.detail.status !== 401) throw error
      await this.own.sync()
      return once()
    }
  }

  /** A page of findings, behind the one whose `next` is `after`. */
  findings(filter: Filter, after: string | null = null, limit = PAGE): Promise<Page> {
    const query = queryOf(filter, { limit: String(limit), after: after ?? '' })
    return this.ask<Page>(`/v1/findings?${query}`, it => Array.isArray(it.findings))
  }

  /** How many there are by rule, unit and age, whichever of these is looked at. */
  async counts(filter: Filter): Promise<Counts | null> {
    const page = await this.findings({ ...filter, rule: '', unit: '', days: 0 }, null, 1)
    return page.counts ?? null
  }

  /** Proposals that wait on a record. */
  async waiting(record: string): Promise<Page['findings']> {
    const page = await this.ask<Page>(`/v1/findings?rule=awaits_confirmation&record=${record}`, it =>
      Array.isArray(it.findings),
    )
    return page.findings
  }

  /** A finding laid open. */
  async open(finding: string): Promise<Opened> {
    const generation = await this.own.within(context => context.db.read(async tx => (await account(tx)).generation))
    const laid = await this.ask<Case>(`/v1/findings/${finding}`, it => Array.isArray(it.records))
    return { ...laid, generation: generation ?? '' }
  }

  async rules(): Promise<Record<string, Rule>> {
    return (await this.ask<{ rule: Record<string, Rule> }>('/v1/rules', it => typeof it.rule === 'object')).rule
  }

  /** Sums of hours, person by person. */
  hours(filter: HoursFilter): Promise<Totals> {
    return this.ask<Totals>(`/v1/hours?${hoursQuery(filter, { by: 'person' })}`, it => Array.isArray(it.totals))
  }

  /** What stands posted for a person, behind the posting that `after` names. */
  postings(filter: HoursFilter, person: string, after: string | null = null): Promise<Postings> {
    const query = hoursQuery(filter, { ...personIn(filter.ledger, person), after: after ?? '' })
    return this.ask<Postings>(`/v1/hours/postings?${query}`, it => Array.isArray(it.postings))
  }

  /** What a person claims and what it waits for. */
  claims(filter: HoursFilter, person: string, after: string | null = null): Promise<Claims> {
    const query = hoursQuery(filter, { ...personIn(filter.ledger, person), after: after ?? '' })
    return this.ask<Claims>(`/v1/hours/claims?${query}`, it => Array.isArray(it.claims))
  }

  /** Checks that a posting is sealed in the log whose key this desk has watched; null: not yet. */
  async sealed(posting: Posting): Promise<Sealed | null> {
    const watched = await this.own.within(context => context.db.read(tx => getMeta(tx, 'log')))
    if (watched === undefined) return null
    try {
      const proof = await this.ask<Proof>(posting.proof, it => Array.isArray(it.proof))
      const check: Verify = (key, message, signature) =>
        verify(Uint8Array.from(key), Uint8Array.from(message), Uint8Array.from(signature))
      const head = await openNote(check, watched.vkey, proof.checkpoint)
      return head === null ? { kind: 'wrong' } : provesPosting(posting.number, proof, head)
    } catch (error) {
      if (error instanceof PhoneError && error.code === 'not_sealed') return null
      throw error
    }
  }

  /** Saves what was decided, one operation each, then sends all and tells what became of each, in their order. */
  async decide(written: Written[]): Promise<Fate[]> {
    const saved = await this.own.within(context =>
      context.db.change(async tx => {
        const rows = []
        for (const { form, desk, appointment, entry } of written) {
          const record = form.record ?? uuidV7(context.env.random(16), context.env.now())
          const id = toHex(context.env.random(8))
          const lang = this.own.state().get().lang
          const saving = { form: { ...form, id, record }, desk, appointment, entry, attached: [], lang }
          rows.push(await save(context, tx, { ...saving, ifMoved: 'save', look: async () => null }))
        }
        return rows
      }),
    )
    const outcome = await this.own.sync()
    return this.own.within(context =>
      context.db.read(async tx => {
        const fates: Fate[] = []
        for (const { device, seq } of saved) {
          const row = await tx.get('outbox', [device, seq])
          const said = 'text' in outcome ? outcome.text : ''
          if (row === undefined || row.fate === 'accepted') fates.push({ kind: 'accepted' })
          else if (row.fate === 'held') fates.push({ kind: 'held' })
          else if (row.fate === 'none') fates.push({ kind: 'waiting', text: said })
          else fates.push({ kind: 'refused', code: row.code ?? '', text: this.own.words(row.code ?? '') })
        }
        return fates
      }),
    )
  }

  /** Decisions of the last days that the server did not accept, the latest first. */
  refused(): Promise<Refused[]> {
    return this.own.within(context =>
      context.db.read(async tx => {
        const since = context.env.now() - NEWS_MS
        const rows = await tx.all('outbox', { index: 'fate', only: 'quarantined' })
        return rows
          .filter(row => row.savedMs > since)
          .map(row => ({
            text: this.own.words(row.code ?? ''),
            savedMs: row.savedMs,
            findings: Object.keys(opOf<Op>(row)?.decides?.findings ?? {}),
          }))
          .sort((a, b) => b.savedMs - a.savedMs)
      }),
    )
  }

  /** Whether a decision on the record lies here and has not gone. */
  isWaiting(record: string): Promise<boolean> {
    return this.own.within(context =>
      context.db.read(async tx => (await ofRecord(tx, record)).some(row => row.fate === 'none')),
    )
  }

  /** Follows what moves on the server, until the returned function is called. */
  follow(told: (heard: Heard) => void, standing: (on: boolean) => void): () => void {
    const open = (signal: AbortSignal) =>
      this.own.within(async context => {
        const { accessToken } = await context.db.read(account)
        const headers = { authorization: `Bearer ${accessToken ?? ''}` }
        const answer = await fetch('/v1/events', { headers, signal, cache: 'no-store', credentials: 'omit' })
        return answer.ok && answer.body !== null ? answer.body : answer.status
      })
    const silenceMs = async () => {
      const config = await this.own.within(context => context.db.read(tx => getMeta(tx, 'config')))
      return 3000 * (config?.body.events_interval_secs ?? SELDOM_SECS)
    }
    return follow({ open, silenceMs, renew: () => this.own.sync() }, told, standing)
  }
}
