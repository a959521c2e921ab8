/**
 * The same program as a command, for when GitHub is down: flags are the inputs, secrets come from the environment or are
 * asked for, the log and the verdict go to the terminal, and the exit codes are the same. Before anything is changed it
 * makes a dry run, shows the plan, and has a person type the host that it is about.
 */
import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  address,
  hostOf,
  INPUTS,
  InvalidInputs,
  OPERATIONS,
  type Operation,
  readInputs,
  SECRET_INPUTS,
  yesOrNo,
} from './inputs.ts'
import { main } from './main.ts'
import { post } from './post.ts'
import { printable } from './printable.ts'
import { fill } from './render/text.ts'
import { OUTCOMES } from './report.ts'
import { Secrets } from './secrets.ts'
import { ask, attended, type Desk, obstacleTo, Terminal } from './terminal.ts'

type InputName = keyof typeof INPUTS
const NAMES = Object.keys(INPUTS).filter((name): name is InputName => Object.hasOwn(INPUTS, name))
const isInput = (name: string): name is InputName => Object.hasOwn(INPUTS, name)
const isSecret = (name: string): boolean => SECRET_INPUTS.some((secret) => secret === name)
/** Inputs that are yes or no: their flags need no value. */
const isSwitch = (name: InputName): boolean =>
  ['true', 'false'].every((text) => INPUTS[name].safeParse(text).success) && !INPUTS[name].safeParse('maybe').success
/** Inputs of one thing per line: their flags may be given several times. */
const LISTS: readonly string[] = ['other-secondary-addrs', 'override']
/** Operations that make a token, which has to go somewhere. */
const MAKES_TOKEN: readonly (string | undefined)[] = ['issue-operation-token', 'generate-operation-token']
/** Operations that begin with the cluster whose role they take, or that it is all about. */
const ABOUT_FROM: readonly Operation[] = ['demote', 'update-primary', 'revoke-secondary', 'issue-operation-token']
/** A plan that nobody says yes to for that long is an old plan. In ms. */
const ANSWER_WITHIN = 10 * 60_000

/** The variable that a secret comes from. */
export const variableOf = (name: string): string => `VAULT_DR_${name.toUpperCase().replaceAll('-', '_')}`

export interface Asked {
  readonly values: Map<string, string>
  readonly yes: boolean
  readonly help: boolean
  readonly tokenPath: string | undefined
  readonly mistakes: readonly string[]
}

/** @param cancelled is raised by Ctrl-C, or by whoever ends the command */
export async function cli(cancelled: AbortSignal): Promise<void> {
  // A terminal that is gone, or a pipe that has read enough, must not end a run in the middle.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const words = process.argv.slice(2)
  const { values, yes, help, tokenPath, mistakes } = readFlags(words)
  if (help || words.length === 0) {
    process.stdout.write(helpText())
    if (!help) process.exitCode = OUTCOMES.invalid
    return
  }
  if (mistakes.length > 0) return refuse(mistakes)
  for (const name of SECRET_INPUTS) {
    const secret = process.env[variableOf(name)]
    if (secret !== undefined) values.set(name, secret)
  }
  // A job without that permission is told of it by the run itself, when it has looked at the clusters.
  if (values.get('auth-method') === 'jwt' && (process.env.ACTIONS_ID_TOKEN_REQUEST_URL ?? '') === '')
    return refuse([
      'auth-method jwt logs in with an id token that GitHub signs for a job, and there is none here: use auth-method approle, or a Vault token',
    ])
  const desk: Desk = { values, state: new Map(), tokenPath }
  if (attended()) await askForSecrets(values, cancelled)
  if (cancelled.aborted) return refuse(['It was stopped before anything was sent.'])
  const operation = OPERATIONS.find((name) => name === values.get('operation'))
  const wrong = mistakesIn(values)
  if (wrong.length > 0) {
    // Told as the run tells it; and where secrets are to come from, which it does not know.
    await run(desk, cancelled)
    const missing = SECRET_INPUTS.filter((name) => wrong.some((mistake) => mistake.startsWith(`${name} is missing`)))
    if (missing.length > 0) say(`Secrets come from the environment: ${missing.map(variableOf).join(', ')}.`)
    return
  }
  const changes = operation !== 'status' && values.get('dry-run')?.toLowerCase() !== 'true'
  if (changes && MAKES_TOKEN.includes(operation) && tokenPath === undefined && process.stdout.isTTY !== true)
    return refuse([`${operation} makes a token: name a file for it with --token-path, or run it at a terminal.`])
  if (MAKES_TOKEN.includes(operation) && tokenPath !== undefined) {
    const obstacle = obstacleTo(tokenPath)
    if (obstacle !== undefined) return refuse([obstacle])
  }
  if (changes && !yes) {
    if (!attended())
      return refuse(['This changes clusters, and nobody is here to be asked: add --yes if you mean it, or --dry-run.'])
    if (!(await agreed(desk, cancelled))) return
  }
  await run(desk, cancelled)
}

