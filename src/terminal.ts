/**
 * The edge to a person at a terminal, in place of the GitHub runner: inputs from flags and the environment, the same log on
 * standard output, the summary as text, and questions. Every text passes the redaction here too.
 */
import { accessSync, closeSync, constants, lstatSync, openSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { Runner } from './actions.ts'
import { printable } from './printable.ts'
import { renderText } from './render/text.ts'
import type { Report, Result } from './report.ts'
import type { Secrets } from './secrets.ts'

/** What a command knows and learns, across the runs that it makes. */
export interface Desk {
  /** Inputs by name. */
  readonly values: Map<string, string>
  /** What a run remembers for its post step. */
  readonly state: Map<string, string>
  /** A file for the token that an operation makes; without one it is shown. */
  readonly tokenPath: string | undefined
  /** A dry run whose plan a person is to agree to. */
  planning?: boolean
  /** Of the last run. */
  report?: Report
  result?: Result
  summary?: string | undefined
}

export class Terminal extends Runner {
  readonly #desk: Desk
  readonly #secrets: Secrets

  constructor(desk: Desk, secrets: Secrets) {
    super(secrets)
    this.#desk = desk
    this.#secrets = secrets
  }

  override input(name: string): string {
    return this.#desk.values.get(name) ?? ''
  }

  /** Nobody masks a terminal: the redaction here is the only defence, and the secret is known to it. */
  override mask(): void {}

  override log(line: string): void {
    process.stdout.write(`${this.#line(line, 2000)}\n`)
  }

  override warn(line: string): void {
    this.log(`warning: ${line}`)
  }

  /** The summary, which comes last, says the same in more words. */
  override fail(line: string): void {
    if (this.#desk.summary === undefined) this.log(`error: ${line}`)
  }

  /** There is no next step to give outputs to. */
  override async output(result: Result): Promise<void> {
    this.#desk.result = result
  }

  override obstacle(): string | undefined {
    const { tokenPath } = this.#desk
    return tokenPath === undefined ? undefined : obstacleTo(tokenPath)
  }

  override async handOver(token: string): Promise<boolean> {
    const { tokenPath } = this.#desk
    if (tokenPath === undefined) {
      process.stdout.write(`DR operation token (shown here once): ${token}\n`)
      return true
    }
    let file: number
    try {
      // Not over a file that is there: it may be one that others read.
      file = openSync(tokenPath, 'wx', 0o600)
    } catch {
      return false
    }
    try {
      writeSync(file, `${token}\n`)
      closeSync(file)
      return true
    } catch {
      // A part of a token is no use to anybody.
      rmSync(tokenPath, { force: true })
      return false
    }
  }

  override async remember(name: string, value: string): Promise<void> {
    this.#desk.state.set(name, value)
  }

  override recall(name: string): string {
    return this.#desk.state.get(name) ?? ''
  }

  /** Kept until the log has ended: what stands last on a screen is what is read. */
  override async summarize(report: Report, reportPath: string): Promise<void> {
    const clean: Report = JSON.parse(this.#secrets.redact(JSON.stringify(report)))
    this.#desk.report = clean
    const { planning = false } = this.#desk
    // Where a question follows, it is what there is to do.
    const result = planning && clean.result?.outcome === 'planned' ? { ...clean.result, next: [] } : clean.result
    const shown = result === undefined ? clean : { ...clean, result }
    this.#desk.summary = this.#secrets.redact(renderText(shown, reportPath))
  }

  #line(line: string, longest: number): string {
    return printable(this.#secrets.redact(line), longest)
  }
}

/** Why a token can't go into a new file at this path, without a stop; undefined where it can. */
export function obstacleTo(path: string): string | undefined {
  if (path === '') return '--token-path is empty: name a new file for the token'
  try {
    // A link too, wherever it leads.
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      return 'what --token-path names is there already: name a new file for the token'
    accessSync(dirname(path), constants.W_OK | constants.X_OK)
    return undefined
  } catch {
    return '--token-path names a file in a folder that is not there, or that can not be written to'
  }
}

/** Whether somebody is there who can be asked. */
export const attended = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true

/**
 * Asks, and reads lines: one, or several up to an empty one.
 *
 * @returns undefined where there was no answer: the end of the input, Ctrl-C, or too late
 */
export function ask(
  question: string,
  how: { readonly hidden?: boolean; readonly several?: boolean; readonly until: AbortSignal },
): Promise<string | undefined> {
  const { hidden = false, several = false, until } = how
  if (until.aborted) return Promise.resolve(undefined)
  // What is typed is echoed by whatever is given as the output: for a secret, something that shows nothing.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({
    input: process.stdin,
    output: hidden ? nowhere : process.stderr,
    terminal: true,
    historySize: 0,
  })
  // Only now: what is typed as soon as the question is there must not be shown either.
  process.stderr.write(question)
  return new Promise((resolve) => {
    const said: string[] = []
    const end = (answer: string | undefined) => {
      until.removeEventListener('abort', stop)
      resolve(answer)
      lines.close()
      if (hidden || answer === undefined) process.stderr.write('\n')
    }
    const stop = () => end(undefined)
    until.addEventListener('abort', stop)
    lines.on('line', (line) => {
      if (several && line.trim() !== '') said.push(line.trim())
      else end(several ? said.join('\n') : line.trim())
    })
    // In raw mode Ctrl-C is a key: it is made what it is everywhere else.
    lines.on('SIGINT', () => process.emit('SIGINT'))
    lines.once('close', () => resolve(undefined))
  })
}
