/**
 * Measures the built action against simulated clusters on loopback and prints ratios, each taken within one run on one
 * machine; medians of five rounds. Run by `npm run bench`, which builds first, and which writes docs/performance.md.
 * `--quick` is a smoke run of one round and writes nothing.
 *
 * The action and the scripts run as processes of their own, as a runner starts them; the clusters live in this one.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from '../src/report.ts'
import { startWorld, type World } from '../src/simulator/world.ts'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 1 : 5
/** Each start is a tenth of a second, and a few ms are what is looked for. */
const STARTS = quick ? 3 : 25
/** How long the simulated servers themselves take, in ms. */
const WINDOWS = quick ? { demote: 200, promote: 300, attach: 200 } : { demote: 2000, promote: 3000, attach: 2000 }
const ALL_WINDOWS = WINDOWS.demote + WINDOWS.promote + WINDOWS.attach
const FLEETS = quick ? [10, 100] : [10, 100, 1000]
/** How long each call of a fleet takes at its server, in ms. */
const CALL = 20
/** A child that has not ended by then is killed, and the run has failed. In ms. */
const LONGEST = 120_000

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const temporary = mkdtempSync(join(tmpdir(), 'vault-dr-bench-'))

/** Kept by the process itself at its end: what its parent used before is in no figure of it. */
const WATCHED = join(temporary, 'watched.mjs')
writeFileSync(
  WATCHED,
  `import { readFileSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
const loaded = []
if (process.env.BENCH_LOADED) registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
process.on('exit', () => {
  let peak = process.resourceUsage().maxRSS
  try { peak = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) } catch {}
  writeFileSync(process.env.BENCH_WATCHED, JSON.stringify({ peak: peak * 1024, loaded }))
})
`,
)

interface Watched {
  /** Largest resident set, in bytes. */
  readonly peak: number
  /** URLs of what was loaded. */
  readonly loaded: readonly string[]
}

interface Ran {
  readonly ms: number
  readonly exitCode: number | null
  readonly errors: string
}

interface Failover {
  readonly ms: number
  readonly report: Report
  readonly requests: number
  readonly connections: number
  readonly watched: Watched
}

interface Figure {
  readonly what: string
  readonly value: string
  readonly wanted: string
  /** Undefined where nothing is asked of it. */
  readonly so: boolean | undefined
}

const figures: Figure[] = []

/** Prints a figure as soon as it is known. */
function tell(what: string, value: string, wanted = '', so?: boolean): void {
  figures.push({ what, value, wanted, so })
  const verdict = so === undefined ? '' : so ? `  (wanted ${wanted}: yes)` : `  (wanted ${wanted}: NO)`
  console.log(`  ${what.padEnd(72)} ${value}${verdict}`)
}

try {
  const { length: cores } = cpus()
  const machine = `${cores} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}`
  const load = loadavg()[0] ?? 0
  console.log(
    `${machine}; load at the start ${load.toFixed(1)}; ${ROUNDS} rounds${quick ? ', quick: a smoke run' : ''}`,
  )
  if (load > cores / 2) console.log('The machine is busy with something else: figures in ms come out too high.')
  await startUp()
  await failovers()
  await fleets()
  if (!quick) {
    const file = join(root, 'docs', 'performance.md')
    mkdirSync(join(root, 'docs'), { recursive: true })
    writeFileSync(file, page(machine, load))
    console.log('Written to docs/performance.md')
  }
} finally {
  rmSync(temporary, { recursive: true, force: true })
}

/* ----------------------------------------------------------------------------------------------------------- start-up */

