import { expect } from '@jest/globals'
import type { World } from '../../src/simulator/world.ts'
import { PATHS } from '../support/invariants.ts'
import { expectRun, stateOf, story, until } from '../support/story.ts'

// The stories in which a run has to wait for real seconds; in one file, so that they wait side by side.

const failover = { operation: 'failover' }
const LOST = { heartbeatAgeSeconds: 90 }
const emergency = (world: World, more: Record<string, string> = {}) => ({
  operation: 'failover',
  mode: 'emergency',
  confirm: new URL(world.secondary.addr).host,
  ...more,
})

story('a primary that only this runner can not see is not lost', {}, async ({ world, run }) => {
  world.primary.hang()
  const ran = await run(emergency(world))
  expectRun(ran, { outcome: 'blocked', 'active-addr': '' })
  expect([ran.writes, stateOf(ran, 'emergency-evidence')]).toEqual([[], 'failed'])
})

story(
  'a primary that only this runner can not see is given up where that is waived by name',
  {},
  async ({ world, run }) => {
    world.primary.hang()
    const waived = await run(emergency(world, { override: 'emergency-evidence' }))
    expectRun(waived, { outcome: 'done', 'active-addr': world.secondary.addr, redundancy: 'unprotected' })
    expect(stateOf(waived, 'emergency-evidence')).toBe('waived')
    expect(waived.summary).toContain('emergency-evidence')
  },
)

story('a sealed old primary is a lost one', {}, async ({ world, run }) => {
  await world.primary.stop(LOST)
  world.primary.seal()
  await world.primary.start()
  world.secondary.set({ primaries: [], connection_state: 'transient_failure' })
  const ran = await run(emergency(world, { timeout: '8s' }))
  expectRun(ran, { outcome: 'done', 'active-addr': world.secondary.addr, redundancy: 'unprotected' })
})

story('a primary that says nothing while it is demoted costs no more than that', {}, async ({ world, start }) => {
  const { ended } = start(failover)
  await until('it is demoted', () => world.writes().some(({ applied }) => applied))
  world.primary.hang()
  setTimeout(() => world.primary.unhang(), 3000)
  const ran = await ended
  expectRun(ran, { outcome: 'done', redundancy: 'protected' })
  expect(ran.log).not.toContain('watching for')
})

story('a cancel while a cluster hangs', {}, async ({ world, start }) => {
  world.primary.hang()
  const running = start(failover)
  await until('the secondary was asked', () => world.requests.some(({ cluster }) => cluster === 'secondary'))
  const at = performance.now()
  running.child.kill('SIGINT')
  const ran = await running.ended
  expect(performance.now() - at).toBeLessThan(6000)
  expectRun(ran, { changed: 'false', 'active-addr': '' })
  expect(['blocked', 'failed']).toContain(ran.outcome)
})

story('a primary that hangs is critical, and the run ends all the same', {}, async ({ world, run }) => {
  world.primary.hang()
  const ran = await run({ operation: 'status', timeout: '8s' })
  expectRun(ran, { health: 'critical', code: 1 })
  expect(ran.ms).toBeLessThan(20_000)
})

story('an answer that comes by the byte does not hold the run for ever', {}, async ({ world, run }) => {
  world.fault({ cluster: 'secondary', path: PATHS.status, kind: 'drip', delayMs: 400 })
  const ran = await run({ operation: 'status', timeout: '5s' })
  expectRun(ran, { outcome: 'done', health: 'degraded' })
  expect(ran.ms).toBeLessThan(25_000)
})

story(
  'a primary that dies with the demotion leaves it unknown, and nothing is promoted',
  {},
  async ({ world, start, run }) => {
    world.fault({ path: PATHS.demote, kind: 'silence-after', times: 1 })
    const running = start({ ...failover, timeout: '6s' })
    await until('the demotion is applied', () => world.writes().some(({ applied }) => applied))
    await world.primary.stop()
    const ran = await running.ended
    expectRun(ran, { outcome: 'unknown', code: 40, 'active-addr': '' })
    expect(ran.writes).toEqual(['primary: demote'])
    await world.primary.start()
    expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
  },
)

story('a promotion whose cluster dies with it ends told as it is', {}, async ({ world, start, run }) => {
  const running = start({ ...failover, timeout: '6s' })
  await until('the promotion is applied', () =>
    world.writes().some(({ applied, path }) => applied && path === PATHS.promote),
  )
  await world.secondary.stop()
  const ran = await running.ended
  expect(['unknown', 'no-primary']).toContain(ran.outcome)
  expect(ran.writes).not.toContain('primary: promote')
  await world.secondary.start()
  expectRun(await run(failover), { outcome: 'done', redundancy: 'protected', 'active-addr': world.secondary.addr })
})

story('a cut link that is waived: the new primary serves, and what is short is said', {}, async ({ world, run }) => {
  world.cutLink()
  const ran = await run({ operation: 'failover', override: 'streaming, lag, heartbeat', timeout: '5s' })
  expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr, redundancy: 'unprotected' })
  world.healLink()
  expectRun(await run({ operation: 'failover' }), { redundancy: 'protected', 'active-addr': world.secondary.addr })
})
