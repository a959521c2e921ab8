/**
 * What a run came to, told from the clusters as they are at its end and from what the run did; never from what it meant
 * to do. Pure.
 */
import type { Deeds } from './bring.ts'
import type { Check, CheckName } from './checks.ts'
import type { Chore } from './chores.ts'
import {
  describe,
  follows,
  heartbeatAge,
  lag,
  leftBehind,
  nobodyPrimary,
  oneCluster,
  other,
  outranked,
  primaryOf,
  role,
  SIDES,
  STALE,
  serving,
  strangers,
  twoPrimaries,
  type World,
} from './cluster.ts'
import type { Inputs } from './inputs.ts'
import type { Step } from './plan.ts'
import {
  type FleetPair,
  type Health,
  type LegReport,
  OUTCOMES,
  type Outcome,
  type Report,
  type Result,
} from './report.ts'

export interface Ending {
  readonly inputs: Inputs
  readonly steps: readonly Step[]
  readonly deeds: Deeds
  readonly world: World
  readonly checks: readonly Check[]
  readonly cancelled: boolean
  readonly report: Report
  /** `status`: what keeps the pair from being healthy, beside what the world itself shows. */
  readonly findings?: readonly string[] | undefined
  /** What is short though the steps hold: another secondary that does not follow, a canary that differs. */
  readonly short?: readonly string[] | undefined
  /** What came of an operation that makes or ends a token. */
  readonly chore?: Chore | undefined
  /** An error of ours ended the run. */
  readonly crashed?: boolean | undefined
}

/** The whole verdict: outcome, exit code, outputs, sentences. */
export function conclude(ending: Ending): Result {
  const { inputs, world, deeds } = ending
  const looked = inputs.operation === 'status' && ending.checks.every(({ state }) => state !== 'failed')
  const decided = looked ? 'done' : decide(ending)
  // After a mistake of ours nothing good is said that the run did not come to the end of.
  const outcome = ending.crashed && OUTCOMES[decided] === 0 ? 'unknown' : decided
  const primary = primaryOf(world)
  const condition = diagnose(world)
  const short = [...(ending.findings ?? []), ...(ending.short ?? [])]
  // What a check saw over a while says more than one look at the end.
  const doubtful = ending.checks.some(({ name, state }) => state === 'failed' && OF_THE_LINK.includes(name))
  const health = condition.health === 'healthy' && (short.length > 0 || doubtful) ? 'degraded' : condition.health
  // A drill's figures are the worse of its two directions: an objective is met when both meet it.
  const legs = legsOf(ending)
  return {
    outcome,
    exitCode: looked ? (fails(health, inputs['fail-on']) ? 1 : 0) : OUTCOMES[outcome],
    changed: deeds.accepted > 0 || legs.some((leg) => leg.changed),
    health,
    activeAddr: primary === undefined ? '' : (inputs.asGiven[inputs[primary]] ?? inputs[primary]),
    redundancy: primary !== undefined && follows(world[other(primary)], world[primary]) ? 'protected' : 'unprotected',
    lag: lag(world),
    rtoMs: worst(legs.map(({ rtoMs }) => rtoMs)),
    rpoEntries: legs.some(({ rpoEntries }) => rpoEntries === 'unknown')
      ? 'unknown'
      : worst(legs.map(({ rpoEntries }) => rpoEntries)),
    clusterId: [world.to, world.from].map(({ dr }) => dr?.cluster_id ?? '').find((id) => UUID.test(id)) ?? '',
    ...(looked
      ? statusWords(health, world, [...condition.reasons, ...(ending.findings ?? [])])
      : ending.chore === undefined
        ? words(outcome, ending)
        : choreWords(outcome, ending.chore, ending)),
  }
}

/** What one direction cost, as its run saw it: nothing is said of what it did not see both ends of. */
export function legReport({ accepted, outage, promoted, rpo }: Deeds, world: World): LegReport {
  const rtoMs = promoted && outage?.until !== undefined ? Math.max(0, outage.until - outage.from) : undefined
  // The last moment at which a primary was seen that serves still is no beginning of an outage.
  const none = outage?.until === undefined && serving(world.from)
  return {
    to: world.to.host,
    rtoMs,
    rpoEntries: promoted ? rpo : undefined,
    outage: none ? undefined : outage,
    changed: accepted > 0,
  }
}

