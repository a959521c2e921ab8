import { afterEach, expect, test } from '@jest/globals'
import { type SimulatedCluster, startWorld, type World, type WorldOptions } from '../../src/simulator/world.ts'
import { call, dr, pause, type Seen, status, until } from './stranger.ts'

const worlds: World[] = []
async function world(options: WorldOptions = {}): Promise<World> {
  const made = await startWorld({ tls: false, ...options })
  worlds.push(made)
  return made
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((each) => each.close()))
})

const demote = (of: World, cluster: SimulatedCluster): Promise<Seen> =>
  call(of, cluster, 'POST', dr.demote, { token: of.tokens.batch })

const promote = (of: World, cluster: SimulatedCluster, more: object = {}): Promise<Seen> =>
  call(of, cluster, 'POST', dr.promote, { body: { dr_operation_token: of.tokens.batch, ...more } })

const update = (of: World, cluster: SimulatedCluster, body: object): Promise<Seen> =>
  call(of, cluster, 'PUT', dr.updatePrimary, { body: { dr_operation_token: of.tokens.batch, ...body } })

/** Asks until the cluster is through with its change: what it says meanwhile is chance. */
async function settled(of: World, cluster: SimulatedCluster, role: string): Promise<void> {
  await until(() => cluster.role() === role && cluster.state() !== '')
  expect((await status(of, cluster)).mode).toBe(role)
}

async function publicToken(of: World, from: SimulatedCluster, by: SimulatedCluster, id: string): Promise<string> {
  const key = await call(of, from, 'POST', dr.publicKey, { token: of.tokens.batch })
  const issued = await call(of, by, 'POST', dr.secondaryToken, {
    token: of.tokens.batch,
    body: { id, secondary_public_key: key.body.data.secondary_public_key },
  })
  expect(issued.body.wrap_info).toBeNull()
  return issued.body.data.token
}

async function wrappedToken(of: World, by: SimulatedCluster, id: string): Promise<string> {
  const issued = await call(of, by, 'POST', dr.secondaryToken, { token: of.tokens.batch, body: { id } })
  return issued.body.wrap_info.token
}

test('a planned failover by hand, over TLS, with one batch token', async () => {
  const pair = await world({ tls: true })
  const { primary: a, secondary: b } = pair
  const before = await status(pair, a)

  const demoted = await demote(pair, a)
  expect([demoted.status, demoted.body.data]).toEqual([200, null])
  expect(demoted.body.warnings).toEqual([
    'This cluster is being demoted to a replication secondary. Vault will be unavailable for a brief period and will resume service shortly.',
  ])
  await settled(pair, a, 'secondary')
  const idle = await status(pair, a)
  expect(idle).toMatchObject({ state: 'idle', cluster_id: before.cluster_id, secondary_id: '', primaries: [] })
  // Both hold the same data: nothing is lost, whatever the counters say.
  expect((await status(pair, b)).merkle_root).toBe(idle.merkle_root)
  // The state alone proves nothing.
  expect(await status(pair, b)).toMatchObject({ state: 'stream-wals', connection_state: 'transient_failure' })

  const promoted = await promote(pair, b)
  expect(promoted.body.warnings[0]).toMatch(/^This cluster is being promoted to a replication primary\./)
  await settled(pair, b, 'primary')
  const primary = await status(pair, b)
  expect(primary).toMatchObject({
    state: 'running',
    cluster_id: before.cluster_id,
    ssct_generation_counter: before.ssct_generation_counter + 1,
    known_secondaries: [],
    secondaries: [],
  })
  // Positions mean nothing across a promotion.
  expect(primary.last_dr_wal).toBeLessThan(before.last_dr_wal)
  expect((await call(pair, b, 'GET', 'sys/health')).status).toBe(200)

  const token = await publicToken(pair, a, b, 'a-again')
  expect((await status(pair, b)).known_secondaries).toEqual(['a-again'])
  expect((await update(pair, a, { token })).status).toBe(200)
  await until(() => a.state() === 'stream-wals')
  const follower = await status(pair, a)
  const leader = await status(pair, b)
  expect(follower).toMatchObject({ secondary_id: 'a-again', connection_state: 'ready', last_remote_wal: 0 })
  expect(follower.merkle_root).toBe(leader.merkle_root)
  expect(leader.secondaries).toMatchObject([{ node_id: 'a-again', connection_status: 'connected' }])

  expect(pair.primariesAtOnceMs()).toBe(0)
  expect(pair.writes().map(({ cluster, path, applied }) => [cluster, path, applied])).toEqual([
    ['primary', dr.demote, true],
    ['secondary', dr.promote, true],
    ['primary', dr.publicKey, true],
    ['secondary', dr.secondaryToken, true],
    ['primary', dr.updatePrimary, true],
  ])
})

