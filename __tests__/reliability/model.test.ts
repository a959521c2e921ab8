/**
 * The planner is pure, so it is laid before everything that two clusters can show, for every operation, mode and waiver:
 * no verdict may be wrong anywhere, and a small world that does what the verdicts ask for must come to an end.
 */
import { expect, test } from '@jest/globals'
import { type Deeds, noDeeds } from '../../src/bring.ts'
import { barrier, check } from '../../src/checks.ts'
import {
  type Cluster,
  lastRole,
  nobodyPrimary,
  primaryOf,
  role,
  serving,
  strangers,
  twoPrimaries,
  type World,
} from '../../src/cluster.ts'
import { type Inputs, OPERATIONS, readInputs, WAIVERS } from '../../src/inputs.ts'
import { conclude } from '../../src/outcome.ts'
import { plan, restore, reunite, type Step, type StepName } from '../../src/plan.ts'
import { Secrets } from '../../src/secrets.ts'
import { newReport } from '../../src/session.ts'
import type { Replication } from '../../src/vault/schemas.ts'
import { health, hides, peer, SET, shows, status } from '../support/worlds.ts'
import { figure, WHOLE } from './figures.ts'

const OTHER_SET = '00000000-1111-2222-3333-444444444444'
const HOSTS = { from: 'a.example', to: 'b.example' } as const

/** What one cluster can show of itself: role, state, set, link, order of promotion, version, health; or nothing at all. */
function* readings(host: string): Generator<Cluster> {
  for (const set of [SET, OTHER_SET, undefined]) {
    for (const counter of [1, 2, undefined]) {
      for (const ids of [['x'], [], undefined]) {
        const dr = status({
          mode: 'primary',
          cluster_id: set,
          state: 'running',
          known_secondaries: ids,
          secondaries: (ids ?? []).map((id) => peer({ node_id: id })),
          last_dr_wal: 223,
          merkle_root: 'aa',
          ssct_generation_counter: counter,
        })
        yield shows(host, dr)
        yield shows(host, dr, { health: health({ sealed: true, standby: true }), healthCode: 503 })
        yield shows(host, dr, { health: health({ standby: true }), healthCode: 429, led: false })
        yield shows(host, dr, { health: undefined, healthCode: 0 })
        yield shows(host, { ...dr, state: 'a new word' })
        yield shows(host, dr, { health: health({ version: counter === 1 ? '1.20.0+ent' : undefined }) })
      }
      for (const [state, link] of LINKS) {
        for (const id of ['x', 'y', '']) {
          yield shows(
            host,
            status({
              mode: 'secondary',
              cluster_id: set,
              state,
              connection_state: link,
              secondary_id: id,
              primaries: link === 'ready' ? [peer()] : [],
              last_remote_wal: id === 'y' ? 100 : 223,
              merkle_root: id === 'y' ? 'bb' : 'aa',
              ssct_generation_counter: counter,
              known_secondaries: [],
            }),
            { health: health({ version: counter === 1 ? '1.20.0+ent' : '1.21.1+ent' }) },
          )
        }
      }
    }
  }
  for (const mode of ['disabled', 'unsupported'] as const) yield shows(host, status({ mode, cluster_id: undefined }))
  const lasts: readonly (Replication | undefined)[] = [
    undefined,
    status({ mode: 'primary', state: 'running', known_secondaries: ['x'] }),
    status({ mode: 'secondary', state: 'idle', secondary_id: 'x' }),
    status({ mode: 'disabled', cluster_id: undefined }),
  ]
  for (const last of lasts) {
    yield hides(host, last)
    yield hides(host, last, false)
    yield { ...hides(host, last, false), health: health({ sealed: true, standby: true }), healthCode: 503 }
  }
}
const LINKS = [
  ['stream-wals', 'ready'],
  ['stream-wals', 'transient_failure'],
  ['merkle-sync', 'ready'],
  ['idle', 'idle'],
  ['a new word', 'another one'],
  [undefined, undefined],
] as const

/** All of them on demand; on every change those of every seventh place, others on each side. */
const some = (side: 'from' | 'to'): Cluster[] =>
  [...readings(HOSTS[side])].filter((_, at) => WHOLE || at % 7 === (side === 'from' ? 0 : 1) || at % 31 === 0)
const ALL = { from: some('from'), to: some('to') }

