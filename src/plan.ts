/**
 * What an operation wishes of the world, in order, and what each wish says when it is shown the world. Pure, so every
 * combination of two clusters can be laid before it. The same verdict decides whether there is anything to do, whether
 * it may be done, whether it has happened yet and whether it is still so; that is why a second run needs nothing from the
 * first.
 */
import {
  describe,
  follows,
  joining,
  lastRole,
  nobodyPrimary,
  role,
  type Side,
  serving,
  strangers,
  twoPrimaries,
  type World,
} from './cluster.ts'
import type { Inputs, Operation } from './inputs.ts'

/**
 * - `so`: it holds.
 * - `due`: it does not hold, and what brings it about may be sent now.
 * - `underway`: it was asked for, or is about to show: only wait.
 * - `later`: it comes after an earlier wish.
 * - `waived`: it can't be had, and the operator accepted that.
 * - `blocked`: it must not, or can't, be brought about.
 */
export type Verdict =
  | { readonly is: 'so' | 'due' }
  | { readonly is: 'underway' | 'later' | 'waived' | 'blocked'; readonly because: string }

export type StepName = 'demote' | 'promote' | 'follow' | 'restore' | 'reunite'

export interface Step {
  readonly name: StepName
  /** The cluster that is changed, and watched until it shows the change. */
  readonly on: Side
  readonly verdict: (world: World) => Verdict
}

const so: Verdict = { is: 'so' }
const due: Verdict = { is: 'due' }
const underway = (because: string): Verdict => ({ is: 'underway', because })
const later = (because: string): Verdict => ({ is: 'later', because })
const waived = (because: string): Verdict => ({ is: 'waived', because })
const blocked = (because: string): Verdict => ({ is: 'blocked', because })

const STEPS: Record<Exclude<Operation, 'status'>, readonly ('demote' | 'promote' | 'follow')[]> = {
  failover: ['demote', 'promote', 'follow'],
  failback: ['demote', 'promote', 'follow'],
  demote: ['demote'],
  promote: ['promote'],
  'update-primary': ['follow'],
}

/** The steps of an operation, in the order in which they are brought about: never two primaries on the way. */
export function plan(
  operation: Exclude<Operation, 'status'>,
  { mode, override }: Pick<Inputs, 'mode' | 'override'>,
): readonly Step[] {
  const emergency = mode === 'emergency'
  // A primary that answers is not lost, so an emergency leaves it alone unless it was told to take its role.
  const mayTake = !emergency || operation === 'demote' || override.includes('emergency-evidence')
  const all = { demote: demote(emergency, mayTake), promote: promote(emergency), follow: follow(emergency) }
  return STEPS[operation].map((name) => all[name])
}

/** The old primary is not primary. */
const demote = (emergency: boolean, mayTake: boolean): Step => ({
  name: 'demote',
  on: 'from',
  verdict(world) {
    const { from, to } = world
    if (strangers(world)) return blocked('the two clusters are not of one DR set')
    switch (role(from)) {
      case 'secondary':
      case 'none':
        return so
      case 'primary':
        // Nothing is taken from a primary while its successor is out of sight; an emergency may have to.
        if (role(to) === 'unknown' && !emergency) {
          const because = `${to.host} does not tell its role: ${describe(to)}`
          return lastRole(to) === 'unknown' ? blocked(because) : underway(because)
        }
        if (!twoPrimaries(world)) return mayTake ? due : blocked(`${from.host} answers as primary: it is not lost`)
        if (!emergency) return blocked('both clusters are primary')
        // The higher counter is the one that was promoted last; the lower one's clients would lose their tokens (facts 1.4).
        return outranked(world)
          ? blocked(`${to.host} is the older primary of the two by its ssct_generation_counter`)
          : due
      case 'unknown':
        // One that was primary a moment ago is not lost: its loss would have to be proven first.
        if (emergency && lastRole(from) !== 'primary') return waived(`${from.host} is lost: ${describe(from)}`)
        if (lastRole(from) !== 'unknown') return underway(`${from.host} does not tell its role: ${describe(from)}`)
        return blocked(`${from.host} does not tell its role: ${describe(from)}`)
    }
  },
})