test('the first entry streamed after a resync brings last_remote_wal back', async () => {
  let now = Date.now()
  const pair = await world({ writesPerSecond: 1, now: () => now })
  const { primary: a, secondary: b } = pair
  await demote(pair, a)
  now += 60
  await promote(pair, b)
  now += 80
  await update(pair, a, { token: await publicToken(pair, a, b, 'x') })
  now += 60
  expect(await status(pair, a)).toMatchObject({ state: 'stream-wals', last_remote_wal: 0 })
  now += 2000
  expect((await status(pair, a)).last_remote_wal).toBe((await status(pair, b)).last_dr_wal)
})

test('attaching goes through merkle-diff and merkle-sync', async () => {
  let now = Date.now()
  const pair = await world({ windows: { demote: 0, promote: 0, attach: 300 }, now: () => now })
  const { primary: a, secondary: b } = pair
  await demote(pair, a)
  await promote(pair, b)
  await update(pair, a, { token: await wrappedToken(pair, b, 'x') })
  const states = []
  for (const step of [0, 101, 100, 100]) {
    now += step
    states.push(a.state())
  }
  expect(states).toEqual(['', 'merkle-diff', 'merkle-sync', 'stream-wals'])
})

test('the answer comes before the work: meanwhile a cluster answers anything, but no new role', async () => {
  let now = Date.now()
  const pair = await world({ now: () => now })
  await demote(pair, pair.primary)
  const seen = new Set<string>()
  for (let times = 0; times < 60; times += 1) {
    for (const path of [dr.status, 'sys/health']) {
      const { status: code, body, error } = await call(pair, pair.primary, 'GET', path)
      seen.add(error || `${code} ${body.errors?.[0] ?? body.data?.mode ?? body.replication_dr_mode}`)
    }
  }
  expect([...seen].toSorted()).toEqual(
    [
      'ECONNRESET',
      '200 bootstrapping',
      '200 undefined',
      '429 bootstrapping',
      '500 local node not active but active cluster node not found',
      '503 Vault is sealed',
      '503 node is not active',
      '503 unknown',
    ].toSorted(),
  )
  // A write is not taken in either.
  const token = pair.tokens.batch
  expect((await call(pair, pair.primary, 'POST', dr.publicKey, { token })).status).not.toBe(200)
  now += 60
  expect((await call(pair, pair.primary, 'GET', 'sys/health')).status).toBe(472)
  expect(pair.history.filter(({ cluster }) => cluster === 'primary').map(({ role }) => role)).toEqual([
    'primary',
    'none',
    'secondary',
  ])
})

test('a promotion is refused while entries are outstanding, and goes through afterwards', async () => {
  let now = Date.now()
  const pair = await world({ lag: 20, catchUpPerSecond: 10, now: () => now })
  const behind = await promote(pair, pair.secondary)
  expect([behind.status, behind.body]).toEqual([
    503,
    { errors: ['replication is still catching up, try again later or provide the "force" argument'] },
  ])
  // What was shipped before the demotion still arrives.
  await demote(pair, pair.primary)
  now += 1000
  expect((await promote(pair, pair.secondary)).status).toBe(503)
  now += 1000
  expect((await status(pair, pair.primary)).merkle_root).toBe((await status(pair, pair.secondary)).merkle_root)
  expect((await promote(pair, pair.secondary)).status).toBe(200)
})

test('one that never catches up is promoted by force alone', async () => {
  const pair = await world({ lag: 3, catchUpPerSecond: 0 })
  await demote(pair, pair.primary)
  await settled(pair, pair.primary, 'secondary')
  expect((await promote(pair, pair.secondary)).status).toBe(503)
  expect((await promote(pair, pair.secondary, { force: true })).status).toBe(200)
})

