/**
 * What the main step and the post step share: the report and where it goes, the clusters and the tokens for them, and the
 * end of every run, which is a last look, what is left behind taken away, and the truth in every sink.
 */
import { Runner } from './actions.ts'
import { type Deeds, noDeeds, type Run } from './bring.ts'
import { cleanUp, nameUnanswered } from './cleanup.ts'
import { Deadline, sleep } from './clock.ts'
import { role, SIDES, serving, type World } from './cluster.ts'
import { hostOf, type Inputs, InvalidInputs, OPERATIONS, readInputs, SECRET_INPUTS } from './inputs.ts'
import { Journal } from './journal.ts'
import type { LoginBy } from './login.ts'
import { Lookout } from './lookout.ts'
import { conclude, type Ending, legsOf } from './outcome.ts'
import { plan, type Step } from './plan.ts'
import { type Report, type Result, view } from './report.ts'
import { open, seal } from './sealed.ts'
import { Secrets } from './secrets.ts'
import { type MadeToken, Tokens } from './tokens.ts'
import { Vault } from './vault/client.ts'
import { Http } from './vault/http.ts'

/** One direction of a run: a failover is one, a drill is two. */
export interface Leg {
  readonly run: Run
  readonly steps: readonly Step[]
}

/** What is wrong with the inputs, and the edge to tell it through. */
export interface Invalid {
  readonly mistakes: readonly string[]
  readonly runner: Runner
  readonly operation: Report['operation']
}

/**
 * For a last look and for taking away what is left behind, where the run has no more time of its own. In ms.
 */
const CLOSING = 2000
/** For each of the looks after a cancel, which go on side by side. In ms. */
const LAST_LOOK = 1000

/** Makes what stands between this program and whoever runs it. */
export type Edge = (secrets: Secrets) => Runner
export const toRunner: Edge = (secrets) => new Runner(secrets)

/** Everything that a run needs, from its inputs; or the mistakes in them. */
export function openSession(
  cancelled: AbortSignal,
  before?: { report: Report; path: string },
  edge: Edge = toRunner,
): Session | Invalid {
  const secrets = new Secrets()
  const runner = edge(secrets)
  for (const proxy of PROXIES) secrets.add(passwordOf(process.env[proxy]))
  try {
    const inputs = readInputs(
      (name) => runner.input(name),
      secrets,
      (secret) => runner.mask(secret),
    )
    return new Session(runner, secrets, inputs, cancelled, before)
  } catch (error) {
    if (!(error instanceof InvalidInputs)) throw error
    const operation = OPERATIONS.find((name) => name === runner.input('operation').trim())
    return { mistakes: error.mistakes, runner, operation }
  }
}

const PROXIES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']
/** The state's name for the tokens that this run made, encrypted. */
const MADE = 'made'

export class Session {
  readonly runner: Runner
  readonly inputs: Inputs
  readonly journal: Journal
  readonly reportPath: string
  readonly cancelled: AbortSignal
  readonly deadline: Deadline
  readonly http: Http
  /** Tokens that this run made and has not revoked yet. */
  readonly made: MadeToken[] = []
  /** The leg that the run is in. */
  current: Leg | undefined
  readonly secrets: Secrets
  #first: Leg | undefined
  #closing: Deadline | undefined
  #remembered: Promise<void> | undefined

  constructor(
    runner: Runner,
    secrets: Secrets,
    inputs: Inputs,
    cancelled: AbortSignal,
    before?: { report: Report; path: string },
  ) {
    this.runner = runner
    this.inputs = inputs
    this.cancelled = cancelled
    this.secrets = secrets
    this.reportPath = before?.path ?? runner.reportPath(inputs['report-path'])
    const report = before?.report ?? newReport(inputs)
    this.journal = new Journal(
      report,
      (line) => runner.log(line),
      () => runner.save(report, this.reportPath),
    )
    this.deadline = new Deadline(inputs.timeout)
    const tls = {
      ca: inputs['ca-cert'],
      cert: inputs['client-cert'],
      key: inputs['client-key'],
      serverName: inputs['tls-server-name'],
    }
    // A thousand pairs must not hold more than one connection each.
    this.http = new Http(tls, inputs.fleet === undefined ? null : 1)
  }

  /** The direction that the inputs name. */
  get first(): Leg {
    this.#first ??= this.leg(this.inputs, this.journal.report.deeds)
    return this.#first
  }