/** From the start of the process to the first byte that a Vault gets, beside a process that does nothing. */
async function startUp(): Promise<void> {
  console.log('\n== Start-up ==')
  const empty = join(temporary, 'empty.mjs')
  writeFileSync(empty, '')
  const nothing: number[] = []
  const first: number[] = []
  let seen = (_at: number): void => {}
  const server = createServer((_request, response) => response.destroy())
  server.on('connection', (socket) => {
    socket.once('data', () => seen(performance.now()))
    socket.on('error', () => undefined)
  })
  const port = await listen(server, '127.0.0.1')
  const inputs = {
    operation: 'failover',
    'primary-addr': `http://127.0.0.1:${port}`,
    'secondary-addr': `http://localhost:${port}`,
    'vault-token': 'hvb.of-no-use-to-anybody',
    'dr-operation-token': 'hvb.of-no-use-to-anybody',
    'report-path': join(temporary, 'start.json'),
  }
  for (let round = 0; round < STARTS; round += 1) {
    nothing.push((await run(process.execPath, [empty], {})).ms)
    const byte = new Promise<number>((resolve) => {
      seen = resolve
    })
    const began = performance.now()
    const child = spawn(process.execPath, [join(dist, 'index.js')], { env: environment(inputs), stdio: 'ignore' })
    const ended = new Promise<void>((resolve, reject) => child.on('exit', () => resolve()).on('error', reject))
    const at = await Promise.race([
      byte,
      ended.then(() => {
        throw new Error('The action ended before it sent anything.')
      }),
    ])
    first.push(at - began)
    child.kill('SIGKILL')
    await ended
  }
  await close(server)
  const over = median(first) - median(nothing)
  tell('an empty node process, from start to end', ms(median(nothing)))
  tell('the action, from start to the first byte on the wire', ms(median(first)))
  tell('what it takes beyond the empty process', ms(over), '≤ 35 ms', over <= 35)
}

/* ---------------------------------------------------------------------------------------------------------- failovers */

/** The same failover by the action and by two scripts. */
async function failovers(): Promise<void> {
  console.log(
    `\n== A planned failover; the servers themselves take ${WINDOWS.demote} + ${WINDOWS.promote} + ${WINDOWS.attach} ms ==`,
  )
  const missing = []
  for (const tool of ['bash', 'curl', 'jq']) if (!(await exists(tool))) missing.push(tool)
  const ours: Failover[] = []
  const careful: { ms: number; requests: number; connections: number }[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await byAction())
    if (missing.length === 0) careful.push(await byScript('careful-failover.sh'))
  }
  const whole = median(ours.map((one) => one.ms))
  const ratio = whole / ALL_WINDOWS
  tell('whole failover, process and all', ms(whole))
  tell('… ÷ the windows', ratio.toFixed(3), '≤ 1.05', quick ? undefined : ratio <= 1.05)
  const gap = median(ours.map(({ report }) => unserved(report) - WINDOWS.demote - WINDOWS.promote))
  tell('demotion sent to new primary serving, beyond the two windows', ms(gap), '≤ 60 ms', gap <= 60)
  for (const name of ['demote', 'promote', 'follow'] as const) {
    const window = name === 'follow' ? WINDOWS.attach : WINDOWS[name]
    const spent = ours.map(({ report }) => {
      const step = stepOf(report, name)
      return { before: (step.sentAt ?? 0) - (step.since ?? 0), after: (step.until ?? 0) - (step.sentAt ?? 0) - window }
    })
    const [before, after] = [median(spent.map((one) => one.before)), median(spent.map((one) => one.after))]
    tell(`step ${name}: until its write is sent, and from its effect to our seeing it`, `${ms(before)}, ${ms(after)}`)
  }
  tell('requests of a failover', String(median(ours.map((one) => one.requests))))
  tell('connections of a failover', String(median(ours.map((one) => one.connections))))
  const [one] = ours
  const used = new Set(one?.watched.loaded.filter((url) => url.includes('/dist/')))
  const names = readdirSync(dist)
  const size = (name: string) => statSync(join(dist, name)).size
  const loaded = sum(names.filter((name) => [...used].some((url) => url.endsWith(`/dist/${name}`))).map(size))
  const all = sum(names.map(size))
  tell('bytes of dist/ that a failover loads', mb(loaded), '≤ 2.4 MB', loaded <= 2_400_000)
  tell('bytes of dist/ in all', mb(all), '≤ 5 MB', all <= 5_000_000)

  if (missing.length > 0) {
    tell('the same by curl and jq', `SKIPPED: no ${missing.join(', no ')} here`)
    return
  }
  const script = median(careful.map((run) => run.ms))
  const times = (script - ALL_WINDOWS) / (whole - ALL_WINDOWS)
  tell('the same by a careful script of curl and jq', ms(script))
  tell('… what it spends beyond the windows ÷ what ours does', times.toFixed(1), '≥ 5', quick ? undefined : times >= 5)
  tell('… requests, each on a connection of its own', String(median(careful.map((run) => run.requests))))
  // They do nothing but sleep, so they may sleep side by side; nothing else is measured meanwhile.
  const fixed = await Promise.all(Array.from({ length: ROUNDS }, () => byScript('fixed-sleep-failover.sh')))
  const slept = median(fixed.map((run) => run.ms))
  tell('the same with fixed sleeps', ms(slept))
  tell('… ÷ ours', (slept / whole).toFixed(1), '≥ 3', quick ? undefined : slept / whole >= 3)
}