/** One run as the runner would make it, main step and post step, with its summary at the end. */
async function run(desk: Desk, cancelled: AbortSignal): Promise<void> {
  const edge = (secrets: Secrets) => new Terminal(desk, secrets)
  desk.summary = undefined
  desk.state.clear()
  await main(cancelled, edge)
  show(desk)
  if (!unsettled(desk)) return
  say('It takes away what it made, and looks once more. Ctrl-C again leaves that.')
  desk.summary = undefined
  await post(another(), edge)
  show(desk)
}

function show({ summary = '' }: Desk): void {
  process.stdout.write(`\n${'-'.repeat(72)}\n${summary}`)
}

/** Something of this run is left behind, or its end is not known: what a post step is there for. */
function unsettled({ report, result, state }: Desk): boolean {
  if (report === undefined || result?.outcome === 'invalid') return false
  const made = (state.get('made') ?? '') !== ''
  const left = made || report.activations.length > 0 || Object.keys(report.attempts).length > 0
  return result?.outcome === 'unknown' || (report.cancelled === true && left)
}

/** A cancel of its own, for what comes after a cancel. */
function another(): AbortSignal {
  const again = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => again.abort())
  return again.signal
}

/* --------------------------------------------------------------------------------------------------------- the question */

/** Shows what would be done, and asks; true where a person typed the host. Sets the exit code where it ends here. */
async function agreed(desk: Desk, cancelled: AbortSignal): Promise<boolean> {
  const { values } = desk
  const { host, to } = hostsOf(values)
  // The person confirms by typing the host below; the plan is shown before.
  const confirm = values.get('confirm')
  values.set('confirm', confirm ?? to)
  values.set('dry-run', 'true')
  desk.planning = true
  await run(desk, cancelled)
  desk.planning = false
  values.delete('dry-run')
  if (confirm === undefined) values.delete('confirm')
  if (desk.result?.outcome !== 'planned' || cancelled.aborted) return false
  const until = AbortSignal.any([cancelled, AbortSignal.timeout(ANSWER_WITHIN)])
  const typed = await ask(`\nTo do this now, type ${host} (anything else stops): `, { until })
  if (typed?.toLowerCase() !== host) {
    say('Stopped: nothing was changed.')
    process.exitCode = OUTCOMES.blocked
    return false
  }
  if (confirm === undefined && host === to) values.set('confirm', typed)
  return true
}

/** The host that a person types to agree, and the one that `confirm` has to name. */
function hostsOf(values: ReadonlyMap<string, string>): { host: string; to: string } {
  const [primary = '', secondary = ''] = ['primary-addr', 'secondary-addr'].map((name) => {
    const read = address.safeParse((values.get(name) ?? '').trim())
    return read.success ? hostOf(read.data) : ''
  })
  const operation = OPERATIONS.find((name) => name === values.get('operation')) ?? 'status'
  const to = operation === 'failback' ? primary : secondary
  return { host: ABOUT_FROM.includes(operation) ? primary : to, to }
}

