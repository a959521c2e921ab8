/**
 * What .github/workflows/enterprise.yml does with two Vault Enterprise clusters, beside our own action:
 *
 * - `unseal`: initializes what is not, unseals what is sealed; with KEY_SHARES what comes back.
 * - `canary`: a KV engine with one secret.
 * - `tokens`: the policies of docs/policies, and tokens with nothing but these.
 * - `probe`: asks what nobody outside HashiCorp knows (`QUESTIONS` of evidence.ts), and prints a table.
 *
 * The clusters are at PRIMARY and SECONDARY, the CA at $RUNNER_TEMP/tls/ca.crt; tokens come by the environment and are
 * handed on as masked outputs of the step. With `--simulated` it takes the steps of the workflow, as they stand there, to
 * simulated clusters. The probe says nothing of Vault then, but that it can be asked so.
 */
import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { startWorld, type World } from '../src/simulator/world.ts'
import { Http } from '../src/vault/http.ts'
import { QUESTIONS, type Question } from './evidence.ts'

const root = join(import.meta.dirname, '..')
const WORKFLOW = '.github/workflows/enterprise.yml'
const given = (name: string): string => process.env[name] ?? ''
/** Of one call, and of what a cluster needs to come to rest. In ms. */
const CALL_WITHIN = 30_000
const REST_WITHIN = 150_000
/** Vault gives a request up after 90 s by itself. In ms. */
const REQUEST_LIVES = 95_000
const LOOK_EVERY = 100

const fields = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** An answer, or none: status 0. */
interface Said {
  readonly status: number
  readonly json: Record<string, unknown>
  readonly words: string
  readonly ms: number
}

/** One cluster, asked without any of the client's judgement. */
class Cluster {
  readonly addr: string
  readonly name: string
  readonly #http: Http

  constructor(name: string, addr: string, http: Http) {
    this.name = name
    this.addr = addr
    this.#http = http
  }

  async ask(
    method: 'GET' | 'POST',
    path: string,
    { token, body, within = CALL_WITHIN }: { token?: string; body?: Record<string, unknown>; within?: number } = {},
  ): Promise<Said> {
    const began = performance.now()
    const answer = await this.#http.send(this.addr, { method, path, token, body, within, fresh: true })
    const ms = Math.round(performance.now() - began)
    if (!answer.answered) return { status: 0, json: {}, words: answer.because, ms }
    const json = fields(answer.json)
    const words = [json.errors, json.warnings].flatMap((list) => (Array.isArray(list) ? list.map(String) : []))
    return { status: answer.status, json, words: words.join('; '), ms }
  }

  /** @throws unless Vault says yes */
  async must(...call: Parameters<Cluster['ask']>): Promise<Record<string, unknown>> {
    const said = await this.ask(...call)
    if (said.status !== 200 && said.status !== 204)
      throw new Error(`${this.name}: ${call[0]} ${call[1]}: ${said.status} ${said.words}`)
    return said.json
  }

  async data(path: string): Promise<Record<string, unknown>> {
    return fields((await this.ask('GET', path, { within: 2000 })).json.data)
  }

  /** Asks until it is so. @throws when it never is */
  async until(what: string, so: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + REST_WITHIN
    while (!(await so())) {
      if (performance.now() > end) throw new Error(`${this.name}: ${what}: not within ${REST_WITHIN / 1000} s`)
      await sleep(LOOK_EVERY)
    }
  }
}

/** To the next steps, masked line by line. */
function handOut(outputs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(outputs)) {
    for (const line of value.split('\n')) console.log(`::add-mask::${line}`)
    appendFileSync(given('GITHUB_OUTPUT'), `${name}<<end-of-${name}\n${value}\nend-of-${name}\n`)
  }
}

const initialized = z.object({ keys: z.array(z.string()).min(3), root_token: z.string().min(8) })

