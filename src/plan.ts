/**
 * What an operation wishes of the world, in order, and what each wish says when it is shown the world. Pure, so every
 * combination of two clusters can be laid before it. The same verdict decides whether there is anything to do, whether
 * it may be done, whether it has happened yet and whether it is still so; that is why a second run needs nothing from the
 * first.
 */
import {
  type Cluster,
  describe,
  follows,
  joining,
  lastRole,
  outranked,
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

export type StepName =
  | 'demote'
  | 'promote'
  | 'follow'
  | 'restore'
  | 'reunite'
  | 'enable'
  | 'enrol'
  | 'detach'
  | 'revoke'
  | 'disable'

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

/** Operations that bring a wish about the two clusters about; the others make or end a DR operation token. */
const STEPS: Partial<Record<Operation, readonly (keyof ReturnType<typeof wishes>)[]>> = {
  failover: ['demote', 'promote', 'follow'],
  failback: ['demote', 'promote', 'follow'],
  drill: ['demote', 'promote', 'follow'],
  demote: ['demote'],
  promote: ['promote'],
  'update-primary': ['follow'],
  setup: ['enable', 'enrol'],
  'revoke-secondary': ['revoke'],
  // The id first: of a cluster that is detached already nobody could tell by which id it was known.
  disable: ['revoke', 'detach', 'disable'],
}

/**
 * The steps of an operation, in the order in which they are brought about: never two primaries on the way. A drill's are
 * those of one direction; it goes through them twice.
 */
export const plan = (inputs: Inputs): readonly Step[] =>
  (STEPS[inputs.operation] ?? []).map((name) => wishes(inputs)[name])

function wishes({ operation, mode, override, 'secondary-id': id }: Inputs) {
  const emergency = mode === 'emergency'
  // A primary that answers is not lost, so an emergency leaves it alone unless it was told to take its role.
  const mayTake = !emergency || operation === 'demote' || override.includes('emergency-evidence')
  return {
    demote: demote(emergency, mayTake),
    promote: promote(emergency),
    follow: follow(emergency),
    enable,
    enrol,
    detach,
    revoke: revoke(operation === 'revoke-secondary' ? id : undefined),
    disable,
  }
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
        return so
      case 'none':
        // A primary shows this for a moment while it is being demoted; one that was never seen as primary is none.
        return lastRole(from) === 'primary' ? underway(`${from.host} shows no role yet: ${describe(from)}`) : so
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
        if (from.demotedHere) return so
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
        return lastRole(to) === 'unknown'
          ? blocked(`${to.host} is no DR secondary: ${describe(to)}`)
          : underway(`${to.host} shows no role yet: ${describe(to)}`)
      case 'unknown':
        // Whoever looks in the middle of a promotion sees this; sending another one would not help.
        if (lastRole(to) !== 'unknown' || lastRole(from) === 'secondary')
          return underway(`${to.host} does not tell its role: ${describe(to)}`)
        return blocked(`${to.host} does not tell its role: ${describe(to)}`)
      case 'secondary':
        return free(from, emergency)
    }
  },
})

/** Whether the role is free to be taken from a cluster: only one that is seen without it, or proven lost, has given it up. */
function free(from: Cluster, emergency: boolean): Verdict {
  if (role(from) === 'primary') return later(`${from.host} is still primary`)
  if (role(from) === 'secondary' || from.demotedHere) return due
  if (role(from) === 'none' && lastRole(from) === 'unknown') return due
  // Out of sight, and last seen without the role: it may be in the middle of being promoted by somebody else.
  if (lastRole(from) === 'secondary') return underway(`${from.host} does not tell its role: ${describe(from)}`)
  if (lastRole(from) === 'primary' || !emergency) return blocked(`${from.host} may still be primary: ${describe(from)}`)
  return due
}

