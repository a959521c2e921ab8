/**
 * A story of an operation that is more than a switch: with shares, logins, further clusters, tokens that are made. Judged as
 * every story is, and for what it leaves behind.
 */
import { expect, test } from '@jest/globals'
import { type Leftover, startWorld, type World, type WorldOptions } from '../../src/simulator/world.ts'
import {
  type Before,
  before,
  EXIT_CODES,
  formsOf,
  judge,
  keepsSecrets,
  OUTPUTS,
  PATHS,
  saysNoCommands,
  visible,
} from './invariants.ts'
import { type Circumstances, type Given, openJob, pair, type Ran, type Running, startAction } from './run-action.ts'
import type { Told } from './story.ts'

export const CEREMONY = 'sys/replication/dr/secondary/generate-operation-token'
export const DELETE_TOKEN = 'sys/replication/dr/secondary/operation-token/delete'
const HELPERS: readonly string[] = [`${CEREMONY}/attempt`, `${CEREMONY}/update`, DELETE_TOKEN, PATHS.publicKey]

/** No run of a story takes that long. In ms. */
const LONGEST = 25_000

export interface Ways extends Circumstances {
  /** What this run leaves behind knowingly; default: nothing. */
  readonly leaves?: readonly Leftover['kind'][]
}

export interface Going extends Omit<Running, 'ended' | 'post'> {
  readonly ended: Promise<Told>
  post(ways?: Ways): Promise<Told>
}

export interface Tale {
  readonly world: World
  /** The job's own folder, which ends with the story. */
  readonly folder: string
  run(given: Given, ways?: Ways): Promise<Told>
  start(given: Given, ways?: Ways): Going
}

export function tale(name: string, options: WorldOptions, tell: (tale: Tale) => Promise<void>): void {
  test.concurrent(name, async () => {
    const world = await startWorld({ tls: false, ...options })
    const job = openJob()
    const children: Running['child'][] = []
    const start = (given: Given, ways: Ways = {}): Going => {
      const was = before(world)
      const left = world.leftovers().length
      const running = startAction(job.folder, { ...pair(world), ...given }, ways)
      children.push(running.child)
      // A run that never ends fails its story, and not the patience of whoever waits for all of them.
      const longest = setTimeout(() => running.child.kill('SIGKILL'), LONGEST)
      running.child.once('close', () => clearTimeout(longest))
      const judged = async (ran: Promise<Ran>, leaves: Ways['leaves'] = []): Promise<Told> => {
        const done = await ran
        try {
          judgeWhole(world, done, was)
          if (done.code !== null && done.given.operation !== 'generate-operation-token' && left === 0)
            expect(world.leftovers().filter(({ kind }) => !leaves.includes(kind))).toEqual([])
        } catch (error) {
          if (error instanceof Error) error.message += `\n\nThe log of the run:\n${done.log}`
          throw error
        }
        const writes = world.requests.slice(was.requests).filter(isWrite)
        return { ...done, writes: writes.map(({ cluster, path }) => `${cluster}: ${path.replace(/^.*\//, '')}`) }
      }
      const ended = judged(running.ended, ways.leaves)
      ended.catch(() => undefined)
      return { ...running, ended, post: (own = {}) => judged(running.post(), own.leaves) }
    }
    try {
      await tell({ world, folder: job.folder, start, run: (given, ways) => start(given, ways).ended })
    } finally {
      for (const child of children) child.kill('SIGKILL')
      await world.close()
      job.close()
    }
  }, 60_000)
}

type Requested = World['requests'][number]

/** Changes replication: the making and ending of tokens and keys is no such change. */
const isWrite = ({ method, path }: Requested): boolean =>
  path.startsWith('sys/replication/') && !['GET', 'HEAD'].includes(method) && !HELPERS.includes(path)

/** Operations that the common judgement knows; a drill is a failback that began with a failover. */
const SWITCHES = ['status', 'failover', 'failback', 'demote', 'promote', 'update-primary', 'drill']