test('a lost primary leaves nothing to wait for, so lag does not stop the promotion', async () => {
  const pair = await world({ lag: 3, catchUpPerSecond: 0 })
  await pair.primary.stop({ heartbeatAgeSeconds: 45 })
  const data = await status(pair, pair.secondary)
  expect(data).toMatchObject({ connection_state: 'transient_failure', state: 'stream-wals' })
  expect(data.primaries).toMatchObject([{ connection_status: 'disconnected' }])
  expect(Date.now() - Date.parse(data.primaries[0].last_heartbeat)).toBeGreaterThan(44_000)
  expect(Number(data.primaries[0].replication_primary_canary_age_ms)).toBeGreaterThan(44_000)
  expect((await call(pair, pair.primary, 'GET', dr.status)).error).toBe('ECONNREFUSED')
  expect((await promote(pair, pair.secondary)).status).toBe(200)
})

test('an old primary that comes back knows of nothing, until it is made to follow', async () => {
  const pair = await world()
  const { primary: a, secondary: b } = pair
  await a.stop()
  await promote(pair, b)
  await settled(pair, b, 'primary')
  expect(pair.primariesAtOnceMs()).toBe(0)
  const port = new URL(a.addr).port
  await a.start()
  expect(new URL(a.addr).port).toBe(port)
  const back = await status(pair, a)
  expect(back).toMatchObject({ mode: 'primary', state: 'running', ssct_generation_counter: 0, secondaries: [] })
  expect(back.known_secondaries).toHaveLength(1)
  await pause(20)
  expect(pair.primariesAtOnceMs()).toBeGreaterThanOrEqual(20)

  await demote(pair, a)
  await settled(pair, a, 'secondary')
  const atOnce = pair.primariesAtOnceMs()
  expect(atOnce).toBeGreaterThanOrEqual(20)
  await update(pair, a, { token: await publicToken(pair, a, b, 'a-again') })
  await until(() => a.state() === 'stream-wals')
  expect((await status(pair, a)).merkle_root).toBe((await status(pair, b)).merkle_root)
  expect(pair.primariesAtOnceMs()).toBe(atOnce)
})

test('a demoted primary that is promoted again gets its secondary back by itself', async () => {
  const pair = await world()
  await demote(pair, pair.primary)
  await settled(pair, pair.primary, 'secondary')
  await promote(pair, pair.primary)
  await settled(pair, pair.primary, 'primary')
  await until(() => pair.secondary.state() === 'stream-wals')
  expect((await status(pair, pair.primary)).secondaries).toMatchObject([{ connection_status: 'connected' }])
  expect(await status(pair, pair.secondary)).toMatchObject({ connection_state: 'ready' })
  expect((await status(pair, pair.primary)).merkle_root).toBe((await status(pair, pair.secondary)).merkle_root)
})

test('a cut link leaves both APIs up and both roles as they were', async () => {
  const pair = await world({ lag: 0, writesPerSecond: 100 })
  pair.cutLink()
  await pause(40)
  expect(await status(pair, pair.secondary)).toMatchObject({
    mode: 'secondary',
    state: 'stream-wals',
    connection_state: 'transient_failure',
    primaries: [{ connection_status: 'disconnected' }],
  })
  const cut = await status(pair, pair.primary)
  expect(cut).toMatchObject({ mode: 'primary', secondaries: [{ connection_status: 'disconnected' }] })
  expect(cut.last_dr_wal).toBeGreaterThan((await status(pair, pair.secondary)).last_remote_wal)
  // A wrapped token has to be fetched from the primary, and cannot be.
  const token = await wrappedToken(pair, pair.primary, 'unreachable')
  const refused = await update(pair, pair.secondary, { token })
  expect([refused.status, refused.body.errors[0]]).toEqual([400, expect.stringContaining('error response unwrapping')])
  pair.healLink()
  expect(await status(pair, pair.secondary)).toMatchObject({ connection_state: 'ready', state: 'stream-wals' })
})

test('with two primaries a third cluster stays with the one it was attached to, and can be moved', async () => {
  const pair = await world({ clusters: 3 })
  const [a, b, c] = pair.clusters
  if (a === undefined || b === undefined || c === undefined) throw new Error('three clusters were asked for')
  b.forcePrimary()
  expect(await status(pair, b)).toMatchObject({ mode: 'primary', ssct_generation_counter: 1 })
  expect(await status(pair, c)).toMatchObject({ connection_state: 'ready' })
  expect((await status(pair, c)).primaries[0].api_address).toBe(a.addr)
  await update(pair, c, { token: await publicToken(pair, c, b, 'c-to-b') })
  await until(() => c.state() === 'stream-wals')
  expect((await status(pair, c)).primaries[0].api_address).toBe(b.addr)
  expect((await status(pair, c)).ssct_generation_counter).toBe(1)
})