/** The old primary follows the new one, and streams. */
const follow = (emergency: boolean): Step => ({
  name: 'follow',
  on: 'from',
  verdict(world) {
    const { from, to } = world
    if (strangers(world)) return blocked('the two clusters are not of one DR set')
    if (role(to) === 'none' && lastRole(to) === 'unknown') return blocked(`${to.host} is not primary: ${describe(to)}`)
    if (role(to) !== 'primary') return later(`${to.host} is not primary yet`)
    if (follows(from, to)) return so
    switch (role(from)) {
      case 'secondary':
        return joining(from, to) ? underway(`${from.host} is joining ${to.host}`) : due
      case 'primary':
        return later(`${from.host} is still primary`)
      case 'none':
        return lastRole(from) === 'unknown'
          ? blocked(`${from.host} can not follow: ${describe(from)}`)
          : underway(`${from.host} shows no role yet: ${describe(from)}`)
      case 'unknown':
        // It may be restarting after its demotion; one that was never seen is not waited for.
        if (lastRole(from) !== 'unknown') return underway(`${from.host} does not tell its role: ${describe(from)}`)
        if (emergency) return waived(`${from.host} is lost: ${describe(from)}`)
        return from.silent || from.health?.sealed
          ? blocked(`${from.host} can not be reached: ${describe(from)}`)
          : underway(`${from.host} does not tell its role: ${describe(from)}`)
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

/** DR replication is enabled at the primary. */
const enable: Step = {
  name: 'enable',
  on: 'from',
  verdict({ from }) {
    switch (role(from)) {
      case 'primary':
        return serving(from) ? so : underway(`${from.host} is primary and does not serve yet`)
      case 'none':
        return from.dr?.mode === 'disabled' ? due : blocked(`${from.host} can not replicate: ${describe(from)}`)
      case 'secondary':
        return blocked(`${from.host} is a DR secondary already`)
      case 'unknown':
        return hidden(from)
    }
  },
}

/** The secondary is enrolled and streams. What it held before is erased, so nothing that belongs to a DR set is. */
const enrol: Step = {
  name: 'enrol',
  on: 'to',
  verdict(world) {
    const { from, to } = world
    if (follows(to, from)) return so
    switch (role(to)) {
      case 'primary':
        return blocked(`${to.host} is a DR primary itself: it is not erased`)
      case 'secondary':
        if (joining(to, from)) return underway(`${to.host} is joining ${from.host}`)
        return blocked(`${to.host} is a DR secondary already, and does not stream from ${from.host}: it is not erased`)
      case 'none':
        if (to.dr?.mode !== 'disabled') return blocked(`${to.host} can not replicate: ${describe(to)}`)
        return role(from) === 'primary' ? due : later(`${from.host} is not primary yet`)
      case 'unknown':
        return hidden(to)
    }
  },
}

/** DR replication is disabled at the secondary. */
const detach: Step = {
  name: 'detach',
  on: 'to',
  verdict(world) {
    const { from, to } = world
    switch (role(to)) {
      case 'none':
        return so
      case 'primary':
        return blocked(`${to.host} is a DR primary: fail back first, so that nothing but a copy is taken apart`)
      case 'secondary':
        if (strangers(world)) return blocked(`${to.host} belongs to another DR set than ${from.host}`)
        return role(from) === 'primary'
          ? due
          : blocked(`${from.host} is not seen as primary: ${to.host} may hold the only copy`)
      case 'unknown':
        return hidden(to)
    }
  },
}

/** The id that a cluster had as a secondary, now or when it was last seen as one. */
export const formerId = (cluster: Cluster): string => cluster.dr?.secondary_id ?? cluster.formerId ?? ''

/** An id may not connect to the primary any more; the one given, or the one that the detached secondary had. */
const revoke = (given: string | undefined): Step => ({
  name: 'revoke',
  on: 'from',
  verdict({ from, to }) {
    const id = given ?? formerId(to)
    if (role(from) === 'unknown') return hidden(from)
    if (role(from) !== 'primary') return given === undefined ? so : blocked(`${from.host} is not primary`)
    if (given !== undefined && to.dr?.secondary_id === given && follows(to, from)) {
      return blocked(
        `${given} is the id by which ${to.host} follows: use operation disable, or attach it under another id first`,
      )
    }
    return from.dr?.known_secondaries?.includes(id) ? due : so
  },
})

/** DR replication is disabled at the primary, once no secondary is left. */
const disable: Step = {
  name: 'disable',
  on: 'from',
  verdict({ from, to }) {
    switch (role(from)) {
      case 'none':
        return so
      case 'secondary':
        return blocked(`${from.host} is a DR secondary`)
      case 'unknown':
        return hidden(from)
      case 'primary': {
        if (role(to) !== 'none') return later(`${to.host} is not detached yet`)
        const left = from.dr?.known_secondaries?.length ?? 0
        return left === 0
          ? due
          : waived(`${left} other secondar${left === 1 ? 'y is' : 'ies are'} left at ${from.host}`)
      }
    }
  },
}

/** Out of sight: waited for where it was seen before in this run. */
function hidden(cluster: Cluster): Verdict {
  const because = `${cluster.host} does not tell its role: ${describe(cluster)}`
  return lastRole(cluster) === 'unknown' ? blocked(because) : underway(because)
}
