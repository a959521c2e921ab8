import { expect } from '@jest/globals'
import { call } from '../simulator/stranger.ts'
import { PATHS } from '../support/invariants.ts'
import { type Begun, expectRun, story, type Told, until } from '../support/story.ts'

const failover = { operation: 'failover' }
const windows = { demote: 300, promote: 300, attach: 400 }
/** GitHub kills 7.5 seconds after the first signal. In ms. */
const WITHIN = 6000

async function cancel(running: Begun): Promise<Told> {
  const at = performance.now()
  running.child.kill('SIGINT')
  const ran = await running.ended
  expect(performance.now() - at).toBeLessThan(WITHIN)
  expect(ran.code).not.toBeNull()
  return ran
}

story('before the demotion: nothing is begun any more', { lag: 9, catchUpPerSecond: 0 }, async ({ world, start }) => {
  const running = start({ ...failover, 'catch-up-timeout': '15s' })
  await until('it waits for the lag', () => world.requests.length > 14)
  const ran = await cancel(running)
  expect(['blocked', 'failed']).toContain(ran.outcome)
  expectRun(ran, { changed: 'false', 'active-addr': world.primary.addr, redundancy: 'protected' })
  expect(ran.writes).toEqual([])
})

story('at the very beginning', {}, async ({ world, start }) => {
  world.fault({ path: PATHS.status, kind: 'delay-answer', delayMs: 700 })
  const running = start(failover)
  await until('the first request is there', () => world.requests.length > 0)
  const ran = await cancel(running)
  expectRun(ran, { changed: 'false' })
  expect(ran.writes).toEqual([])
})

story(
  'after the demotion: the one call that ends "no primary" is still made',
  { windows },
  async ({ world, start, run }) => {
    const running = start(failover)
    await until('the demotion is applied', () => world.writes().some(({ applied }) => applied))
    const ran = await cancel(running)
    expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr, changed: 'true' })
    expect(ran.writes).toContain('secondary: promote')
    expect(ran.writes).not.toContain('primary: update-primary')
    expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
  },
)

story(
  'between the demotion and the promotion, twice, and with a SIGTERM on top',
  { windows },
  async ({ world, start }) => {
    const running = start(failover)
    await until('the demotion is applied', () => world.writes().some(({ applied }) => applied))
    running.child.kill('SIGINT')
    running.child.kill('SIGINT')
    running.child.kill('SIGTERM')
    const ran = await cancel(running)
    expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr })
  },
)

story('during the promotion: its end is awaited, and no more', { windows }, async ({ world, start, run }) => {
  const running = start(failover)
  await until('the promotion is applied', () =>
    world.writes().some(({ applied, path }) => applied && path === PATHS.promote),
  )
  const ran = await cancel(running)
  expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr })
  expect(ran.writes).not.toContain('primary: update-primary')
  expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
})

story('during the re-attachment', { windows: { attach: 9000 } }, async ({ world, start }) => {
  const running = start(failover)
  await until('update-primary is applied', () =>
    world.writes().some(({ applied, path }) => applied && path === PATHS.updatePrimary),
  )
  const ran = await cancel(running)
  expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr, redundancy: 'unprotected' })
})

story('while an activation token is made: it is handed to nobody', {}, async ({ world, start }) => {
  world.fault({ path: PATHS.secondaryToken, kind: 'delay-answer', delayMs: 1200 })
  const running = start(failover)
  await until('the token is made', () =>
    world.writes().some(({ applied, path }) => applied && path === PATHS.secondaryToken),
  )
  const ran = await cancel(running)
  expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr })
  expect(ran.writes).not.toContain('primary: update-primary')
  await running.post()
  expect(world.leftovers()).toEqual([])
})

story(
  'while nobody can be promoted: it ends all the same, and says that nobody is primary',
  { windows },
  async ({ world, start, run }) => {
    const errors = ['replication is still catching up, try again later or provide the "force" argument']
    world.fault({ path: PATHS.promote, kind: 'status', status: 503, errors })
    const running = start({ ...failover, 'catch-up-timeout': '30s', timeout: '60s' })
    await until('the promotion was tried', () => world.writes().some(({ path }) => path === PATHS.promote))
    const ran = await cancel(running)
    expectRun(ran, { outcome: 'no-primary', 'active-addr': '' })
    world.clearFaults()
    expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
  },
)