/** The new primary serves. */
const promote = (emergency: boolean): Step => ({
  name: 'promote',
  on: 'to',
  verdict(world) {
    const { from, to } = world
    if (strangers(world)) return blocked('the two clusters are not of one DR set')
    if (serving(to)) return so
    switch (role(to)) {
      case 'primary':
        return underway(`${to.host} is primary and does not serve yet`)
      case 'none':
        return blocked(`${to.host} is no DR secondary: ${describe(to)}`)
      case 'unknown':
        // Whoever looks in the middle of a promotion sees this; sending another one would not help.
        if (lastRole(to) !== 'unknown' || lastRole(from) === 'secondary')
          return underway(`${to.host} does not tell its role: ${describe(to)}`)
        return blocked(`${to.host} does not tell its role: ${describe(to)}`)
      case 'secondary':
        if (role(from) === 'primary') return later(`${from.host} is still primary`)
        if (
          role(from) === 'unknown' &&
          (lastRole(from) === 'primary' || (lastRole(from) === 'unknown' && !emergency))
        ) {
          return blocked(`${from.host} may still be primary: ${describe(from)}`)
        }
        return due
    }
  },
})

/** The old primary follows the new one, and streams. */
const follow = (emergency: boolean): Step => ({
  name: 'follow',
  on: 'from',
  verdict(world) {
    const { from, to } = world
    if (strangers(world)) return blocked('the two clusters are not of one DR set')
    if (role(to) !== 'primary')
      return role(from) === 'primary' || nobodyPrimary(world)
        ? later(`${to.host} is not primary yet`)
        : blocked(`${to.host} is not primary: ${describe(to)}`)
    if (follows(from, to)) return so
    switch (role(from)) {
      case 'secondary':
        return joining(from, to) ? underway(`${from.host} is joining ${to.host}`) : due
      case 'primary':
        return later(`${from.host} is still primary`)
      case 'none':
        return blocked(`${from.host} can not follow: ${describe(from)}`)
      case 'unknown':
        // It may be restarting after its demotion; one that was never seen is not waited for.
        if (lastRole(from) !== 'unknown' || !from.silent)
          return underway(`${from.host} does not tell its role: ${describe(from)}`)
        return emergency
          ? waived(`${from.host} is lost: ${describe(from)}`)
          : blocked(`${from.host} can not be reached: ${describe(from)}`)
    }
  },
})

/** The way back: the old primary is primary again, after its successor was refused the role. */
export const restore: Step = {
  name: 'restore',
  on: 'from',
  verdict(world) {
    const { from, to } = world
    if (serving(from)) return so
    if (role(to) === 'primary') return blocked(`${to.host} is primary`)
    if (role(from) === 'primary') return underway(`${from.host} is primary and does not serve yet`)
    if (role(from) === 'unknown') return underway(`${from.host} does not tell its role: ${describe(from)}`)
    if (role(to) !== 'secondary') return blocked(`${to.host} does not tell its role: ${describe(to)}`)
    return due
  },
}

/** After the way back: the secondary follows the restored primary again, by itself; there is nothing to send. */
export const reunite: Step = {
  name: 'reunite',
  on: 'to',
  verdict: ({ from, to }) =>
    follows(to, from)
      ? so
      : role(from) === 'primary'
        ? underway(`${to.host} finds ${from.host} again`)
        : blocked(`${from.host} is not primary`),
}

/** The confirmed primary was promoted before the other one: keeping it would throw the newer history away. */
function outranked({ from, to }: World): boolean {
  const [theirs, ours] = [from.dr?.ssct_generation_counter, to.dr?.ssct_generation_counter]
  return theirs !== undefined && ours !== undefined && ours < theirs
}
