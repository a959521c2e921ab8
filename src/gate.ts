/**
 * What comes before the first write: one good look at both clusters, the tokens examined, every check passed or waived,
 * and patience where time alone will mend it. Sends nothing that changes anything.
 */
import type { Run } from './bring.ts'
import { type Barrier, barrier, type Check, check, type Evidence, NEEDS_DR, NEEDS_VAULT } from './checks.ts'
import { Deadline, now, sleep, span } from './clock.ts'
import { type Cluster, follows, primaryOf, role, SIDES, type Side, twoPrimaries, type World } from './cluster.ts'
import { again, examine } from './credentials.ts'
import type { Journal } from './journal.ts'
import { LONG_LOOK, type Lookout, SHORT_LOOK } from './lookout.ts'
import type { StepName } from './plan.ts'
import { view } from './report.ts'
import type { Leg, Session } from './session.ts'
import { readCanary } from './verify.ts'

/** A reading younger than this need not be taken anew. In ms. */
const FRESH = 50
/** Between two looks while a check may still pass. In ms. */
const PACE = 200
const READ_WITHIN = 5000
/** One bad answer is asked again. A cluster that is silent gets three looks, one that answers badly a few seconds. In ms. */
const LOOKS = 3
/** Whatever time is left: a look that is shorter tells nothing of the cluster. */
const SHORTEST_LOOK = 500
const SILENT_FOR = 4000
export const UNREADABLE_FOR = 8000

/**
 * Looks until both clusters tell their role and health, or until it is plain that one doesn't: one bad answer is never
 * enough.
 *
 * @param patience how long a cluster that answers, but can't be read (it may be in the middle of a role change), is asked; in ms
 */
export async function firstLook(lookout: Lookout, journal: Journal, patience = UNREADABLE_FOR): Promise<World> {
  const until = new Deadline(patience)
  const silentUntil = new Deadline(Math.min(SILENT_FOR, patience))
  for (let looks = 1; ; looks += 1) {
    // The second look gives a slow server more time than the first.
    const world = await lookout.look(
      0,
      Math.max(SHORTEST_LOOK, Math.min(until.left, looks === 2 ? LONG_LOOK : SHORT_LOOK)),
    )
    const unread = SIDES.map((side) => world[side]).filter(
      (cluster) => role(cluster) === 'unknown' || cluster.health === undefined,
    )
    const patient = looks < LOOKS && !silentUntil.passed
    const plain = (cluster: Cluster) => cluster.silent || cluster.health?.sealed || role(cluster) !== 'unknown'
    if (unread.every((cluster) => !patient && plain(cluster)) || until.passed) return world
    for (const { host, because = 'sys/health can not be read' } of unread)
      journal.say(`${host}: ${because}; looking again`)
    await sleep(looks === 1 ? PACE : 3 * PACE)
  }
}

/** @returns whether the steps may be carried out; why not is in the report's checks. */
export async function gate(session: Session, leg: Leg): Promise<boolean> {
  const { run, steps } = leg
  const { inputs, lookout, journal } = run
  const patience = () => Math.min(UNREADABLE_FOR, run.deadline.left)
  let world = await firstLook(lookout, journal, patience())
  journal.report.before ??= { from: view(world.from), to: view(world.to) }
  for (const side of SIDES) journal.say(`${world[side].host}: ${view(world[side]).says}`)
  journal.survey(steps, world)
  const open = () => steps.filter((step) => !['so', 'waived'].includes(step.verdict(world).is))
  await session.remembered
  if (open().length === 0) return true

  const verified = journal.report.checks.filter(({ name }) => name === 'tls-verification')
  const due = new Set(open().map(({ name }) => name))
  const asked = primaryOf(world)
  let evidence = await gather(run, world, due)
  if (evidence.canary?.ok) run.canary = evidence.canary.digest
  // Asking took its time: what is checked is what shows now, and again after everything that takes time.
  const again = async () => {
    world = await lookout.look(FRESH)
    if (SIDES.some((side) => role(world[side]) === 'unknown' && world[side].last !== undefined)) {
      world = await firstLook(lookout, journal, patience())
    }
  }
  const judge = async () => {
    const until = new Deadline(Math.min(inputs['catch-up-timeout'], run.deadline.left))
    let lag: Barrier | undefined
    for (;;) {
      lag = barrier(lag, world, inputs['max-lag'])
      const made = journal.report.checks.filter(({ name }) => name === 'snapshot')
      const checks = check({ inputs, world, due, ...evidence, barrier: lag })
      journal.report.checks = [...verified, ...checks, ...made]
      const failed = checks.filter(({ state }) => state === 'failed')
      if (failed.length === 0 || until.passed || run.cancelled.aborted || !failed.every(({ mayPass }) => mayPass))
        return
      const waited = failed.map(({ name, evidence: seen }) => `${name} (${seen})`).join(', ')
      journal.look('to', world, `waiting for ${waited}, up to ${span(until.left)} more`)
      await sleep(PACE)
      world = await firstLook(lookout, journal, patience())
      journal.survey(steps, world)
    }
  }
  await again()
  // Another run may have moved the role meanwhile: what was asked of a primary was answered by a secondary then.
  if (primaryOf(world) !== asked) evidence = { ...(await gather(run, world, due)), canary: evidence.canary }
  await judge()
  const allowed = () => journal.report.checks.every(({ state }) => state !== 'failed')
  // A wish that can't be had is known before the first one is brought about.
  const hopeless = open().find((step) => step.verdict(world).is === 'blocked')
  if (allowed() && hopeless === undefined && !inputs['dry-run'] && (await provide(session, leg, due)) && allowed()) {
    await again()
    await judge()
  }
  tell(journal, journal.report.checks)
  const moves = journal.report.checks.find(
    ({ name, state }) => name === 'performance-replication' && state === 'warned',
  )
  if (moves !== undefined) journal.note(`${moves.evidence}.`)
  if (hopeless !== undefined && allowed()) {
    const verdict = hopeless.verdict(world)
    journal.failed(hopeless, world, 'because' in verdict ? verdict.because : '')
  }
  run.checked = { for: due, at: now(), followed: follows(world.to, world.from) }
  return allowed() && hopeless === undefined
}

