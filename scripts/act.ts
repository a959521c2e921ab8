/** `act`, a runner of GitHub workflows that is not ours: where it is, and one run of a workflow by it on this machine itself. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { z } from 'zod'
import { peer } from './peer-build.ts'

const root = join(import.meta.dirname, '..')
const OURS = 'your-org/vault-dr-failover'
/** What the reader of a document writes in the place of `<full commit SHA>`. */
export const SHA = '0123456789abcdef0123456789abcdef01234567'
/** For one workflow; and, where that is over, for its post steps. In ms. */
const WITHIN = 180_000
const END_WITHIN = 15_000

/** A line of `act --json`: what happens, to which step of which job. */
const line = z.object({
  msg: z.string().optional(),
  job: z.string().optional(),
  stage: z.string().optional(),
  stepID: z.array(z.string()).optional(),
  stepResult: z.string().optional(),
  jobResult: z.string().optional(),
  command: z.string().optional(),
  name: z.string().optional(),
  arg: z.string().optional(),
  content: z.string().optional(),
  raw_output: z.boolean().optional(),
})
type Line = z.output<typeof line>

/** A workflow that has been run. */
export interface Ran {
  readonly code: number | null
  readonly lines: readonly Line[]
  /** What was said beside the log: why a workflow could not be begun. */
  readonly errors: string
}

export interface Asked {
  /** The file of a workflow in `folder`, which act takes for the repository. */
  readonly workflow: string
  readonly folder: string
  readonly event?: string
  readonly job?: string
  readonly inputs?: Readonly<Record<string, string>>
  readonly vars?: Readonly<Record<string, string>>
  readonly secrets?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** Other repositories than ours by name and ref, each a folder. */
  readonly repositories?: Readonly<Record<string, string>>
  /** Programs that stand in for those of GitHub's runners. */
  readonly path?: string
  /** Default true. False: act masks nothing, so that what is not seen was redacted by the step itself. */
  readonly masks?: boolean
}

/** The files of the checkout as they are now, as a repository of its own; and what act and the steps may write to. */
export class Place {
  readonly #act: string
  readonly #stopped: AbortSignal
  readonly #folder = mkdtempSync(join(tmpdir(), 'runner-'))
  /** This repository. */
  readonly ours = join(this.#folder, 'ours')

  /** @param stopped ends a run */
  constructor(act: string, stopped: AbortSignal) {
    this.#act = act
    this.#stopped = stopped
    const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
    for (const file of files.toString().split('\0').filter(Boolean)) {
      // One that was deleted is still in git's list.
      if (existsSync(join(root, file))) cpSync(join(root, file), join(this.ours, file))
    }
    this.#commit(this.ours, OURS)
  }

  /** Somebody else's repository, with these files. */
  repository(files: Readonly<Record<string, string>>): string {
    return this.#filled(mkdtempSync(join(this.#folder, 'theirs-')), files, 'acme/vault')
  }

  /** This repository once more, with other files in the place of some. */
  copy(files: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(join(this.#folder, 'copy-'))
    cpSync(this.ours, folder, { recursive: true, filter: (path) => path !== join(this.ours, '.git') })
    return this.#filled(folder, files, OURS)
  }

  #filled(folder: string, files: Readonly<Record<string, string>>, repository: string): string {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text, { mode: 0o755 })
    }
    this.#commit(folder, repository)
    return folder
  }

  /** What act says of a repository comes from git. */
  #commit(folder: string, name: string): void {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'ignore', env: this.#env() })
    git('init', '--initial-branch=main')
    git('add', '--all', '--force')
    git('-c', 'user.name=runner', '-c', 'user.email=runner@example.com', 'commit', '--message=As it is')
    git('remote', 'add', 'origin', `https://github.com/${name}.git`)
  }

  /** Nothing of the surroundings but the way to the programs: no home of anybody, no token. */
  #env(path = ''): Record<string, string> {
    const { PATH = '' } = process.env
    return {
      PATH: [path, dirname(process.execPath), PATH].filter(Boolean).join(delimiter),
      HOME: this.#folder,
      XDG_CACHE_HOME: join(this.#folder, 'cache'),
      XDG_CONFIG_HOME: join(this.#folder, 'config'),
      TMPDIR: this.#folder,
      GIT_CONFIG_NOSYSTEM: '1',
    }
  }

  async run(asked: Asked): Promise<Ran> {
    const { workflow, folder, event = 'workflow_dispatch', job, repositories = {}, path, masks = true } = asked
    const pairs = (flag: string, given: Readonly<Record<string, string>> = {}) =>
      Object.entries(given).flatMap(([name, value]) => [flag, `${name}=${value}`])
    const { secrets = {} } = asked
    const args = [
      event,
      '--json',
      '--no-cache-server',
      '--use-new-action-cache',
      '--matrix=os:ubuntu-24.04',
      ...['ubuntu-latest', 'ubuntu-24.04'].map((label) => `--platform=${label}=-self-hosted`),
      `--action-cache-path=${join(this.#folder, 'actions')}`,
      `--artifact-server-path=${join(this.#folder, 'artifacts')}`,
      `--workflows=${join(folder, workflow)}`,
      ...[SHA, 'v0'].map((ref) => `--local-repository=${OURS}@${ref}=${this.ours}`),
      ...pairs('--local-repository', repositories),
      ...pairs('--input', asked.inputs),
      ...pairs('--var', asked.vars),
      ...pairs('--env', asked.env),
      // Their values come by the environment: everybody can read a command line.
      ...Object.keys(secrets).map((name) => `--secret=${name}`),
      ...(job === undefined ? [] : [`--job=${job}`]),
      ...(masks ? [] : ['--insecure-secrets']),
    ]
    const child = spawn(this.#act, args, {
      cwd: folder,
      env: { ...this.#env(path), ...secrets },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what it has begun ends with it.
      detached: true,
    })
    // First so that the post steps still run: they end what the workflow has begun, which is in groups of its own.
    const stop = () => {
      child.kill('SIGTERM')
      kill ??= setTimeout(() => {
        try {
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
        } catch {
          // It is gone already, which is what was wanted.
        }
      }, END_WITHIN)
    }
    let kill: NodeJS.Timeout | undefined
    const late = setTimeout(stop, WITHIN)
    this.#stopped.addEventListener('abort', stop)
    let [out, errors] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    }).finally(() => {
      clearTimeout(late)
      clearTimeout(kill)
      this.#stopped.removeEventListener('abort', stop)
    })
    const lines = out.split('\n').flatMap((text) => (text.startsWith('{') ? [line.parse(JSON.parse(text))] : []))
    return { code, lines, errors }
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/**
 * Where act is: ACT_BIN, else `act` of the PATH, else the one of peer/act, built within so many minutes if it is not there.
 *
 * @returns the exit code of the build where that came to nothing
 */
export function findAct(minutes: number): string | number {
  const given = process.env.ACT_BIN
  if (given) return given
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder !== '' && existsSync(join(folder, 'act'))) return join(folder, 'act')
  }
  const { binary } = peer('act')
  if (existsSync(binary)) return binary
  const build = ['scripts/peer-build.ts', 'act', '--minutes', String(minutes)]
  const { status } = spawnSync(process.execPath, build, { cwd: root, stdio: 'inherit' })
  return status === 0 ? binary : (status ?? 1)
}