async function unseal(clusters: readonly Cluster[]): Promise<void> {
  const shares = given('KEY_SHARES').split('\n').filter(Boolean)
  const made: z.output<typeof initialized>[] = []
  for (const cluster of clusters) {
    await cluster.until('answers', async () => (await cluster.ask('GET', 'sys/seal-status')).status === 200)
    const before = await cluster.must('GET', 'sys/seal-status')
    let keys = shares
    if (before.initialized === false) {
      const body = { secret_shares: 5, secret_threshold: 3 }
      const answer = initialized.parse(await cluster.must('POST', 'sys/init', { body }))
      made.push(answer)
      keys = answer.keys
    }
    if (before.initialized === false || before.sealed === true)
      for (const key of keys.slice(0, 3)) await cluster.must('POST', 'sys/unseal', { body: { key } })
    // 200 or, of a DR secondary, 472.
    await cluster.until('serves', async () => [200, 472].includes((await cluster.ask('GET', 'sys/health')).status))
    console.log(`${cluster.name}: ${before.initialized === false ? 'initialized and ' : ''}unsealed`)
  }
  const [first, second] = made
  if (first !== undefined && second !== undefined)
    handOut({ root: first.root_token, 'secondary-root': second.root_token, 'key-shares': first.keys.join('\n') })
}

async function canary(primary: Cluster): Promise<void> {
  const token = given('ROOT')
  await primary.must('POST', 'sys/mounts/secret', { token, body: { type: 'kv', options: { version: '2' } } })
  const body = { data: { value: new Date().toISOString() } }
  // A new engine of version 2 takes a moment to be ready.
  await primary.until('takes a secret', async () => {
    const { status } = await primary.ask('POST', 'secret/data/canary', { token, body })
    return status === 200
  })
}

/** Which policies of docs/policies each token has, and where it is made. */
const TOKENS = {
  setup: { at: 'primary', type: 'service', policies: ['setup-vault-token'] },
  'secondary-setup': { at: 'secondary', type: 'service', policies: ['setup-secondary-vault-token'] },
  ceremony: { at: 'primary', type: 'batch', policies: ['vault-token', 'key-shares', 'verify-path'] },
  issue: { at: 'primary', type: 'service', policies: ['issue-operation-token'] },
  operator: { at: 'primary', type: 'service', policies: ['vault-token', 'verify-path', 'snapshot-path'] },
} as const

async function tokens(primary: Cluster, secondary: Cluster): Promise<void> {
  const made: Record<string, string> = {}
  for (const [name, { at, type, policies }] of Object.entries(TOKENS)) {
    const [cluster, token] = at === 'primary' ? [primary, given('ROOT')] : [secondary, given('SECONDARY_ROOT')]
    for (const each of policies) {
      const policy = readFileSync(join(root, 'docs/policies', `${each}.hcl`), 'utf8')
      await cluster.must('POST', `sys/policies/acl/${each}`, { token, body: { policy } })
    }
    const body = { policies, type, ttl: '2h' }
    const { auth } = await cluster.must('POST', 'auth/token/create-orphan', { token, body })
    made[name] = textOf(fields(auth).client_token)
  }
  handOut(made)
}

/** What a cluster said while it was looked at every 100 ms. */
interface Watched {
  readonly settledMs: number
  readonly first: string
  readonly said: string
}

/** Looks at a cluster from now on until its DR role is there and stays. */
async function watch(cluster: Cluster, settled: (status: Record<string, unknown>) => boolean): Promise<Watched> {
  const began = performance.now()
  const said = new Map<string, { count: number; from: number; to: number }>()
  let first = ''
  let steady = 0
  let since = 0
  while (performance.now() - began < REST_WITHIN) {
    const answer = await cluster.ask('GET', 'sys/replication/dr/status', { within: 2000 })
    const at = Math.round(performance.now() - began)
    const data = fields(answer.json.data)
    const what =
      answer.status === 200
        ? `${textOf(data.mode) || 'no mode'}/${textOf(data.state) || '–'}`
        : `${answer.status || 'no answer'} ${answer.words}`.trim()
    if (first === '') first = what
    const before = said.get(what)
    said.set(what, { count: (before?.count ?? 0) + 1, from: before?.from ?? at, to: at })
    if (answer.status === 200 && settled(data)) {
      if (steady === 0) since = at
      steady += 1
      if (steady >= 10) break
    } else steady = 0
    await sleep(LOOK_EVERY)
  }
  const list = [...said].map(([what, { count, from, to }]) => `${what} (${count} looks, ${from} to ${to} ms)`)
  return { settledMs: steady === 0 ? Number.NaN : since, first, said: list.join(', ') }
}

