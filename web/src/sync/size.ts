/** How much goes into one request: less after one that was too much, more again after a success. */

import type { ConfigBody } from '../store/schema'
import type { Plan } from './plan'
import type { Problem } from './problem'
import type { Context, Round, Step } from './round'

/** After a success pushes may grow again. */
export function widen(round: Round, limits: ConfigBody['limits']): void {
  round.pushAlone = false
  if (round.pushCap === null) return
  const wider = round.pushCap * 2
  round.pushCap = wider < limits.push_ops ? wider : null
}

/**
 * The limit is lower than when it was heard. It counts the operations that are asked for as well, and says nothing against
 * any one of them.
 */
export function fewer(round: Round, plan: Plan, problem: Problem): Step {
  const most = Math.max(plan.batch?.texts.length ?? 0, plan.held.length)
  const limit = problem.number('limit')
  if (limit === null || limit < 1 || limit >= most) throw problem
  round.pushCap = Math.floor(limit)
  round.configWanted = true
  return null
}

/** Half as much; then one operation with nothing beside it. One that is too much even so travels as a stub. */
export async function shrink(context: Context, round: Round, plan: Plan, problem: Problem): Promise<Step> {
  const { batch } = plan
  if (batch === null) throw problem
  if (batch.texts.length > 1) {
    round.pushCap = Math.max(1, Math.floor(batch.texts.length / 2))
    return null
  }
  if (plan.cursors !== null || plan.held.length > 0) {
    round.pushAlone = true
    return null
  }
  if (batch.isStub) throw problem
  await context.db.change(tx => tx.update('outbox', [plan.device, batch.first], { withheld: 1 }))
  return null
}