/** What the directions that the run went cost, in order. Operations that switch no role see no outage, however long they look. */
export function legsOf({
  steps,
  deeds,
  world,
  report,
}: Pick<Ending, 'steps' | 'deeds' | 'world' | 'report'>): LegReport[] {
  const switches = steps.some(({ name }) => name === 'demote' || name === 'promote')
  return [
    ...(report.failedOver === undefined ? [] : [report.failedOver]),
    ...(switches && deeds.sent > 0 ? [legReport(deeds, world)] : []),
  ]
}

function worst(figures: readonly (number | 'unknown' | undefined)[]): number | undefined {
  const known = figures.filter((figure) => typeof figure === 'number')
  return known.length === 0 ? undefined : Math.max(...known)
}

const OF_THE_LINK: readonly CheckName[] = ['streaming', 'heartbeat', 'lag']

const NO_PRIMARY = 'No primary answers.'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const fails = (health: Health, failOn: Inputs['fail-on']): boolean =>
  failOn === 'degraded' ? health !== 'healthy' : failOn === 'critical' && health === 'critical'

const WORST: Record<Health, number> = { critical: 2, degraded: 1, healthy: 0 }

/** Worst first, and by name where they are equally well. */
export const worstFirst = (pairs: readonly FleetPair[]): FleetPair[] =>
  [...pairs].sort((a, b) => WORST[b.health] - WORST[a.health] || (a.name < b.name ? -1 : 1))

/** The verdict on a fleet: as well as its worst pair. */
export function concludeFleet(inputs: Inputs, pairs: readonly FleetPair[]): Result {
  const count = (health: Health) => pairs.filter((pair) => pair.health === health).length
  const health = worstFirst(pairs)[0]?.health ?? 'critical'
  const counts = (['critical', 'degraded', 'healthy'] as const).map((word) => `${count(word)} ${word}`).join(', ')
  return {
    outcome: 'done',
    exitCode: fails(health, inputs['fail-on']) ? 1 : 0,
    changed: false,
    health,
    activeAddr: '',
    redundancy: pairs.every(({ secondary, health: own }) => secondary !== '' && own === 'healthy')
      ? 'protected'
      : 'unprotected',
    lag: undefined,
    rtoMs: undefined,
    rpoEntries: undefined,
    clusterId: '',
    verdict: health === 'healthy' ? `All ${pairs.length} pairs are healthy.` : `Of ${pairs.length} pairs, ${counts}.`,
    reasons: [],
    next: [],
  }
}

/** What is true of the clusters comes first; what the run did only tells apart what they leave open. */
function decide(ending: Ending): Outcome {
  const { inputs, steps, deeds, world, checks, cancelled, chore, report, short = [] } = ending
  const { from, to } = world
  const back = onTheWayBack(inputs)
  const untouched = sentNothing(ending)
  const refused = checks.some(({ state }) => state === 'failed')
  if (untouched && (strangers(world) || oneCluster(world) || inputs.operation === 'status')) return 'blocked'
  if (chore !== undefined) return ofChore(chore, world)
  if (twoPrimaries(world)) return 'two-primaries'
  // An operation on a token that did not come to its end.
  if (steps.length === 0) return untouched ? 'failed' : 'unknown'
  if (deeds.restored && role(from) === 'primary') return 'restored'
  const half = inputs.operation === 'drill' && !back
  if (holds(ending)) {
    if (inputs['dry-run'] && half) return 'planned'
    if (short.length > 0 || half) return 'incomplete'
    return deeds.accepted > 0 || inputs.operation === 'drill' ? 'done' : 'unchanged'
  }
  const open = steps.some((step) => ['due', 'later', 'underway'].includes(step.verdict(world).is))
  if (inputs['dry-run'] && !refused && open) return 'planned'
  const unclear = deeds.unclear !== undefined && role(world[deeds.unclear]) === 'unknown'
  const stopped = cancelled && !refused ? 'failed' : 'blocked'
  // Setting up begins, and taking apart ends, without a primary.
  if (steps.some(({ name }) => name === 'enable' || name === 'detach')) {
    if (untouched) return stopped
    // After a crash the answers are not known, but the roles are.
    const moved = SIDES.some((side) => report.before !== undefined && report.before[side].role !== role(world[side]))
    if (unclear) return 'unknown'
    if (deeds.accepted === 0 && !moved) return deeds.unsettled ? 'unknown' : 'failed'
    return nobodyPrimary(world) ? 'no-primary' : 'incomplete'
  }
  if (nobodyPrimary(world)) return 'no-primary'
  // That it shows now is not how it ends, if the last write is still at work.
  if (deeds.unsettled && role(from) === 'primary') return 'unknown'
  // The first half of a drill holds, and the way back is still to be gone.
  if (back && role(from) === 'primary') return 'incomplete'
  if (untouched && refused && inputs.operation === 'update-primary') return 'blocked'
  if (role(to) === 'primary') return 'incomplete'
  if (untouched) return stopped
  if (role(from) === 'primary') return 'failed'
  // The new primary served and is out of sight: whether anybody is primary can't be said.
  if (unclear || (deeds.promoted && role(to) === 'unknown')) return 'unknown'
  if (deeds.demoted) return 'no-primary'
  // The drill's new primary served and is out of sight: the roles are not as they were, and nobody shows what they are.
  return back || deeds.unsettled ? 'unknown' : 'failed'
}

