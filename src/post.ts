/**
 * The post step: if the main step ended as it should, there is nothing to do. If it was killed or cancelled, or could not
 * establish what is true, this looks at the clusters itself, says what is true of them now, and revokes what the run left
 * behind. It promotes and demotes nothing.
 */
import { readFileSync, statSync } from 'node:fs'
import { now } from './clock.ts'
import { firstLook } from './gate.ts'
import { cleanOthers } from './others.ts'
import type { Report } from './report.ts'
import { Secrets } from './secrets.ts'
import { type Edge, openSession, toRunner } from './session.ts'

/**
 * @param cancelled is raised when the runner cancels this step too
 * @param edge as in the main step
 */
export async function post(cancelled: AbortSignal, edge: Edge = toRunner): Promise<void> {
  const path = edge(new Secrets()).recall('report')
  const report = path === '' ? undefined : readReport(path)
  const settled = report?.result !== undefined && report.result.outcome !== 'unknown' && report.cancelled !== true
  if (report === undefined || settled) return
  const session = openSession(cancelled, { report, path }, edge)
  if ('mistakes' in session) return
  const { first, journal } = session
  // On its way back a drill is judged by what it was about then.
  const leg = report.failedOver === undefined ? first : session.turned(first, report.deeds)
  session.recall(leg)
  journal.note('The main step was cancelled, killed, or could not establish the end; this is what the post step sees.')
  for (const step of report.steps) {
    if (step.state === 'running')
      Object.assign(step, { state: 'interrupted', until: now(), because: 'the main step was killed' })
  }
  // It may have been killed in the middle of a role change, which takes Vault some seconds.
  await firstLook(leg.run.lookout, journal, 20_000)
  await cleanOthers(session, leg)
  await session.end(leg)
}

/** The report as the main step left it: written by this program, so its shape is known; undefined where it is unreadable. */
function readReport(path: string): Report | undefined {
  try {
    // A pipe would be waited for, and a device may have no end.
    if (!statSync(path).isFile()) return undefined
    const report: Report = JSON.parse(readFileSync(path, 'utf8'))
    return report.schema === 1 ? report : undefined
  } catch {
    return undefined
  }
}
