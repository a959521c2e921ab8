/** What must be true of every run, whatever it was asked to do and whatever went wrong. */
import { expect } from '@jest/globals'
import type { RecordedRequest } from '../../src/simulator/server.ts'
import type { SimulatedCluster, World } from '../../src/simulator/world.ts'
import type { Given, Ran } from './run-action.ts'

export const EXIT_CODES: Readonly<Record<string, number | undefined>> = {
  done: 0,
  unchanged: 0,
  planned: 0,
  invalid: 2,
  blocked: 10,
  failed: 20,
  incomplete: 21,
  restored: 22,
  'no-primary': 30,
  'two-primaries': 31,
  unknown: 40,
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const WORDS: Readonly<Record<string, RegExp>> = {
  outcome: new RegExp(`^(${Object.keys(EXIT_CODES).join('|')})$`),
  changed: /^(true|false)$/,
  // Empty where nothing was looked at: wrong inputs say nothing of the clusters.
  health: /^(healthy|degraded|critical)?$/,
  redundancy: /^(protected|unprotected)?$/,
  lag: /^\d*$/,
  'rto-ms': /^\d*$/,
  'rpo-entries': /^(\d*|unknown)$/,
  'cluster-id': new RegExp(`${UUID.source}|^$`),
}

/** Every output that action.yml declares. */
export const OUTPUTS: readonly string[] = [...Object.keys(WORDS), 'active-addr', 'report', 'dr-operation-token']

export const PATHS = {
  demote: 'sys/replication/dr/primary/demote',
  promote: 'sys/replication/dr/secondary/promote',
  secondaryToken: 'sys/replication/dr/primary/secondary-token',
  revoke: 'sys/replication/dr/primary/revoke-secondary',
  publicKey: 'sys/replication/dr/secondary/generate-public-key',
  updatePrimary: 'sys/replication/dr/secondary/update-primary',
  status: 'sys/replication/dr/status',
} as const

/** Inputs whose text no one may see, though a path in their place is no secret. */
const SECRET_INPUTS = ['vault-token', 'secondary-vault-token', 'dr-operation-token', 'key-shares', 'client-key']

/** Calls that throw data, or a place in the set, away. */
const ERASING =
  /\/(primary|secondary)\/(enable|disable)$|\/(recover|reindex|force-corruption)$|raft\/snapshot(-force)?$/

/** The world as it was when a run began. */
export interface Before {
  readonly roles: readonly Visible[]
  readonly requests: number
  readonly atOnceMs: number
}

/** The role that a client could see: `none` for a cluster that is down, hung, sealed or in the middle of a change. */
export type Visible = 'primary' | 'secondary' | 'none'

export function visible(world: World, cluster: SimulatedCluster): Visible {
  return world.history.findLast((entry) => entry.cluster === cluster.name)?.role ?? 'none'
}

export function before(world: World): Before {
  return {
    roles: [visible(world, world.primary), visible(world, world.secondary)],
    requests: world.requests.length,
    atOnceMs: world.primariesAtOnceMs(),
  }
}

/** The requests of one run that could change replication, in order. */
export function writesSince(world: World, { requests }: Before): RecordedRequest[] {
  return world.requests
    .slice(requests)
    .filter(({ method, path }) => path.startsWith('sys/replication/') && method !== 'GET' && method !== 'HEAD')
}

/** Judges one run, at its end. */
export function judge(world: World, ran: Ran, was: Before): void {
  keepsSecrets(world, ran)
  saysNoCommands(ran)
  const writes = writesSince(world, was)
  sendsNothingForbidden(world, ran, writes, was)
  if (ran.code === null || ran.outcome === '') return
  speaksClosedWords(ran)
  tellsTheTruth(world, ran, writes, was)
}

/** No secret, in any form, anywhere but in the lines by which the runner is told to mask it. */
export function keepsSecrets(world: World, { given, log, files, outputs, state }: Ran): void {
  const handed = world.requests.map(({ body }) => (isRecord(body) && typeof body.token === 'string' ? body.token : ''))
  const secrets = [...Object.values(world.tokens), ...SECRET_INPUTS.map((name) => given[name] ?? ''), ...handed]
    .flatMap((secret) => [secret, ...secret.split(/\r?\n/)])
    .map((secret) => secret.trim())
    .filter((secret) => secret.length >= 8 && !secret.startsWith('-----') && !secret.startsWith('/'))
  const told = log.split('\n').filter((line) => !line.startsWith('::add-mask::'))
  const sinks: Record<string, string> = {
    log: told.join('\n'),
    outputs: JSON.stringify(outputs),
    state: JSON.stringify(state),
    ...files,
    urls: world.requests.map(({ path }) => path).join('\n'),
  }
  for (const secret of new Set(secrets)) {
    for (const form of formsOf(secret)) {
      for (const [sink, text] of Object.entries(sinks)) {
        if (text.includes(form)) throw new Error(`a secret (${secret.slice(0, 6)}…) is in ${sink}, as ${form}`)
      }
    }
  }
}

export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  // Inside a longer text it begins at one of three places of a base64 group; only whole characters of it are looked for.
  const inside = (encoding: 'base64' | 'base64url') =>
    [0, 1, 2].map((shift) => {
      const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString(encoding)
      return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((bytes.length + shift) * 8) / 6))
    })
  const hex = bytes.toString('hex')
  const forms = [secret, ...inside('base64'), ...inside('base64url'), hex, hex.toUpperCase()]
  return [...new Set([...forms, encodeURIComponent(secret)])].filter((form) => form.length >= 8)
}

