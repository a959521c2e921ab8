import { expect } from '@jest/globals'
import { startWorld, type World, type WorldOptions } from '../../src/simulator/world.ts'
import { expectRun, stateOf, story } from '../support/story.ts'

interface Case {
  /** As in `refused where …`. */
  readonly where: string
  readonly check: string
  readonly make: (world: World) => void | Promise<void>
  readonly options?: WorldOptions
  readonly given?: Record<string, string>
  /** The outcome where it isn't `blocked`. */
  readonly outcome?: string
  /** Names to waive by, where the check can be waived: then the failover goes through. */
  readonly waive?: string
}

const unit = 'sys/replication/dr'
const pastBeat = [
  {
    api_address: 'https://127.0.0.1:1',
    cluster_address: 'https://127.0.0.1:2',
    connection_status: 'connected',
    last_heartbeat: new Date(Date.now() - 60_000).toISOString(),
    replication_primary_canary_age_ms: '60500',
  },
]

const CASES: readonly Case[] = [
  { where: 'the primary is down', check: 'primary-reachable', make: (world) => world.primary.stop() },
  { where: 'the secondary is down', check: 'secondary-reachable', make: (world) => world.secondary.stop() },
  { where: 'the primary is sealed', check: 'unsealed', make: (world) => world.primary.seal() },
  { where: 'the secondary is sealed', check: 'unsealed', make: (world) => world.secondary.seal() },
  {
    where: 'two clusters claim the role',
    check: 'one-primary',
    outcome: 'two-primaries',
    make: (world) => world.secondary.forcePrimary(),
  },
  {
    where: 'the secondary says that it is of another DR set',
    check: 'same-dr-set',
    make: (world) => world.secondary.set({ cluster_id: '11111111-2222-3333-4444-555555555555' }),
  },
  {
    where: 'DR replication is disabled at the secondary',
    check: 'same-dr-set',
    make: (world) => world.secondary.set({ mode: 'disabled', cluster_id: undefined }),
  },
  {
    where: 'the primary does not know the secondary',
    check: 'known-secondary',
    make: (world) => world.secondary.set({ secondary_id: 'somebody-else' }),
  },
  {
    where: 'nobody leads the cluster behind the load balancer',
    check: 'active-node',
    make: (world) => {
      world.secondary.setHealth({ standby: true })
      world.fault({ cluster: 'secondary', path: 'sys/leader', kind: 'status', status: 500 })
    },
  },
  {
    where: 'the link is cut',
    check: 'streaming',
    make: (world) => world.cutLink(),
  },
  {
    where: 'the secondary is idle',
    check: 'streaming',
    make: (world) => world.secondary.set({ state: 'idle' }),
  },
  {
    where: 'a reindex is in progress',
    check: 'streaming',
    make: (world) => world.primary.set({ reindex_in_progress: true }),
    waive: 'streaming',
  },
  {
    where: 'the last heartbeat is a minute old',
    check: 'heartbeat',
    make: (world) => world.secondary.set({ primaries: pastBeat }),
    waive: 'heartbeat',
  },
  {
    where: 'a merkle tree is corrupt',
    check: 'merkle',
    make: (world) => world.secondary.set({ corrupted_merkle_tree: true }),
    waive: 'merkle',
  },
  {
    where: 'the secondary runs an older version',
    check: 'version',
    options: { version: '1.21.1+ent', secondaryVersion: '1.20.9+ent' },
    make: () => undefined,
    waive: 'version',
  },
  {
    where: 'the secondary runs a release candidate of the same version',
    check: 'version',
    options: { version: '2.1.0+ent', secondaryVersion: '2.1.0-rc1+ent' },
    make: () => undefined,
    waive: 'version',
  },
]

for (const { where, check, make, options = {}, given = {}, outcome = 'blocked', waive } of CASES) {
  story(`${check}: refused where ${where}, and nothing is sent`, options, async ({ world, run }) => {
    await make(world)
    const ran = await run({ operation: 'failover', 'catch-up-timeout': '300ms', ...given })
    expectRun(ran, { outcome, changed: 'false', 'rto-ms': '' })
    expect([ran.writes, stateOf(ran, check)]).toEqual([[], 'failed'])
    expect(ran.report?.checks.find(({ name }) => name === check)?.fix ?? '').not.toBe('')
    expect(ran.summary).toContain(check)
    if (waive === undefined) return

    const passed = await run({ operation: 'failover', override: waive, ...given })
    expectRun(passed, { outcome: 'done', 'active-addr': world.secondary.addr })
    expect(stateOf(passed, check)).toBe('waived')
    expect(passed.summary).toContain(waive)
  })
}

