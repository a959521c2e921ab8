/**
 * The simulator as a step of a job: the main step starts a set of clusters in a process of its own and gives their
 * addresses and tokens as outputs; the post step stops that process and tells what was asked of the clusters. The process
 * is this same file, started with the word `serve`. It listens on loopback alone, and ends by itself after some hours.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import * as core from '@actions/core'
import { startWorld, type World, type WorldOptions } from './world.ts'

/** As long as a job on a runner of GitHub may take at most, so that nothing outlives it. In ms. */
const LONGEST_LIFE = 6 * 3_600_000
/** For the clusters to be there, and for them to be gone. In ms. */
const START_WITHIN = 20_000
const STOP_WITHIN = 5000
/** The first word of the process's arguments that makes it the clusters themselves. */
const SERVE = 'serve'
const SIM = '+sim'
/** How much of what was asked is told in the log. */
const MOST_LINES = 200
const LONGEST_LINE = 200

/** Vault takes about that long for a change of role; long enough to be seen, short enough for a rehearsal. */
const WINDOWS = { demote: 700, promote: 900, attach: 700 }
const BEHIND = 200

interface Scenario {
  readonly options?: WorldOptions
  /** What happens to the clusters before anybody can ask them. */
  readonly begin?: (world: World) => void | Promise<void>
  /** The DR operation token that is given instead of the good one. */
  readonly drToken?: () => string
}

const SCENARIOS = {
  healthy: { options: { writesPerSecond: 20 } },
  lagging: { options: { lag: BEHIND, catchUpPerSecond: 20 } },
  'primary-lost': {
    options: { writesPerSecond: 20 },
    begin: (world) => world.primary.stop({ heartbeatAgeSeconds: 60 }),
  },
  'slow-promotion': { options: { windows: { ...WINDOWS, promote: 12_000 } } },
  'lost-answer': {
    begin: (world) => world.fault({ path: 'sys/replication/dr/secondary/promote', kind: 'reset-after', times: 1 }),
  },
  'never-catches-up': { options: { lag: BEHIND, catchUpPerSecond: 0 } },
  'wrong-token': { drToken: () => `hvb.${randomBytes(96).toString('base64url')}` },
} as const satisfies Record<string, Scenario>
type ScenarioName = keyof typeof SCENARIOS

const isScenario = (name: string): name is ScenarioName => Object.hasOwn(SCENARIOS, name)
const scenarioOf = (name: ScenarioName): Scenario => SCENARIOS[name]

/** What the process of the clusters tells the main step once they are there. */
interface Started {
  readonly outputs: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  /** The port where it can be asked to end, and the word that it takes for it. */
  readonly port: number
  readonly key: string
}

/** What the main step keeps for the post step. */
interface Kept extends Pick<Started, 'port' | 'key'> {
  readonly pid: number
}

/** What the process answers when it is asked to end. */
interface Ended {
  readonly pid: number
  readonly log: readonly string[]
}

/** The main step; or, in the process that it starts, the clusters. */
export async function main(cancelled: AbortSignal): Promise<void> {
  const [, , word, ...rest] = process.argv
  if (word === SERVE) return serve(rest, cancelled)
  const given = ['scenario', 'clusters', 'vault-version'].map((name) => core.getInput(name))
  const [scenario = '', clusters = '', version = ''] = given
  const mistakes = mistakesIn(scenario, clusters, version)
  if (mistakes.length > 0) {
    for (const mistake of mistakes) core.error(mistake)
    process.exitCode = 2
    return
  }
  try {
    const { pid, started } = await launch([scenario || 'healthy', clusters || '2', versionOf(version)], cancelled)
    const kept: Kept = { pid, port: started.port, key: started.key }
    for (const secret of [...started.secrets, started.key]) core.setSecret(secret)
    core.saveState('simulator', JSON.stringify(kept))
    for (const [name, value] of Object.entries(started.outputs)) core.setOutput(name, value)
    core.info('Simulated clusters: no real Vault is asked or changed.')
    for (const [name, value] of Object.entries(started.outputs))
      if (name.endsWith('-addr') || name.endsWith('-addrs'))
        core.info(`  ${name}: ${value.replaceAll('\n', ', ') || 'none'}`)
    core.info(`  scenario: ${scenario || 'healthy'}, version: ${versionOf(version)}`)
  } catch (error) {
    core.error(
      `The simulated clusters could not be started: ${error instanceof Error ? plain(error.message) : 'why is not known'}.`,
    )
    process.exitCode = 1
  }
}

