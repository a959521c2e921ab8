import { expect } from '@jest/globals'
import { expectRun, story } from '../support/story.ts'

const WHOLE = ['demote', 'generate-public-key', 'promote', 'secondary-token', 'update-primary']
const calls = (writes: readonly string[]) => writes.map((write) => write.replace(/.*: /, '')).sort()

story('a failover, the same again, the way back, and that again', { tls: true }, async ({ world, run }) => {
  const there = await run({ operation: 'failover' })
  expectRun(there, {
    outcome: 'done',
    changed: 'true',
    health: 'healthy',
    redundancy: 'protected',
    'active-addr': world.secondary.addr,
    'rpo-entries': '0',
    lag: '0',
  })
  expect(calls(there.writes)).toEqual(WHOLE)
  expect([world.primary.state(), world.secondary.state()]).toEqual(['stream-wals', 'running'])

  const again = await run({ operation: 'failover' })
  expectRun(again, { outcome: 'unchanged', changed: 'false', redundancy: 'protected', 'rto-ms': '', 'rpo-entries': '' })

  const back = await run({ operation: 'failback' })
  expectRun(back, {
    outcome: 'done',
    health: 'healthy',
    redundancy: 'protected',
    'active-addr': world.primary.addr,
    'rpo-entries': '0',
    'cluster-id': there.outputs['cluster-id'],
  })
  expect(calls(back.writes)).toEqual(WHOLE)
  expectRun(await run({ operation: 'failback' }), { outcome: 'unchanged', changed: 'false', redundancy: 'protected' })
  expect(world.history.some(({ erased }) => erased)).toBe(false)
})

story(
  'rto-ms is how long nobody served, as the clusters themselves know it',
  {
    windows: { demote: 150, promote: 250 },
  },
  async ({ world, run }) => {
    const ran = await run({ operation: 'failover' })
    expectRun(ran, { outcome: 'done' })
    const left = world.history.find(({ cluster, role }) => cluster === 'primary' && role !== 'primary')?.at ?? 0
    const came = world.history.find(({ cluster, role }) => cluster === 'secondary' && role === 'primary')?.at ?? 0
    expect(came - left).toBeGreaterThan(400)
    // It is measured by looks: never shorter than the truth, and longer by no more than a few looks.
    expect(Number(ran.outputs['rto-ms'])).toBeGreaterThanOrEqual(came - left)
    expect(Number(ran.outputs['rto-ms'])).toBeLessThan(came - left + 1500)
  },
)

story('a busy pair is failed over without a lost entry', { writesPerSecond: 300 }, async ({ world, run }) => {
  expectRun(await run({ operation: 'failover' }), { outcome: 'done', redundancy: 'protected', 'rpo-entries': '0' })
  expectRun(await run({ operation: 'failback' }), { outcome: 'done', 'active-addr': world.primary.addr })
})

story(
  'an ordinary Vault token for the primary, and a batch token for the secondary, each used where it belongs',
  {},
  async ({ world, run }) => {
    const ran = await run({ operation: 'failover', 'vault-token': world.tokens.operator })
    expectRun(ran, { outcome: 'done', redundancy: 'protected' })
    const used = (path: RegExp) => world.writes().filter((request) => path.test(request.path))
    for (const { token } of used(/primary\/(demote|secondary-token)$/)) expect(token).toBe(world.tokens.operator)
    for (const { body } of used(/secondary\/(promote|update-primary)$/))
      expect(body).toMatchObject({ dr_operation_token: world.tokens.batch })
  },
)

story('root tokens of the set do from Vault 2.0 on', { version: '2.1.0+ent' }, async ({ world, run }) => {
  const ran = await run({ operation: 'failover', 'dr-operation-token': world.tokens.root })
  expectRun(ran, { outcome: 'done', redundancy: 'protected', health: 'healthy' })
})

story(
  'a root token as DR operation token is refused where a Vault before 2.0 would refuse it',
  {
    version: '1.21.1+ent',
  },
  async ({ world, run }) => {
    const ran = await run({ operation: 'failover', 'dr-operation-token': world.tokens.root })
    expectRun(ran, { outcome: 'blocked', 'active-addr': world.primary.addr })
  },
)

story('standbys behind a load balancer serve, as long as there is a leader', {}, async ({ world, run }) => {
  world.primary.setHealth({ standby: true })
  world.secondary.setHealth({ standby: true })
  expectRun(await run({ operation: 'failover' }), { outcome: 'done', health: 'healthy' })
})

story('a third cluster of the set stays untouched', { clusters: 3 }, async ({ world, run }) => {
  expectRun(await run({ operation: 'failover' }), { outcome: 'done', redundancy: 'protected' })
  expect(world.requests.filter(({ cluster }) => cluster === 'tertiary')).toEqual([])
})

story(
  'addresses are taken with a slash at their end, and given back as they came',
  { tls: true },
  async ({ world, run }) => {
    const given = { 'primary-addr': `${world.primary.addr}/`, 'secondary-addr': `${world.secondary.addr}/` }
    const ran = await run({ operation: 'status', ...given })
    expectRun(ran, { outcome: 'done', health: 'healthy' })
    expect(Object.values(given)).toContain(ran.outputs['active-addr'])
  },
)
