import { expect, test } from '@jest/globals'
import { startWorld, type World } from '../../src/simulator/world.ts'
import { call, pause } from '../simulator/stranger.ts'
import { keepsSecrets, PATHS, saysNoCommands, visible } from '../support/invariants.ts'
import { type Given, openJob, pair, type Ran, startAction } from '../support/run-action.ts'
import { expectRun, story, until } from '../support/story.ts'

/** Runs of several workflows at once on one pair; what each of them did can't be told apart by what reached the clusters. */
async function together(world: World, given: readonly Given[]): Promise<Ran[]> {
  const job = openJob()
  try {
    const running = given.map((each) => startAction(job.folder, { ...pair(world), ...each }))
    const ran = await Promise.all(running.map(({ ended }) => ended))
    for (const each of ran) {
      keepsSecrets(world, each)
      saysNoCommands(each)
    }
    return ran
  } finally {
    job.close()
  }
}

const applied = (world: World, path: string) => world.writes().filter((one) => one.applied && one.path === path)

test('the same failover, started twice at once, is one failover', async () => {
  const world = await startWorld({ tls: false, windows: { demote: 200, promote: 200, attach: 200 } })
  try {
    const ran = await together(world, [{ operation: 'failover' }, { operation: 'failover' }])
    expect(world.primariesAtOnceMs()).toBe(0)
    expect([visible(world, world.primary), visible(world, world.secondary)]).toEqual(['secondary', 'primary'])
    expect([applied(world, PATHS.demote), applied(world, PATHS.promote)].map(({ length }) => length)).toEqual([1, 1])
    // The one that looks in the middle of the other's role change may refuse to begin; it has sent nothing then.
    const went = ran.filter(({ outcome }) => outcome !== 'blocked')
    expect(went.length).toBeGreaterThan(0)
    for (const { outcome, outputs } of went) {
      if (!['done', 'unchanged', 'incomplete'].includes(outcome))
        throw new Error(ran.map(({ log }) => log).join('\n\n'))
      expect(outputs['active-addr']).toBe(world.secondary.addr)
    }
    const [again] = await together(world, [{ operation: 'failover' }])
    expect(['done', 'unchanged']).toContain(again?.outcome)
  } finally {
    await world.close()
  }
})

test('a failover and a failback at once end with one primary', async () => {
  const world = await startWorld({ tls: false, windows: { demote: 200, promote: 200, attach: 200 } })
  try {
    await together(world, [{ operation: 'failover' }, { operation: 'failback' }])
    expect(world.primariesAtOnceMs()).toBe(0)
    const roles = [visible(world, world.primary), visible(world, world.secondary)]
    expect(roles.filter((role) => role === 'primary')).toHaveLength(1)
  } finally {
    await world.close()
  }
})

story('a run whose work is undone by somebody else does not do it again', {}, async ({ world, start }) => {
  world.fault({ path: PATHS.secondaryToken, kind: 'delay-answer', delayMs: 2500 })
  const { child, log } = start({ operation: 'failover', timeout: '12s' })
  await until('it attaches the old primary', () => applied(world, PATHS.secondaryToken).length > 0)
  await call(world, world.secondary, 'POST', PATHS.demote, { token: world.tokens.root })
  await until('nobody is primary', () => visible(world, world.secondary) === 'secondary')
  await call(world, world.primary, 'POST', PATHS.promote, { body: { dr_operation_token: world.tokens.batch } })
  await until('the run is over', () => child.exitCode !== null)
  expect(log()).toContain('somebody has made it primary again')
  expect(applied(world, PATHS.demote).map(({ cluster }) => cluster)).toEqual(['primary', 'secondary'])
  expect(visible(world, world.primary)).toBe('primary')
  expect(world.primariesAtOnceMs()).toBe(0)
})

story(
  'a promotion of the other cluster that begins while a run watches is not met by a second one',
  {
    windows: { promote: 1500 },
  },
  async ({ world, run, start }) => {
    expectRun(await run({ operation: 'demote' }), { outcome: 'done' })
    const { child, log } = start({ operation: 'failback' })
    await until('it watches whether somebody is at work', () => log().includes('watching'))
    await pause(1700)
    const body = { dr_operation_token: world.tokens.batch }
    expect((await call(world, world.secondary, 'POST', PATHS.promote, { body })).status).toBe(200)
    await until('the run is over', () => child.exitCode !== null)
    await until('the other one is primary', () => visible(world, world.secondary) === 'primary')
    expect(world.primary.role()).toBe('secondary')
    expect(world.primariesAtOnceMs()).toBe(0)
  },
)
