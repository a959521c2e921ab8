import { describe, expect } from '@jest/globals'
import type { World } from '../../src/simulator/world.ts'
import { expectRun, type Story, stateOf, story } from '../support/story.ts'

const emergency = (world: World, more: Record<string, string> = {}) => ({
  operation: 'failover',
  mode: 'emergency',
  confirm: new URL(world.secondary.addr).host,
  ...more,
})
const LOST = { heartbeatAgeSeconds: 90 }

/** The primary is lost, and the secondary was promoted in an emergency. */
async function lostAndPromoted({ world, run }: Story): Promise<void> {
  await world.primary.stop(LOST)
  const ran = await run(emergency(world))
  expectRun(ran, { outcome: 'done', 'active-addr': world.secondary.addr, redundancy: 'unprotected', changed: 'true' })
  expect(ran.writes).toEqual(['secondary: promote'])
}

story(
  'a lost primary: promoted, unprotected, and the same again changes nothing',
  { lag: 12, catchUpPerSecond: 0 },
  async (it) => {
    const { world, run } = it
    await lostAndPromoted(it)
    const again = await run(emergency(world))
    expectRun(again, { outcome: 'unchanged', redundancy: 'unprotected', 'active-addr': world.secondary.addr })
  },
)

story(
  'what was lost in an emergency is not called nothing',
  { lag: 12, catchUpPerSecond: 0 },
  async ({ world, run }) => {
    await world.primary.stop(LOST)
    const ran = await run(emergency(world))
    expectRun(ran, { outcome: 'done', health: 'degraded' })
    const { 'rpo-entries': lost = '' } = ran.outputs
    expect(lost === 'unknown' || Number(lost) >= 12).toBe(true)
    expect(ran.outputs['rto-ms']).toBe('')
  },
)

story('a planned run after an emergency tells that the other one is down', {}, async (it) => {
  const { world, run } = it
  await lostAndPromoted(it)
  const ran = await run({ operation: 'failover' })
  expectRun(ran, { outcome: 'incomplete', changed: 'false', 'active-addr': world.secondary.addr })
  expect(ran.writes).toEqual([])
})

story(
  'the old primary comes back: two primaries, nothing sent, until an emergency keeps the confirmed one',
  {},
  async (it) => {
    const { world, run } = it
    await lostAndPromoted(it)
    await world.primary.start()
    const planned = await run({ operation: 'failover' })
    expectRun(planned, { outcome: 'two-primaries', 'active-addr': '', changed: 'false' })
    expect(planned.writes).toEqual([])
    expect(planned.summary).toContain('mode: emergency')
    expectRun(await run({ operation: 'status' }), { outcome: 'done', code: 1, health: 'critical' })
    for (const operation of ['demote', 'promote', 'update-primary', 'failback'])
      expectRun(await run({ operation }), { outcome: 'two-primaries', changed: 'false' })

    const kept = await run(emergency(world))
    expectRun(kept, {
      outcome: 'done',
      redundancy: 'protected',
      'active-addr': world.secondary.addr,
      health: 'healthy',
    })
    expect(kept.writes).toContain('primary: demote')
    expect(kept.writes).not.toContain('secondary: promote')
    expect(world.primary.state()).toBe('stream-wals')
    expectRun(await run({ operation: 'failover' }), { outcome: 'unchanged', redundancy: 'protected' })
  },
)

story('the way home after an emergency', {}, async (it) => {
  const { world, run } = it
  await lostAndPromoted(it)
  await world.primary.start()
  expectRun(await run(emergency(world)), { outcome: 'done', redundancy: 'protected' })
  expectRun(await run({ operation: 'failback' }), { outcome: 'done', 'active-addr': world.primary.addr })
})

story(
  'of two primaries the one with the lower ssct_generation_counter is not kept, whoever confirms it',
  {},
  async ({ world, run }) => {
    world.secondary.forcePrimary()
    world.primary.set({ ssct_generation_counter: 7 })
    const ran = await run(emergency(world))
    expectRun(ran, { outcome: 'two-primaries', changed: 'false' })
    expect(ran.writes).toEqual([])
    // The other direction is the way out.
    const home = { operation: 'failback', mode: 'emergency', confirm: new URL(world.primary.addr).host }
    expectRun(await run(home), { outcome: 'done', 'active-addr': world.primary.addr })
  },
)

/** That a promotion raises the counter is inferred: here it does something else. */
describe('an ssct_generation_counter that tells nothing keeps nobody from keeping the confirmed one', () => {
  for (const [what, theirs, ours] of [
    ['the same on both', 0, 0],
    ['on neither side', undefined, undefined],
    ['on the one side alone', 5, undefined],
    ['on the other side alone', undefined, 0],
  ] as const) {
    story(what, {}, async (it) => {
      const { world, run } = it
      await lostAndPromoted(it)
      await world.primary.start()
      world.primary.set({ ssct_generation_counter: theirs })
      world.secondary.set({ ssct_generation_counter: ours })
      expectRun(await run(emergency(world)), { outcome: 'done', 'active-addr': world.secondary.addr })
      expect(world.primary.state()).toBe('stream-wals')
    })
  }
})