/** Asks for each secret that is missing, hidden, for as long as some are. */
async function askForSecrets(values: Map<string, string>, cancelled: AbortSignal): Promise<void> {
  const asked = new Set<string>()
  for (;;) {
    const missing = mistakesIn(values).flatMap((mistake) => {
      const [, name = '', why = ''] = /^([\w-]+) is missing: (.*)$/s.exec(mistake) ?? []
      return isSecret(name) && !asked.has(name) ? [{ name, why }] : []
    })
    // Instead of the token there may be shares to make it from.
    const [next = asked.has('dr-operation-token') && !values.has('dr-operation-token') ? SHARES : undefined] = missing
    if (next === undefined || asked.has(next.name) || cancelled.aborted) return
    asked.add(next.name)
    const several = next.name === 'key-shares'
    const hint = several ? 'one per line, an empty line ends' : 'not shown while you type; empty if there is none'
    say(fill(`${next.name}: ${next.why}.`))
    const answer = await ask(`${next.name} (${hint}): `, { hidden: true, several, until: cancelled })
    if (answer === undefined) return
    if (answer !== '') values.set(next.name, answer)
  }
}

const SHARES = { name: 'key-shares', why: 'unseal or recovery key shares, to make a DR operation token from' }

/** What a run would find wrong with these inputs. */
function mistakesIn(values: ReadonlyMap<string, string>): readonly string[] {
  const filled = new Map(values)
  // It is typed later, when the plan has been seen; or the run says that it is missing.
  if (attended() && !filled.has('confirm')) filled.set('confirm', hostsOf(values).to)
  try {
    readInputs(
      (name) => filled.get(name) ?? '',
      new Secrets(),
      () => undefined,
    )
    return []
  } catch (error) {
    if (error instanceof InvalidInputs) return error.mistakes
    throw error
  }
}

/* ------------------------------------------------------------------------------------------------------------ the flags */

/** Reads the command line. What stands in it is never repeated, but for names of flags: it may be a secret gone astray. */
export function readFlags(words: readonly string[]): Asked {
  const values = new Map<string, string>()
  const mistakes: string[] = []
  let [yes, help] = [false, false]
  let tokenPath: string | undefined
  const take = (name: string, value: string) => {
    const before = values.get(name)
    if (before === undefined) values.set(name, value)
    else if (LISTS.includes(name)) values.set(name, `${before}\n${value}`)
    else mistakes.push(`${name} is given twice`)
  }
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const [, name, value] = /^--?([A-Za-z][A-Za-z0-9-]*)(?:=(.*))?$/s.exec(word) ?? []
    const next = words[at + 1]
    if (name === undefined) {
      const operation = OPERATIONS.find((known) => known === word)
      if (operation !== undefined) take('operation', operation)
      else mistakes.push(`argument ${at + 1} is neither an operation (${OPERATIONS.join(', ')}) nor a flag`)
    } else if (['yes', 'y', 'help', 'h'].includes(name)) {
      const is = value === undefined ? true : yesOrNo.safeParse(value).data
      if (is === undefined) mistakes.push(`--${name} must be true or false`)
      else if (name.startsWith('y')) yes = is
      else help = is
    } else if (isSecret(name)) {
      mistakes.push(
        `--${name} is no flag, since everybody on this machine can read a command line: give it as ${variableOf(name)} in the environment, or leave it out to be asked for it. What you typed may be in your shell's history: replace it`,
      )
      // Whatever follows belongs to it.
      if (value === undefined && next !== undefined && !next.startsWith('--')) at += 1
    } else if (name !== 'token-path' && !isInput(name)) {
      mistakes.push(`there is no flag ${/^[a-z-]{1,40}$/.test(name) ? `--${name}` : `like argument ${at + 1}`}`)
      if (value === undefined && next !== undefined && !next.startsWith('-')) at += 1
    } else if (isInput(name) && isSwitch(name)) take(name, value ?? 'true')
    else if (value === undefined && (next === undefined || next.startsWith('--')))
      mistakes.push(`--${name} needs a value`)
    else {
      const given = value ?? next ?? ''
      if (value === undefined) at += 1
      if (name === 'token-path') tokenPath = given
      else take(name, given)
    }
  }
  return { values, yes, help, tokenPath, mistakes }
}

