/** The story of a run: inputs, a look, a plan, the checks, the steps, another look, and the truth about it. */
import { checkTls } from './checks.ts'
import { execute } from './execute.ts'
import { gate } from './gate.ts'
import { OUTCOMES, type Result } from './report.ts'
import { newReport, openSession, publish, type Session } from './session.ts'
import { status } from './status.ts'

/** After a cancel GitHub waits 7.5 s before it kills: this much for what is under way, the rest for a last look. In ms. */
const CANCEL_WITHIN = 3500

/**
 * The main step. It ends by setting the process's exit code, and never throws.
 *
 * @param cancelled is raised when the runner cancels the job
 */
export async function main(cancelled: AbortSignal): Promise<void> {
  const session = openSession(cancelled)
  if ('mistakes' in session) {
    const report = { ...newReport(undefined), operation: session.operation }
    const result = invalid(session.mistakes)
    return publish(
      session.runner,
      { ...report, endedAt: report.startedAt, result },
      session.runner.reportPath(undefined),
      result,
    )
  }
  const { run, runner, reportPath } = session
  runner.remember('report', reportPath)
  cancelled.addEventListener('abort', () => {
    run.journal.note('The run was cancelled.')
    run.deadline.shorten(CANCEL_WITHIN)
  })
  try {
    await session.end(await carryOut(session))
  } catch (error) {
    // A mistake of ours. Its text may quote anything, so only its kind is told; what is true of the clusters still is.
    run.journal.note(`An unexpected error ended the run (${error instanceof Error ? error.name : 'of no kind'}).`)
    await session.end()
    process.exitCode ||= OUTCOMES.unknown
  }
}

/** @returns for `status`, what is short beside what the clusters themselves show */
async function carryOut({ run, steps }: Session): Promise<string[]> {
  const tls = checkTls(process.env.NODE_TLS_REJECT_UNAUTHORIZED)
  run.journal.report.checks = [tls]
  if (tls.state === 'failed') return []
  if (run.inputs.operation === 'status') return status(run)
  const mayGo = await gate(run, steps)
  if (mayGo && !run.inputs['dry-run']) await execute(run, steps)
  return []
}

const invalid = (mistakes: readonly string[]): Result => ({
  outcome: 'invalid',
  exitCode: OUTCOMES.invalid,
  changed: false,
  health: 'critical',
  activeAddr: '',
  redundancy: 'unprotected',
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