/** What the checks need beside the look itself, asked side by side. */
async function gather(
  { inputs, vaults, tokens, deadline }: Run,
  world: World,
  due: ReadonlySet<StepName>,
): Promise<Evidence> {
  const asVault = NEEDS_VAULT.some((name) => due.has(name))
  const asDr = NEEDS_DR.some((name) => due.has(name))
  const primary = due.has('enable') ? 'from' : (primaryOf(world) ?? (twoPrimaries(world) ? 'to' : undefined))
  const login = asVault && primary !== undefined ? await tokens.login(primary) : undefined
  const shares = asDr && inputs['dr-operation-token'] === undefined
  const attempt = (side: Side) =>
    shares && role(world[side]) === 'secondary'
      ? again(() => vaults[side].attempt(tokens.forCeremony(world[side])))
      : undefined
  const performanceOf = (side: Side) =>
    role(world[side]) === 'unknown' ? undefined : again(() => vaults[side].performance(READ_WITHIN))
  const ownToken = inputs['secondary-vault-token'] ?? tokens.vault
  const [credentials, ofFrom, ofTo, performance, canary, own] = await Promise.all([
    examine(
      {
        vaultToken: asVault && tokens.vault !== '' ? tokens.vault : undefined,
        drOperationToken: asDr ? inputs['dr-operation-token'] : undefined,
      },
      primary === undefined ? undefined : vaults[primary],
      role(world.to) === 'secondary' ? vaults.to : undefined,
    ),
    due.has('follow') ? attempt('from') : undefined,
    due.has('promote') || due.has('detach') ? attempt('to') : undefined,
    due.has('promote') ? Promise.all([performanceOf('from'), performanceOf('to')]) : undefined,
    inputs['verify-path'] !== undefined && due.has('demote') && role(world.from) === 'primary'
      ? readCanary(vaults.from, tokens.vault, inputs, deadline.left)
      : undefined,
    due.has('enrol') && ownToken !== ''
      ? examine({ vaultToken: ownToken, drOperationToken: undefined }, vaults.to, undefined)
      : undefined,
  ])
  return {
    credentials: { ...credentials, ofSecondary: own?.vaultToken },
    login,
    attempts: { from: ofFrom, to: ofTo },
    performance: performance && { from: performance[0], to: performance[1] },
    canary,
  }
}

/**
 * The last things before the first change: a snapshot, and a token from the key shares, which proves them.
 *
 * @returns whether any of it was done, which takes time
 */
async function provide(
  { http, cancelled, secrets }: Session,
  { run }: Leg,
  due: ReadonlySet<StepName>,
): Promise<boolean> {
  const { inputs, journal, tokens, lookout, vaults, deadline } = run
  const path = inputs['snapshot-path']
  let done = false
  const add = (made: Check) => {
    journal.report.checks = [...journal.report.checks.filter(({ name }) => name !== made.name), made]
    journal.save()
  }
  if (path !== undefined && due.has('demote') && role(lookout.world.from) === 'primary') {
    journal.say(`${lookout.world.from.host}: saving a raft snapshot`)
    const { saveSnapshot } = await import('./snapshot.ts')
    const saved = await saveSnapshot({ http, addr: vaults.from.addr, secrets }, tokens.vault, path, deadline, cancelled)
    add(
      saved.ok
        ? {
            name: 'snapshot',
            state: 'passed',
            evidence: `${saved.bytes} bytes, sha256 ${saved.sha256}, in ${saved.path}`,
          }
        : {
            name: 'snapshot',
            state: 'failed',
            evidence: saved.because,
            fix: 'Mend that, or run without `snapshot-path`.',
          },
    )
    done = true
    if (!saved.ok) return true
  }
  if (
    (due.has('promote') || due.has('detach')) &&
    inputs['dr-operation-token'] === undefined &&
    role(lookout.world.to) === 'secondary'
  ) {
    const generated = await tokens.dr('to')
    done = true
    add(
      generated.ok
        ? {
            name: 'key-shares',
            state: 'passed',
            evidence: `they made a DR operation token on ${lookout.world.to.host}`,
          }
        : { name: 'key-shares', state: 'failed', evidence: generated.because, fix: generated.fix },
    )
  }
  return done
}

/** The checks as lines of the log: a count, and each one that is not simply passed. */
function tell(journal: Journal, checks: readonly Check[]): void {
  const counted = checks.filter(({ state }) => state !== 'skipped')
  journal.say(`${counted.length} checks: ${counted.filter(({ state }) => state === 'passed').length} passed`)
  for (const { name, state, evidence } of counted) {
    if (state !== 'passed') journal.say(`check ${name} ${state}: ${evidence}`)
  }
  journal.save()
}