/** Sends a POST and hangs up as soon as all of it has been handed to the system. */
function hangUp(addr: string, path: string, body: Record<string, unknown>, ca: string): Promise<void> {
  return new Promise((resolve) => {
    const text = JSON.stringify(body)
    const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }
    const asking = request(`${addr}/v1/${path}`, { method: 'POST', ca, agent: false, headers }, () => asking.destroy())
    asking.on('error', () => undefined)
    asking.on('close', () => resolve())
    asking.end(text, () => setTimeout(() => asking.destroy(), 20))
  })
}

/** How an answer is told: nothing of its data, which may be a key or a token. */
const short = ({ status, words, ms }: Said): string => `${status || 'no answer'} “${words}” after ${ms} ms`
const typesOf = (data: Record<string, unknown>): string => {
  const byType = new Map<string, string[]>()
  for (const [name, value] of Object.entries(data).sort(([a], [b]) => a.localeCompare(b))) {
    const type = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value
    byType.set(type, [...(byType.get(type) ?? []), name])
  }
  return ['number', 'string', 'null']
    .flatMap((type) => (byType.has(type) ? [`${type}: ${byType.get(type)?.join(' ')}`] : []))
    .join('; ')
}
const firstOf = (list: unknown): Record<string, unknown> => fields(Array.isArray(list) ? list[0] : undefined)