function inputs(given: Record<string, string>): Inputs {
  const texts: Record<string, string> = {
    'primary-addr': `https://${given.operation === 'failback' ? HOSTS.to : HOSTS.from}`,
    'secondary-addr': `https://${given.operation === 'failback' ? HOSTS.from : HOSTS.to}`,
    'vault-token': 'hvs.CAESIabcdefgh',
    'dr-operation-token': 'hvb.AAAAAQabcdefgh',
    ...(given.mode === 'emergency' || given.operation === 'setup' || given.operation === 'disable'
      ? { confirm: HOSTS.to }
      : {}),
    ...(given.operation === 'revoke-secondary' ? { 'secondary-id': 'x' } : {}),
    ...given,
  }
  return readInputs(
    (name) => texts[name] ?? '',
    new Secrets(),
    () => undefined,
  )
}

/** Every operation that has steps, in every mode it takes, with nothing waived, the evidence waived, and all waived. */
const CASES: readonly Inputs[] = OPERATIONS.flatMap((operation) =>
  ['planned', 'emergency'].flatMap((mode) =>
    ['', 'emergency-evidence', WAIVERS.join(',')].flatMap((override) => {
      try {
        const made = inputs({ operation, mode, override })
        return plan(made).length > 0 ? [made] : []
      } catch {
        // An operation that has no such mode refuses it before anything else.
        return []
      }
    }),
  ),
)

const blank = newReport

const isDone = (step: Step, world: World): boolean => ['so', 'waived'].includes(step.verdict(world).is)

/** The checks with credentials that are good, so that only the clusters can be the reason of a refusal. */
function refused(made: Inputs, world: World, steps: readonly Step[]): boolean {
  const due = new Set(steps.filter((step) => !isDone(step, world)).map(({ name }) => name))
  const evidence = { credentials: {}, attempts: { from: undefined, to: undefined } }
  const checks = check({ inputs: made, world, due, ...evidence, barrier: barrier(undefined, world, made['max-lag']) })
  return (
    checks.some(({ state }) => state === 'failed') ||
    steps.some((step) => !isDone(step, world) && step.verdict(world).is === 'blocked')
  )
}

/** What must never be, of one combination; '' where all is well. */
function wrong(made: Inputs, steps: readonly Step[], world: World): string {
  const { from, to } = world
  const planned = made.mode === 'planned'
  const [before, after] = [role(from), role(to)]
  const due = new Set<StepName>()
  for (const step of [...steps, restore, reunite]) {
    const verdict = step.verdict(world)
    if (verdict.is === 'due') due.add(step.name)
    else if ('because' in verdict && verdict.because === '') return `${step.name} does not say why`
  }
  const own = new Set(steps.map(({ name }) => name))
  const first = steps.find((step) => !isDone(step, world))
  if (due.has('promote')) {
    if (after !== 'secondary') return 'promotes what is no secondary'
    if (before === 'primary') return 'promotes beside a primary'
    if (strangers(world)) return 'promotes for another set'
    if (before === 'unknown' && lastRole(from) === 'primary') return 'promotes though the other was primary just now'
    if (before === 'unknown' && planned && lastRole(from) === 'unknown')
      return 'promotes though the other was never seen'
  }
  if (due.has('restore')) {
    if (after !== 'secondary') return 'restores without seeing that the successor is a secondary'
    if (before !== 'secondary' && before !== 'none') return 'restores what is no secondary'
  }
  if (due.has('demote')) {
    if (before !== 'primary') return 'demotes what is no primary'
    if (strangers(world)) return 'demotes for another set'
    if (planned && after === 'unknown') return 'demotes while the successor is out of sight'
    if (planned && after === 'primary') return 'decides between two primaries'
    const [theirs, ours] = [from.dr?.ssct_generation_counter, to.dr?.ssct_generation_counter]
    if (after === 'primary' && theirs !== undefined && ours !== undefined && ours < theirs)
      return 'keeps the older primary'
  }
  if (due.has('follow') && (after !== 'primary' || before !== 'secondary')) return 'attaches what can not follow'
  const erasing = (['enable', 'enrol', 'detach', 'disable'] as const).filter((name) => own.has(name))
  if (erasing.length > 0 && made.operation !== 'setup' && made.operation !== 'disable')
    return `${made.operation} may ${erasing.join(', ')}`
  if (own.has('enrol') && due.has('enrol') && to.dr?.mode !== 'disabled') return 'erases what belongs to a set'
  if (own.has('detach') && due.has('detach') && (before !== 'primary' || after !== 'secondary'))
    return 'takes the only copy apart'
  if (own.has('disable') && due.has('disable') && (after !== 'none' || (from.dr?.known_secondaries?.length ?? 0) > 0))
    return 'leaves a secondary without its primary'

  // What would really be sent first: the checks stand before it.
  if (first !== undefined && due.has(first.name) && planned && !refused(made, world, steps)) {
    if (first.name === 'demote' && after !== 'secondary') return 'demotes without a secondary that could take over'
    if (first.name === 'demote' && made.override.length === 0 && !(to.dr?.state === 'stream-wals'))
      return 'demotes though the successor does not stream'
  }

  for (const deeds of DEEDS) {
    const result = conclude({ inputs: made, steps, deeds, world, checks: [], cancelled: false, report: blank(made) })
    const said = lies(result.outcome, result, made, world, deeds)
    if (said !== '') return `${said} (${result.outcome}, sent ${deeds.sent})`
  }
  return ''
}

