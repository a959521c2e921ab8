/**
 * Random schedules of up to three faults through the whole program, and two runs at once. The seed is in the name of each
 * test; RELIABILITY_SEED=… with it tells the same story again. What once failed is kept below as a test of its own.
 */
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Fault } from '../../src/simulator/faults.ts'
import { call } from '../simulator/stranger.ts'
import { keepsSecrets, PATHS, saysNoCommands } from '../support/invariants.ts'
import type { Ran } from '../support/run-action.ts'
import { until } from '../support/story.ts'
import { CALLS, MISHAPS } from './cells.ts'
import { figure, WHOLE } from './figures.ts'
import { failover, PHASES, roles, type Trial, trial, withLog } from './trial.ts'

const SEED = Number(process.env.RELIABILITY_SEED ?? 20_261_120)
/** Stories side by side, and how many each tells. */
const [AT_ONCE, EACH, PAIRS] = WHOLE ? [4, 150, 40] : [4, 2, 1]

interface Mishap {
  readonly call: number
  readonly mishap: string
  readonly nth: number
  readonly times: number
}
interface Schedule {
  readonly mishaps: readonly Mishap[]
  readonly windows: { readonly demote: number; readonly promote: number; readonly attach: number }
  /** A cluster that goes away in a phase, and for how long; in ms. */
  readonly outage?:
    | { readonly cluster: 'primary' | 'secondary'; readonly phase: number; readonly ms: number }
    | undefined
  /** The link between the clusters goes in that phase. */
  readonly cut?: { readonly phase: number; readonly ms: number } | undefined
}

const mishap = fc.record({
  call: fc.nat(CALLS.length - 1),
  mishap: fc.constantFrom(...Object.keys(MISHAPS)),
  nth: fc.integer({ min: 1, max: 4 }),
  times: fc.integer({ min: 1, max: 3 }),
})
const windows = fc.record({
  demote: fc.constantFrom(20, 80, 600),
  promote: fc.constantFrom(20, 80, 600, 1600),
  attach: fc.constantFrom(20, 80, 600),
})
const schedule: fc.Arbitrary<Schedule> = fc.record({
  mishaps: fc.array(mishap, { minLength: 1, maxLength: 3 }),
  windows,
  outage: fc.option(
    fc.record({
      cluster: fc.constantFrom('primary' as const, 'secondary' as const),
      phase: fc.nat(PHASES.length - 1),
      ms: fc.constantFrom(200, 1500, 5000),
    }),
    { nil: undefined, freq: 4 },
  ),
  cut: fc.option(fc.record({ phase: fc.nat(PHASES.length - 1), ms: fc.constantFrom(300, 3000) }), {
    nil: undefined,
    freq: 6,
  }),
})

function befall({ world, fault, phase }: Trial, { mishaps, outage, cut }: Schedule): () => void {
  const met = new Map<Mishap, number>()
  for (const one of mishaps) {
    const { path, cluster, method, phase: when } = CALLS[one.call] ?? { path: '', cluster: 'primary', method: 'GET' }
    fault({ ...MISHAPS[one.mishap], cluster, method, path, times: one.times } as Fault, when)
    met.set(one, 0)
  }
  const timers: NodeJS.Timeout[] = []
  const later = (ms: number, act: () => unknown) => timers.push(setTimeout(act, ms))
  const done = new Set<string>()
  const watch = setInterval(() => {
    const now = PHASES.indexOf(phase())
    if (outage !== undefined && now >= outage.phase && !done.has('outage') && world.requests.length > 0) {
      done.add('outage')
      const cluster = world[outage.cluster]
      void cluster.stop()
      later(outage.ms, () => cluster.start())
    }
    if (cut !== undefined && now >= cut.phase && !done.has('cut') && world.requests.length > 0) {
      done.add('cut')
      world.cutLink()
      later(cut.ms, () => world.healLink())
    }
  }, 3)
  return () => {
    clearInterval(watch)
    for (const timer of timers) clearTimeout(timer)
  }
}

/** One run through a schedule, and the next one without it. */
async function tellSchedule(one: Schedule): Promise<void> {
  await trial({ windows: one.windows }, async (told) => {
    const end = befall(told, one)
    const disturbed = one.outage !== undefined || one.cut !== undefined
    const given = { ...failover, timeout: '15s', 'catch-up-timeout': '3s' }
    let ran: Ran
    try {
      // A cluster that comes and goes may be another by the time that it is told.
      ran = await told.run(given, { untold: disturbed || one.mishaps.some(({ times }) => times > 1) })
    } finally {
      end()
    }
    told.world.healLink()
    withLog(ran, () => {
      expect(ran.ms).toBeLessThan(15_000 + 10_000)
      expect(told.world.primariesAtOnceMs()).toBe(0)
    })
    await told.reaches(failover, ['activation-id'])
    figure('random schedules', 1)
  })
}