/** Begins with `a` as primary and `b` as its secondary, and ends with the opposite. */
async function probe(a: Cluster, b: Cluster, ca: string, patience: number): Promise<Record<Question, string>> {
  const [rootToken, operator, batch] = [given('ROOT'), given('OPERATOR'), given('DR_OPERATION_TOKEN')]
  const DR = 'sys/replication/dr'
  const status = (cluster: Cluster) => cluster.data(`${DR}/status`)
  const streams = (data: Record<string, unknown>) =>
    data.mode === 'secondary' &&
    data.state === 'stream-wals' &&
    firstOf(data.primaries).connection_status === 'connected'
  await b.until('streams', async () => streams(await status(b)))
  await sleep(1000)

  const [healthA, healthB] = [(await a.ask('GET', 'sys/health')).json, (await b.ask('GET', 'sys/health')).json]
  const [wasA, wasB] = [await status(a), await status(b)]
  const H7 = [
    `primary ${typesOf(wasA)}; its secondaries ${typesOf(firstOf(wasA.secondaries))}`,
    `secondary ${typesOf(wasB)}; its primaries ${typesOf(firstOf(wasB.primaries))}`,
    `health ${typesOf({ ...healthA, ...healthB })}`,
  ].join('. ')

  // A gives the role away.
  const demoted = await a.ask('POST', `${DR}/primary/demote`, { token: rootToken, body: {} })
  const demotion = await watch(a, ({ mode }) => mode === 'secondary')
  const [nowA, nowB] = [await status(a), await status(b)]
  const position = (data: Record<string, unknown>) =>
    data.last_dr_wal ?? data.last_wal ?? data.last_remote_wal ?? 'none'
  const H1 = [
    `before: roots ${wasA.merkle_root === wasB.merkle_root ? 'equal' : 'different'}, positions ${position(wasA)} and ${position(wasB)}`,
    `after the demotion: A ${nowA.merkle_root === undefined ? 'tells no root' : `tells a root, ${nowA.merkle_root === nowB.merkle_root ? 'equal to' : 'different from'} that of B`}`,
    `positions ${position(nowA)} and ${position(nowB)}; A tells ${Object.keys(nowA).join(' ')}`,
  ].join('; ')
  const demotedAgain = await a.ask('POST', `${DR}/primary/demote`, { token: rootToken, body: {} })
  const keyWith = async (token?: string) =>
    short(
      await a.ask('POST', `${DR}/secondary/generate-public-key`, {
        body: {},
        ...(token === undefined ? {} : { token }),
      }),
    )
  const keys = [
    `no token ${await keyWith()}`,
    `batch ${await keyWith(batch)}`,
    `service ${await keyWith(operator)}`,
    `root ${await keyWith(rootToken)}`,
  ].join(', ')

  // B takes it, from a client that does not wait.
  const sentAt = performance.now()
  const promote = { dr_operation_token: batch }
  await hangUp(b.addr, `${DR}/secondary/promote`, promote, ca)
  let applied: number | undefined
  while (applied === undefined && performance.now() - sentAt < patience) {
    if ((await status(b)).mode === 'primary') applied = Math.round(performance.now() - sentAt)
    else await sleep(LOOK_EVERY)
  }
  const H8 =
    applied === undefined
      ? `not applied within ${patience / 1000} s of hanging up`
      : `applied: B was primary ${applied} ms after it was sent, though the client had hung up`
  const promoted = applied === undefined ? await b.ask('POST', `${DR}/secondary/promote`, { body: promote }) : undefined
  const promotion = await watch(b, ({ mode, state }) => mode === 'primary' && state === 'running')
  const promotedAgain = await b.ask('POST', `${DR}/secondary/promote`, { body: promote })

  // A is attached to B.
  const id = `probe-${Date.now()}`
  let publicKey = ''
  await a.until('gives a public key', async () => {
    const { json } = await a.ask('POST', `${DR}/secondary/generate-public-key`, { token: batch, body: {} })
    publicKey = textOf(fields(json.data).secondary_public_key)
    return publicKey !== ''
  })
  const newToken = (as: string) =>
    b.ask('POST', `${DR}/primary/secondary-token`, {
      token: rootToken,
      body: { id: as, secondary_public_key: publicKey },
    })
  let issued = await newToken(id)
  await b.until('makes an activation token', async () => {
    if (issued.status !== 200) issued = await newToken(id)
    return issued.status === 200
  })
  const sameId = await newToken(id)
  const activation = textOf(fields(issued.json.data).token)
  const update = { dr_operation_token: batch, token: activation }
  const attachedAt = Date.now()
  const attached = await a.ask('POST', `${DR}/secondary/update-primary`, { body: update })
  const attachment = await watch(a, streams)
  const following = await status(a)
  const attachedAgain = await a.ask('POST', `${DR}/secondary/update-primary`, { body: update })
  const after = await watch(a, streams)
  const known = (await status(b)).known_secondaries
  const H4 = `the same id: ${short(sameId)}; ${Array.isArray(known) ? known.length : 'no list of'} known after two secondary-token calls of one id, ${Array.isArray(known) && known.includes(id) ? 'it among them' : 'without it'}`
  const moved = Date.parse(textOf(following.last_start)) - attachedAt
  const H2 = Number.isFinite(moved)
    ? `B, before: ${textOf(wasB.last_start) || 'none'}. A, after update-primary: ${moved} ms from when that was sent`
    : 'A tells no last_start after update-primary'
  const H3 = [
    `demote again: ${short(demotedAgain)}`,
    `promote again: ${short(promotedAgain)}`,
    `update-primary again with the same token: ${short(attachedAgain)}, then ${after.said}`,
    `generate-public-key with ${keys}`,
  ].join('. ')
  const H5 = [
    `demote: settled after ${demotion.settledMs} ms: ${demotion.said}`,
    `promote: settled after ${applied ?? promotion.settledMs} ms: ${promotion.said}`,
    `update-primary (${short(attached)}): streams after ${attachment.settledMs} ms: ${attachment.said}`,
  ].join('. ')
  const H6 = [
    `demote: ${short(demoted)}, the next look showed ${demotion.first}`,
    promoted === undefined
      ? 'promote: nobody waited for its answer'
      : `promote: ${short(promoted)}, the next look showed ${promotion.first}`,
    `update-primary: ${short(attached)}, the next look showed ${attachment.first}`,
  ].join('. ')
  return { H1, H2, H3, H4, H5, H6, H7, H8 }
}

/** On one line of a table, and without any of these. */
function clean(text: string, secrets: readonly string[]): string {
  const plain = secrets.filter(Boolean).reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text)
  return plain
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll('|', '\\|')
    .replaceAll('::', ': :')
}