/** On the way back of a drill its failover counts as well, though this half may have sent nothing. */
const sentNothing = ({ deeds, report }: Ending): boolean => deeds.sent === 0 && report.failedOver?.changed !== true

const holds = ({ steps, world }: Ending): boolean =>
  steps.every((step) => ['so', 'waived'].includes(step.verdict(world).is))

/** The second half of a drill. */
const onTheWayBack = (inputs: Inputs): boolean => inputs.operation === 'drill' && inputs.from !== inputs['primary-addr']

/** A chore that came to its end tells its own; one that did not leaves the word to the clusters. */
function ofChore({ is }: Chore, world: World): Outcome {
  if (is === 'done' || is === 'unchanged' || is === 'planned') return is
  if (is === 'unclear') return 'unknown'
  if (twoPrimaries(world)) return 'two-primaries'
  return nobodyPrimary(world) ? 'no-primary' : is
}

/** The condition of the pair as the two clusters show it, with a sentence for everything that is short. */
export function diagnose(world: World): { health: Health; reasons: string[] } {
  const { from, to } = world
  if (oneCluster(world))
    return { health: 'critical', reasons: [`${from.host} and ${to.host} are two addresses of one cluster.`] }
  if (strangers(world))
    return { health: 'critical', reasons: ['The two clusters belong to different DR sets (cluster_id).'] }
  if (twoPrimaries(world)) return { health: 'critical', reasons: ['Two clusters claim the primary role.'] }
  const corrupt = [from, to].filter(({ dr }) => dr?.corrupted_merkle_tree)
  if (corrupt.length > 0)
    return { health: 'critical', reasons: corrupt.map(({ host }) => `The merkle tree of ${host} is corrupt.`) }
  const side = primaryOf(world)
  if (side === undefined) {
    return {
      health: 'critical',
      reasons: [NO_PRIMARY, ...[from, to].map((cluster) => `${cluster.host}: ${describe(cluster)}.`)],
    }
  }
  const [primary, secondary] = [world[side], world[other(side)]]
  if (!serving(primary))
    return {
      health: 'critical',
      reasons: [
        `${primary.host} is primary and does not serve: ${describe(primary)}, sys/health ${primary.healthCode || 'unread'}.`,
      ],
    }
  if (!follows(secondary, primary)) {
    const stranger = role(secondary) === 'secondary' && secondary.dr?.state === 'stream-wals'
    return {
      health: 'degraded',
      reasons: [
        `${secondary.host} does not stream from ${primary.host}: ${describe(secondary)}${stranger ? ', and not connected as a secondary that this primary knows' : ''}.`,
      ],
    }
  }
  if (secondary.health?.sealed) return { health: 'degraded', reasons: [`${secondary.host} is sealed.`] }
  const ofSecondary = primary.dr?.secondaries?.filter((peer) => peer.node_id === secondary.dr?.secondary_id)
  const beats = [heartbeatAge(primary, ofSecondary), heartbeatAge(secondary, secondary.dr?.primaries)].filter(
    (age) => age !== undefined,
  )
  if (beats.some((age) => age > STALE))
    return {
      health: 'degraded',
      reasons: [`The last heartbeat between the clusters is ${Math.round(Math.max(...beats) / 1000)} s old.`],
    }
  return { health: 'healthy', reasons: [] }
}