for (let at = 0; at < AT_ONCE; at += 1) {
  const seed = SEED + at
  test.concurrent(
    `random schedules of up to three faults, seed ${seed}`,
    () => fc.assert(fc.asyncProperty(schedule, tellSchedule), { seed, numRuns: EACH, endOnFailure: true }),
    3_600_000,
  )
}

interface Together {
  readonly second: 'failover' | 'failback'
  /** The second run begins so long after the demotion that the first one sent, or before everything; in ms. */
  readonly after: number
  readonly windows: Schedule['windows']
  /** What the promotion meets, for how long; in ms. */
  readonly promotion?: { readonly mishap: string; readonly ms: number } | undefined
  /** Somebody demoted before either run began, and went away. */
  readonly left?: boolean
  /** How long every look takes; in ms. The longer, the older is what a run decides by. */
  readonly look?: number
  /** The machine of the first or the second run stands still, so long after that run began; in ms. */
  readonly still?: readonly { readonly run: 0 | 1; readonly at: number; readonly ms: number }[]
}
const together: fc.Arbitrary<Together> = fc.record({
  second: fc.constantFrom('failover' as const, 'failback' as const),
  after: fc.constantFrom(-1, 0, 100, 400, 1500),
  windows: fc.record({
    demote: fc.constantFrom(20, 200),
    promote: fc.constantFrom(80, 1500, 4000),
    attach: fc.constantFrom(20, 200),
  }),
  promotion: fc.option(
    fc.record({
      mishap: fc.constantFrom('reset before', '500', 'catching up', '429', 'no answer, not applied'),
      ms: fc.constantFrom(400, 2500, 3500),
    }),
    { nil: undefined, freq: 2 },
  ),
})
/** Two that want opposite things, on a slow network, while nobody is primary: where a race is lost if it can be. */
const opposite: fc.Arbitrary<Together> = fc.record({
  second: fc.constant('failback' as const),
  after: fc.integer({ min: 0, max: 900 }),
  windows: fc.record({
    demote: fc.constant(20),
    promote: fc.constantFrom(80, 1500),
    attach: fc.constant(20),
  }),
  promotion: fc.option(
    fc.record({
      mishap: fc.constantFrom('reset before', '500', 'catching up', '429'),
      ms: fc.integer({ min: 400, max: 7000 }),
    }),
    { nil: undefined, freq: 2 },
  ),
  left: fc.boolean(),
  look: fc.constantFrom(0, 60, 180),
})
/** The same, and a machine stands still between a look and what was decided by it. */
const still: fc.Arbitrary<Together> = fc.record({
  second: fc.constant('failback' as const),
  after: fc.integer({ min: 0, max: 900 }),
  windows: fc.record({
    demote: fc.constantFrom(20, 800),
    promote: fc.constantFrom(20, 80, 1500),
    attach: fc.constant(20),
  }),
  left: fc.boolean(),
  look: fc.constantFrom(0, 60),
  still: fc.array(
    fc.record({
      run: fc.constantFrom(0 as const, 1 as const),
      at: fc.integer({ min: 300, max: 9000 }),
      ms: fc.integer({ min: 600, max: 4000 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
})
const CATCHING_UP = {
  kind: 'status',
  status: 503,
  errors: ['replication is still catching up, try again later or provide the "force" argument'],
} as const

/** Two runs on one pair; what each of them did can't be told apart by what reached the clusters. */
async function tellTogether({
  second,
  after,
  windows: times,
  promotion,
  left,
  look = 0,
  still = [],
}: Together): Promise<void> {
  await trial({ windows: times }, async ({ world, start, fault, reaches }) => {
    if (left) {
      await call(world, world.primary, 'POST', PATHS.demote, { token: world.tokens.operator })
      await until('nobody is primary', () => world.primary.role() === 'secondary')
    }
    if (look > 0) fault({ path: /dr\/status$|sys\/health$/, kind: 'delay-answer', delayMs: look })
    const given = { timeout: '25s', 'catch-up-timeout': '10s' }
    const demotions = () => world.writes().filter(({ path, applied }) => path === PATHS.demote && applied)
    if (promotion !== undefined) {
      const what = promotion.mishap === 'catching up' ? CATCHING_UP : MISHAPS[promotion.mishap]
      const until = { at: Number.POSITIVE_INFINITY }
      fault({
        ...what,
        cluster: 'secondary',
        get path() {
          if (until.at === Number.POSITIVE_INFINITY && demotions().length > 0) until.at = Date.now() + promotion.ms
          return Date.now() < until.at ? PATHS.promote : /$^/
        },
      } as Fault)
    }
    const one = start({ ...given, operation: 'failover' }, { untold: true })
    while (after >= 0 && demotions().length === 0 && one.child.exitCode === null) await pause(3)
    await pause(after)
    const other = start({ ...given, operation: second }, { untold: true })
    for (const { run, at, ms } of still) {
      const { child } = [one, other][run] ?? one
      void pause(at).then(async () => {
        child.kill('SIGSTOP')
        await pause(ms)
        child.kill('SIGCONT')
      })
    }
    await Promise.allSettled([one.ended, other.ended])
    const ran = [await one.ended, await other.ended]
    for (const each of ran) {
      withLog(each, () => {
        expect([world.primariesAtOnceMs(), roles(world).filter((role) => role === 'primary').length < 2]).toEqual([
          0,
          true,
        ])
        keepsSecrets(world, each)
        saysNoCommands(each)
      })
    }
    await reaches(failover, ['activation-id'])
    figure('two runs at once', 1)
  })
}

for (let at = 0; at < AT_ONCE; at += 1) {
  const seed = SEED + 100 + at
  test.concurrent(
    `two runs at once, seed ${seed}`,
    () => fc.assert(fc.asyncProperty(together, tellTogether), { seed, numRuns: PAIRS, endOnFailure: true }),
    3_600_000,
  )
}

for (let at = 0; at < AT_ONCE; at += 1) {
  const seed = SEED + 200 + at
  test.concurrent(
    `two runs in opposite directions while nobody is primary, seed ${seed}`,
    () => fc.assert(fc.asyncProperty(opposite, tellTogether), { seed, numRuns: WHOLE ? PAIRS : 1, endOnFailure: true }),
    3_600_000,
  )
}

for (let at = 0; at < AT_ONCE; at += 1) {
  const seed = SEED + 400 + at
  if (!WHOLE && at > 0) break
  test.concurrent(
    `two runs in opposite directions, whose machines stand still now and then, seed ${seed}`,
    () => fc.assert(fc.asyncProperty(still, tellTogether), { seed, numRuns: WHOLE ? PAIRS : 1, endOnFailure: true }),
    3_600_000,
  )
}

interface Crowd {
  readonly runs: readonly { readonly operation: string; readonly after: number }[]
  readonly windows: Schedule['windows']
  readonly look: number
}
/** Three to five runs of several workflows, each begun whenever it was. */
const crowd: fc.Arbitrary<Crowd> = fc.record({
  runs: fc.array(
    fc.record({
      operation: fc.constantFrom('failover', 'failback', 'drill', 'status', 'demote', 'promote'),
      after: fc.integer({ min: 0, max: 3000 }),
    }),
    { minLength: 3, maxLength: 5 },
  ),
  windows: fc.record({
    demote: fc.constantFrom(20, 200),
    promote: fc.constantFrom(80, 1500),
    attach: fc.constantFrom(20, 200),
  }),
  look: fc.constantFrom(0, 0, 60),
})

async function tellCrowd({ runs, windows: times, look }: Crowd): Promise<void> {
  await trial({ windows: times }, async ({ world, start, fault, reaches }) => {
    if (look > 0) fault({ path: /dr\/status$|sys\/health$/, kind: 'delay-answer', delayMs: look })
    const begun = runs.map(async ({ operation, after }) => {
      await pause(after)
      return start({ operation, timeout: '20s', 'catch-up-timeout': '3s' }, { untold: true }).ended
    })
    for (const ran of await Promise.all(begun)) {
      withLog(ran, () => {
        expect(ran.code).not.toBeNull()
        expect(ran.ms).toBeLessThan(20_000 + 10_000)
      })
    }
    expect(world.primariesAtOnceMs()).toBe(0)
    await reaches(failover, ['activation-id'])
    figure('stories of three runs and more at once', 1)
  })
}

for (let at = 0; at < AT_ONCE; at += 1) {
  const seed = SEED + 300 + at
  if (!WHOLE && at > 0) break
  test.concurrent(
    `three runs and more at once, seed ${seed}`,
    () => fc.assert(fc.asyncProperty(crowd, tellCrowd), { seed, numRuns: WHOLE ? 25 : 1, endOnFailure: true }),
    3_600_000,
  )
}

/** What once ended with two primaries. */
const ONCE: readonly Together[] = [
  // One that is being promoted is out of sight, and was taken for the secondary that it had been.
  { second: 'failback', after: 0, windows: { demote: 60, promote: 4000, attach: 60 } },
  // The same on the other side: the first run sends its promotion again, while the second one's is at work.
  ...['catching up', '429', 'reset before', '500'].map(
    (what): Together => ({
      second: 'failback',
      after: 0,
      windows: { demote: 60, promote: 4000, attach: 60 },
      promotion: { mishap: what, ms: 2500 },
    }),
  ),
  // Both watched for about as long, looked, and promoted: the one before the other's promotion could show.
  { second: 'failback', after: 1, windows: { demote: 20, promote: 80, attach: 20 }, left: true, look: 60 },
  { second: 'failback', after: 126, windows: { demote: 20, promote: 1500, attach: 20 }, left: true, look: 180 },
]
for (const one of ONCE) {
  test.concurrent(
    `never two primaries: ${one.second} at once, promotions take ${one.windows.promote} ms, looks ${one.look ?? 0} ms, ${one.promotion?.mishap ?? 'nothing wrong'}`,
    () => tellTogether(one),
    90_000,
  )
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, ms))
  })
