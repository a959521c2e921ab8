import { expect } from '@jest/globals'
import { expectRun, story } from '../support/story.ts'

story(
  'demote, promote and update-primary, each a step of its own, and each run again changes nothing',
  {},
  async ({ world, run }) => {
    const demoted = await run({ operation: 'demote' })
    expectRun(demoted, {
      outcome: 'done',
      changed: 'true',
      'active-addr': '',
      redundancy: 'unprotected',
      health: 'critical',
    })
    expect(demoted.writes).toEqual(['primary: demote'])
    expectRun(await run({ operation: 'demote' }), { outcome: 'unchanged', changed: 'false', 'active-addr': '' })

    const promoted = await run({ operation: 'promote' })
    expectRun(promoted, {
      outcome: 'done',
      'active-addr': world.secondary.addr,
      redundancy: 'unprotected',
      'rpo-entries': '0',
    })
    expect(promoted.writes).toEqual(['secondary: promote'])
    expectRun(await run({ operation: 'promote' }), { outcome: 'unchanged', 'active-addr': world.secondary.addr })
    expectRun(await run({ operation: 'demote' }), { outcome: 'unchanged', 'active-addr': world.secondary.addr })

    const attached = await run({ operation: 'update-primary' })
    expectRun(attached, {
      outcome: 'done',
      'active-addr': world.secondary.addr,
      redundancy: 'protected',
      health: 'healthy',
    })
    expect(attached.writes).toEqual([
      'primary: generate-public-key',
      'secondary: secondary-token',
      'primary: update-primary',
    ])
    expectRun(await run({ operation: 'update-primary' }), { outcome: 'unchanged', redundancy: 'protected' })
    expectRun(await run({ operation: 'failover' }), { outcome: 'unchanged', redundancy: 'protected' })
  },
)

story('the phases of a failback are those of a failover with the addresses swapped', {}, async ({ world, run }) => {
  expectRun(await run({ operation: 'failover' }), { outcome: 'done' })
  const swapped = { 'primary-addr': world.secondary.addr, 'secondary-addr': world.primary.addr }
  for (const operation of ['demote', 'promote', 'update-primary'])
    expectRun(await run({ operation, ...swapped }), { outcome: 'done', changed: 'true' })
  expectRun(await run({ operation: 'failback' }), { outcome: 'unchanged', redundancy: 'protected' })
  expect(world.primary.state()).toBe('running')
})

story('a failover goes on where a lone demote left off', {}, async ({ world, run }) => {
  expectRun(await run({ operation: 'demote' }), { outcome: 'done' })
  const ran = await run({ operation: 'failover' })
  expectRun(ran, { outcome: 'done', 'active-addr': world.secondary.addr, redundancy: 'protected' })
  expect(ran.writes).not.toContain('primary: demote')
})

story('a failback makes the demoted cluster primary again', {}, async ({ world, run }) => {
  expectRun(await run({ operation: 'demote' }), { outcome: 'done' })
  const ran = await run({ operation: 'failback' })
  expectRun(ran, { outcome: 'done', 'active-addr': world.primary.addr, redundancy: 'protected' })
  expect(ran.writes).toContain('primary: promote')
  expect(ran.writes).not.toContain('secondary: promote')
})

story('promote is refused while the other one is primary', {}, async ({ world, run }) => {
  const ran = await run({ operation: 'promote' })
  expectRun(ran, { outcome: 'blocked', 'active-addr': world.primary.addr, redundancy: 'protected' })
})

story('update-primary is refused while the new primary is none', {}, async ({ world, run }) => {
  expectRun(await run({ operation: 'update-primary' }), { outcome: 'blocked', 'active-addr': world.primary.addr })
})

story('update-primary with nobody primary says that nobody is', {}, async ({ run }) => {
  expectRun(await run({ operation: 'demote' }), { outcome: 'done' })
  const ran = await run({ operation: 'update-primary' })
  expectRun(ran, { outcome: 'no-primary', changed: 'false' })
  expect(ran.writes).toEqual([])
})

story('demote needs the Vault token alone', {}, async ({ world, run }) => {
  const ran = await run({ operation: 'demote', 'vault-token': world.tokens.operator, 'dr-operation-token': '' })
  expectRun(ran, { outcome: 'done', changed: 'true' })
})

story(
  'demote asks for a secondary that could take over, unless it is waived',
  { lag: 9, catchUpPerSecond: 0 },
  async ({ run }) => {
    expectRun(await run({ operation: 'demote', 'catch-up-timeout': '200ms' }), { outcome: 'blocked' })
    expectRun(await run({ operation: 'demote', 'catch-up-timeout': '200ms', override: 'lag' }), { outcome: 'done' })
  },
)
