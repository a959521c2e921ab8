import { afterEach, expect, test } from '@jest/globals'
import { startWorld, type World, type WorldOptions } from '../../src/simulator/world.ts'
import { call, dr, status } from './stranger.ts'

const worlds: World[] = []
async function world(options: WorldOptions = {}): Promise<World> {
  const made = await startWorld({ tls: false, ...options })
  worlds.push(made)
  return made
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((each) => each.close()))
})

function first(): World {
  const [made] = worlds
  if (made === undefined) throw new Error('no world was started')
  return made
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

test('a primary has the fields and types of the documented sample', async () => {
  const { body } = await call(await world(), first().primary, 'GET', dr.status)
  const envelope = ['request_id', 'lease_id', 'renewable', 'lease_duration', 'data', 'wrap_info', 'warnings', 'auth']
  expect(Object.keys(body)).toEqual([...envelope, 'mount_type'])
  const { data } = body
  expect(data).toEqual({
    cluster_id: expect.stringMatching(uuid),
    corrupted_merkle_tree: false,
    known_secondaries: [data.secondaries[0].node_id],
    last_corruption_check_epoch: '-62135596800',
    last_dr_wal: expect.any(Number),
    last_reindex_epoch: '0',
    last_wal: data.last_dr_wal,
    merkle_root: expect.stringMatching(/^[0-9a-f]{40}$/),
    mode: 'primary',
    primary_cluster_addr: '',
    secondaries: [
      {
        api_address: first().secondary.addr,
        clock_skew_ms: '0',
        cluster_address: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
        connection_status: 'connected',
        last_heartbeat: expect.stringMatching(rfc3339),
        last_heartbeat_duration_ms: '0',
        node_id: expect.stringMatching(uuid),
        replication_primary_canary_age_ms: expect.stringMatching(/^\d+$/),
      },
    ],
    ssct_generation_counter: 0,
    state: 'running',
  })
})

test('a secondary has the fields and types of the documented sample, and is in sync', async () => {
  const pair = await world()
  const primary = await status(pair, pair.primary)
  const data = await status(pair, pair.secondary)
  expect(data).toEqual({
    cluster_id: primary.cluster_id,
    connection_state: 'ready',
    corrupted_merkle_tree: false,
    known_primary_cluster_addrs: [expect.stringMatching(/^https:/)],
    last_corruption_check_epoch: '-62135596800',
    last_reindex_epoch: '0',
    last_remote_wal: primary.last_dr_wal,
    last_start: expect.stringMatching(rfc3339),
    merkle_root: primary.merkle_root,
    mode: 'secondary',
    primaries: [
      {
        api_address: pair.primary.addr,
        clock_skew_ms: '0',
        cluster_address: data.primary_cluster_addr,
        connection_status: 'connected',
        last_heartbeat: expect.stringMatching(rfc3339),
        last_heartbeat_duration_ms: '0',
        replication_primary_canary_age_ms: expect.stringMatching(/^\d+$/),
      },
    ],
    primary_cluster_addr: expect.stringMatching(/^https:/),
    secondary_id: primary.secondaries[0].node_id,
    ssct_generation_counter: 0,
    state: 'stream-wals',
  })
})

test('the combined status holds both kinds of replication', async () => {
  const pair = await world()
  const { body } = await call(pair, pair.secondary, 'GET', 'sys/replication/status')
  expect(body.data.dr.mode).toBe('secondary')
  expect(body.data.performance).toEqual({ mode: 'disabled' })
  const performance = await call(pair, pair.primary, 'GET', 'sys/replication/performance/status')
  expect(performance.body.data).toEqual({ mode: 'disabled' })
})

test('health tells the role by its code, with a bare body', async () => {
  const pair = await world({ version: '1.21.1+ent', secondaryVersion: '1.21.2+ent' })
  const primary = await call(pair, pair.primary, 'GET', 'sys/health')
  expect([primary.status, primary.body.replication_dr_mode, primary.body.version]).toEqual([
    200,
    'primary',
    '1.21.1+ent',
  ])
  const secondary = await call(pair, pair.secondary, 'GET', 'sys/health')
  expect([secondary.status, secondary.body.replication_dr_mode]).toEqual([472, 'secondary'])
  expect(secondary.body.version).toBe('1.21.2+ent')
  expect(secondary.body.replication_primary_canary_age_ms).toEqual(expect.any(Number))
  expect(secondary.body.cluster_id).not.toBe((await status(pair, pair.secondary)).cluster_id)
  expect((await call(pair, pair.secondary, 'GET', 'sys/health?drsecondarycode=299')).status).toBe(299)
  expect((await call(pair, pair.secondary, 'HEAD', 'sys/health')).status).toBe(472)
  expect((await call(pair, pair.primary, 'GET', 'sys/health?activecode=no')).status).toBe(400)
})

test('health follows an overridden body', async () => {
  const pair = await world()
  const codeFor = async (fields: Record<string, unknown>): Promise<number> => {
    pair.primary.clearOverrides()
    pair.primary.setHealth(fields)
    return (await call(pair, pair.primary, 'GET', 'sys/health')).status
  }
  expect(await codeFor({ initialized: false })).toBe(501)
  expect(await codeFor({ standby: true })).toBe(429)
  expect(await codeFor({ performance_standby: true })).toBe(473)
  expect(await codeFor({})).toBe(200)
})

test('a sealed cluster says so everywhere, and its links are down', async () => {
  const pair = await world()
  pair.primary.seal()
  const health = await call(pair, pair.primary, 'GET', 'sys/health')
  expect([health.status, health.body.sealed]).toEqual([503, true])
  const replication = await call(pair, pair.primary, 'GET', dr.status)
  expect([replication.status, replication.body]).toEqual([503, { errors: ['Vault is sealed'] }])
  expect((await call(pair, pair.primary, 'GET', 'sys/seal-status')).body.sealed).toBe(true)
  expect((await status(pair, pair.secondary)).connection_state).toBe('transient_failure')
  pair.primary.unseal()
  expect((await status(pair, pair.secondary)).connection_state).toBe('ready')
})

test('leader and autopilot answer with the shapes of the wire', async () => {
  const pair = await world()
  const leader = await call(pair, pair.secondary, 'GET', 'sys/leader')
  expect(leader.body).toMatchObject({ ha_enabled: true, is_self: true, leader_address: pair.secondary.addr })
  const autopilot = await call(pair, pair.secondary, 'GET', 'sys/storage/raft/autopilot/state', {
    token: pair.tokens.batch,
  })
  expect(autopilot.body.data).toMatchObject({ healthy: true, failure_tolerance: 1, leader: 'node-1' })
})

test('fields can be overridden and taken away', async () => {
  const pair = await world()
  pair.secondary.set({ state: 'merkle-sync', last_start: undefined, connection_state: 'connecting' })
  const data = await status(pair, pair.secondary)
  expect(data).toMatchObject({ state: 'merkle-sync', connection_state: 'connecting', mode: 'secondary' })
  expect(data).not.toHaveProperty('last_start')
})

test('lag is the gap between two numbers, and closes as fast as told', async () => {
  let now = Date.now()
  const pair = await world({ lag: 40, catchUpPerSecond: 10, now: () => now })
  const lag = async (): Promise<number> =>
    (await status(pair, pair.primary)).last_dr_wal - (await status(pair, pair.secondary)).last_remote_wal
  expect(await lag()).toBe(40)
  now += 1500
  expect(await lag()).toBe(25)
  expect((await status(pair, pair.primary)).merkle_root).not.toBe((await status(pair, pair.secondary)).merkle_root)
  now += 2500
  expect(await lag()).toBe(0)
  expect((await status(pair, pair.primary)).merkle_root).toBe((await status(pair, pair.secondary)).merkle_root)
})

test('a primary that is written to moves, and a secondary that never catches up falls behind', async () => {
  let now = Date.now()
  const pair = await world({ writesPerSecond: 10, catchUpPerSecond: 0, now: () => now })
  now += 3000
  const primary = await status(pair, pair.primary)
  const secondary = await status(pair, pair.secondary)
  expect(primary.last_dr_wal - secondary.last_remote_wal).toBe(30)
})