interface Words {
  readonly verdict: string
  readonly reasons: readonly string[]
  readonly next: readonly string[]
}

function statusWords(health: Health, world: World, reasons: readonly string[]): Words {
  const side = primaryOf(world)
  const verdict = {
    healthy:
      side === undefined
        ? ''
        : `Healthy: ${world[side].host} is the DR primary, and ${world[other(side)].host} streams from it.`,
    degraded: `Degraded: ${side === undefined ? 'the primary' : world[side].host} serves, but its protection is short.`,
    critical: `Critical: ${reasons[0] ?? 'no primary answers.'}`,
  }[health]
  const next: Record<Health, string[]> = {
    healthy: [],
    degraded: [
      'Mend the secondary or its link before it is needed; a failover would be refused, or lose writes, as it stands.',
    ],
    critical: twoPrimaries(world)
      ? [
          'Decide which cluster holds the data to keep, then run `operation: failover` (to keep the one at `secondary-addr`) or `operation: failback` (the one at `primary-addr`) with `mode: emergency` and its host in `confirm`.',
        ]
      : reasons[0] !== NO_PRIMARY
        ? []
        : nobodyPrimary(world)
          ? [`Nobody serves. Run ${makers(world)}.`]
          : [
              'If the primary is lost, run `operation: failover` with `mode: emergency` and the host of the DR site in `confirm`.',
            ],
  }
  return { verdict, reasons: health === 'critical' ? reasons.slice(1) : reasons, next: next[health] }
}

function choreWords(outcome: Outcome, chore: Chore, ending: Ending): Words {
  const said = `${chore.says}.`
  const next = (chore.next ?? []).filter((step) => step !== '')
  if (outcome === chore.is || chore.is === 'unclear') return { verdict: said, reasons: [], next }
  // Whatever was asked for: what is true of the clusters comes first.
  const truth = words(outcome, ending)
  return { verdict: truth.verdict, reasons: [said, ...truth.reasons], next: [...truth.next, ...next] }
}