test('update-primary takes a token or addresses, and of a newly demoted cluster a token alone', async () => {
  const pair = await world()
  const { primary: a, secondary: b } = pair
  const addrs = (await status(pair, b)).known_primary_cluster_addrs
  expect((await update(pair, b, { token: 'x', update_primary_addrs: addrs })).status).toBe(400)
  expect((await update(pair, b, {})).status).toBe(400)
  expect((await update(pair, b, { token: 'never issued' })).status).toBe(400)
  expect((await update(pair, b, { update_primary_addrs: ['127.0.0.1:1'] })).status).toBe(400)
  expect((await update(pair, b, { update_primary_addrs: addrs })).status).toBe(200)
  await until(() => b.state() === 'stream-wals')
  expect((await status(pair, a)).secondaries).toMatchObject([{ connection_status: 'connected' }])

  expect((await update(pair, b, { token: '' })).status).toBe(200)
  await settled(pair, b, 'secondary')
  expect(await status(pair, b)).toMatchObject({ state: 'idle', connection_state: 'idle', primaries: [] })
  await demote(pair, a)
  await settled(pair, a, 'secondary')
  expect((await update(pair, a, { update_primary_addrs: addrs })).status).toBe(400)
})

test('a wrapped token is good once, and not for ever', async () => {
  let now = Date.now()
  const pair = await world({ clusters: 3, now: () => now, activation: 'wrapped-only' })
  const [a, b, c] = pair.clusters
  if (a === undefined || b === undefined || c === undefined) throw new Error('three clusters were asked for')
  expect((await call(pair, b, 'POST', dr.publicKey, { token: pair.tokens.batch })).status).toBe(400)
  const late = await wrappedToken(pair, a, 'late')
  now += 1_801_000
  expect((await update(pair, b, { token: late })).status).toBe(400)
  const once = await wrappedToken(pair, a, 'once')
  expect((await update(pair, b, { token: once })).status).toBe(200)
  expect((await update(pair, c, { token: once })).status).toBe(400)
})

test('a revoked id is cut off at once', async () => {
  const pair = await world()
  const [id] = (await status(pair, pair.primary)).known_secondaries
  const revoked = await call(pair, pair.primary, 'POST', dr.revoke, { token: pair.tokens.operator, body: { id } })
  expect(revoked.status).toBe(204)
  expect(await status(pair, pair.primary)).toMatchObject({ known_secondaries: [], secondaries: [] })
  expect(await status(pair, pair.secondary)).toMatchObject({ connection_state: 'shutdown' })
})

test('what erases is seen to have erased', async () => {
  const pair = await world()
  const { primary: a, secondary: b } = pair
  const root = pair.tokens.root
  const allowed = pair.mintToken({ type: 'batch', policy: { 'sys/replication/dr/secondary/disable': ['update'] } })
  await call(pair, b, 'POST', 'sys/replication/dr/secondary/disable', { body: { dr_operation_token: allowed } })
  await settled(pair, b, 'disabled')
  expect([b.state(), b.erased(), a.erased()]).toEqual(['erased', true, false])
  expect(await status(pair, b)).toEqual({ mode: 'disabled' })
  expect((await promote(pair, b)).body).toEqual({ errors: ['Not a DR secondary.'] })

  const token = await wrappedToken(pair, a, 'enrolled')
  const enabled = await call(pair, b, 'POST', 'sys/replication/dr/secondary/enable', { token: root, body: { token } })
  expect(enabled.body.warnings[0]).toMatch(/^Vault has successfully found secondary information/)
  await until(() => b.state() === 'stream-wals')
  expect((await status(pair, b)).cluster_id).toBe((await status(pair, a)).cluster_id)

  const { cluster_id: old } = await status(pair, a)
  await call(pair, a, 'POST', 'sys/replication/dr/primary/disable', { token: root })
  await settled(pair, a, 'disabled')
  await call(pair, a, 'POST', 'sys/replication/dr/primary/enable', { token: root })
  await settled(pair, a, 'primary')
  expect((await status(pair, a)).cluster_id).not.toBe(old)
  expect(pair.history.at(-1)).toMatchObject({ cluster: 'primary', role: 'primary', erased: true })
})
