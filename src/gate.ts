/**
 * What comes before the first write: one good look at both clusters, the tokens examined, every check passed or waived,
 * and patience where time alone will mend it. Sends nothing that changes anything.
 */
import type { Run } from './bring.ts'
import { type Barrier, barrier, type Check, check } from './checks.ts'
import { Deadline, sleep, span } from './clock.ts'
import { primaryOf, role, SIDES, type Side, twoPrimaries, type World } from './cluster.ts'
import { examine } from './credentials.ts'
import type { Journal } from './journal.ts'
import { LONG_LOOK, type Lookout } from './lookout.ts'
import type { Step } from './plan.ts'
import { view } from './report.ts'

/** Between two looks while a check may still pass. In ms. */
const PACE = 200
/** One bad answer is asked again. A cluster that is silent gets three looks, one that answers badly a few seconds. In ms. */
const LOOKS = 3
const SILENT_FOR = 4000
const UNREADABLE_FOR = 8000

/**
 * Looks until both clusters tell their role, or until it is plain that one doesn't: one bad answer is never enough.
 *
 * @param patience how long a cluster that answers, but can't be read (it may be in the middle of a role change), is asked; in ms
 */
export async function firstLook(lookout: Lookout, journal: Journal, patience = UNREADABLE_FOR): Promise<World> {
  const until = new Deadline(patience)
  const silentUntil = new Deadline(SILENT_FOR)
  for (let looks = 1; ; looks += 1) {
    // The second look gives a slow server more time than the first.
    const world = await lookout.look(0, looks === 2 ? LONG_LOOK : undefined)
    const unread = SIDES.map((side) => world[side]).filter((cluster) => role(cluster) === 'unknown')
    const patient = looks < LOOKS && !silentUntil.passed
    if (unread.every(({ silent, health }) => !patient && (silent || health?.sealed)) || until.passed) return world
    for (const { host, because } of unread) journal.say(`${host}: ${because}; looking again`)
    await sleep(looks === 1 ? PACE : 3 * PACE)
  }
}

/** @returns whether the steps may be carried out; why not is in the report's checks. */
export async function gate(run: Run, steps: readonly Step[]): Promise<boolean> {
  const { inputs, lookout, journal, vaults } = run
  const verified = journal.report.checks
  let world = await firstLook(lookout, journal)
  journal.report.before = { from: view(world.from), to: view(world.to) }
  for (const side of SIDES) journal.say(`${world[side].host}: ${view(world[side]).says}`)
  journal.survey(steps, world)
  const open = () => steps.filter((step) => !['so', 'waived'].includes(step.verdict(world).is)).map(({ name }) => name)
  if (open().length === 0) return true

  const due = new Set(open())
  const primary: Side | undefined = primaryOf(world) ?? (twoPrimaries(world) ? 'to' : undefined)
  const credentials = await examine(
    {
      vaultToken: due.has('demote') || due.has('follow') ? inputs['vault-token'] : undefined,
      drOperationToken: due.has('promote') || due.has('follow') ? inputs['dr-operation-token'] : undefined,
    },
    primary === undefined ? undefined : vaults[primary],
    role(world.to) === 'secondary' ? vaults.to : undefined,
  )
  const until = new Deadline(Math.min(inputs['catch-up-timeout'], run.deadline.left))
  let lag: Barrier | undefined
  for (;;) {
    lag = barrier(lag, world, inputs['max-lag'])
    const checks = check({ inputs, world, due, credentials, barrier: lag })
    journal.report.checks = [...verified, ...checks]
    const failed = checks.filter(({ state }) => state === 'failed')
    if (failed.length === 0 || until.passed || run.cancelled.aborted || !failed.every(({ mayPass }) => mayPass)) {
      tell(journal, checks)
      return failed.length === 0
    }
    journal.look(
      'to',
      world,
      `waiting for ${failed.map(({ name, evidence }) => `${name} (${evidence})`).join(', ')}, up to ${span(until.left)} more`,
    )
    await sleep(PACE)
    world = await firstLook(lookout, journal)
    journal.survey(steps, world)
  }
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
