/**
 * What the main step and the post step share: the two clusters, the report and where it goes, and the end of every run,
 * which is a last look and the truth about it.
 */
import { Runner } from './actions.ts'
import { tidy } from './attach.ts'
import { type Deeds, noDeeds, type Run } from './bring.ts'
import { Deadline, sleep } from './clock.ts'
import { role, SIDES, serving, type World } from './cluster.ts'
import { isBatch } from './credentials.ts'
import { hostOf, type Inputs, InvalidInputs, OPERATIONS, readInputs } from './inputs.ts'
import { Journal } from './journal.ts'
import { Lookout } from './lookout.ts'
import { conclude } from './outcome.ts'
import { plan, type Step } from './plan.ts'
import { type Report, type Result, view } from './report.ts'
import { Secrets } from './secrets.ts'
import { Vault } from './vault/client.ts'
import { Http } from './vault/http.ts'

export interface Session {
  readonly run: Run
  readonly runner: Runner
  readonly steps: readonly Step[]
  readonly reportPath: string
  /** A last look, what is left behind revoked, and the verdict in every sink. */
  readonly end: (findings?: readonly string[]) => Promise<Result>
}

/** Everything that a run needs, from its inputs; or the mistakes in them. */
export function openSession(cancelled: AbortSignal, before?: { report: Report; path: string }): Session | Invalid {
  const secrets = new Secrets()
  const runner = new Runner(secrets)
  for (const proxy of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'])
    secrets.add(passwordOf(process.env[proxy]))
  let inputs: Inputs
  try {
    inputs = readInputs(
      (name) => runner.input(name),
      secrets,
      (secret) => runner.mask(secret),
    )
  } catch (error) {
    if (!(error instanceof InvalidInputs)) throw error
    return {
      mistakes: error.mistakes,
      runner,
      operation: OPERATIONS.find((name) => name === runner.input('operation').trim()),
    }
  }
  const reportPath = before?.path ?? runner.reportPath(inputs['report-path'])
  const report = before?.report ?? newReport(inputs)
  const journal = new Journal(
    report,
    (line) => runner.log(line),
    () => runner.save(report, reportPath),
  )
  const http = new Http({
    ca: inputs['ca-cert'],
    cert: inputs['client-cert'],
    key: inputs['client-key'],
    serverName: inputs['tls-server-name'],
  })
  const vaults = { from: new Vault(inputs.from, http, secrets), to: new Vault(inputs.to, http, secrets) }
  const { deeds } = report
  const token = inputs['dr-operation-token']
  const run: Run = {
    inputs,
    vaults,
    lookout: new Lookout(vaults, (world) => clockOutage(report, deeds, world)),
    journal,
    deadline: new Deadline(inputs.timeout),
    cancelled,
    deeds,
    headerToken: token !== undefined && isBatch(token) ? token : undefined,
  }
  const steps = inputs.operation === 'status' ? [] : plan(inputs.operation, inputs)
  const end = async (findings: readonly string[] = []): Promise<Result> => {
    const world = await lastLook(run)
    if (!cancelled.aborted && report.activationIds.length > 0) {
      for (const id of await tidy(run))
        journal.note(`The activation id ${id} could not be revoked on ${world.to.host}: revoke it by hand.`)
    }
    journal.survey(steps, world)
    report.after = { from: view(world.from), to: view(world.to) }
    report.endedAt = new Date().toISOString()
    report.cancelled = cancelled.aborted
    const result = conclude({
      inputs,
      steps,
      deeds,
      world,
      checks: report.checks,
      cancelled: cancelled.aborted,
      report,
      findings,
    })
    report.result = result
    await publish(runner, report, reportPath, result)
    await http.close()
    return result
  }
  return { run, runner, steps, reportPath, end }
}

/** What is wrong with the inputs, and the edge to tell it through. */
export interface Invalid {
  readonly mistakes: readonly string[]
  readonly runner: Runner
  readonly operation: Report['operation']
}

/** The verdict in every sink: report, summary, outputs, log, exit code. */
export async function publish(runner: Runner, report: Report, reportPath: string, result: Result): Promise<void> {
  runner.save(report, reportPath)
  await runner.summarize(report, reportPath)
  runner.output(result, reportPath)
  const told = [result.verdict, ...result.reasons, ...result.next.map((step) => `Next: ${step}`)]
  runner.log(`outcome: ${result.outcome}`)
  for (const line of told) runner.log(line)
  // One annotation for a run; what to do stands in it, since it is all that many people read.
  if (result.exitCode !== 0) runner.fail(`${result.outcome}: ${[result.verdict, ...result.next.slice(0, 2)].join(' ')}`)
  else if (result.outcome === 'done' && result.health === 'degraded') runner.warn(result.verdict)
  process.exitCode = result.exitCode
}

export function newReport(inputs: Pick<Inputs, 'operation' | 'mode' | 'dry-run' | 'from' | 'to'> | undefined): Report {
  const env = (name: string) => process.env[name] ?? ''
  return {
    schema: 1,
    operation: inputs?.operation,
    mode: inputs?.mode ?? 'planned',
    dryRun: inputs?.['dry-run'] ?? false,
    startedAt: new Date().toISOString(),
    run: {
      actor: env('GITHUB_ACTOR'),
      repository: env('GITHUB_REPOSITORY'),
      workflow: env('GITHUB_WORKFLOW'),
      runId: env('GITHUB_RUN_ID'),
      attempt: env('GITHUB_RUN_ATTEMPT'),
      url:
        env('GITHUB_RUN_ID') === ''
          ? ''
          : `${env('GITHUB_SERVER_URL')}/${env('GITHUB_REPOSITORY')}/actions/runs/${env('GITHUB_RUN_ID')}`,
    },
    hosts: { from: inputs === undefined ? '' : hostOf(inputs.from), to: inputs === undefined ? '' : hostOf(inputs.to) },
    checks: [],
    steps: [],
    notes: [],
    activationIds: [],
    deeds: noDeeds(),
  }
}

/** A look at the end, repeated where a cluster that was seen before is out of sight for a moment. */
async function lastLook({ lookout, cancelled, deeds }: Run): Promise<World> {
  // Where nothing was sent, what the run just read is what is true.
  if (deeds.sent === 0 && lookout.world.to.at > 0) return lookout.world
  for (let looks = 1; ; looks += 1) {
    const world = await lookout.look()
    const missing = SIDES.some((side) => role(world[side]) === 'unknown' && world[side].last !== undefined)
    if (!missing || looks >= (cancelled.aborted ? 1 : 4)) return world
    await sleep(400)
  }
}

/** Keeps when the old primary was last seen serving and the new one first, from every reading of the run. */
function clockOutage(report: Report, deeds: Deeds, { from, to }: World): void {
  // Until the promotion is sent the old primary is the one that serves; what it does afterwards is no end of an outage.
  if (serving(from) && !deeds.demoted && !deeds.promoted) report.outage = { from: from.at }
  else if (report.outage !== undefined && report.outage.until === undefined && serving(to)) report.outage.until = to.at
}

function passwordOf(proxy: string | undefined): string {
  if (proxy === undefined || !URL.canParse(proxy)) return ''
  return decodeURIComponent(new URL(proxy).password)
}