  /**
   * Tells the post step where the report is, when the first answer is there: the toolkit that does it takes so long to load
   * that the first connection would wait for it, and before the first answer nothing is sent that a post step had to know of.
   */
  #remember(): void {
    this.#remembered ??= this.runner.remember('report', this.reportPath)
  }

  /** The post step knows of this run: nothing is changed before. */
  get remembered(): Promise<void> {
    return this.#remembered ?? Promise.resolve()
  }

  /** A run from one cluster to another; what it does is written down in `deeds`. */
  leg(inputs: Inputs, deeds: Deeds): Leg {
    const { journal, http } = this
    const vault = (addr: string) => new Vault(addr, http, this.secrets, () => this.#open.left)
    const vaults = { from: vault(inputs.from), to: vault(inputs.to) }
    const lookout = new Lookout(vaults, (world) => {
      clockOutage(deeds, world)
      this.#remember()
    })
    const by = loginBy(inputs)
    const tokens = new Tokens({
      inputs,
      vaults,
      world: () => lookout.world,
      secrets: this.secrets,
      journal,
      deadline: this.deadline,
      cancelled: this.cancelled,
      login: by && (async (vault) => (await import('./login.ts')).login(http, vault.addr, by, this.around)),
      keep: (made) => this.#keep(made),
    })
    const run: Run = {
      inputs,
      vaults,
      lookout,
      journal,
      tokens,
      deadline: this.deadline,
      cancelled: this.cancelled,
      deeds,
    }
    return { run, steps: plan(inputs) }
  }

  /** The same run in the other direction; it takes the login over. */
  turned({ run }: Leg, deeds: Deeds): Leg {
    const leg = this.leg({ ...run.inputs, from: run.inputs.to, to: run.inputs.from }, deeds)
    leg.run.tokens.inherit(run.tokens)
    this.current = leg
    return leg
  }

  /** A last look, what is left behind taken away, and the verdict in every sink. */
  async end({ run, steps }: Leg, more: Pick<Ending, 'findings' | 'chore' | 'short' | 'crashed'> = {}): Promise<Result> {
    const { journal } = this
    const { report } = journal
    this.#closing = new Deadline(Math.max(CLOSING, this.deadline.left))
    const { aborted } = this.cancelled
    // A look at an attempt takes nothing away, and the post step may never run.
    const named = aborted ? nameUnanswered(run, LAST_LOOK) : undefined
    let world = await lastLook(run, this.#closing)
    await named
    if (!aborted) {
      if (await cleanUp(this, run)) world = await run.lookout.look()
    } else if ([this.made, report.activations, Object.keys(report.attempts)].some(({ length }) => length > 0)) {
      journal.say('the post step takes away what this run made')
    }
    journal.loginsLost()
    journal.survey(steps, world)
    // The report's two columns are those of the first direction, whichever leg ends the run.
    const turned = world.from.host !== report.hosts.from
    report.after = turned
      ? { from: view(world.to), to: view(world.from) }
      : { from: view(world.from), to: view(world.to) }
    report.endedAt = new Date().toISOString()
    report.cancelled = this.cancelled.aborted
    const ending = {
      inputs: run.inputs,
      steps,
      deeds: run.deeds,
      world,
      checks: report.checks,
      cancelled: this.cancelled.aborted,
      report,
    }
    const result = conclude({ ...ending, ...more })
    report.legs = legsOf(ending)
    report.result = result
    journal.close()
    await publish(this.runner, report, this.reportPath, result)
    await this.http.close()
    return result
  }

  /** For the post step: the tokens that the main step made, read from the encrypted state. */
  recall({ run }: Leg): void {
    const text = open(this.runner.recall(MADE), this.#keys)
    if (text === undefined) return
    const made: MadeToken[] = JSON.parse(text)
    for (const { token } of made) this.secrets.add(token)
    this.made.push(...made)
    run.tokens.adopt(made)
  }

  /** What a login works with. */
  get around() {
    const { cancelled } = this
    return {
      secrets: this.secrets,
      mask: (secret: string) => this.runner.mask(secret),
      deadline: this.#open,
      cancelled,
    }
  }

  /** The time that the run, or its end, has. */
  get #open(): Deadline {
    return this.#closing ?? this.deadline
  }

  /** The run's own secret inputs: whoever holds the state alone can't read what is sealed with them. */
  get #keys(): string[] {
    const given = SECRET_INPUTS.map((name) => this.runner.input(name)).filter((key) => key !== '')
    // Where a login by the job's own identity is all there is, its request token is the one secret of the run.
    const request = process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? ''
    return given.length > 0 ? given : [request].filter((key) => key !== '')
  }

  /** Keeps what is made for the post step, encrypted, whichever leg made it. */
  async #keep(made: MadeToken): Promise<void> {
    this.made.push(made)
    await this.runner.remember(MADE, seal(JSON.stringify(this.made), this.#keys))
  }

  /**
   * Gives the caller what was made: it is theirs to use from then on, so nothing revokes it.
   *
   * @returns false where there was nowhere to put it: then nobody but this run has it
   */
  async handOver(token: string): Promise<boolean> {
    this.runner.mask(token)
    if (!(await this.runner.handOver(token))) return false
    const at = this.made.findIndex((made) => made.token === token)
    if (at >= 0) {
      this.made.splice(at, 1)
      const left = this.made.length === 0 ? '' : seal(JSON.stringify(this.made), this.#keys)
      await this.runner.remember(MADE, left)
    }
    return true
  }
}

/** The verdict in every sink: report, summary, outputs, log, exit code. */
export async function publish(runner: Runner, report: Report, reportPath: string, result: Result): Promise<void> {
  runner.save(report, reportPath)
  await runner.summarize(report, reportPath)
  await runner.output(result, reportPath)
  const told = [result.verdict, ...result.reasons, ...result.next.map((step) => `Next: ${step}`)]
  runner.log(`outcome: ${result.outcome}`)
  for (const line of told) runner.log(line)
  // One annotation for a run; what to do stands in it, since it is all that many people read.
  if (result.exitCode !== 0)
    runner.fail(
      `${result.outcome}: ${[result.verdict, ...result.reasons.slice(0, 3), ...result.next.slice(0, 2)].join(' ')}`,
    )
  else if (result.outcome === 'done' && result.health === 'degraded') runner.warn(result.verdict)
  process.exitCode = result.exitCode
}

export function newReport(inputs: Pick<Inputs, 'operation' | 'mode' | 'dry-run' | 'from' | 'to'> | undefined): Report {
  const env = (name: string) => process.env[name] ?? ''
  const run = `${env('GITHUB_SERVER_URL')}/${env('GITHUB_REPOSITORY')}/actions/runs/${env('GITHUB_RUN_ID')}`
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
      url: env('GITHUB_RUN_ID') === '' ? '' : run,
    },
    hosts: {
      from: inputs === undefined || inputs.from === '' ? '' : hostOf(inputs.from),
      to: inputs === undefined || inputs.to === '' ? '' : hostOf(inputs.to),
    },
    checks: [],
    steps: [],
    notes: [],
    activations: [],
    attempts: {},
    logins: [],
    deeds: noDeeds(),
  }
}