story(
  'version: a newer secondary is how Vault is upgraded, and goes',
  {
    version: '1.20.9+ent',
    secondaryVersion: '1.21.1+ent',
  },
  async ({ run }) => {
    const ran = await run({ operation: 'failover' })
    expectRun(ran, { outcome: 'done' })
    expect(stateOf(ran, 'version')).toBe('warned')
  },
)

story(
  'version: the edition does not count',
  { version: '1.21.1+ent', secondaryVersion: '1.21.1+ent.hsm' },
  async ({ run }) => {
    const ran = await run({ operation: 'failover' })
    expectRun(ran, { outcome: 'done' })
    expect(stateOf(ran, 'version')).toBe('passed')
  },
)

story('one waiver waives no other check', { lag: 7, catchUpPerSecond: 0 }, async ({ run }) => {
  const ran = await run({ operation: 'failover', override: 'version, merkle', 'catch-up-timeout': '100ms' })
  expectRun(ran, { outcome: 'blocked' })
  expect(stateOf(ran, 'lag')).toBe('failed')
})

story('same-dr-set: two clusters that have nothing to do with each other', { tls: false }, async ({ world, run }) => {
  const stranger = await startWorld({ tls: false })
  try {
    const given = { 'secondary-addr': stranger.secondary.addr }
    const ran = await run({ operation: 'failover', ...given })
    expectRun(ran, { outcome: 'blocked', code: 10, changed: 'false' })
    expect(stateOf(ran, 'same-dr-set')).toBe('failed')
    expect([...world.writes(), ...stranger.writes()]).toEqual([])
    expectRun(await run({ operation: 'status', ...given }), { outcome: 'done', code: 1, health: 'critical' })
    const emergency = { mode: 'emergency', confirm: new URL(stranger.secondary.addr).host }
    expectRun(await run({ operation: 'failover', ...given, ...emergency }), { outcome: 'blocked', changed: 'false' })
    expect([...world.writes(), ...stranger.writes()]).toEqual([])
  } finally {
    await stranger.close()
  }
})

story('different-clusters: two addresses of one cluster', { tls: false }, async ({ world, run }) => {
  const ran = await run({
    operation: 'failover',
    'secondary-addr': world.primary.addr.replace('127.0.0.1', 'localhost'),
  })
  expectRun(ran, { outcome: 'blocked' })
  expect([ran.writes, stateOf(ran, 'different-clusters')]).toEqual([[], 'failed'])
})

story('tls-verification: NODE_TLS_REJECT_UNAUTHORIZED=0 is no place for these tokens', {}, async ({ world, run }) => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  for (const operation of ['failover', 'status']) {
    const ran = await run({ operation }, { env })
    expectRun(ran, { outcome: 'blocked', code: 10 })
    expect(stateOf(ran, 'tls-verification')).toBe('failed')
    // Whoever reads the verdict alone must learn what to take away, and not that the primary may be lost.
    const { verdict = '', reasons = [], next = [] } = ran.report?.result ?? {}
    expect([verdict, ...reasons, ...next].join(' ')).toContain('NODE_TLS_REJECT_UNAUTHORIZED')
  }
  expect(world.requests.filter(({ method, token }) => method !== 'GET' || token !== '')).toEqual([])
})

story('secondary-id: one that is known is never taken over', {}, async ({ world, run }) => {
  const first = await run({ operation: 'failover', 'secondary-id': 'site-a' })
  expectRun(first, { outcome: 'done' })
  expect(world.writes().map(({ body }) => body)).toContainEqual(expect.objectContaining({ id: 'site-a' }))
  const back = await run({ operation: 'failback', 'secondary-id': 'site-a' })
  expectRun(back, { outcome: 'blocked', 'active-addr': world.secondary.addr })
  expect(stateOf(back, 'secondary-id')).toBe('failed')
  expect(world.requests.filter(({ path }) => path === `${unit}/primary/revoke-secondary`)).toEqual([])
  expectRun(await run({ operation: 'failback', 'secondary-id': 'site-b' }), { outcome: 'done' })
})

story(
  'secondary-id: one that the new primary turns out to know ends incomplete, and another one mends it',
  {},
  async ({ world, run }) => {
    expectRun(await run({ operation: 'failover', 'secondary-id': 'site-a' }), { outcome: 'done' })
    expectRun(await run({ operation: 'failback' }), { outcome: 'done' })
    const ran = await run({ operation: 'failover', 'secondary-id': 'site-a' })
    expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr })
    expect(world.requests.filter(({ path }) => path === `${unit}/primary/revoke-secondary`)).toEqual([])
    expectRun(await run({ operation: 'failover' }), { outcome: 'done', redundancy: 'protected' })
  },
)
