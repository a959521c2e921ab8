import { expect } from '@jest/globals'
import { PATHS } from '../support/invariants.ts'
import { expectRun, stateOf, story, until } from '../support/story.ts'

const failover = { operation: 'failover' }

story(
  'a secondary that catches up in time is waited for, and then nothing is lost',
  {
    lag: 120,
    catchUpPerSecond: 80,
  },
  async ({ world, run }) => {
    const began = Date.now()
    const ran = await run({ ...failover, 'catch-up-timeout': '10s' })
    expectRun(ran, { outcome: 'done', redundancy: 'protected', 'rpo-entries': '0' })
    // The primary served while it was waited for: it is demoted only at the end of that.
    const demoted = world.writes().find(({ path }) => path === PATHS.demote)
    expect((demoted?.at ?? 0) - began).toBeGreaterThan(1400)
  },
)

story(
  'a secondary that never catches up is refused, and nothing is sent',
  { lag: 40, catchUpPerSecond: 0 },
  async ({ world, run }) => {
    const ran = await run({ ...failover, 'catch-up-timeout': '400ms' })
    expectRun(ran, { outcome: 'blocked', lag: '40', 'active-addr': world.primary.addr })
    expect(stateOf(ran, 'lag')).toBe('failed')
  },
)

story(
  'max-lag is how far it may be behind; what is on its way still arrives before the promotion',
  {
    lag: 90,
    catchUpPerSecond: 30,
  },
  async ({ run }) => {
    const ran = await run({ ...failover, 'max-lag': '90', 'catch-up-timeout': '8s' })
    expectRun(ran, { outcome: 'done', redundancy: 'protected' })
    expect(ran.log).toMatch(/catching up/)
    // In the end both held the same, so nothing was lost.
    expect(ran.outputs['rpo-entries']).toBe('0')
  },
)

story('one more than max-lag is too much', { lag: 31, catchUpPerSecond: 0 }, async ({ run }) => {
  expectRun(await run({ ...failover, 'max-lag': '30', 'catch-up-timeout': '200ms' }), { outcome: 'blocked', lag: '31' })
})

story('a lag that is waived by name does not stop the demotion', { lag: 60, catchUpPerSecond: 30 }, async ({ run }) => {
  const ran = await run({ ...failover, override: 'lag', 'catch-up-timeout': '8s' })
  expectRun(ran, { outcome: 'done' })
  expect(stateOf(ran, 'lag')).toBe('waived')
  expect(ran.summary).toMatch(/lag/)
})

story('equal merkle roots are no lag, whatever last_remote_wal says after a resync', {}, async ({ world, run }) => {
  world.secondary.set({ last_remote_wal: 0 })
  const ran = await run(failover)
  expectRun(ran, { outcome: 'done', 'rpo-entries': '0' })
  expect(stateOf(ran, 'lag')).toBe('passed')
})

story(
  'without equal roots a last_remote_wal of 0 proves nothing',
  { lag: 5, catchUpPerSecond: 0 },
  async ({ world, run }) => {
    world.secondary.set({ last_remote_wal: 0 })
    expectRun(await run({ ...failover, 'catch-up-timeout': '200ms' }), { outcome: 'blocked' })
  },
)

story(
  'a secondary that tells no position is not taken for one that has caught up',
  { lag: 5, catchUpPerSecond: 0 },
  async ({ world, run }) => {
    world.secondary.set({ last_remote_wal: undefined, merkle_root: undefined })
    expectRun(await run({ ...failover, 'catch-up-timeout': '200ms' }), { outcome: 'blocked' })
  },
)

story(
  'a secondary that is always a little behind a busy primary still passes',
  {
    lag: 10,
    catchUpPerSecond: 100,
    writesPerSecond: 100,
  },
  async ({ run }) => {
    const ran = await run({ ...failover, 'catch-up-timeout': '8s' })
    expectRun(ran, { outcome: 'done', redundancy: 'protected' })
  },
)

story('a sync that is under way is waited for', {}, async ({ world, start }) => {
  world.secondary.set({ state: 'merkle-sync' })
  const running = start({ ...failover, 'catch-up-timeout': '15s' })
  await until('it was asked several times', () => world.requests.length >= 12)
  expect(world.writes()).toEqual([])
  world.secondary.clearOverrides()
  expectRun(await running.ended, { outcome: 'done' })
})
