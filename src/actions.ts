/**
 * The edge to the GitHub runner: inputs in; log, annotations, outputs, state and job summary out. Every text passes the
 * redaction here, whatever it passed before. A workplace that fails (a full disk, a missing file) costs a warning, never
 * the failover.
 */
import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { EOL, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { printable } from './printable.ts'
import type { Report, Result } from './report.ts'
import type { Secrets } from './secrets.ts'

/**
 * The toolkit brings an HTTP client that takes as long to load as everything else together, and the first byte to a Vault
 * waits for all that is loaded before it. So what is one line of the runner's protocol is written here, and the toolkit,
 * which knows the files behind outputs, state and summary, comes when the first look is on its way.
 */
const toolkit = () => import('@actions/core')

/** Without its file the toolkit would write a value into the log, as an old command: a token has no place there. */
function mustBeAFile(variable: 'GITHUB_OUTPUT' | 'GITHUB_STATE'): void {
  if ((process.env[variable] ?? '') === '') throw new Error(variable)
}

/**
 * The file that a rename may put another in the place of: `path`, or what it links to. A rename takes the place of a device
 * or a pipe too, and as root that is the end of it for the whole machine.
 *
 * @throws where something is there that is no regular file, or the link leads nowhere
 */
function replaceable(path: string): string {
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there === undefined) return path
  const real = realpathSync(path)
  if (!lstatSync(real).isFile()) throw new Error('not a regular file')
  return real
}

/** A line that the runner takes as a command; what could end it or begin another is encoded as the runner decodes it. */
function command(name: 'add-mask' | 'warning' | 'error', message: string): void {
  const text = message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  process.stdout.write(`::${name}::${text}${EOL}`)
}

export class Runner {
  readonly #secrets: Secrets

  constructor(secrets: Secrets) {
    this.#secrets = secrets
    // A log that nobody reads any more must not end the run.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  }

  /** An input as the runner passed it; an input that is not set is empty. */
  input(name: string): string {
    return process.env[`INPUT_${name.toUpperCase()}`] ?? ''
  }

  /** Has the runner mask a secret too: the second line of defence behind the redaction here. */
  mask(secret: string): void {
    for (const line of secret.split(/\r?\n/))
      if (line.trim().length >= 8 && !line.startsWith('-----')) command('add-mask', line.trim())
  }

  log(line: string): void {
    process.stdout.write(`${this.#clean(line, 2000)}${EOL}`)
  }

  warn(line: string): void {
    command('warning', this.#clean(line, 2000))
  }

  /** One annotation for a run that did not end well; the job's log shows it in red. */
  fail(line: string): void {
    command('error', this.#clean(line, 4000))
  }

  /** Why a token that is made could not be handed over, without a stop; undefined where nothing is in the way. */
  obstacle(): string | undefined {
    try {
      const path = process.env.GITHUB_OUTPUT ?? ''
      accessSync(path, constants.W_OK)
      if (!statSync(path).isDirectory()) return undefined
    } catch {
      // Told below.
    }
    return "GITHUB_OUTPUT, the file of the step's outputs, can not be written, so a token would get lost"
  }

  /** Gives the caller a token that was asked for: the one output that is a secret. False where that did not work. */
  async handOver(token: string): Promise<boolean> {
    const core = await toolkit()
    return this.#attempt('the token', () => {
      mustBeAFile('GITHUB_OUTPUT')
      core.setOutput('dr-operation-token', token)
    })
  }

  async output(result: Result, reportPath: string): Promise<void> {
    const core = await toolkit()
    const outputs: Record<string, string> = {
      outcome: result.outcome,
      changed: String(result.changed),
      health: result.health,
      'active-addr': result.activeAddr,
      redundancy: result.redundancy,
      lag: String(result.lag ?? ''),
      'rto-ms': String(result.rtoMs ?? ''),
      'rpo-entries': String(result.rpoEntries ?? ''),
      'cluster-id': result.clusterId,
      report: reportPath,
    }
    this.#attempt('the outputs', () => {
      mustBeAFile('GITHUB_OUTPUT')
      for (const [name, value] of Object.entries(outputs)) core.setOutput(name, this.#secrets.redact(value))
    })
  }

  /** Keeps a word for the post step. */
  async remember(name: string, value: string): Promise<void> {
    const core = await toolkit()
    this.#attempt('the state for the post step', () => {
      mustBeAFile('GITHUB_STATE')
      core.saveState(name, value)
    })
  }

  recall(name: string): string {
    return process.env[`STATE_${name}`] ?? ''
  }

  async summarize(report: Report, reportPath: string): Promise<void> {
    // Before anything is shortened: half a secret would not be recognised any more.
    const { renderSummary } = await import('./render/summary.ts')
    const clean: Report = JSON.parse(this.#secrets.redact(JSON.stringify(report)))
    const text = `${this.#secrets.redact(renderSummary(clean))}\n\nFull report: \`${printable(reportPath).replaceAll('`', '')}\`\n`
    if (process.env.GITHUB_STEP_SUMMARY === undefined) return
    try {
      const core = await toolkit()
      await core.summary.addRaw(text).write()
    } catch {
      this.warn('The job summary could not be written.')
    }
  }

  /** Where the report goes: as asked, or a file of its own under the runner's temporary folder. */
  reportPath(asked: string | undefined): string {
    return asked === undefined
      ? join(process.env.RUNNER_TEMP ?? tmpdir(), `vault-dr-report-${Date.now()}-${process.pid}.json`)
      : resolve(asked)
  }

  /** Writes the report whole or not at all: a reader never meets half of one. Behind a link, where it leads. */
  save(report: Report, path: string): boolean {
    return this.#attempt('the report', () => {
      mkdirSync(dirname(path), { recursive: true })
      const kept = replaceable(path)
      const part = `${kept}.part`
      // What a killed run left there; what it leads to, should it be a link, is not written to.
      rmSync(part, { force: true })
      writeFileSync(part, `${this.#secrets.redact(JSON.stringify(report, null, 2))}\n`, { mode: 0o600, flag: 'wx' })
      renameSync(part, kept)
    })
  }

  #failedOnce = new Set<string>()

  #attempt(what: string, act: () => void): boolean {
    try {
      act()
      return true
    } catch {
      // Told once: the report is written at every change. The reason may quote a path or a value, and is left out.
      if (!this.#failedOnce.has(what)) this.warn(`Could not write ${what}.`)
      this.#failedOnce.add(what)
      return false
    }
  }

  #clean(line: string, longest: number): string {
    return printable(this.#secrets.redact(line), longest)
  }
}