const DEEDS = [
  noDeeds(),
  { ...noDeeds(), sent: 1, unclear: 'from' as const },
  { ...noDeeds(), sent: 1, unclear: 'from' as const, unsettled: true },
  { ...noDeeds(), sent: 1, accepted: 1, demoted: true },
  { ...noDeeds(), sent: 2, accepted: 1, demoted: true, unclear: 'to' as const },
  { ...noDeeds(), sent: 2, accepted: 1, demoted: true, unclear: 'to' as const, unsettled: true },
  { ...noDeeds(), sent: 2, accepted: 2, demoted: true, promoted: true },
  { ...noDeeds(), sent: 2, accepted: 2, demoted: true, restored: true },
]

/** Whether a verdict says what is not so. */
function lies(
  outcome: string,
  { verdict, activeAddr, redundancy, health: condition }: ReturnType<typeof conclude>,
  { operation }: Inputs,
  world: World,
  { sent, unsettled }: Deeds,
): string {
  const { from, to } = world
  const switches = ['failover', 'failback', 'promote'].includes(operation)
  if (verdict === '') return 'says nothing'
  if ((outcome === 'done' || outcome === 'unchanged') && switches && !serving(to)) return 'calls it done'
  const builds = operation === 'setup' || operation === 'disable'
  if (outcome === 'incomplete' && !builds && operation !== 'drill' && role(to) !== 'primary')
    return 'claims a new primary'
  if (outcome === 'incomplete' && nobodyPrimary(world)) return 'claims that somebody is primary'
  if (outcome === 'restored' && role(from) !== 'primary') return 'claims a restored primary'
  if (outcome === 'no-primary' && (role(from) === 'primary' || role(to) === 'primary'))
    return 'claims that nobody is primary'
  if (outcome === 'failed' && sent > 0 && switches && nobodyPrimary(world)) return 'hides that nobody is primary'
  if (outcome === 'failed' && unsettled) return 'knows how a write will end that is still at work'
  if (twoPrimaries(world) && sent > 0 && outcome !== 'two-primaries') return 'hides two primaries'
  if (outcome === 'two-primaries' && !twoPrimaries(world)) return 'claims two primaries'
  if (activeAddr !== '' && primaryOf(world) === undefined) return 'names a primary that is none'
  if (redundancy === 'protected' && primaryOf(world) === undefined) return 'claims protection without a primary'
  if (condition === 'healthy' && !(serving(from) || serving(to))) return 'calls it healthy'
  return ''
}

test('every combination of what two clusters can show is decided, and decided well', () => {
  const found = new Map<string, string>()
  let combinations = 0
  for (const made of CASES) {
    const steps = plan(made)
    for (const from of ALL.from) {
      for (const to of ALL.to) {
        combinations += 1
        const what = wrong(made, steps, { from, to })
        if (what === '') continue
        const key = `${made.operation}, ${made.mode}: ${what}`
        if (!found.has(key)) found.set(key, JSON.stringify({ override: made.override, from, to }))
      }
    }
  }
  figure('combinations', combinations)
  expect(Object.fromEntries(found)).toEqual({})
})

/** A cluster of the small world: what it is, whether it can be seen, and what was last seen of it. */
interface Small {
  readonly role: 'primary' | 'secondary' | 'none'
  /** It follows the other one, if that one is primary. */
  readonly tied: boolean
  readonly visible: boolean
  readonly last: 'primary' | 'secondary' | 'none' | undefined
  readonly demotedHere: boolean
}
interface Pair {
  readonly from: Small
  readonly to: Small
}
const other = { from: 'to', to: 'from' } as const
const SIDES = ['from', 'to'] as const

