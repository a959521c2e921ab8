/** What a process can meet that no cluster has a part in: it is frozen, its wall clock is set, its post step is killed. */
import { expect, test } from '@jest/globals'
import { PATHS, visible } from '../support/invariants.ts'
import { until } from '../support/story.ts'
import { CALLS, type Call } from './cells.ts'
import { figure, WHOLE } from './figures.ts'
import { failover, roles, type Trial, trial, withLog } from './trial.ts'

const WRITES = CALLS.filter(({ kind, path }) => kind === 'write' && path !== PATHS.revoke)
/** Longer than any call waits for its answer. In ms. */
const FROZEN = 9000
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

const reached = ({ world }: Trial, { cluster, path }: Call) =>
  world.requests.some((one) => one.cluster === cluster && one.path === path)

/** A runner that sleeps: every deadline has passed when it wakes, and what it knew is old. */
async function freeze(told: Trial, at: Call, meanwhile: () => Promise<unknown>) {
  const running = told.start({ ...failover, timeout: '25s', 'catch-up-timeout': '5s' }, { untold: true })
  await until(`${at.name} arrives`, () => reached(told, at) || running.child.exitCode !== null)
  running.child.kill('SIGSTOP')
  await meanwhile()
  running.child.kill('SIGCONT')
  return running.ended
}

for (const [at, call] of WRITES.entries()) {
  if (!WHOLE && at > 1) break
  test.concurrent(`frozen when ${call.name} arrives, for longer than it waits for any answer`, () =>
    trial({}, async (told) => {
      const ran = await freeze(told, call, () => pause(FROZEN))
      withLog(ran, () => expect(ran.outcome).toBe('done'))
      await told.reaches()
      figure('faults of the process', 1)
    }))

  if (WHOLE || call.path === PATHS.promote)
    test.concurrent(`frozen when ${call.name} arrives, while a run in the opposite direction does its work`, () =>
      trial({}, async (told) => {
        const { world, run, reaches } = told
        const back = { operation: 'failback', timeout: '25s', 'catch-up-timeout': '3s' }
        await freeze(told, call, async () => {
          await pause(300)
          const other = await run(back, { untold: true })
          withLog(other, () => expect(['done', 'unchanged', 'incomplete', 'blocked']).toContain(other.outcome))
        })
        expect([world.primariesAtOnceMs(), roles(world).filter((role) => role === 'primary').length < 2]).toEqual([
          0,
          true,
        ])
        await reaches(failover, ['activation-id'])
        figure('faults of the process', 1)
      }))
}

/** Sets the process's wall clock by so many ms, so long after its start, and again each second. */
const stepping = (by: number, after: number): string =>
  `--import=data:text/javascript,${encodeURIComponent(`
    const began = performance.now(), real = Date.now
    const off = () => performance.now() < began + ${after} ? 0 : ${by} * (1 + Math.floor((performance.now() - began - ${after}) / 1000))
    const Real = Date
    globalThis.Date = class extends Real {
      constructor(...given) { given.length === 0 ? super(real() + off()) : super(...given) }
      static now() { return Math.floor(real() + off()) }
    }`)}`

const HOUR = 3_600_000
for (const by of WHOLE ? [-24 * HOUR, -HOUR, -5000, 5000, HOUR, 24 * HOUR] : [-HOUR, HOUR]) {
  for (const [what, mishap] of [
    ['nothing else wrong', undefined],
    ['the promotion put off', { kind: 'status', status: 429, errors: ['quota'], times: 2 }],
    ['the promotion lost', { kind: 'reset-before', times: 1 }],
  ] as const) {
    test.concurrent(`the wall clock is set by ${by / 1000} s again and again, ${what}`, () =>
      trial({ windows: { demote: 500, promote: 700, attach: 300 } }, async ({ world, fault, run, reaches }) => {
        if (mishap !== undefined) fault({ path: PATHS.promote, ...mishap })
        const ran = await run({ ...failover, 'catch-up-timeout': '10s' }, { env: { NODE_OPTIONS: stepping(by, 300) } })
        withLog(ran, () => {
          expect([ran.outcome, visible(world, world.secondary)]).toEqual(['done', 'primary'])
          // A length of time is one, whatever the clock on the wall says.
          const rto = Number(ran.outputs['rto-ms'])
          expect([rto >= 1200, rto < ran.ms]).toEqual([true, true])
        })
        await reaches()
        figure('faults of the process', 1)
      }))
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const
for (const [at, call] of WRITES.entries()) {
  for (const signal of WHOLE ? SIGNALS : SIGNALS.filter((_, turn) => turn === at % SIGNALS.length)) {
    test.concurrent(`${signal} in the post step of a run that was killed when ${call.name} was applied`, () =>
      trial({ windows: { demote: 400, promote: 400, attach: 400 } }, async (told) => {
        const { world, start, reaches } = told
        const running = start(failover)
        await until(`${call.name} is applied`, () =>
          world.requests.some((one) => one.path === call.path && one.applied && one.cluster === call.cluster),
        )
        running.child.kill('SIGKILL')
        await running.ended
        const [asked, sent] = [world.requests.length, world.writes().length]
        const post = running.startPost()
        await until('the post step looks', () => world.requests.length > asked || post.child.exitCode !== null)
        const since = performance.now()
        post.child.kill(signal)
        const ended = await post.ended
        withLog(ended, () => {
          if (signal !== 'SIGKILL') expect(performance.now() - since).toBeLessThan(6000)
          // It changes no role, whatever becomes of it.
          const later = world.writes().slice(sent)
          expect(later.map(({ path }) => path).filter((path) => path !== PATHS.revoke)).toEqual([])
        })
        await reaches(failover, ['activation-id'])
        figure('faults of the process', 1)
      }))
  }
}
