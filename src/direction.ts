/** One direction of a run, from its checks to its proof: the whole of every operation but a drill, which is two of them. */
import { role } from './cluster.ts'
import { execute } from './execute.ts'
import { gate } from './gate.ts'
import { sickNodes } from './nodes.ts'
import { repoint } from './others.ts'
import type { Ending } from './outcome.ts'
import type { Leg, Session } from './session.ts'
import { verify } from './verify.ts'

/** What a run came to, beside what the clusters show: the leg it ended in, and what is short or was made. */
export interface Carried extends Pick<Ending, 'findings' | 'chore' | 'short'> {
  readonly leg: Leg
}

export async function oneWay(session: Session, leg: Leg): Promise<Carried> {
  const { run, steps } = leg
  do {
    if (!(await gate(session, leg)) || run.inputs['dry-run']) return { leg }
  } while ((await execute(run, steps)) === 'unchecked')
  if (!session.cancelled.aborted && run.deeds.sent > 0) {
    for (const sick of await sickNodes(run)) run.journal.note(sick)
    // Facts 3.2: enrolling takes a cluster's own keys away from its standby nodes, and no token may ask for them there yet.
    const { from, to } = run.lookout.world
    if (steps.some(({ name }) => name === 'enrol') && role(to) === 'secondary') {
      run.journal.note(
        `The standby nodes of ${to.host} seal themselves when it is enrolled: unseal them with the key shares of ${from.host}, unless they unseal by themselves.`,
      )
    }
  }
  const switched = steps.some(({ name }) => name === 'follow') && role(run.lookout.world.to) === 'primary'
  if (!switched || session.cancelled.aborted) return { leg }
  return { leg, short: [...(await repoint(session, leg)), ...(await verify(leg))] }
}
