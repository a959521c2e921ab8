/**
 * Brings the wishes of a plan about, one after another: look, decide, act, look again. The only place that changes
 * anything at a Vault.
 *
 * One write is under way at a time, but for the harmless public key, and each is preceded by a fresh look at both.
 */
import { attach, publicKey } from './attach.ts'
import { bring, type End, finish, isChecked, type Run, TAKEN_BACK, UNBROKEN } from './bring.ts'
import { Deadline, monotonic, now } from './clock.ts'
import { lastRole, role, SIDES, sameRoot, type World } from './cluster.ts'
import { formerId, restore, reunite, type Step } from './plan.ts'
import { clearance, NotYet, unhurried, WATCH } from './turns.ts'

/** A reading younger than this needs no fresh one before a write. In ms. */
const FRESH = 200

/** A switch is given that long, and not begun with less, or with less than half of a `timeout` that is shorter. In ms. */
const TO_SWITCH = 5000

/**
 * Brings every wish about, in order, until all hold, one can't be had, the time is up or the run is cancelled.
 *
 * @returns `unchecked` where the checks have to be made again before the next step: the world went another way meanwhile
 */
export async function execute(run: Run, steps: readonly Step[]): Promise<'ended' | 'unchecked'> {
  const { lookout, journal, deadline, deeds } = run
  const failed = (...why: Parameters<typeof journal.failed>) => {
    journal.failed(...why)
    return 'ended' as const
  }
  // Each step may be begun anew when the world changes under it, but not for ever.
  for (let rounds = 0; rounds < 12; rounds += 1) {
    const world = await lookout.look(FRESH)
    journal.survey(steps, world)
    const step = steps.find((candidate) => !['so', 'waived'].includes(candidate.verdict(world).is))
    if (step === undefined) return 'ended'
    const verdict = step.verdict(world)
    if (verdict.is === 'blocked' || verdict.is === 'later') return failed(step, world, verdict.because)
    if (deadline.passed) return failed(step, world, 'the time is up')
    if (step.name === 'demote' && deeds.demoted) return failed(step, world, TAKEN_BACK)
    if (step.name === 'demote' && steps.length > 1 && deadline.left < Math.min(TO_SWITCH, run.inputs.timeout / 2))
      return failed(step, world, 'too little time is left to promote the other one after it')
    if (run.cancelled.aborted && !endsNoPrimary(run, step, world))
      return failed(step, world, 'the run was cancelled', 'interrupted')
    if (verdict.is === 'due' && !isChecked(run, step)) return 'unchecked'
    if (verdict.is === 'due' && !prepared(run, step) && !(await quiet(run, step))) continue
    const end = verdict.is === 'underway' ? await wait(run, step) : await act(run, step, steps)
    if (end.is === 'so' || end.is === 'again') continue
    journal.failed(step, lookout.world, end.because, run.cancelled.aborted ? 'interrupted' : 'failed')
    // One that was lost before, and was not demoted here, is not waited for.
    const there = deeds.demoted || role(lookout.world.from) !== 'unknown'
    if (step.name === 'promote' && end.is === 'refused' && deeds.unclear === undefined && steps.length > 1 && there)
      await wayBack(run)
    return 'ended'
  }
  return 'ended'
}

/** After a cancel one thing is still begun: the promotion that ends a state in which nobody serves, made by this run. */
const endsNoPrimary = (run: Run, step: Step, world: World): boolean =>
  step.name === 'promote' && run.deeds.demoted && step.verdict(world).is === 'due' && run.deadline.left > 500

/** The state that this step starts from was made by this run, or shows plainly; else somebody may be at work on it. */
function prepared(run: Run, step: Step): boolean {
  // Setting up, taking apart and demoting begin where nothing is at work, and nobody waits for a primary meanwhile.
  if (step.name !== 'promote' && step.name !== 'follow') return true
  return unhurried(run) || (step.name === 'follow' && (run.deeds.demoted || run.deeds.promoted))
}

/**
 * Nobody is primary, or nobody follows, and it was not this run that made it so: an earlier run may have died half way,
 * or one in the opposite direction may be at work. Watching for longer than that one may go on is the guard against it.
 *
 * @returns whether the step stayed due all the while
 */
async function quiet(run: Run, step: Step): Promise<boolean> {
  const until = new Deadline(step.name === 'promote' ? WATCH : UNBROKEN)
  run.journal.say(
    `${run.lookout.world[step.on].host}: left half way by an earlier run or a person; watching for ${Math.ceil(until.left / 1000)} s whether somebody is at work`,
  )
  for await (const world of run.lookout.watch(step.on, until)) {
    if (step.verdict(world).is !== 'due' || run.cancelled.aborted) return false
  }
  return true
}

