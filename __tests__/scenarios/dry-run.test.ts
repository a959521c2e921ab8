import { expect } from '@jest/globals'
import { expectRun, story } from '../support/story.ts'

const dry = { operation: 'failover', 'dry-run': 'true' }

story('a dry run of what would go says planned, and sends no write', {}, async ({ world, run }) => {
  const ran = await run(dry)
  expectRun(ran, { outcome: 'planned', changed: 'false', 'active-addr': world.primary.addr, redundancy: 'protected' })
  expect(world.writes()).toEqual([])
  expect(ran.report?.steps.map(({ name }) => name)).toEqual(['demote', 'promote', 'follow'])
  expect(ran.report?.checks.filter(({ state }) => state === 'failed')).toEqual([])
})

story('a dry run of what would be refused says blocked, and why', {}, async ({ world, run }) => {
  world.secondary.set({ corrupted_merkle_tree: true })
  const ran = await run(dry)
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
  expect(ran.log).toMatch(/merkle/)
  expect(world.writes()).toEqual([])
})

story('a dry run of what is so already says unchanged', {}, async ({ run }) => {
  expectRun(await run({ operation: 'failover' }), { outcome: 'done' })
  expectRun(await run(dry), { outcome: 'unchanged', redundancy: 'protected' })
})

story('a dry run half way through plans the rest', {}, async ({ run }) => {
  expectRun(await run({ operation: 'demote' }), { outcome: 'done' })
  const ran = await run(dry)
  expectRun(ran, { outcome: 'planned', 'active-addr': '' })
  expect(ran.writes).toEqual([])
})

story('a dry run with two primaries says so, and sends nothing', {}, async ({ world, run }) => {
  world.secondary.forcePrimary()
  expectRun(await run(dry), { outcome: 'two-primaries', 'active-addr': '' })
  expect(world.writes()).toEqual([])
})

story('a dry run of an emergency shows what it would do', {}, async ({ world, run }) => {
  await world.primary.stop({ heartbeatAgeSeconds: 60 })
  const ran = await run({ ...dry, mode: 'emergency', confirm: new URL(world.secondary.addr).host })
  expectRun(ran, { outcome: 'planned', changed: 'false' })
  expect(world.writes()).toEqual([])
})

for (const operation of ['demote', 'failback', 'promote']) {
  story(`a dry run of ${operation} sends no write`, {}, async ({ world, run }) => {
    const ran = await run({ operation, 'dry-run': 'true' })
    expect(['planned', 'blocked', 'unchanged']).toContain(ran.outcome)
    expect(world.writes()).toEqual([])
  })
}