function newWorld(): Promise<World> {
  return startWorld({ windows: WINDOWS, writesPerSecond: 20 })
}

async function byAction(): Promise<Failover> {
  const world = await newWorld()
  try {
    const { primary, secondary, tokens, ca } = world
    const path = join(temporary, 'failover.json')
    const ran = await action(
      {
        operation: 'failover',
        'primary-addr': primary.addr,
        'secondary-addr': secondary.addr,
        'ca-cert': ca,
        'vault-token': tokens.operator,
        'dr-operation-token': tokens.batch,
        'report-path': path,
      },
      true,
    )
    const report: Report = JSON.parse(readFileSync(path, 'utf8'))
    const done = ran.exitCode === 0 && report.result?.outcome === 'done' && secondary.role() === 'primary'
    if (!done) throw new Error(`The failover ended as ${report.result?.outcome ?? 'nothing'}. ${ran.errors}`)
    return { ...ran, report, ...traffic(world) }
  } finally {
    await world.close()
  }
}

async function byScript(name: string): Promise<{ ms: number; requests: number; connections: number }> {
  const world = await newWorld()
  try {
    const { primary, secondary, tokens, ca } = world
    const ca_cert = join(temporary, `ca-${new URL(primary.addr).port}.pem`)
    writeFileSync(ca_cert, ca)
    const ran = await run('bash', [join(import.meta.dirname, name)], {
      A_ADDR: primary.addr,
      B_ADDR: secondary.addr,
      TOKEN: tokens.batch,
      SECONDARY_ID: 'site-a',
      CA_CERT: ca_cert,
    })
    const done = ran.exitCode === 0 && secondary.role() === 'primary' && primary.state() === 'stream-wals'
    if (!done) throw new Error(`${name} did not fail over (exit code ${ran.exitCode}). ${ran.errors}`)
    return { ms: ran.ms, ...traffic(world) }
  } finally {
    await world.close()
  }
}

function traffic({ requests }: World): { requests: number; connections: number } {
  return { requests: requests.length, connections: new Set(requests.map(({ connection }) => connection)).size }
}

function stepOf(report: Report, name: string): Report['steps'][number] {
  const [step] = report.steps.filter((one) => one.name === name)
  if (step === undefined) throw new Error(`The report tells nothing of ${name}.`)
  return step
}

/** From the demotion's being sent to the new primary's being seen to serve, by the report. */
function unserved(report: Report): number {
  return (stepOf(report, 'promote').until ?? Number.NaN) - (stepOf(report, 'demote').sentAt ?? Number.NaN)
}

/* -------------------------------------------------------------------------------------------------------------- fleets */

