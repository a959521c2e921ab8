import { expect } from '@jest/globals'
import type { World } from '../../src/simulator/world.ts'
import { expectRun, type Story, story } from '../support/story.ts'

const look = (run: Story['run'], more: Record<string, string> = {}) =>
  run({ operation: 'status', 'dr-operation-token': '', ...more })

story('a healthy pair, without any token', {}, async ({ world, run }) => {
  const ran = await look(run)
  expectRun(ran, {
    outcome: 'done',
    code: 0,
    changed: 'false',
    health: 'healthy',
    redundancy: 'protected',
    'active-addr': world.primary.addr,
    lag: '0',
    'rto-ms': '',
    'rpo-entries': '',
  })
  expect(ran.outputs['cluster-id']).not.toBe('')
  expect(world.requests.filter(({ method, token }) => method !== 'GET' || token !== '')).toEqual([])
})

story('a healthy pair after a failover', {}, async ({ world, run }) => {
  expectRun(await run({ operation: 'failover' }), { outcome: 'done' })
  expectRun(await look(run), { health: 'healthy', 'active-addr': world.secondary.addr, redundancy: 'protected' })
})

interface Trouble {
  readonly name: string
  readonly health: 'degraded' | 'critical'
  readonly make: (world: World) => void | Promise<void>
  readonly active: 'primary' | ''
  readonly options?: Parameters<typeof story>[1]
}

const beat = (age: number) => [
  {
    api_address: 'https://127.0.0.1:1',
    cluster_address: 'https://127.0.0.1:2',
    connection_status: 'connected',
    last_heartbeat: new Date(Date.now() - age).toISOString(),
    replication_primary_canary_age_ms: String(age),
  },
]

const TROUBLES: readonly Trouble[] = [
  { name: 'the primary is down', health: 'critical', active: '', make: (world) => world.primary.stop() },
  { name: 'the primary is sealed', health: 'critical', active: '', make: (world) => world.primary.seal() },
  { name: 'the secondary is down', health: 'degraded', active: 'primary', make: (world) => world.secondary.stop() },
  { name: 'the secondary is sealed', health: 'degraded', active: 'primary', make: (world) => world.secondary.seal() },
  { name: 'two claim the role', health: 'critical', active: '', make: (world) => world.secondary.forcePrimary() },
  {
    name: 'the two are of different sets',
    health: 'critical',
    active: 'primary',
    make: (world) => world.secondary.set({ cluster_id: '11111111-2222-3333-4444-555555555555' }),
  },
  { name: 'the link is cut', health: 'degraded', active: 'primary', make: (world) => world.cutLink() },
  {
    name: 'the link is gone for the primary alone',
    health: 'degraded',
    active: 'primary',
    make: (world) => world.primary.set({ known_secondaries: [], secondaries: [] }),
  },
  {
    name: 'the secondary syncs',
    health: 'degraded',
    active: 'primary',
    make: (world) => world.secondary.set({ state: 'merkle-sync' }),
  },
  {
    name: 'the secondary is idle',
    health: 'degraded',
    active: 'primary',
    make: (world) => world.secondary.set({ state: 'idle' }),
  },
  {
    name: 'the secondary is in a state that nobody has heard of',
    health: 'degraded',
    active: 'primary',
    make: (world) => world.secondary.set({ state: 'all-fine' }),
  },
  {
    name: 'the heartbeat is stale',
    health: 'degraded',
    active: 'primary',
    make: (world) => world.secondary.set({ primaries: beat(90_000) }),
  },
  {
    name: 'the secondary is corrupt',
    health: 'critical',
    active: 'primary',
    make: (world) => world.secondary.set({ corrupted_merkle_tree: true }),
  },
  {
    name: 'the primary is corrupt',
    health: 'critical',
    active: 'primary',
    make: (world) => world.primary.set({ corrupted_merkle_tree: true }),
  },
  {
    name: 'the secondary stays behind',
    health: 'degraded',
    active: 'primary',
    options: { lag: 40, catchUpPerSecond: 0 },
    make: () => undefined,
  },
]

for (const { name, health, active, make, options = {} } of TROUBLES) {
  story(`${name}: ${health}`, options, async ({ world, run }) => {
    await make(world)
    const before = world.requests.length
    const ran = await look(run, { 'catch-up-timeout': '300ms' })
    expectRun(ran, { outcome: 'done', code: health === 'critical' ? 1 : 0, health, changed: 'false' })
    // What a cluster was made to say of itself is not what it is: only the address is compared here.
    expect(ran.outputs['active-addr']).toBe(active === '' ? '' : world.primary.addr)
    expect(ran.summary).not.toBe('')
    expect(world.requests.slice(before).filter(({ method }) => method !== 'GET')).toEqual([])
  })
}

story('fail-on decides which health makes the step fail', {}, async ({ world, run }) => {
  await world.secondary.stop()
  expectRun(await look(run, { 'fail-on': 'degraded' }), { health: 'degraded', code: 1 })
  expectRun(await look(run, { 'fail-on': 'never' }), { health: 'degraded', code: 0 })
  await world.secondary.start()
  expectRun(await look(run, { 'fail-on': 'degraded' }), { health: 'healthy', code: 0 })
  await world.primary.stop()
  expectRun(await look(run, { 'fail-on': 'never' }), { health: 'critical', code: 0 })
  expectRun(await look(run, { 'fail-on': 'degraded' }), { health: 'critical', code: 1 })
})

story('nobody primary is critical', {}, async ({ run }) => {
  expectRun(await run({ operation: 'demote' }), { outcome: 'done' })
  expectRun(await look(run), { health: 'critical', code: 1, 'active-addr': '' })
})

story(
  'a lag within max-lag, or caught up within catch-up-timeout, is healthy',
  {
    lag: 20,
    catchUpPerSecond: 40,
  },
  async ({ run }) => {
    expectRun(await look(run, { 'max-lag': '20', 'catch-up-timeout': '100ms' }), { health: 'healthy' })
    expectRun(await look(run, { 'catch-up-timeout': '5s' }), { health: 'healthy', lag: '0' })
  },
)

story('a token near its end is degraded', {}, async ({ world, run }) => {
  const ending = world.mintToken({ type: 'batch', ttlSeconds: 30 })
  expectRun(await look(run, { 'dr-operation-token': ending, timeout: '1m' }), { health: 'degraded', code: 0 })
})

story('an expired token is degraded', {}, async ({ world, run }) => {
  const expired = world.mintToken({ type: 'batch', ttlSeconds: -30 })
  expectRun(await look(run, { 'dr-operation-token': expired }), { health: 'degraded', code: 0 })
})

story('two addresses of one cluster are no pair', { tls: false }, async ({ world, run }) => {
  const ran = await look(run, { 'secondary-addr': world.primary.addr.replace('127.0.0.1', 'localhost') })
  expect([ran.code, ran.outputs.health]).toEqual([1, 'critical'])
  // Nothing is lost here; whoever follows that advice promotes in an emergency that is none.
  expect(ran.log).not.toMatch(/mode: emergency/)
})