/** The post step: the clusters end, and what was asked of them is told. Never a reason for a job to fail. */
export async function post(): Promise<void> {
  const text = core.getState('simulator')
  if (text === '') return
  const { pid, port, key }: Kept = JSON.parse(text)
  const answer = await ask(port, key)
  if (answer === undefined) {
    core.info('The simulated clusters are gone already.')
    return
  }
  const { pid: theirs, log }: Ended = JSON.parse(answer)
  for (const line of log) core.info(line)
  const until = performance.now() + STOP_WITHIN
  while (performance.now() < until && (await ask(port, '')) !== undefined) await pause(50)
  if ((await ask(port, '')) === undefined) return
  // It holds the word that only our process was given, and says that it is the one that the main step started.
  if (theirs === pid) process.kill(pid, 'SIGKILL')
  else core.warning(`The simulated clusters did not end, and are not process ${pid}: they end by themselves.`)
}

function mistakesIn(scenario: string, clusters: string, version: string): string[] {
  return [
    ...(scenario === '' || isScenario(scenario)
      ? []
      : [`scenario must be one of ${Object.keys(SCENARIOS).join(', ')}`]),
    ...(['', '2', '3'].includes(clusters) ? [] : ['clusters must be 2 or 3']),
    ...(/^(\d{1,3}(\.\d{1,3}){2}([-+][0-9A-Za-z.+-]{1,40})?)?$/.test(version)
      ? []
      : ['vault-version is not a version of Vault, like 1.21.1+ent']),
  ]
}

/** As given, with `+sim` at its end; DR replication is for Enterprise alone. */
function versionOf(given: string): string {
  const version = given === '' ? '1.21.1+ent' : given.replace(/\+sim$/, '')
  return `${version.includes('+ent') ? version : `${version}+ent`}${SIM}`
}

/** Starts the clusters' process, and lets go of it once it has told where they are. */
function launch(options: readonly string[], cancelled: AbortSignal): Promise<{ pid: number; started: Started }> {
  return new Promise((resolve, reject) => {
    const [node, file = ''] = process.argv
    // What the job may do, its secrets and its tokens are no concern of the clusters.
    const names = ['PATH', 'Path', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'RUNNER_TRACKING_ID', 'NODE_COMPILE_CACHE']
    const env = Object.fromEntries(
      names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    )
    const child = spawn(node ?? process.execPath, [file, SERVE, ...options], {
      cwd: tmpdir(),
      env,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const fail = (because: string) => {
      settle()
      child.kill('SIGKILL')
      reject(new Error(because))
    }
    const late = setTimeout(() => fail(`nothing was heard of them for ${START_WITHIN / 1000} s`), START_WITHIN)
    const cancel = () => fail('the step was cancelled')
    const settle = () => {
      clearTimeout(late)
      cancelled.removeEventListener('abort', cancel)
      child.removeAllListeners()
      if (child.connected) child.disconnect()
      child.unref()
    }
    cancelled.addEventListener('abort', cancel)
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code) => fail(`their process ended (${code ?? 'by a signal'})`))
    child.once('message', (text) => {
      const said: Started | { failed: string } = JSON.parse(String(text))
      if ('failed' in said || child.pid === undefined) fail('failed' in said ? said.failed : 'it has no id')
      else {
        settle()
        resolve({ pid: child.pid, started: said })
      }
    })
  })
}

/** The clusters' process: until it is asked to end, gets a signal, or has lived for hours. */
async function serve(options: readonly string[], cancelled: AbortSignal): Promise<void> {
  const tell = (what: Started | { failed: string }) => process.send?.(JSON.stringify(what))
  const [name = '', clusters, version = ''] = options
  try {
    if (!isScenario(name)) throw new Error('there is no such scenario')
    const scenario = scenarioOf(name)
    const world = await begin(scenario, Number(clusters), version)
    const { outputs, secrets } = handOut(world, scenario)
    const key = randomBytes(24).toString('base64url')
    await new Promise<void>((resolve) => {
      const control = createServer((incoming, response) => {
        const ours = incoming.headers.authorization === key
        const answer: Ended = { pid: process.pid, log: logOf(world, secrets) }
        response.writeHead(ours ? 200 : 403, { 'content-type': 'application/json', connection: 'close' })
        response.end(ours ? JSON.stringify(answer) : '{}', () => ours && end())
      })
      const end = () => {
        clearTimeout(life)
        control.close()
        control.closeAllConnections()
        resolve()
      }
      const life = setTimeout(end, LONGEST_LIFE)
      cancelled.addEventListener('abort', end)
      control.listen(0, '127.0.0.1', () => {
        const address = control.address()
        tell({ outputs, secrets, key, port: address !== null && typeof address === 'object' ? address.port : 0 })
      })
    })
    await world.close()
  } catch (error) {
    tell({ failed: error instanceof Error ? error.message : 'why is not known' })
    process.exitCode = 1
  }
}