/** `status` of fleets whose every cluster has an address of its own. */
async function fleets(): Promise<void> {
  console.log(`\n== Status of a fleet; each call takes ${CALL} ms at the server ==`)
  const answers = await bodies()
  // The address that was asked says which cluster it is: 127.1.x.y is a primary, 127.2.x.y its secondary.
  let hangFrom = Number.POSITIVE_INFINITY
  let calls = 0
  const listener: RequestListener = (request, response) => {
    calls += 1
    const [, kind, high, low] = (request.socket.localAddress ?? '').replace('::ffff:', '').split('.').map(Number)
    if ((high ?? 0) * 250 + (low ?? 0) - 1 >= hangFrom) return
    const { status, health } = kind === 1 ? answers.primary : answers.secondary
    const answer = request.url?.startsWith('/v1/sys/health') ? health : status
    setTimeout(() => {
      response.writeHead(answer.status, { 'content-type': 'application/json' })
      response.end(answer.body)
    }, CALL)
  }
  const port = await freePort()
  const servers: Server[] = []
  const largest = Math.max(...FLEETS)
  try {
    for (let pair = 0; pair < largest; pair += 1) {
      for (const kind of [1, 2]) {
        const server = createServer({ keepAliveTimeout: 60_000 }, listener)
        servers.push(server)
        await listen(server, addressOf(kind, pair), port)
      }
    }
  } catch {
    for (const server of servers) await close(server)
    tell('fleets', 'SKIPPED: this machine does not take all of 127.0.0.0/8 as its own')
    return
  }
  const look = async (pairs: number, hanging: number) => {
    hangFrom = pairs - hanging
    calls = 0
    const file = join(temporary, 'fleet.json')
    const url = (kind: number, pair: number) => `http://${addressOf(kind, pair)}:${port}`
    const fleet = Array.from({ length: pairs }, (_, pair) => ({
      name: `pair-${pair}`,
      'primary-addr': url(1, pair),
      'secondary-addr': url(2, pair),
    }))
    writeFileSync(file, JSON.stringify(fleet, null, 1))
    const path = join(temporary, 'fleet-report.json')
    const ran = await action({ operation: 'status', fleet: file, 'fail-on': 'never', 'report-path': path }, false)
    const report: Report = JSON.parse(readFileSync(path, 'utf8'))
    const healthy = report.fleet?.filter(({ health }) => health === 'healthy').length
    if (healthy !== pairs - hanging || report.fleet?.length !== pairs)
      throw new Error(`${healthy} of ${pairs} pairs were found healthy; ${pairs - hanging} are. ${ran.errors}`)
    return { ms: ran.ms, peak: ran.watched.peak, calls }
  }
  const kinds = [...FLEETS.map((pairs) => ({ pairs, hanging: 0 })), { pairs: largest, hanging: largest / 2 }]
  const found = kinds.map((kind) => ({ ...kind, ran: [] as Awaited<ReturnType<typeof look>>[] }))
  try {
    for (let round = 0; round < ROUNDS; round += 1)
      for (const { pairs, hanging, ran } of found) ran.push(await look(pairs, hanging))
  } finally {
    for (const server of servers) await close(server)
  }
  const least = median(found[0]?.ran.map(({ peak }) => peak) ?? [])
  for (const { pairs, hanging, ran } of found) {
    const [time, more] = [median(ran.map((one) => one.ms)), median(ran.map(({ peak }) => peak)) - least]
    const name = hanging > 0 ? `${pairs} pairs, of which ${hanging} hang` : `${pairs} pairs`
    const asked = hanging === 0 && pairs === 1000
    tell(`${name}: time`, ms(time), '≤ 5000 ms', asked ? time <= 5000 : undefined)
    if (pairs === FLEETS[0]) tell(`${name}: memory at most`, mib(least))
    else
      tell(`${name}: memory beyond ${FLEETS[0]} pairs`, mib(more), '≤ 80 MiB', asked ? more <= 80 * 2 ** 20 : undefined)
    tell(`${name}: requests`, String(median(ran.map((one) => one.calls))))
  }
}

function addressOf(kind: number, pair: number): string {
  return `127.${kind}.${Math.floor(pair / 250)}.${(pair % 250) + 1}`
}

interface Body {
  readonly status: number
  readonly body: string
}

/** What the clusters of a healthy pair say, taken from a simulated one. */
async function bodies(): Promise<Record<'primary' | 'secondary', { status: Body; health: Body }>> {
  const world = await startWorld({ tls: false })
  const ask = async (addr: string, path: string): Promise<Body> => {
    const answer = await fetch(`${addr}/v1/${path}`)
    return { status: answer.status, body: await answer.text() }
  }
  const both = async (addr: string) => ({
    status: await ask(addr, 'sys/replication/dr/status'),
    health: await ask(addr, 'sys/health'),
  })
  try {
    return { primary: await both(world.primary.addr), secondary: await both(world.secondary.addr) }
  } finally {
    await world.close()
  }
}