/** The runner takes `::name` at the start of a line, and `##[name]` anywhere, for a command of the step's. */
export function saysNoCommands({ log }: Ran): void {
  const lines = log.split(/\r\n|\r|\n/)
  const commands = lines.filter(
    (line) =>
      (/^\s*::/.test(line) && !/^::(add-mask|error|warning|notice)( [^:]*)?::/.test(line)) || line.includes('##['),
  )
  expect(commands).toEqual([])
}

function sendsNothingForbidden(world: World, { given }: Ran, writes: readonly RecordedRequest[], was: Before): void {
  const mayErase = given.operation === 'setup' || given.operation === 'disable'
  const erasing = world.requests
    .slice(was.requests)
    .filter(({ method, path }) => method !== 'GET' && ERASING.test(path))
  if (!mayErase) expect(erasing).toEqual([])
  expect(world.requests.filter(({ body }) => isRecord(body) && 'force' in body)).toEqual([])
  // The same role change is never applied twice by one run.
  const applied = writes
    .filter(({ path, applied: done }) => done && (path === PATHS.demote || path === PATHS.promote))
    .map(({ cluster, path }) => `${cluster} ${path}`)
  expect(applied).toEqual([...new Set(applied)])
  const split = was.roles.every((role) => role === 'primary')
  // Whoever waives the evidence takes two primaries into account.
  const waived = given.override?.includes('emergency-evidence') ?? false
  if (!split && !waived) expect(world.primariesAtOnceMs() - was.atOnceMs).toBe(0)
  if (given.mode === 'emergency') return
  for (const { at, cluster, path } of writes) {
    if (path !== PATHS.promote) continue
    const others = world.clusters.filter(({ name }) => name !== cluster)
    const then = others.map(({ name }) => world.history.findLast((e) => e.cluster === name && e.at <= at)?.role)
    expect(then).not.toContain('primary')
  }
}

function speaksClosedWords({ outputs, given, code, outcome, log }: Ran): void {
  const named = (names: readonly string[]) => new Set(names.filter((name) => name !== 'dr-operation-token'))
  expect(named(Object.keys(outputs))).toEqual(named(OUTPUTS))
  for (const [name, words] of Object.entries(WORDS))
    expect([name, outputs[name]]).toEqual([name, expect.stringMatching(words)])
  expect(['', given['primary-addr']?.trim(), given['secondary-addr']?.trim()]).toContain(outputs['active-addr'])
  if (given.operation === 'status' && outcome === 'done') expect([0, 1]).toContain(code)
  else expect([outcome, code]).toEqual([outcome, EXIT_CODES[outcome]])
  endsOnce(log, outcome)
}