/** Each outcome in a sentence, why it is so, and what to do now. */
function words(outcome: Outcome, ending: Ending): Words {
  const { inputs, world, steps, checks, report, deeds, short = [] } = ending
  const { from, to } = world
  const back = onTheWayBack(inputs)
  // Each half of a drill is a failover of its own; what is left of it is said in those words.
  const phase = inputs.operation === 'drill' ? (back ? 'failback' : 'failover') : inputs.operation
  const drilling = inputs.operation === 'drill'
  const again = drilling
    ? `Run \`operation: ${phase}\`: it goes on from what the clusters say.`
    : `Run the same workflow again (\`operation: ${phase}\`): it goes on from what the clusters say.`
  const failed = report.steps.filter(
    ({ state, because: why }) => why !== undefined && ['failed', 'interrupted', 'blocked'].includes(state),
  )
  const because = failed.map((step) => `${step.name} on ${step.host}: ${step.because}.`)
  const refusals = checks.filter(({ state }) => state === 'failed')
  const reasons = [...refusals.map(({ name, evidence }) => `${name}: ${evidence}.`), ...because]
  const fixes = refusals.flatMap(({ fix }) => (fix === undefined ? [] : [fix]))
  const protectedNow = follows(from, to)
    ? `${from.host} follows it and streams.`
    : `Nothing follows it yet (${from.host}: ${describe(from)}).`
  // An answer that got lost may have been slow, not lost: Vault works on a request for up to 90 s.
  const mayLand =
    deeds.unclear === undefined ? '' : 'The last call may still take effect: wait two minutes and look again first. '
  switch (outcome) {
    case 'done':
      if (BUILT[phase] !== undefined)
        return { verdict: BUILT[phase](from.host, to.host, inputs['secondary-id']), reasons: [], next: [] }
      if (drilling) return drilled(ending)
      if (phase === 'demote')
        return {
          verdict: `${from.host} is no longer the DR primary.`,
          reasons: [],
          next: role(to) === 'primary' ? [] : ['Nobody serves until the next phase: run `operation: promote`.'],
        }
      return {
        verdict: `${to.host} is the DR primary. ${protectedNow}`,
        reasons: [],
        next: follows(from, to)
          ? []
          : role(from) === 'unknown'
            ? [
                `Keep clients away from ${from.host}: when it comes back it still believes to be primary. Then run this again with \`mode: emergency\` and the same \`confirm\`: it demotes and re-attaches it.`,
              ]
            : ['Run `operation: update-primary`: it attaches the old primary to the new one.'],
      }
    case 'unchanged':
      if (BUILT[phase] !== undefined) {
        return {
          verdict: `It was so already: ${BUILT[phase](from.host, to.host, inputs['secondary-id'])}`,
          reasons: [],
          next: [],
        }
      }
      return {
        verdict:
          phase === 'demote'
            ? `It was so already: ${from.host} is not the DR primary.`
            : `It was so already: ${to.host} is the DR primary. ${protectedNow}`,
        reasons: [],
        next: phase === 'demote' && nobodyPrimary(world) ? ['Nobody serves: run `operation: promote`.'] : [],
      }
    case 'planned': {
      const wishes = steps.filter((step) => !['so', 'waived'].includes(step.verdict(world).is))
      const said = wishes.map(
        ({ name, on }) =>
          `${name === 'follow' ? 'attach' : name} ${world[on].host}${name === 'follow' ? ' to it' : ''}`,
      )
      return {
        verdict: `It would go: ${said.join(', then ')}. Nothing was changed.`,
        reasons: [],
        next: ['Run it without `dry-run`. Passing now is no promise for later: everything is looked at again.'],
      }
    }
    case 'invalid':
      return { verdict: 'The inputs are wrong; nothing was sent.', reasons: [], next: [] }
    case 'blocked':
      return { verdict: 'Refused, and nothing was changed.', reasons, next: fixes }
    case 'failed':
      return {
        verdict: `It failed, and the roles are as they were${role(from) === 'primary' ? `: ${from.host} is the DR primary` : ''}.`,
        reasons,
        next: [...fixes, `${mayLand}${again}`],
      }
    case 'incomplete':
      if (BUILT[phase] !== undefined) {
        return {
          verdict: `Half done. ${from.host}: ${describe(from)}. ${to.host}: ${describe(to)}.`,
          reasons,
          next: [...fixes.slice(0, 3), again],
        }
      }
      if (drilling && (back ? role(from) === 'primary' : holds(ending)) && short.length === 0) {
        const [site, home] = back ? [from, to] : [to, from]
        return {
          verdict: `The failover to ${site.host} is done, but the failback to ${home.host} is not.`,
          reasons,
          next: [...fixes.slice(0, 3), `Run \`operation: failback\`: it makes ${home.host} primary again.`],
        }
      }
      if (follows(from, to) && serving(to)) {
        return {
          verdict: `${to.host} is the DR primary, but something is still short.`,
          reasons: [...short, ...reasons],
          next: [
            drilling && !back
              ? `Find out why; then run \`operation: failback\`, which makes ${from.host} primary again.`
              : again,
          ],
        }
      }
      return {
        verdict: serving(to)
          ? `${to.host} is the DR primary, but ${from.host} does not follow it. ${from.host}: ${describe(from)}.`
          : `${to.host} is the DR primary, but does not serve yet. It says: ${describe(to)}.`,
        reasons,
        next: [...fixes.slice(0, 3), again],
      }
    case 'restored':
      return {
        verdict: `${to.host} was refused the role; ${from.host} is the DR primary again.`,
        reasons: [
          ...because,
          follows(to, from) ? `${to.host} follows it again.` : `${to.host} does not follow it yet: ${describe(to)}.`,
        ],
        next: [`Find out why ${to.host} could not be promoted, then run it again.`],
      }
    case 'no-primary':
      return {
        verdict: `Act now: nobody is the DR primary. ${from.host}: ${describe(from)}. ${to.host}: ${describe(to)}.`,
        reasons,
        next: [...fixes, ...toPrimary(ending, phase, again, mayLand)],
      }
    case 'two-primaries': {
      const other = phase === 'failback' ? 'failover' : 'failback'
      // Keeping the one that was promoted first has just been refused, or would be.
      const keepNew = `To keep ${to.host}: \`operation: ${phase === 'failback' ? 'failback' : 'failover'}\`, \`mode: emergency\`, \`confirm: ${to.host}\`.`
      const keepOld = `To keep ${from.host}: \`operation: ${other}\`, \`mode: emergency\`, \`confirm: ${from.host}\`.`
      const told = refusals.filter(({ name }) => name !== 'one-primary' || outranked(world))
      return {
        verdict: `Two clusters claim the primary role: ${from.host} and ${to.host}.${sentNothing(ending) ? ' Nothing was sent to either.' : ''}`,
        reasons: [...told.map(({ name, evidence }) => `${name}: ${evidence}.`), ...because],
        next: [
          'Decide which cluster holds the data to keep; what only the other one took since the split is discarded.',
          ...(outranked(world) ? [] : [keepNew]),
          ...(outranked({ from: to, to: from }) ? [] : [keepOld]),
        ],
      }
    }
    case 'unknown': {
      const open = back && deeds.sent === 0 ? 'who is primary now' : 'what became of the last call'
      const verdict = back
        ? `The failover to ${from.host} is done, but on the way back it is not known ${open}.`
        : `It is not known ${open}.`
      return {
        verdict: `${verdict} ${from.host}: ${describe(from)}. ${to.host}: ${describe(to)}.`,
        reasons,
        next: [
          `${mayLand}Run \`operation: status\` as soon as both clusters answer; then run ${back ? '`operation: failback`' : 'this again'}: it goes on from what they say.`,
          ...(back && role(from) === 'unknown' && role(to) === 'secondary'
            ? [
                `If ${from.host} is lost, run \`operation: failback\` with \`mode: emergency\` and \`confirm: ${to.host}\`: it makes ${to.host} primary.`,
              ]
            : []),
        ],
      }
    }
  }
}