/** Waits for what is under way already. */
async function wait(run: Run, step: Step): Promise<End> {
  const { journal, lookout, inputs, deeds } = run
  journal.begin(step, lookout.world)
  // A cluster that tells nothing is not waited for as long as one that is on its way.
  const hidden = SIDES.some((side) => role(lookout.world[side]) === 'unknown')
  const until =
    deeds.sent === 0 && hidden ? new Deadline(Math.min(inputs['catch-up-timeout'], run.deadline.left)) : run.deadline
  let against: number | undefined
  const notYet = new NotYet(lookout.world[step.on])
  for await (const world of lookout.watch(step.on, until)) {
    const verdict = step.verdict(world)
    if (verdict.is === 'so') return finish(run, step, world, notYet.at)
    notYet.see(world[step.on])
    if (verdict.is === 'due' || verdict.is === 'waived') return { is: 'again' }
    against = verdict.is === 'underway' ? undefined : (against ?? monotonic())
    if (against !== undefined && monotonic() - against > UNBROKEN && 'because' in verdict)
      return { is: 'turned', because: verdict.because }
    if (run.cancelled.aborted && deeds.sent === 0) break
    journal.waiting(step, world)
  }
  return { is: 'late', because: run.cancelled.aborted ? 'the run was cancelled' : 'it did not come about in time' }
}

async function act(run: Run, step: Step, steps: readonly Step[]): Promise<End> {
  const { vaults, inputs, lookout, journal, tokens } = run
  journal.begin(step, lookout.world)
  const clusterAddr = inputs['primary-cluster-addr']
  let leaves: Deadline | undefined
  if (step.name === 'promote' || step.name === 'restore') {
    // Making a token takes time; what is due is looked at after it.
    const token = await tokens.dr(step.on)
    if (!token.ok) return { is: 'refused', because: token.because }
    leaves = await clearance(run, step)
    // Waiting took its time.
    if (leaves === undefined || !isChecked(run, step)) return { is: 'again' }
  }
  switch (step.name) {
    case 'demote':
      run.deadline.atLeast(TO_SWITCH)
      return bring(run, step, 'demote sent', (by) => tokens.asVault('from', (token) => vaults.from.demote(token, by)))
    case 'promote': {
      // The key for the way back in is made while the other cluster is being promoted: it changes no role.
      if (steps.some(({ name }) => name === 'follow') && lastRole(lookout.world.from) === 'secondary') {
        run.followerKey = publicKey(run, 'from', tokens.header)
      }
      const promote = (by: Deadline) => {
        run.deeds.rpo = atRisk(lookout.world)
        return tokens.use('to', (token) => vaults.to.promote(token, clusterAddr, by))
      }
      return bring(run, step, 'promote sent', promote, leaves)
    }
    case 'restore': {
      // It may come about after this run's time is up: then the last look tells.
      run.deeds.restored = true
      const promote = (by: Deadline) => tokens.use('from', (token) => vaults.from.promote(token, undefined, by))
      return bring(run, step, 'promote sent, to make it primary again', promote, leaves)
    }
    case 'follow':
    case 'enrol':
      return attach(run, step, await run.followerKey)
    case 'reunite':
      return wait(run, step)
    case 'enable':
      return bring(run, step, 'primary/enable sent', () =>
        tokens.asVault('from', (token) => vaults.from.enablePrimary(token, clusterAddr)),
      )
    case 'detach':
      return bring(run, step, 'secondary/disable sent', () =>
        tokens.use('to', (token) => vaults.to.disableSecondary(token)),
      )
    case 'revoke': {
      const id = inputs['secondary-id'] ?? formerId(lookout.world.to)
      return bring(run, step, 'revoke-secondary sent', () =>
        tokens.asVault('from', (token) => vaults.from.revokeSecondary(token, id)),
      )
    }
    case 'disable':
      return bring(run, step, 'primary/disable sent', () =>
        tokens.asVault('from', (token) => vaults.from.disablePrimary(token)),
      )
  }
}

/**
 * The promotion was refused after the demotion, so nobody is primary. The old primary holds everything: it is made
 * primary again, but only where the other one is seen to be a secondary still, and no promotion of it is unaccounted for.
 * On a lost answer this would make two primaries.
 */
async function wayBack(run: Run): Promise<void> {
  const { lookout, journal } = run
  if (run.cancelled.aborted) return
  journal.note(`${lookout.world.to.host} was refused the role; making ${lookout.world.from.host} primary again`)
  for (const step of [restore, reunite]) {
    const world = await lookout.look()
    const verdict = step.verdict(world)
    if (verdict.is === 'blocked') return journal.failed(step, world, verdict.because)
    const end =
      verdict.is === 'so'
        ? finish(run, step, world, now())
        : verdict.is === 'due'
          ? await act(run, step, [])
          : await wait(run, step)
    if (end.is === 'again') return journal.failed(step, lookout.world, 'it changed again')
    if (end.is !== 'so') return journal.failed(step, lookout.world, end.because)
  }
}

/** Upper bound of the WAL entries that a promotion now would lose, from what both show of themselves. */
function atRisk(world: World): number | 'unknown' {
  const { from, to } = world
  if (role(from) !== 'secondary') return 'unknown'
  if (sameRoot(world)) return 0
  const [wrote, received] = [from.dr?.last_dr_wal, to.dr?.last_remote_wal]
  return wrote !== undefined && received !== undefined && received > 0 ? Math.max(0, wrote - received) : 'unknown'
}