/** Judges one run of any operation, at its end. */
export function judgeWhole(world: World, ran: Ran, was: Before): void {
  keepsMoreSecrets(world, ran)
  if (!SWITCHES.includes(ran.given.operation ?? '')) {
    judgeOther(world, ran, was)
    return
  }
  const seen = world.requests.filter((one) => !HELPERS.includes(one.path) || one.path === PATHS.publicKey)
  const earlier = world.requests.slice(0, was.requests).filter((one) => seen.includes(one)).length
  const view: World = {
    ...world,
    requests: seen,
    // A getter of the world's own, which a copy would have frozen.
    get history() {
      return world.history
    },
  }
  if (ran.given.operation !== 'drill') {
    judge(view, ran, { ...was, requests: earlier })
    return
  }
  // A drill is judged by its last direction, from the demotion that began it.
  const demoted = seen.flatMap(({ path, applied }, at) =>
    path === PATHS.demote && applied && at >= earlier ? [at] : [],
  )
  const [, turned] = demoted
  const goal = ran.outcome === 'done' || turned !== undefined ? 'failback' : 'failover'
  const given = { ...ran.given, operation: goal }
  judge(
    view,
    { ...ran, given },
    turned === undefined
      ? { ...was, requests: earlier }
      : { ...was, requests: turned, roles: ['secondary', 'primary'] },
  )
}

/** What `keepsSecrets` can't know: shares, logins, tokens that were made on the way. */
export function keepsMoreSecrets(world: World, ran: Ran): void {
  keepsSecrets(world, ran)
  const fields = ['dr_operation_token', 'key', 'secret_id', 'jwt']
  const sent = world.requests.flatMap(({ token, body }) => [
    token,
    ...(isRecord(body) ? fields.map((name) => body[name]) : []),
  ])
  const given = ['approle-secret-id', 'github-token'].map((name) => ran.given[name])
  const made = ran.outputs['dr-operation-token']
  const secrets = [...world.keyShares, ...sent, ...given].filter((text) => typeof text === 'string' && text.length > 7)
  const told = ran.log.split('\n').filter((line) => !line.startsWith('::add-mask::'))
  const files = Object.entries(ran.files).filter(([name]) => !name.endsWith('/output'))
  const sinks: Record<string, string> = {
    log: told.join('\n'),
    state: JSON.stringify(ran.state),
    urls: world.requests.map(({ path }) => path).join('\n'),
    outputs: JSON.stringify({ ...ran.outputs, 'dr-operation-token': undefined }),
    ...Object.fromEntries(files),
  }
  for (const secret of new Set([...secrets, ...(made === undefined ? [] : [made])])) {
    for (const form of formsOf(String(secret))) {
      for (const [sink, text] of Object.entries(sinks)) {
        if (text.includes(form)) throw new Error(`a secret (${String(secret).slice(0, 6)}…) is in ${sink}, as ${form}`)
      }
    }
  }
  if (made !== undefined) expect(ran.log).toContain(`::add-mask::${made}`)
}

/** Operations that set up, take apart, or make tokens. */
function judgeOther(world: World, ran: Ran, was: Before): void {
  saysNoCommands(ran)
  const { outputs, outcome, given, code } = ran
  const requests = world.requests.slice(was.requests)
  const writes = requests.filter(isWrite)
  const roles = [world.primary, world.secondary].map((cluster) => visible(world, cluster))
  const erasing = writes.filter(({ path }) => /\/(enable|disable)$/.test(path))
  if (given.operation !== 'setup' && given.operation !== 'disable') expect(erasing).toEqual([])
  expect(requests.filter(({ path }) => /\/(demote|promote|recover|reindex)$/.test(path))).toEqual([])
  expect(requests.filter(({ body }) => isRecord(body) && 'force' in body)).toEqual([])
  if (code === null || outcome === '') return
  const named = (names: readonly string[]) => new Set(names.filter((name) => name !== 'dr-operation-token'))
  expect(named(Object.keys(outputs))).toEqual(named(OUTPUTS))
  expect([outcome, code]).toEqual([outcome, EXIT_CODES[outcome]])
  expect(ran.log).toContain(`outcome: ${outcome}`)
  if (ran.step === 'main' && ['unchanged', 'planned', 'invalid', 'blocked'].includes(outcome)) {
    expect([outcome, outputs.changed]).toEqual([outcome, 'false'])
    expect(writes.map(({ path }) => path)).toEqual([])
  }
  // The roles are as they were, by the contract's own words for it.
  if (outcome === 'failed') expect([outcome, roles]).toEqual([outcome, was.roles])
  if (outcome === 'invalid') return
  const primaries = [world.primary, world.secondary].filter((cluster) => visible(world, cluster) === 'primary')
  const known = [given['primary-addr'], given['secondary-addr']].every((addr) =>
    world.clusters.some((cluster) => cluster.addr === addr),
  )
  if (known) expect(outputs['active-addr']).toBe(primaries.length === 1 ? primaries[0]?.addr : '')
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