function refuse(mistakes: readonly string[]): void {
  for (const mistake of mistakes) say(`error: ${fill(mistake, '       ')}`)
  say('Nothing was sent. See --help.')
  process.exitCode = OUTCOMES.invalid
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/* ------------------------------------------------------------------------------------------------------------- the help */

/** Made from the inputs; what each is for stands in action.yml, beside which the bundle is kept. */
function helpText(): string {
  const about = descriptions()
  const entry = (left: string, text: string) => (text === '' ? `  ${left}` : `  ${left}\n      ${fill(text, '      ')}`)
  const flag = (name: InputName) => {
    const fallback = INPUTS[name].safeParse(undefined)
    const shape = isSwitch(name) ? '' : LISTS.includes(name) ? ' <value>   (may be given several times)' : ' <value>'
    const { description = '', standard = '' } = about.get(name) ?? {}
    const told =
      fallback.success && standard !== '' && standard !== 'false' ? `${description} Default: ${standard}.` : description
    return entry(`--${name}${shape}`, told)
  }
  const flags = NAMES.filter((name) => name !== 'operation' && !isSecret(name))
  return `${[
    'Fails a HashiCorp Vault Enterprise DR pair over: the GitHub Action "Vault DR Failover" as a command.',
    'Usage: node dist/cli.js <operation> --primary-addr <url> --secondary-addr <url> [flags]',
    `Operations:\n  ${fill(OPERATIONS.join(', '), '  ')}`,
    [
      'Flags of the command:',
      entry('--yes', 'Do not ask. Without it the plan is shown (by a dry run), and the host has to be typed.'),
      entry(
        '--token-path <file>',
        'For operations that make a token: a new file for it. Without it the token is shown.',
      ),
      entry('--help', ''),
    ].join('\n'),
    ['Flags that are the inputs of the action:', ...flags.map(flag)].join('\n'),
    [
      'Secrets, from the environment alone; those that are missing are asked for at a terminal:',
      ...SECRET_INPUTS.map((name) => entry(variableOf(name), about.get(name)?.description ?? '')),
    ].join('\n'),
    `Exit codes:\n  ${fill(
      Object.entries(OUTCOMES)
        .map(([outcome, code]) => `${code} ${outcome}`)
        .join(', '),
      '  ',
    )}\n  ${fill('status: 1 where --fail-on says so. A question that is not answered with the host: 10.', '  ')}`,
    'Ctrl-C cancels: nothing new is begun, but for the promotion that ends a state without a primary.',
  ].join('\n\n')}\n`
}

/** What action.yml says of each input: its form is known, so that no parser is loaded for it. Empty where it is not there. */
function descriptions(): Map<string, { description: string; standard: string }> {
  const told = new Map<string, { description: string; standard: string }>()
  try {
    const file = join(dirname(realpathSync(process.argv[1] ?? '')), '..', 'action.yml')
    const [, inputs = ''] = /^inputs:\n([\s\S]*?)^\w/m.exec(readFileSync(file, 'utf8')) ?? []
    for (const [, name = '', fields = ''] of inputs.matchAll(/^ {2}([\w-]+):\n((?: {4}.*\n)+)/gm)) {
      const [, text = ''] = /^ {4}description: ((?:.*\n)(?: {6}.*\n)*)/m.exec(fields) ?? []
      const [, standard = ''] = /^ {4}default: (.*)$/m.exec(fields) ?? []
      told.set(name, { description: scalar(text), standard: scalar(standard) })
    }
  } catch {
    // Without the file the names must do.
  }
  return told
}

const scalar = (text: string): string =>
  printable(text.replace(/^>-?/, ''), 1000)
    .replace(/^'(.*)'$/, '$1')
    .replaceAll("''", "'")
    .replaceAll('`', '')
    .trim()