/* ----------------------------------------------------------------------------------------------------------- processes */

/** The built action, as the runner starts it, and what it says of itself at its end. */
async function action(inputs: Record<string, string>, load: boolean): Promise<Ran & { watched: Watched }> {
  const file = join(temporary, 'watched.json')
  rmSync(file, { force: true })
  const env = { BENCH_WATCHED: file, ...(load ? { BENCH_LOADED: '1' } : {}) }
  const ran = await run(process.execPath, ['--import', WATCHED, join(dist, 'index.js')], {
    ...environment(inputs),
    ...env,
  })
  const watched: Watched = JSON.parse(readFileSync(file, 'utf8'))
  return { ...ran, watched }
}

/** What a runner sets, for these inputs. */
function environment(inputs: Record<string, string>): Record<string, string> {
  const files = Object.fromEntries(
    ['OUTPUT', 'STATE', 'STEP_SUMMARY'].map((name) => {
      const path = join(temporary, name)
      writeFileSync(path, '')
      return [`GITHUB_${name}`, path]
    }),
  )
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])
  return { GITHUB_ACTIONS: 'true', RUNNER_TEMP: temporary, ...files, ...Object.fromEntries(given) }
}

/** Runs a command to its end, with nothing of this process's environment but the path: no proxy, no options for Node. */
async function run(command: string, args: readonly string[], env: Record<string, string>): Promise<Ran> {
  const began = performance.now()
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LONGEST,
  })
  const ended = new Promise<{ exitCode: number | null; at: number }>((resolve, reject) =>
    child.on('exit', (exitCode) => resolve({ exitCode, at: performance.now() })).on('error', reject),
  )
  const [{ exitCode, at }, errors] = await Promise.all([ended, text(child.stderr)])
  return { ms: at - began, exitCode, errors }
}

async function exists(tool: string): Promise<boolean> {
  try {
    return (await run(tool, ['--version'], {})).exitCode === 0
  } catch {
    return false
  }
}

async function listen(server: Server, host: string, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  return portOf(server.address())
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address.port
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server, '127.0.0.1')
  await close(server)
  return port
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await sleep(0)
}

/* ------------------------------------------------------------------------------------------------------------- figures */

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]]
  return (low + high) / 2
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function ms(value: number): string {
  return `${Math.round(value)} ms`
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`
}

/** The figures as a page. */
function page(machine: string, load: number): string {
  const rows = figures.map(
    ({ what, value, wanted, so }) =>
      `| ${what} | ${value} | ${so === undefined ? '' : wanted} | ${so === undefined ? '' : so ? 'yes' : '**no**'} |`,
  )
  return `# Performance

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${machine}; load at the start ${load.toFixed(1)}. Medians of ${ROUNDS}
rounds (${STARTS} for start-up), all taken in this one run. The clusters are simulated, on loopback, over TLS where they fail
over: they take ${WINDOWS.demote / 1000} s to demote, ${WINDOWS.promote / 1000} s to promote and ${WINDOWS.attach / 1000} s to attach, as real ones take their time, and everything beyond
that is the time of whoever drives them. Ratios say more than milliseconds, which are this machine's.

| What | Measured | Wanted | So |
|---|--:|--:|---|
${rows.join('\n')}

* **The scripts** are \`scripts/careful-failover.sh\`, which polls every 2 s with bounds and retries, and
  \`scripts/fixed-sleep-failover.sh\`, which sleeps. Both check far less than the action does. The second ran in all its rounds
  at once, since it does nothing but sleep.
* **Start-up** ends with the first byte of the first request, and is held against a node process that runs an empty file.
* **Memory** is the largest resident set of the whole process, as the process itself finds it at its end.
* **A fleet** is read over plain HTTP, with an address of its own (127.x.y.z) for every cluster, so that nothing is saved by
  sharing connections. The pairs that hang take the connection and never answer.
`
}