/** A look at the end, repeated where a cluster that was seen before is out of sight for a moment. */
async function lastLook({ lookout, cancelled, deeds }: Run, closing: Deadline): Promise<World> {
  // Where nothing was sent, what the run just read is what is true.
  if (deeds.sent === 0 && lookout.world.to.at > 0) return lookout.world
  for (let looks = 1; ; looks += 1) {
    const world = await lookout.look(0, cancelled.aborted ? LAST_LOOK : undefined)
    const missing = SIDES.some((side) => role(world[side]) === 'unknown' && world[side].last !== undefined)
    if (!missing || closing.passed || looks >= (cancelled.aborted ? 1 : 4)) return world
    await sleep(400)
  }
}

/** Keeps when the old primary was last seen serving and the new one first, from every reading of the run. */
function clockOutage(deeds: Deeds, { from, to }: World): void {
  // Until the demotion the old primary is the one that serves; what it does afterwards is no end of an outage.
  if (serving(from) && !deeds.demoted && !deeds.promoted) deeds.outage = { from: from.at }
  else if (deeds.outage !== undefined && deeds.outage.until === undefined && serving(to)) deeds.outage.until = to.at
}

function loginBy(inputs: Inputs): LoginBy | undefined {
  const method = inputs['auth-method']
  if (method === 'token') return undefined
  return {
    method,
    mount: inputs['auth-mount'] ?? method,
    role: inputs['auth-role'],
    audience: inputs['auth-audience'],
    roleId: inputs['approle-role-id'],
    secretId: inputs['approle-secret-id'],
    namespace: inputs.namespace,
  }
}

function passwordOf(proxy: string | undefined): string {
  if (proxy === undefined || !URL.canParse(proxy)) return ''
  return decodeURIComponent(new URL(proxy).password)
}