story('a promotion that was never answered is looked at before the end', { windows }, async ({ world, start }) => {
  world.fault({ path: PATHS.promote, kind: 'silence-after', times: 1 })
  const running = start(failover)
  await until('the promotion is applied', () =>
    world.writes().some(({ applied, path }) => applied && path === PATHS.promote),
  )
  expectRun(await cancel(running), { outcome: 'incomplete', 'active-addr': world.secondary.addr })
})

story(
  'the phase demote, once it is sent, ends as it was asked to, and promotes nobody',
  { windows },
  async ({ world, start }) => {
    const running = start({ operation: 'demote' })
    await until('the demotion is applied', () => world.writes().some(({ applied }) => applied))
    const ran = await cancel(running)
    expectRun(ran, { outcome: 'done', 'active-addr': '' })
    expect(ran.writes).toEqual(['primary: demote'])
  },
)

story('a status that is cancelled tells what it saw', { lag: 5, catchUpPerSecond: 0 }, async ({ world, start }) => {
  const running = start({ operation: 'status', 'catch-up-timeout': '15s' })
  await until('it waits', () => world.requests.length > 8)
  expectRun(await cancel(running), { outcome: 'done', 'active-addr': world.primary.addr })
})

story('a demotion that was never answered may land yet: its end is not known', {}, async ({ world, start }) => {
  world.fault({ path: PATHS.demote, kind: 'silence-before' })
  const running = start(failover)
  await until('the demotion is sent', () => world.writes().length > 0)
  const ran = await cancel(running)
  expectRun(ran, { outcome: 'unknown', 'active-addr': world.primary.addr })
  expect(ran.log).not.toContain('the roles are as they were')
  expect(ran.summary).not.toContain('No primary since')
  expect(ran.summary).toMatch(/wait two minutes/)
  const post = await running.post()
  expectRun(post, { outcome: 'unknown', 'active-addr': world.primary.addr })
})

story('one that landed after the end is found by the post step', {}, async ({ world, start, run }) => {
  world.fault({ path: PATHS.demote, kind: 'silence-before' })
  const running = start(failover)
  await until('the demotion is sent', () => world.writes().length > 0)
  expectRun(await cancel(running), { outcome: 'unknown' })
  world.clearFaults()
  await call(world, world.primary, 'POST', PATHS.demote, { token: world.tokens.batch, body: {} })
  expectRun(await running.post(), { outcome: 'no-primary', 'active-addr': '' })
  expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
})

story('a promotion in an emergency that was never answered', {}, async ({ world, start }) => {
  await world.primary.stop()
  world.secondary.set({ connection_state: 'transient_failure' })
  world.fault({ path: PATHS.promote, kind: 'silence-before' })
  const running = start({
    ...failover,
    mode: 'emergency',
    confirm: new URL(world.secondary.addr).host,
    override: 'emergency-evidence',
  })
  await until('the promotion is sent', () => world.writes().length > 0)
  expectRun(await cancel(running), { outcome: 'unknown', 'active-addr': '' })
})

story('a demotion that was refused has failed, cancelled or not', {}, async ({ world, start }) => {
  world.fault({ path: PATHS.demote, kind: 'status', status: 403, errors: ['denied'] })
  const running = start(failover)
  await until('the demotion is sent', () => world.writes().length > 0)
  expectRun(await cancel(running), { outcome: 'failed', 'active-addr': world.primary.addr })
})

story('so has one that was put off', {}, async ({ world, start }) => {
  world.fault({ path: PATHS.demote, kind: 'status', status: 429, headers: { 'retry-after': '30' } })
  const running = start(failover)
  await until('the demotion is sent', () => world.writes().length > 0)
  expectRun(await cancel(running), { outcome: 'failed', 'active-addr': world.primary.addr })
})

story(
  'a demotion whose answer was reset, and which looks say did not happen, has failed',
  {},
  async ({ world, start }) => {
    world.fault({ path: PATHS.demote, kind: 'reset-before' })
    const running = start(failover)
    await until('the demotion is sent', () => world.writes().length > 0)
    expectRun(await cancel(running), { outcome: 'failed', 'active-addr': world.primary.addr })
  },
)
