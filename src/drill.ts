/** A drill: a failover, verified, then a failback, verified. Between the two it stops if anything is short. */
import { noDeeds } from './bring.ts'
import { follows } from './cluster.ts'
import { type Carried, oneWay } from './direction.ts'
import { legReport } from './outcome.ts'
import type { Session } from './session.ts'

export async function drill(session: Session): Promise<Carried> {
  const there = await oneWay(session, session.first)
  const { world } = there.leg.run.lookout
  const short = there.short ?? []
  if (session.inputs['dry-run'] || session.cancelled.aborted || short.length > 0 || !follows(world.from, world.to))
    return there

  session.journal.report.failedOver = legReport(there.leg.run.deeds, world)
  session.journal.note(`The failover is verified; failing back to ${world.from.host}.`)
  const { checks } = session.journal.report
  const deeds = noDeeds()
  session.journal.report.deeds = deeds
  const back = await oneWay(session, session.turned(there.leg, deeds))
  // Both directions' checks count; the second one's are the newer reading of the same names.
  session.journal.report.checks = [
    ...checks.filter(({ state }) => state === 'waived'),
    ...session.journal.report.checks,
  ]
  return back
}