async function main(command: string): Promise<void> {
  const ca = readFileSync(join(given('RUNNER_TEMP'), 'tls/ca.crt'), 'utf8')
  const http = new Http({ ca })
  const [primary, secondary] = [new Cluster('A', given('PRIMARY'), http), new Cluster('B', given('SECONDARY'), http)]
  try {
    if (command === 'unseal') await unseal([primary, secondary])
    else if (command === 'canary') await canary(primary)
    else if (command === 'tokens') await tokens(primary, secondary)
    else if (command === 'probe') {
      const { version } = (await primary.ask('GET', 'sys/health')).json
      const answers = await probe(primary, secondary, ca, Number(given('PATIENCE')) || REQUEST_LIVES)
      const secrets = ['ROOT', 'OPERATOR', 'DR_OPERATION_TOKEN'].map(given)
      const table = Object.entries(answers)
        .map(([name, answer]) => `| ${name} | ${QUESTIONS[questionOf(name)]} | ${clean(answer, secrets)} |`)
        .join('\n')
      const told = `## Vault ${textOf(version)}\n\n| | question | answer |\n|---|---|---|\n${table}\n`
      console.log(told)
      if (given('GITHUB_STEP_SUMMARY') !== '') appendFileSync(given('GITHUB_STEP_SUMMARY'), told)
    } else throw new Error('give one of unseal, canary, tokens, probe, or --simulated')
  } finally {
    await http.close()
  }
}

function questionOf(name: string): Question {
  const isQuestion = (text: string): text is Question => Object.hasOwn(QUESTIONS, text)
  if (!isQuestion(name)) throw new Error(`there is no question ${name}`)
  return name
}

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
const step = z.object({
  id: z.string().optional(),
  name: z.string().default(''),
  uses: z.string().default(''),
  run: z.string().default(''),
  if: z.string().default(''),
  with: texts.default({}),
  env: texts.default({}),
})
type Step = z.output<typeof step>
const workflow = z.object({ jobs: z.object({ pair: z.object({ env: texts, steps: z.array(step) }) }) })
const declared = z.object({ inputs: z.record(z.string(), z.object({ default: z.string().default('') })) })

