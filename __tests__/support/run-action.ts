/** The built action, started as the runner starts it: a process, an environment, files to write to. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Report } from '../../src/report.ts'
import type { World } from '../../src/simulator/world.ts'
import { readActionYml } from './action-yml.ts'

/** Texts by name; a name that is not there has none. */
export type Texts = Readonly<Record<string, string | undefined>>
export type Given = Texts

/** What a run left behind, as a person or a later step could find it. */
export interface Ran {
  readonly given: Given
  readonly step: 'main' | 'post'
  /** null where a signal ended it. */
  readonly code: number | null
  readonly outcome: string
  readonly outputs: Texts
  /** Standard output and standard error, as they came. */
  readonly log: string
  readonly summary: string
  readonly report: Report | undefined
  readonly state: Texts
  /** Every file that the run wrote, by name. */
  readonly files: Readonly<Record<string, string>>
  readonly ms: number
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ran>
  /** What it has logged so far. */
  log(): string
  /** Runs the post step after it, with the state it left. */
  post(): Promise<Ran>
  /** The same, while it goes on; the main step must have ended. */
  startPost(): Omit<Running, 'post' | 'startPost'>
}

export interface Circumstances {
  readonly env?: Readonly<Record<string, string>>
}

/** What Node made of the bundle is kept for the next start, which saves a third of it. */
const COMPILED = join(tmpdir(), 'vault-dr-failover-tests')
const DIST = { main: dist('index.js'), post: dist('post.js') }

/** The inputs for a simulated pair: one batch token is the only secret. */
export function pair(world: World): Record<string, string> {
  const [first, second] = [world.primary.addr, world.secondary.addr]
  return {
    'primary-addr': first,
    'secondary-addr': second,
    'dr-operation-token': world.tokens.batch,
    'ca-cert': world.ca,
    'client-cert': world.clientCertificate,
    'client-key': world.clientKey,
    timeout: '20s',
    'catch-up-timeout': '1s',
  }
}

/** A folder as a job has one: workspace, temp folder, and the files that a step writes to. */
export function openJob(): { readonly folder: string; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'job-'))
  return { folder, close: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Starts the main step; `folder` is the job's own, and must outlive it. */
export function startAction(folder: string, given: Given, circumstances: Circumstances = {}): Running {
  const main = launch('main', mkdtempSync(join(folder, 'step-')), given, circumstances, {})
  let state: Texts = {}
  void main.ended.then((ran) => {
    state = ran.state
  })
  const startPost = () => launch('post', mkdtempSync(join(folder, 'post-')), given, circumstances, state)
  return {
    ...main,
    startPost,
    post: async () => {
      await main.ended
      return startPost().ended
    },
  }
}

function launch(
  step: 'main' | 'post',
  folder: string,
  given: Given,
  { env = {} }: Circumstances,
  state: Texts,
): Omit<Running, 'post' | 'startPost'> {
  const files = { output: join(folder, 'output'), state: join(folder, 'state'), summary: join(folder, 'summary') }
  const temp = join(folder, 'temp')
  for (const path of Object.values(files)) writeFileSync(path, '')
  for (const path of [temp, join(folder, 'workspace')]) mkdirSync(path)
  const began = performance.now()
  const child = spawn(process.execPath, [DIST[step]], {
    cwd: join(folder, 'workspace'),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: COMPILED,
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTOR: 'octocat',
      GITHUB_REPOSITORY: 'acme/vault',
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_RUN_ID: '4711',
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_WORKFLOW: 'Failover',
      GITHUB_OUTPUT: files.output,
      GITHUB_STATE: files.state,
      GITHUB_STEP_SUMMARY: files.summary,
      RUNNER_TEMP: temp,
      ...inputs(given),
      ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])),
      ...env,
    },
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      log += text
    })
  }
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      const ms = performance.now() - began
      const outputs = commandFile(files.output)
      const left = { ...state, ...commandFile(files.state) }
      const report = read(outputs.report ?? left.report ?? '')
      resolve({
        given,
        step,
        code,
        outcome: outputs.outcome ?? '',
        outputs,
        log,
        summary: read(files.summary) ?? '',
        report: report === undefined ? undefined : JSON.parse(report),
        state: left,
        files: { ...everyFile(folder), ...(report === undefined ? {} : { report }) },
        ms,
      })
    })
  })
  return { child, ended, log: () => log }
}

/** The runner passes every input that action.yml declares: as given, or its default, or empty. */
function inputs(given: Given): Texts {
  const all: Record<string, string | undefined> = {}
  for (const [name, { default: text = '' }] of readActionYml('inputs')) all[name] = text
  for (const [name, text] of Object.entries(given)) all[name] = text
  return Object.fromEntries(
    Object.entries(all).map(([name, text]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, text]),
  )
}

/** A file of `name=value` lines and `name<<delimiter` blocks, as the runner reads it. */
function commandFile(path: string): Texts {
  const found: Record<string, string> = {}
  const lines = (read(path) ?? '').split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const [, name, delimiter] = /^([^=]+?)<<(.+)$/.exec(line) ?? []
    if (name !== undefined) {
      const end = lines.indexOf(delimiter ?? '', at + 1)
      if (end < 0) throw new Error(`a value without an end in ${path}`)
      found[name] = lines.slice(at + 1, end).join('\n')
      at = end
    } else if (line.includes('=')) {
      found[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1)
    } else if (line !== '') throw new Error(`a line that the runner would refuse: ${line}`)
  }
  return found
}

function everyFile(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name)
        return [path, readFileSync(path, 'utf8')]
      }),
  )
}

function read(path: string): string | undefined {
  try {
    // A named pipe would be waited for.
    return statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined
  } catch {
    // A run that was killed may not have got that far.
    return undefined
  }
}

function dist(name: string): string {
  return fileURLToPath(new URL(`../../dist/${name}`, import.meta.url))
}
