/** The story of a run: inputs, a look, a plan, the checks, the steps, another look, and the truth about it. */
import type { Runner } from './actions.ts'
import { checkTls } from './checks.ts'
import { sleep } from './clock.ts'
import { primaryOf } from './cluster.ts'
import { type Carried, oneWay } from './direction.ts'
import { drill } from './drill.ts'
import { firstLook } from './gate.ts'
import { InvalidInputs } from './inputs.ts'
import { concludeFleet, worstFirst } from './outcome.ts'
import { OUTCOMES, type Report, type Result } from './report.ts'
import { type Edge, newReport, openSession, publish, type Session } from './session.ts'
import { status } from './status.ts'

/** After a cancel GitHub waits 7.5 s before it kills: this much for what is under way, the rest for a last look. In ms. */
const CANCEL_WITHIN = 3500
/** GitHub shows ten annotations of a step; the last one is the count of all. */
const MOST_ANNOTATIONS = 9

/**
 * The main step. It ends by setting the process's exit code, and never throws.
 *
 * @param cancelled is raised when the runner cancels the job
 * @param edge makes what stands between this program and whoever runs it; unless told, the GitHub runner
 */
export async function main(cancelled: AbortSignal, edge?: Edge): Promise<void> {
  const session = openSession(cancelled, undefined, edge)
  if ('mistakes' in session) return refuse(session.runner, session.operation, session.mistakes)
  const { journal, deadline } = session
  cancelled.addEventListener('abort', () => {
    journal.note('The run was cancelled.')
    deadline.shorten(CANCEL_WITHIN)
  })
  try {
    if (session.inputs.fleet !== undefined) return await fleet(session, session.inputs.fleet)
    // What is under way after a cancel is left alone in the end: it begins nothing new, and GitHub does not wait for it.
    const { leg, ...more } = await Promise.race([carryOut(session), ended(session)])
    await session.end(leg, more)
    await tellByIssue(session)
  } catch (error) {
    if (error instanceof InvalidInputs) return refuse(session.runner, 'status', error.mistakes)
    // A mistake of ours. Its text may quote anything, so only its kind is told; what is true of the clusters still is.
    journal.note(`An unexpected error ended the run (${error instanceof Error ? error.name : 'of no kind'}).`)
    await session.end(session.current ?? session.first, { crashed: true })
  }
}

/** The inputs are wrong: told, and nothing sent. */
function refuse(runner: Runner, operation: Report['operation'], mistakes: readonly string[]): Promise<void> {
  const report = { ...newReport(undefined), operation }
  const result = invalid(mistakes)
  return publish(runner, { ...report, endedAt: report.startedAt, result }, runner.reportPath(undefined), result)
}

/** `status` of every pair in a file. */
async function fleet(session: Session, path: string): Promise<void> {
  // Thousands of short requests have V8 double the space for what is new again and again, which it never gives back: a
  // thousand pairs would cost 140 MiB more than ten. The space as it is now does as well, in the same time.
  const { setFlagsFromString } = await import('node:v8')
  setFlagsFromString('--semi-space-growth-factor=1')
  // The YAML parser is loaded by this alone.
  const { readFleet, watchFleet } = await import('./fleet.ts')
  const { inputs, journal, runner } = session
  const pairs = await watchFleet(session, readFleet(path))
  const result = concludeFleet(inputs, pairs)
  Object.assign(journal.report, { fleet: pairs, result, endedAt: new Date().toISOString() })
  for (const { name, health, reasons } of worstFirst(pairs)
    .filter((pair) => pair.health !== 'healthy')
    .slice(0, MOST_ANNOTATIONS)) {
    const line = `${name}: ${health}. ${reasons.join(' ')}`
    if (health === 'critical') runner.fail(line)
    else runner.warn(line)
  }
  await publish(runner, journal.report, session.reportPath, result)
  await tellByIssue(session)
  await session.http.close()
}

/** `issue: true`: one issue is open while not all is well. */
async function tellByIssue(session: Session): Promise<void> {
  if (!session.inputs.issue || session.cancelled.aborted) return
  const { keepIssue } = await import('./issue.ts')
  await keepIssue(session)
}

/** When a cancel has been given all the time there is. */
async function ended(session: Session): Promise<Carried> {
  const { cancelled } = session
  await new Promise((resolve) => {
    if (cancelled.aborted) resolve(undefined)
    cancelled.addEventListener('abort', resolve)
  })
  await sleep(CANCEL_WITHIN + 500)
  return { leg: session.current ?? session.first }
}

async function carryOut(session: Session): Promise<Carried> {
  const { first, inputs, journal } = session
  const tls = checkTls(process.env.NODE_TLS_REJECT_UNAUTHORIZED)
  journal.report.checks = [tls]
  if (tls.state === 'failed') return { leg: first }
  if (inputs.operation === 'status') return { leg: first, findings: await status(session) }
  const { CHORES } = await import('./chores.ts')
  const chore = CHORES[inputs.operation]
  if (chore !== undefined) return { leg: first, chore: await chore(session) }
  if (inputs.operation === 'drill') return drill(session)
  // An id is revoked on whichever cluster is primary.
  const elsewhere =
    inputs.operation === 'revoke-secondary' && primaryOf(await firstLook(first.run.lookout, journal)) === 'to'
  return oneWay(session, elsewhere ? session.turned(first, journal.report.deeds) : first)
}

const invalid = (mistakes: readonly string[]): Result => ({
  outcome: 'invalid',
  exitCode: OUTCOMES.invalid,
  changed: false,
  health: '',
  activeAddr: '',
  redundancy: '',
  lag: undefined,
  rtoMs: undefined,
  rpoEntries: undefined,
  clusterId: '',
  verdict:
    mistakes.length === 1
      ? 'An input is wrong; nothing was sent.'
      : `${mistakes.length} inputs are wrong; nothing was sent.`,
  reasons: mistakes,
  next: [],
})
