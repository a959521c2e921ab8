/**
 * The planner is pure, so it is laid before everything that two clusters can show, for every operation, mode and waiver:
 * no verdict may be wrong anywhere, and a small world that does what the verdicts ask for must come to an end.
 */
import { expect, test } from '@jest/globals'
import { noDeeds } from '../../src/bring.ts'
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
import { figure } from './figures.ts'

const OTHER_SET = '00000000-1111-2222-3333-444444444444'
const HOSTS = { from: 'a.example', to: 'b.example' } as const

/** What one cluster can show of itself: role, state, set, link, order of promotion, version, health; or nothing at all. */
function* readings(host: string): Generator<Cluster> {
  for (const set of [SET, OTHER_SET, undefined]) {
    for (const version of ['1.20.0+ent', '1.21.1+ent', undefined]) {
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
          yield shows(host, dr, { health: health({ version }) })
          if (version !== '1.21.1+ent') continue
          yield shows(host, dr, { health: health({ sealed: true, standby: true }), healthCode: 503 })
          yield shows(host, dr, { health: health({ standby: true }), healthCode: 429, led: false })
          yield shows(host, dr, { health: undefined, healthCode: 0 })
          yield shows(host, { ...dr, state: 'a new word' })
        }
        if (version === '1.20.0+ent' && counter === undefined) continue
        for (const [state, link] of [
          ['stream-wals', 'ready'],
          ['stream-wals', 'transient_failure'],
          ['merkle-sync', 'ready'],
          ['idle', 'idle'],
          ['a new word', 'another one'],
          [undefined, undefined],
        ]) {
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
              { health: health({ version }) },
            )
          }
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

const ALL = { from: [...readings(HOSTS.from)], to: [...readings(HOSTS.to)] }

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
    const said = lies(result.outcome, result, made, world, deeds.sent)
    if (said !== '') return `${said} (${result.outcome}, sent ${deeds.sent})`
  }
  return ''
}

const DEEDS = [
  noDeeds(),
  { ...noDeeds(), sent: 1, unclear: 'from' as const },
  { ...noDeeds(), sent: 1, accepted: 1, demoted: true },
  { ...noDeeds(), sent: 2, accepted: 1, demoted: true, unclear: 'to' as const },
  { ...noDeeds(), sent: 2, accepted: 2, demoted: true, promoted: true },
  { ...noDeeds(), sent: 2, accepted: 2, demoted: true, restored: true },
]

/** Whether a verdict says what is not so. */
function lies(
  outcome: string,
  { verdict, activeAddr, redundancy, health: condition }: ReturnType<typeof conclude>,
  { operation }: Inputs,
  world: World,
  sent: number,
): string {
  const { from, to } = world
  const switches = ['failover', 'failback', 'promote'].includes(operation)
  if (verdict === '') return 'says nothing'
  if ((outcome === 'done' || outcome === 'unchanged') && switches && !serving(to)) return 'calls it done'
  if (outcome === 'incomplete' && operation !== 'drill' && role(to) !== 'primary') return 'claims a new primary'
  if (outcome === 'restored' && role(from) !== 'primary') return 'claims a restored primary'
  if (outcome === 'no-primary' && (role(from) === 'primary' || role(to) === 'primary'))
    return 'claims that nobody is primary'
  if (outcome === 'failed' && sent > 0 && switches && nobodyPrimary(world)) return 'hides that nobody is primary'
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
