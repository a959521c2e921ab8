/**
 * Writes down what happens while it happens: into the report, which is saved at every change so that the post step finds
 * it after a crash, and as lines of the log. It decides nothing.
 */
import { monotonic, now, span } from './clock.ts'
import { describe, type Side, type World } from './cluster.ts'
import type { Step, StepName } from './plan.ts'
import type { Report, StepReport } from './report.ts'

/** A wait that shows nothing new is mentioned this often. In ms. */
const REMIND = 5000

export class Journal {
  readonly report: Report
  readonly #log: (line: string) => void
  readonly #save: () => void
  #told = { state: '', at: Number.NEGATIVE_INFINITY }
  #waitingSince = monotonic()
  #closed: boolean = false

  /**
   * @param log takes a line for a person
   * @param save keeps the report as it stands
   */
  constructor(report: Report, log: (line: string) => void, save: () => void) {
    this.report = report
    this.#log = log
    this.#save = save
  }

  /** The verdict is the last word: what is still under way after it is not told. */
  close(): void {
    this.#closed = true
  }

  /** A line of the log, with the time in front. */
  say(text: string): void {
    if (this.#closed) return
    this.#log(`${new Date().toISOString().slice(11, 23)}  ${text}`)
  }

  /** Something the summary should tell too. */
  note(text: string): void {
    this.say(text)
    this.report.notes.push(text)
    this.#save()
  }

  /** How often a step's write was sent in this run. */
  sends(step: Step, world: World): number {
    return this.#step(step, world).sends ?? 0
  }

  /** The attempt to generate a token that this run has begun on a cluster, as the report keeps it; undefined when it has ended. */
  attempt(host: string, nonce: string | undefined): void {
    const { attempts } = this.report
    if (nonce === undefined) delete attempts[host]
    else attempts[host] = nonce
    this.#save()
  }

  /** A login is asked for on a cluster: should the run not see what comes of it, its end or the post step tells. */
  loginAsked(host: string): void {
    this.report.logins.push(host)
    this.#save()
  }

  /** @param lost an answer that may have held a token was lost */
  loginAnswered(host: string, lost: boolean): void {
    const { logins } = this.report
    const at = logins.indexOf(host)
    if (at >= 0) logins.splice(at, 1)
    if (lost) this.note(lostLogin(host))
    else this.#save()
  }

  /** Tells of the logins that are still without an answer. */
  loginsLost(): void {
    for (const host of this.report.logins.splice(0)) this.note(lostLogin(host))
  }

  save(): void {
    this.#save()
  }

  /** What each step says of the world before it is begun. */
  survey(steps: readonly Step[], world: World): void {
    for (const step of steps) {
      const report = this.#step(step, world)
      if (report.since !== undefined) continue
      const verdict = step.verdict(world)
      report.state = verdict.is === 'underway' || verdict.is === 'later' ? 'due' : verdict.is
      report.because = 'because' in verdict ? verdict.because : undefined
    }
    this.#save()
  }

  begin(step: Step, world: World): void {
    const report = this.#step(step, world)
    report.since ??= now()
    report.state = 'running'
    report.because = undefined
    this.#waitingSince = monotonic()
    this.#told = { state: '', at: monotonic() }
    this.#save()
  }

  sent(step: Step, world: World, what: string): void {
    const report = this.#step(step, world)
    report.sentAt = now()
    report.sends = (report.sends ?? 0) + 1
    this.say(`${world[step.on].host}: ${what}${report.sends > 1 ? ` (sent for the ${report.sends}. time)` : ''}`)
    this.#save()
  }

  /** What is waited for, whenever that changes, and now and then when it doesn't. */
  waiting(step: Step, world: World, extra = ''): void {
    this.look(step.on, world, `waiting until ${WISHES[step.name]}${extra}`)
  }

  /** The same for a wait that is no step. */
  look(side: Side, world: World, what: string): void {
    const cluster = world[side]
    // In the middle of a role change every answer is bad in a way of its own; for a person that is one state.
    const state = cluster.dr === undefined ? 'out of sight' : describe(cluster)
    const now = monotonic()
    if (state === this.#told.state && now - this.#told.at < REMIND) return
    // A short wait is told by its end alone.
    if (this.#told.state === '' && now - this.#told.at < 250) return
    this.#told = { state, at: now }
    const shown = cluster.dr === undefined ? `out of sight for now (${describe(cluster)})` : state
    this.say(`${cluster.host}: ${what}; now ${shown}, ${span(now - this.#waitingSince)}`)
  }

  done(step: Step, world: World): void {
    const report = this.#step(step, world)
    report.until = world[step.on].at
    report.state = 'done'
    report.because = `${PROVEN[step.name]} at ${new Date(report.until).toISOString().slice(11, 23)} UTC`
    this.say(
      `${world[step.on].host}: ${describe(world[step.on])}; ${PROVEN[step.name]}, ${span(Math.max(0, report.until - (report.since ?? report.until)))}`,
    )
    this.#save()
  }

  failed(step: Step, world: World, because: string, state: 'failed' | 'interrupted' = 'failed'): void {
    const report = this.#step(step, world)
    if (report.since !== undefined) report.until = now()
    report.state = state
    report.because = because
    this.say(`${world[step.on].host}: ${step.name} ${state}: ${because}`)
    this.#save()
  }

  #step(step: Step, world: World): StepReport {
    const { steps } = this.report
    const { host } = world[step.on]
    const found = steps.find((report) => report.name === step.name && report.host === host)
    if (found) return found
    const report: StepReport = { name: step.name, on: step.on, host, state: 'due' }
    steps.push(report)
    return report
  }
}

const lostLogin = (host: string): string =>
  `An answer of ${host} to the login was lost: a token that nobody holds may be left there until its time is up.`

const WISHES: Record<StepName, string> = {
  demote: 'it is no longer primary',
  promote: 'it serves as the DR primary',
  follow: 'it follows the new primary and streams',
  restore: 'it serves as the DR primary again',
  reunite: 'it follows the restored primary again',
  enable: 'it is a DR primary',
  enrol: 'it follows the primary and streams',
  detach: 'its DR replication is disabled',
  revoke: 'the id is unknown',
  disable: 'its DR replication is disabled',
}

const PROVEN: Record<StepName, string> = {
  demote: 'seen demoted',
  promote: 'seen serving as the DR primary',
  follow: 'seen streaming from the new primary',
  restore: 'seen serving as the DR primary again',
  reunite: 'seen streaming from the restored primary',
  enable: 'seen serving as a DR primary',
  enrol: 'seen streaming from the primary',
  detach: 'seen without DR replication',
  revoke: 'the id is no longer known',
  disable: 'seen without DR replication',
}