async function begin(scenario: Scenario, clusters: number, version: string): Promise<World> {
  const born = Date.now()
  let late: number | undefined
  let asked = () => false
  // A lag melts from the clusters' first moment on: their clock stands still until somebody looks.
  const now = (): number => {
    if (late === undefined && !asked()) return born
    late ??= Date.now() - born
    return Date.now() - late
  }
  const still = scenario.options?.lag === undefined ? {} : { now }
  const world = await startWorld({ windows: WINDOWS, ...scenario.options, ...still, clusters, version })
  asked = () => world.requests.length > 0
  await scenario.begin?.(world)
  return world
}

function handOut(world: World, { drToken }: Scenario): Pick<Started, 'outputs' | 'secrets'> {
  const { primary, secondary, clusters, tokens, keyShares, ca } = world
  const token = drToken?.() ?? tokens.batch
  return {
    outputs: {
      'primary-addr': primary.addr,
      'secondary-addr': secondary.addr,
      'other-secondary-addrs': clusters
        .slice(2)
        .map(({ addr }) => addr)
        .join('\n'),
      'vault-token': tokens.operator,
      'dr-operation-token': token,
      'key-shares': keyShares.join('\n'),
      'ca-cert': ca,
    },
    secrets: [tokens.operator, token, ...keyShares],
  }
}

/** What was asked of the clusters, and what became of their roles. */
function logOf(world: World, secrets: readonly string[]): string[] {
  const { requests } = world
  const writes = world.writes()
  const time = (at: number) => new Date(at).toISOString().slice(11, 23)
  const clean = (line: string) => plain(secrets.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), line))
  const rows = writes.map(({ at, cluster, method, path, status }) =>
    clean(`  ${time(at)}  ${cluster}  ${method} ${path}  ${status === 0 ? 'no answer' : status}`),
  )
  const roles = world.history.map(
    ({ at, cluster, role }) =>
      `  ${time(at)}  ${cluster}  ${role === 'none' ? 'out of sight, changing its role' : role}`,
  )
  return [
    `The simulated clusters were asked ${requests.length} times; ${writes.length} of these could change replication:`,
    ...rows.slice(0, MOST_LINES),
    ...(rows.length > MOST_LINES ? [`  … and ${rows.length - MOST_LINES} more`] : []),
    'Who had which role when:',
    ...roles.slice(0, MOST_LINES),
    ...(roles.length > MOST_LINES ? [`  … and ${roles.length - MOST_LINES} more`] : []),
    `${world.primariesAtOnceMs()} ms with two primaries.`,
  ]
}

/** A line that is nothing but a line: whoever reaches the clusters wrote some of it. */
function plain(line: string): string {
  const text = line
    .replaceAll(/[^\x20-\x7e…]+/g, ' ')
    .replaceAll('::', ': :')
    .replaceAll('##[', '# # [')
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE - 1)}…` : text
}

/** Asks the clusters' process; with its key, to end. `undefined`: nobody is there, or somebody else. */
function ask(port: number, key: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    // No agent and no proxy: it is on this machine.
    const asking = request(
      { host: '127.0.0.1', port, method: 'POST', agent: false, headers: { authorization: key } },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (piece: string) => {
          if (text.length < 1_000_000) text += piece
        })
        answer.on('end', () => resolve(key === '' || answer.statusCode === 200 ? text : undefined))
        answer.on('error', () => resolve(undefined))
      },
    )
    asking.setTimeout(STOP_WITHIN, () => asking.destroy())
    asking.on('error', () => resolve(undefined))
    asking.end()
  })
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
