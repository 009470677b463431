/**
 * The hours ledger as the server has it, kept so that a phone shows without a network what is really posted. Postings are
 * only ever added, so only those behind the last one known are asked for.
 */

import type { Reading } from '../store/db'
import { account, getMeta, putMeta } from '../store/meta'
import type { AccountRow, LedgerRow } from '../store/schema'
import { Problem } from './problem'
import { api, type Context, type Round } from './round'

/** For how long what was heard is good while nothing moves, ms. */
const FRESH_MS = 3_600_000
/** Most pages in one sync; the rest comes with the next. */
const MOST_PAGES = 10

/** Whether the ledger is to be asked for in this sync. */
export async function wantsLedger(tx: Reading, round: Round, who: AccountRow, now: number): Promise<boolean> {
  if (round.ledgerAsked || who.pushOnly) return false
  const kept = await getMeta(tx, 'ledger')
  if (kept === undefined || kept.generation !== who.generation || round.moved) return true
  const age = now - kept.atMs
  return age < 0 || age > FRESH_MS
}

/** Asks for sums and for what was posted since. */
export async function ledgerStep(context: Context, round: Round): Promise<void> {
  round.ledgerAsked = true
  const { who, before } = await context.db.read(async tx => ({
    who: await account(tx),
    before: await getMeta(tx, 'ledger'),
  }))
  const generation = who.generation ?? ''
  // A restored server numbers anew what it posts from now on.
  const known = before?.generation === generation ? before : undefined
  const row: LedgerRow = { generation, atMs: context.env.now(), totals: [], last: null, postings: {}, ...known }
  const requests = api(context, who)
  try {
    row.totals = (await requests.hoursTotals(who.member.id)).totals
    let more = true
    for (let nth = 0; more && nth < MOST_PAGES; nth++) {
      const page = await requests.postings(who.member.id, row.last)
      for (const { number, session, minutes, ledger } of page.postings) {
        const sum = (row.postings[session]?.minutes ?? 0) + minutes
        row.postings[session] = { minutes: sum, ledger }
        row.last = String(number)
      }
      more = typeof page.next === 'string'
    }
  } catch (error) {
    // One who may not read hours, or a server that has no ledger: what the records say is shown.
    if (!(error instanceof Problem) || [403, 404].indexOf(error.status) < 0) throw error
  }
  row.atMs = context.env.now()
  await context.db.change(tx => putMeta(tx, 'ledger', row))
}
