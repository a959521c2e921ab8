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
export interface Carried extends Pick<Ending, 'findings' | 'chore' | 'short' | 'legs'> {
  readonly leg: Leg
}

export async function oneWay(session: Session, leg: Leg): Promise<Carried> {
  const { run, steps } = leg
  if (!(await gate(session, leg)) || run.inputs['dry-run']) return { leg }
  await execute(run, steps)
  if (!session.cancelled.aborted && run.deeds.sent > 0) for (const sick of await sickNodes(run)) run.journal.note(sick)
  const switched = steps.some(({ name }) => name === 'follow') && role(run.lookout.world.to) === 'primary'
  if (!switched || session.cancelled.aborted) return { leg }
  return { leg, short: [...(await repoint(session, leg)), ...(await verify(leg))] }
}