/** The verdict is the last word: nothing goes on behind it. */
function endsOnce(log: string, outcome: string): void {
  const lines = log.split('\n')
  const ends = lines.flatMap((line, at) => (line.startsWith('outcome: ') ? [at] : []))
  expect(ends.map((at) => lines[at])).toEqual([`outcome: ${outcome}`])
  expect(lines.slice(ends[0]).filter((line) => /^\d\d:\d\d:\d\d\.\d{3} /.test(line))).toEqual([])
}

/** Where the role leaves and where it goes; the phases of a failback swap the addresses. */
function direction(world: World, given: Given): readonly [SimulatedCluster, SimulatedCluster] {
  const swapped = given['primary-addr'] === world.secondary.addr
  const { primary, secondary } = world
  return swapped === (given.operation === 'failback') ? [primary, secondary] : [secondary, primary]
}

/** The outcome, and every output beside it, is what the clusters are. */
function tellsTheTruth(world: World, ran: Ran, writes: readonly RecordedRequest[], was: Before): void {
  const { outcome, outputs, given } = ran
  const [old, next] = direction(world, given)
  const [from, to] = [visible(world, old), visible(world, next)]
  const facts = { outcome, from, to, writes: writes.length }
  const sent = writes.length > 0

  if (['unchanged', 'planned', 'invalid', 'blocked'].includes(outcome) && ran.step === 'main')
    expect(facts).toMatchObject({ writes: 0 })
  if (given.operation === 'status' || given['dry-run'] === 'true') expect(facts).toMatchObject({ writes: 0 })
  if (outcome === 'done' || outcome === 'unchanged') {
    if (given.operation === 'failover' || given.operation === 'failback' || given.operation === 'promote')
      expect(facts).toMatchObject({ to: 'primary' })
    if (given.operation !== 'status') expect(from).not.toBe('primary')
    const attached =
      given.operation === 'update-primary' || (/^fail/.test(given.operation ?? '') && given.mode !== 'emergency')
    if (attached) expect([from, old.state()]).toEqual(['secondary', 'stream-wals'])
  }
  if (outcome === 'done' && given.operation !== 'status') expect(sent || ran.step === 'post').toBe(true)
  if (outcome === 'failed') expect([visible(world, world.primary), visible(world, world.secondary)]).toEqual(was.roles)
  if (outcome === 'restored') expect(facts).toMatchObject({ from: 'primary', to: 'secondary' })
  if (outcome === 'incomplete') expect(facts).toMatchObject({ to: 'primary' })
  if (outcome === 'no-primary') expect(facts).toMatchObject({ from: 'secondary', to: 'secondary' })
  if (outcome === 'two-primaries') expect(facts).toMatchObject({ from: 'primary', to: 'primary' })

  const known = [given['primary-addr'], given['secondary-addr']].every((addr) =>
    world.clusters.some((cluster) => addr?.replace(/\/$/, '') === cluster.addr),
  )
  if (outcome === 'invalid' || !known) return
  const primaries = [world.primary, world.secondary].filter((cluster) => visible(world, cluster) === 'primary')
  // A run that reached nobody, for want of the right CA, saw nobody.
  const reached = world.requests.length > was.requests
  const active = reached && primaries.length === 1 ? (primaries[0]?.addr ?? '') : ''
  expect([outcome, outputs['active-addr']?.replace(/\/$/, '')]).toEqual([outcome, active])
  const streaming = [old, next].some(
    (cluster) => visible(world, cluster) === 'secondary' && cluster.state() === 'stream-wals',
  )
  if (!reached || primaries.length !== 1 || !streaming)
    expect([outcome, outputs.redundancy]).toEqual([outcome, 'unprotected'])
  // A write whose effect could not be established may be told as neither.
  if (outcome === 'unknown' || ran.step === 'post') return
  const changed = writes.some(({ path, applied }) => applied && path !== PATHS.publicKey)
  expect([outcome, 'changed', outputs.changed]).toEqual([outcome, 'changed', String(changed)])
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