story(
  'an ssct_generation_counter that misleads costs nothing: the confirmed one goes on as soon as the other is shut down',
  {},
  async (it) => {
    const { world, run } = it
    await lostAndPromoted(it)
    await world.primary.start()
    world.primary.set({ ssct_generation_counter: 3 })
    const refused = await run(emergency(world))
    expectRun(refused, { outcome: 'two-primaries', changed: 'false' })
    expect(refused.writes).toEqual([])
    expect(refused.summary).toMatch(/lower `ssct_generation_counter` \(1 against 3\)/)
    await world.primary.stop()
    const ran = await run(emergency(world))
    expectRun(ran, { outcome: 'unchanged', redundancy: 'unprotected', 'active-addr': world.secondary.addr })
  },
)

story('an emergency while the primary answers is refused', {}, async ({ world, run }) => {
  const ran = await run(emergency(world))
  expectRun(ran, { outcome: 'blocked', 'active-addr': world.primary.addr, redundancy: 'protected' })
  expect(stateOf(ran, 'emergency-evidence')).toBe('failed')
})

story(
  'a primary that was heard of a moment ago may come back: refused, until it has been silent for long',
  {},
  async ({ world, run }) => {
    await world.primary.stop()
    const ran = await run(emergency(world, { 'catch-up-timeout': '300ms' }))
    expectRun(ran, { outcome: 'blocked' })
    expect(stateOf(ran, 'emergency-evidence')).toBe('failed')
    await world.primary.stop(LOST)
    expectRun(await run(emergency(world)), { outcome: 'done', 'active-addr': world.secondary.addr })
  },
)

story('a secondary that reports nothing about the link proves no loss', {}, async ({ world, run }) => {
  await world.primary.stop(LOST)
  world.secondary.set({ connection_state: undefined, primaries: undefined })
  world.secondary.setHealth({ replication_primary_canary_age_ms: undefined })
  expectRun(await run(emergency(world)), { outcome: 'blocked' })
})

story('a lost secondary is no place to go to, emergency or not', {}, async ({ world, run }) => {
  await world.primary.stop(LOST)
  const confirm = new URL(world.secondary.addr).host
  await world.secondary.stop()
  const ran = await run({ operation: 'failover', mode: 'emergency', confirm })
  expectRun(ran, { outcome: 'blocked', 'active-addr': '' })
})

story(
  'an emergency does not wait for what can not come: lag and versions only warn',
  {
    lag: 50,
    catchUpPerSecond: 0,
    version: '1.21.1+ent',
    secondaryVersion: '1.20.0+ent',
  },
  async ({ world, run }) => {
    await world.primary.stop(LOST)
    expectRun(await run(emergency(world)), { outcome: 'done', 'active-addr': world.secondary.addr })
  },
)

story(
  'a generated token does for an emergency whose old primary is gone',
  { version: '2.1.0+ent' },
  async ({ world, run }) => {
    await world.primary.stop(LOST)
    const ran = await run(emergency(world, { 'dr-operation-token': world.tokens.root }))
    expectRun(ran, { outcome: 'done', 'active-addr': world.secondary.addr })
    expect(world.requests.filter(({ token }) => token === world.tokens.root)).toEqual([])
  },
)

story('an emergency back to the first site, when the DR site is lost', {}, async ({ world, run }) => {
  expectRun(await run({ operation: 'failover' }), { outcome: 'done' })
  await world.secondary.stop(LOST)
  const given = { operation: 'failback', mode: 'emergency', confirm: new URL(world.primary.addr).host }
  const ran = await run(given)
  expectRun(ran, { outcome: 'done', 'active-addr': world.primary.addr, redundancy: 'unprotected' })
  await world.secondary.start()
  expectRun(await run(given), { outcome: 'done', 'active-addr': world.primary.addr, redundancy: 'protected' })
})

story('the phase promote in an emergency, and again', {}, async ({ world, run }) => {
  await world.primary.stop(LOST)
  const given = emergency(world, { operation: 'promote' })
  expectRun(await run(given), { outcome: 'done', 'active-addr': world.secondary.addr })
  expectRun(await run(given), { outcome: 'unchanged' })
})

story('the phase demote in an emergency takes the role from an old primary that came back', {}, async (it) => {
  const { world, run } = it
  await lostAndPromoted(it)
  await world.primary.start()
  const ran = await run(emergency(world, { operation: 'demote' }))
  expectRun(ran, { outcome: 'done', 'active-addr': world.secondary.addr })
  expect(ran.writes).toEqual(['primary: demote'])
})