/** The steps of the workflow, as they stand there, with simulated clusters. */
async function simulated(): Promise<void> {
  const world = await startWorld({
    enrolled: false,
    version: '2.1.0+ent+sim',
    windows: { demote: 700, promote: 900, attach: 700 },
    secrets: { 'secret/data/canary': { value: 'a canary' } },
  })
  const folder = mkdtempSync(join(tmpdir(), 'enterprise-'))
  try {
    const job = workflow.parse(parse(readFileSync(join(root, WORKFLOW), 'utf8'))).jobs.pair
    const env = {
      ...job.env,
      PRIMARY: world.primary.addr,
      SECONDARY: world.secondary.addr,
      SECONDARY_HOST: new URL(world.secondary.addr).host,
    }
    const outputs = new Map<string, Map<string, string>>()
    const stands = standIns(world, folder)
    for (const each of job.steps) {
      const id = each.id ?? ''
      const began = performance.now()
      const stand = stands[id]
      if (each.if !== '' || (each.uses !== '' && each.uses !== './')) continue
      const fill = (text: string) => resolve(text, { env, temp: folder, outputs })
      if (stand === undefined || stand.before === true) outputs.set(id, await take(each, fill, env, folder))
      const instead = await stand?.run()
      if (instead !== undefined) outputs.set(id, new Map(Object.entries(instead)))
      const outcome = outputs.get(id)?.get('outcome')
      const how = stand === undefined ? 'done' : stand.before === true ? 'done, then a stand-in' : 'a stand-in'
      console.log(
        `-- ${id}: ${how}${outcome === undefined ? '' : `, ${outcome}`}, ${Math.round(performance.now() - began)} ms`,
      )
    }
    console.log(`${WORKFLOW} was taken to simulated clusters, step by step; this says nothing of a real Vault.`)
  } finally {
    await world.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface StandIn {
  /** The step itself is done too, before it. */
  readonly before?: true
  run(): Promise<Record<string, string> | undefined>
}

/** For the steps with Docker, an initialization, and a secrets engine, which the simulator has none of. */
function standIns(world: World, folder: string): Readonly<Record<string, StandIn>> {
  const nothing = async () => undefined
  return {
    install: { run: nothing },
    certificates: {
      before: true,
      run: async () => writeFileSync(join(folder, 'tls/ca.crt'), world.ca) ?? undefined,
    },
    start: { run: nothing },
    unseal: {
      run: async () => ({
        root: world.tokens.root,
        'secondary-root': world.tokens.secondaryRoot,
        'key-shares': world.keyShares.join('\n'),
      }),
    },
    canary: { run: nothing },
    lose: { run: async () => (await world.primary.stop({ heartbeatAgeSeconds: 60 })) ?? undefined },
    return: { run: async () => (await world.primary.start()) ?? undefined },
  }
}

interface Known {
  readonly env: Readonly<Record<string, string>>
  readonly temp: string
  readonly outputs: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** The few expressions that the steps use. @throws for any other */
function resolve(text: string, { env, temp, outputs }: Known): string {
  return text.replaceAll(/\$\{\{ *(.+?) *\}\}/g, (_, expression: string) => {
    const [, id = '', output = ''] = /^steps\.([\w-]+)\.outputs\.([\w-]+)$/.exec(expression) ?? []
    if (id !== '') return outputs.get(id)?.get(output) ?? ''
    const [, name = ''] = /^env\.(\w+)$/.exec(expression) ?? []
    const value = expression === 'runner.temp' ? temp : env[name]
    if (value === undefined) throw new Error(`${expression}: not known without GitHub`)
    return value
  })
}

/** One step, as a runner takes it. @returns its outputs. @throws when it fails */
async function take(
  { id = '', uses, run, with: inputs, env: own }: Step,
  fill: (text: string) => string,
  env: Readonly<Record<string, string>>,
  folder: string,
): Promise<Map<string, string>> {
  const filled = (all: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(all).map(([name, text]) => [name, fill(text)]))
  const files = ['output', 'state', 'summary'].map((name) => join(folder, `${id}.${name}`))
  for (const file of files) writeFileSync(file, '')
  const [output = '', state = '', summary = ''] = files
  const around = {
    PATH: process.env.PATH,
    ...env,
    ...filled(own),
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: output,
    GITHUB_STATE: state,
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_REPOSITORY: 'your-org/vault-ops',
    GITHUB_RUN_ID: '1',
    RUNNER_TEMP: folder,
    NO_PROXY: '127.0.0.1',
    // Simulated clusters do at once what they do.
    PATIENCE: '15000',
  }
  if (uses === '') await start('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], around, id)
  else {
    const { inputs: all } = declared.parse(parse(readFileSync(join(root, 'action.yml'), 'utf8')))
    const defaults = Object.entries(all).map(([name, { default: value }]) => [name, value])
    const said = { ...Object.fromEntries(defaults), ...filled(inputs) }
    const asInputs = Object.entries(said).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])
    const main = { ...around, ...Object.fromEntries(asInputs) }
    await start(process.execPath, [join(root, 'dist/index.js')], main, id)
    const kept = [...values(state)].map(([name, value]) => [`STATE_${name}`, value])
    await start(process.execPath, [join(root, 'dist/post.js')], { ...main, ...Object.fromEntries(kept) }, id)
  }
  return values(output)
}

/** @throws where it ends with anything but 0 */
async function start(command: string, words: readonly string[], env: NodeJS.ProcessEnv, id: string): Promise<void> {
  const child = spawn(command, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text
    })
  const code = await new Promise<number | null>((done, fail) => child.once('close', done).once('error', fail))
  const shown = log.replaceAll(/^::add-mask::.*\n/gm, '')
  if (code !== 0) throw new Error(`the step ${id} ended with ${code}:\n${shown}`)
  if (['expected', 'probe'].includes(id)) console.log(shown.trimEnd())
}

/** What a step wrote into a file of the runner: `name<<mark`, the value, `mark`. */
function values(file: string): Map<string, string> {
  const found = readFileSync(file, 'utf8').matchAll(/^(.+?)<<(.+)\r?\n([\s\S]*?)\r?\n\2\r?$/gm)
  return new Map([...found].map(([, name = '', , value = '']) => [name, value]))
}

const [word = ''] = process.argv.slice(2)
await (word === '--simulated' ? simulated() : main(word))