/** The same for a look alone, whose first cluster is the one at `primary-addr`. */
function makers(world: World): string {
  const { from, to } = world
  if (leftBehind(world)) return `\`operation: failback\`: it makes ${from.host} primary, which was promoted last`
  if (leftBehind({ from: to, to: from }))
    return `\`operation: failover\`: it makes ${to.host} primary, which was promoted last`
  return '`operation: failover` or `operation: failback`: it makes the one or the other cluster primary'
}

/** What makes somebody primary where nobody is. */
function toPrimary({ inputs, world }: Ending, phase: Inputs['operation'], again: string, mayLand: string): string[] {
  const { from, to } = world
  const other = inputs.from === inputs['primary-addr'] ? 'failback' : 'failover'
  if (leftBehind(world))
    return [`${mayLand}Run \`operation: ${other}\`: it makes ${from.host} primary, which was promoted last.`]
  if (role(from) === 'none' && role(to) === 'none') return BUILT[phase] === undefined ? [] : [again]
  const there = other === 'failback' ? 'failover' : 'failback'
  const forward = `Run \`operation: ${there}\`: it promotes ${to.host} as soon as it can.`
  if (leftBehind({ from: to, to: from })) return [forward]
  if (phase !== 'failover' && phase !== 'failback')
    return [
      `Run \`operation: failover\` to make ${to.host} primary, or \`operation: failback\` to make ${from.host} primary again.`,
    ]
  return [
    forward,
    `${mayLand}If ${to.host} can not take over, run \`operation: ${other}\`: it makes ${from.host} primary again.`,
  ]
}

/** What holds after the operations that set a pair up or take it apart. */
const BUILT: Partial<Record<Inputs['operation'], (from: string, to: string, id: string | undefined) => string>> = {
  setup: (from, to) => `${from} is a DR primary, and ${to} streams from it.`,
  'revoke-secondary': (from, _, id) => `The id ${id} may not connect to ${from} any more.`,
  disable: (from, to) =>
    `DR replication is taken apart at ${to}, and at ${from} unless other secondaries are left there.`,
}

function drilled(ending: Ending): Words {
  const { to, from } = ending.world
  const figures = legsOf(ending).map(
    (leg) =>
      `${leg.rtoMs === undefined ? 'an unknown time' : `${(leg.rtoMs / 1000).toFixed(1)} s`} without a primary on the way to ${leg.to}`,
  )
  return {
    verdict: `The drill is done: ${to.host} is the DR primary again, and ${follows(from, to) ? `${from.host} streams from it` : 'nothing follows it yet'}.`,
    reasons: figures.length === 0 ? [] : [`${figures.join(', ')}.`],
    next: [],
  }
}