function read(pair: Pair, side: 'from' | 'to'): Cluster {
  const [self, peers] = [pair[side], pair[other[side]]]
  const show = (mode: Small['role']): Replication => {
    if (mode === 'none') return status({ mode: 'disabled', cluster_id: undefined })
    if (mode === 'primary')
      return status({ mode, state: 'running', known_secondaries: ['x'], secondaries: [], merkle_root: 'aa' })
    const streams = self.tied && peers.role === 'primary'
    return status({
      mode,
      state: self.tied ? 'stream-wals' : 'idle',
      connection_state: streams ? 'ready' : 'idle',
      secondary_id: self.tied ? 'x' : '',
      primaries: streams ? [peer()] : [],
      merkle_root: 'aa',
    })
  }
  const host = HOSTS[side]
  if (self.visible) return { ...shows(host, show(self.role)), demotedHere: self.demotedHere }
  return { ...hides(host, self.last === undefined ? undefined : show(self.last)), demotedHere: self.demotedHere }
}

const seen = (pair: Pair): Pair => {
  const look = (small: Small): Small =>
    small.visible ? { ...small, last: small.role, demotedHere: small.demotedHere && small.role !== 'primary' } : small
  return { from: look(pair.from), to: look(pair.to) }
}

/** What a step that is due makes of the small world, and what the run then sees of it. */
function apply(pair: Pair, { name, on }: Step): Pair {
  const changed = (fields: Partial<Small>): Pair => seen({ ...pair, [on]: { ...pair[on], ...fields } })
  switch (name) {
    case 'demote':
      return changed({ role: 'secondary', tied: false, demotedHere: true })
    case 'promote':
    case 'restore':
    case 'enable':
      return changed({ role: 'primary', tied: false })
    case 'follow':
    case 'enrol':
      return changed({ role: 'secondary', tied: true })
    case 'detach':
    case 'disable':
      return changed({ role: 'none', tied: false })
    default:
      return pair
  }
}

test('whatever happens to it on the way, a small world ends at the goal or at a stop that says why', () => {
  const roles = ['primary', 'secondary', 'none'] as const
  const starts = roles.flatMap((from) =>
    roles.flatMap((to) =>
      [true, false].flatMap((seesFrom) =>
        [true, false].map((seesTo): Pair => {
          const small = (role: Small['role'], peers: Small['role'], visible: boolean): Small => ({
            role,
            tied: role === 'secondary' && peers === 'primary',
            visible,
            last: visible ? role : undefined,
            demotedHere: false,
          })
          return { from: small(from, to, seesFrom), to: small(to, from, seesTo) }
        }),
      ),
    ),
  )
  let states = 0
  for (const made of CASES.filter(({ operation }) => operation !== 'revoke-secondary')) {
    const steps = plan(made).filter(({ name }) => name !== 'revoke')
    for (const start of starts) {
      // A set that is being made is another one than that of a primary that was there before.
      const split = (start.from.role === 'primary' && start.to.role === 'primary') || made.operation === 'setup'
      // Whoever waives the evidence takes two primaries into account.
      const waived = made.mode === 'emergency' && !(start.from.visible && start.to.visible)
      const reached = new Set<string>()
      const open: Pair[] = [start]
      for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
        const key = JSON.stringify(pair)
        if (reached.has(key)) continue
        reached.add(key)
        states += 1
        const both = pair.from.role === 'primary' && pair.to.role === 'primary'
        if (both && !split && !waived)
          throw new Error(`two primaries: ${made.operation} ${made.mode} ${JSON.stringify(start)}`)
        // Left alone from here on, and seen, it comes to an end.
        const end = settle(pair, steps)
        if (end !== '') throw new Error(`${end}: ${made.operation} ${made.mode} ${key}`)
        const world = { from: read(pair, 'from'), to: read(pair, 'to') }
        const step = steps.find((candidate) => !isDone(candidate, world))
        // A wish that can't be had is known before the first one is brought about.
        const hopeless = steps.some((candidate) => candidate.verdict(world).is === 'blocked')
        if (step?.verdict(world).is === 'due' && !hopeless) open.push(apply(pair, step))
        for (const side of SIDES) open.push(seen({ ...pair, [side]: { ...pair[side], visible: !pair[side].visible } }))
      }
    }
  }
  figure('states of the small world', states)
  expect(states).toBeGreaterThan(1000)
})

/** Nothing hides any more: within a few steps all holds, or a step says why it can't; '' where that is so. */
function settle(from: Pair, steps: readonly Step[]): string {
  let pair = seen({ from: { ...from.from, visible: true }, to: { ...from.to, visible: true } })
  for (let moves = 0; moves < 6; moves += 1) {
    const world = { from: read(pair, 'from'), to: read(pair, 'to') }
    const step = steps.find((candidate) => !isDone(candidate, world))
    if (step === undefined) return ''
    const verdict = step.verdict(world)
    if (verdict.is !== 'due') return 'because' in verdict && verdict.because !== '' ? '' : 'it stops without a word'
    pair = apply(pair, step)
  }
  return 'it never ends'
}
