/**
 * Further DR secondaries of the set: watched by `status`, and attached to the new primary after a failover, side by side.
 * Each is a run of its own with the one step `follow`, so that one that is down hides and holds up nothing.
 */
import { noDeeds } from './bring.ts'
import { cleanUp } from './cleanup.ts'
import { follows, role } from './cluster.ts'
import { execute } from './execute.ts'
import { firstLook, UNREADABLE_FOR } from './gate.ts'
import type { Leg, Session } from './session.ts'

/** The followers that are to be looked after, each paired with the cluster that is primary. */
const legs = (session: Session, primary: string): Leg[] =>
  session.inputs['other-secondary-addrs'].map((addr) =>
    session.leg(
      { ...session.inputs, operation: 'update-primary', from: addr, to: primary, 'secondary-id': undefined },
      noDeeds(),
    ),
  )

/**
 * Attaches every further secondary to the primary of `main`.
 *
 * @returns a sentence for each that does not follow
 */
export async function repoint(session: Session, main: Leg): Promise<string[]> {
  const told = await Promise.all(
    legs(session, main.run.inputs.to).map(async ({ run, steps }) => {
      run.tokens.inherit(main.run.tokens)
      // The primary is there by this run's own doing: nobody else is expected to be at work on its secondaries.
      run.deeds.promoted = main.run.deeds.promoted
      const world = await firstLook(run.lookout, run.journal, Math.min(UNREADABLE_FOR, run.deadline.left))
      if (role(world.from) === 'secondary') await execute(run, steps)
      if (!session.cancelled.aborted) await cleanUp(session, run, ['from'])
      main.run.deeds.accepted += run.deeds.accepted
      main.run.deeds.sent += run.deeds.sent
      const { from, to } = run.lookout.world
      return follows(from, to)
        ? []
        : [`${from.host} does not follow ${to.host}: ${run.lookout.world.from.because ?? 'see its step'}.`]
    }),
  )
  return told.flat()
}

/** @returns a sentence for each further secondary that does not stream from the primary at this address */
export async function watchOthers(session: Session, primary: string): Promise<string[]> {
  const told = await Promise.all(
    legs(session, primary).map(async ({ run }) => {
      const patience = Math.min(UNREADABLE_FOR, run.deadline.left)
      const { from, to } = await firstLook(run.lookout, run.journal, patience)
      return follows(from, to)
        ? []
        : [`${from.host} does not stream from ${to.host}: ${from.because ?? from.dr?.state ?? 'no state'}.`]
    }),
  )
  return told.flat()
}

/** For the post step: takes away what a killed run left on the further secondaries, or made for them. */
export async function cleanOthers(session: Session, main: Leg): Promise<void> {
  if (role(main.run.lookout.world.to) !== 'primary') return
  await Promise.all(
    legs(session, main.run.inputs.to).map(async ({ run }) => {
      run.tokens.inherit(main.run.tokens)
      await firstLook(run.lookout, run.journal)
      await cleanUp(session, run, ['from'])
    }),
  )
}
