import { afterEach, describe, expect, test } from '@jest/globals'
import { type SimulatedCluster, startWorld, type World, type WorldOptions } from '../../src/simulator/world.ts'
import { call, dr, type Seen, status, until } from './stranger.ts'

const worlds: World[] = []
async function world(options: WorldOptions = {}): Promise<World> {
  const made = await startWorld({ tls: false, ...options })
  worlds.push(made)
  return made
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((each) => each.close()))
})

const paths = {
  enablePrimary: 'sys/replication/dr/primary/enable',
  disablePrimary: 'sys/replication/dr/primary/disable',
  enableSecondary: 'sys/replication/dr/secondary/enable',
  disableSecondary: 'sys/replication/dr/secondary/disable',
}

const post = (of: World, at: SimulatedCluster, path: string, token: string, body: object = {}): Promise<Seen> =>
  call(of, at, 'POST', path, { token, body })

async function enablePrimary(of: World): Promise<void> {
  const seen = await post(of, of.primary, paths.enablePrimary, of.tokens.operator)
  expect(seen.body.warnings[0]).toMatch(/^This cluster is being enabled as a primary for replication\./)
  await until(() => of.primary.role() === 'primary' && of.primary.state() === 'running')
}

async function enrol(of: World, id: string): Promise<Seen> {
  const issued = await post(of, of.primary, dr.secondaryToken, of.tokens.operator, { id })
  const { token } = issued.body.wrap_info
  return post(of, of.secondary, paths.enableSecondary, of.tokens.secondaryOperator, { token })
}

describe('a pair from nothing', () => {
  test('disabled everywhere, each with its own tokens', async () => {
    const pair = await world({ enrolled: false })
    for (const cluster of pair.clusters) {
      expect([cluster.role(), await status(pair, cluster)]).toEqual(['disabled', { mode: 'disabled' }])
      expect((await call(pair, cluster, 'GET', 'sys/health')).body.replication_dr_mode).toBe('disabled')
      expect((await call(pair, cluster, 'GET', 'sys/replication/status')).body.data.dr).toEqual({ mode: 'disabled' })
    }
    const look = (at: SimulatedCluster, token: string) => call(pair, at, 'GET', 'auth/token/lookup-self', { token })
    expect((await look(pair.secondary, pair.tokens.secondaryRoot)).status).toBe(200)
    expect((await look(pair.secondary, pair.tokens.root)).status).toBe(403)
    expect((await look(pair.primary, pair.tokens.secondaryRoot)).status).toBe(403)
    expect(pair.secondary.rootToken).toBe(pair.tokens.secondaryRoot)
    expect(pair.history.map(({ role }) => role)).toEqual(['none', 'none'])
  })

  test('enable, issue, enrol: the second is erased, and knows the first one’s tokens from then on', async () => {
    const pair = await world({ enrolled: false, shares: { count: 1, threshold: 1 } })
    await enablePrimary(pair)
    const primary = await status(pair, pair.primary)
    expect(primary).toMatchObject({ mode: 'primary', state: 'running', known_secondaries: [], secondaries: [] })
    const seen = await enrol(pair, 'dr-1')
    expect(seen.body.warnings[0]).toMatch(/^Vault has successfully found secondary information/)
    await until(() => pair.secondary.state() === 'stream-wals')
    expect(await status(pair, pair.secondary)).toMatchObject({
      cluster_id: primary.cluster_id,
      secondary_id: 'dr-1',
      connection_state: 'ready',
    })
    expect([pair.secondary.erased(), pair.primary.erased()]).toEqual([true, false])
    expect(pair.leftovers()).toEqual([])

    // Keys and tokens are the primary's now.
    const base = 'sys/replication/dr/secondary/generate-operation-token'
    const { nonce } = (await call(pair, pair.secondary, 'POST', `${base}/attempt`, { body: {} })).body
    const body = { key: pair.keyShares[0], nonce }
    expect((await call(pair, pair.secondary, 'POST', `${base}/update`, { body })).body.complete).toBe(true)
    expect((await post(pair, pair.secondary, dr.publicKey, pair.tokens.secondaryRoot)).status).toBe(403)
    expect((await post(pair, pair.secondary, dr.publicKey, pair.tokens.batch)).status).toBe(200)
  })

  test('with a public key, which a cluster makes before it is enrolled', async () => {
    const pair = await world({ enrolled: false })
    await enablePrimary(pair)
    const made = await post(pair, pair.secondary, dr.publicKey, pair.tokens.secondaryOperator)
    const body = { id: 'dr-1', secondary_public_key: made.body.data.secondary_public_key }
    const issued = await post(pair, pair.primary, dr.secondaryToken, pair.tokens.operator, body)
    const { token } = issued.body.data
    expect(pair.leftovers()).toEqual([{ kind: 'activation-id', cluster: 'primary', what: 'dr-1' }])
    await post(pair, pair.secondary, paths.enableSecondary, pair.tokens.secondaryRoot, { token })
    await until(() => pair.secondary.state() === 'stream-wals')
    expect(pair.leftovers()).toEqual([])
  })

  test('what is refused', async () => {
    const pair = await world({ enrolled: false })
    expect((await post(pair, pair.primary, dr.secondaryToken, pair.tokens.operator, { id: 'x' })).status).toBe(400)
    expect((await post(pair, pair.primary, paths.enablePrimary, pair.tokens.batch)).status).toBe(403)
    await enablePrimary(pair)
    expect((await post(pair, pair.primary, paths.enablePrimary, pair.tokens.operator)).status).toBe(400)
    const bad = { token: 'no-token' }
    expect((await post(pair, pair.secondary, paths.enableSecondary, pair.tokens.secondaryRoot, bad)).status).toBe(400)
    expect((await post(pair, pair.secondary, paths.enableSecondary, pair.tokens.root, bad)).status).toBe(403)
    expect(pair.secondary.erased()).toBe(false)
  })

  test('revoked before it was used: nothing is left, and the token is good for nothing', async () => {
    const pair = await world({ enrolled: false })
    await enablePrimary(pair)
    const issued = await post(pair, pair.primary, dr.secondaryToken, pair.tokens.operator, { id: 'dr-1' })
    expect((await post(pair, pair.primary, dr.revoke, pair.tokens.operator, { id: 'dr-1' })).status).toBe(204)
    expect([pair.leftovers(), (await status(pair, pair.primary)).known_secondaries]).toEqual([[], []])
    const { token } = issued.body.wrap_info
    expect((await post(pair, pair.secondary, paths.enableSecondary, pair.tokens.secondaryRoot, { token })).status).toBe(
      400,
    )
  })
})

describe('taken apart', () => {
  test('secondary first, then primary; enabled again it is another set', async () => {
    const pair = await world({ windows: { demote: 30, promote: 30 } })
    const before = (await status(pair, pair.primary)).cluster_id
    const disabled = await call(pair, pair.secondary, 'POST', paths.disableSecondary, {
      body: {
        dr_operation_token: pair.mintToken({ type: 'batch', policy: { [paths.disableSecondary]: ['update'] } }),
      },
    })
    expect(disabled.body.warnings[0]).toMatch(/^This cluster is having replication disabled\./)
    await until(() => pair.secondary.role() === 'disabled')
    expect(await status(pair, pair.secondary)).toEqual({ mode: 'disabled' })
    const [id] = (await status(pair, pair.primary)).known_secondaries
    expect((await post(pair, pair.primary, dr.revoke, pair.tokens.operator, { id })).status).toBe(204)
    await post(pair, pair.primary, paths.disablePrimary, pair.tokens.root)
    await until(() => pair.primary.role() === 'disabled')
    expect([pair.primary.erased(), pair.secondary.erased(), pair.leftovers()]).toEqual([true, true, []])
    await post(pair, pair.primary, paths.enablePrimary, pair.tokens.root)
    await until(() => pair.primary.role() === 'primary')
    expect((await status(pair, pair.primary)).cluster_id).not.toBe(before)
  })

  test('what it holds stays with it, and goes its own way', async () => {
    const pair = await world({ secrets: { 'secret/data/canary': { value: 'old' } }, windows: { demote: 0 } })
    const token = pair.mintToken({ type: 'batch', policy: { [paths.disableSecondary]: ['update'] } })
    await call(pair, pair.secondary, 'POST', paths.disableSecondary, { body: { dr_operation_token: token } })
    await until(() => pair.secondary.role() === 'disabled')
    pair.primary.setSecret('secret/data/canary', { value: 'new' })
    const read = (at: SimulatedCluster) => call(pair, at, 'GET', 'secret/data/canary', { token: pair.tokens.root })
    expect((await read(pair.primary)).body.data.data).toEqual({ value: 'new' })
    expect((await read(pair.secondary)).body.data.data).toEqual({ value: 'old' })
  })
})

describe('a cluster of another set', () => {
  test.each(['primary', 'secondary'] as const)('its %s', async (role) => {
    const pair = await world({ foreign: { secondary: role } })
    const [own, foreign] = [await status(pair, pair.primary), await status(pair, pair.secondary)]
    expect(foreign.mode).toBe(role)
    expect(foreign.cluster_id).not.toBe(own.cluster_id)
    expect(own.known_secondaries).toEqual([])
    const token = role === 'primary' ? pair.tokens.root : pair.tokens.batch
    const seen = await post(pair, pair.secondary, role === 'primary' ? dr.demote : dr.publicKey, token)
    expect(seen.status).toBe(403)
    if (role === 'primary') expect((await enrol(pair, 'x')).status).not.toBe(200)
  })

  test('with a pair that is not enrolled beside it', async () => {
    const trio = await world({ clusters: 3, enrolled: false, foreign: { tertiary: 'primary' } })
    expect(trio.clusters.map((cluster) => cluster.role())).toEqual(['disabled', 'disabled', 'primary'])
  })
})

describe('performance replication', () => {
  test('the role is the primary’s, and moves with the promotion', async () => {
    const pair = await world({ performance: { primary: 'primary' }, windows: { demote: 0, promote: 0 } })
    const mode = async (at: SimulatedCluster) => {
      const both = (await call(pair, at, 'GET', 'sys/replication/status')).body.data
      const alone = (await call(pair, at, 'GET', 'sys/replication/performance/status')).body.data
      const { body } = await call(pair, at, 'GET', 'sys/health')
      expect([alone.mode, body.replication_performance_mode]).toEqual([both.performance.mode, both.performance.mode])
      return both.performance
    }
    const before = await mode(pair.primary)
    expect(before).toMatchObject({ mode: 'primary', state: 'running', last_performance_wal: 223 })
    expect(before).not.toHaveProperty('last_dr_wal')
    expect(await mode(pair.secondary)).toEqual({ mode: 'disabled' })
    await post(pair, pair.primary, dr.demote, pair.tokens.batch)
    await call(pair, pair.secondary, 'POST', dr.promote, { body: { dr_operation_token: pair.tokens.batch } })
    expect(await mode(pair.primary)).toEqual({ mode: 'disabled' })
    expect(await mode(pair.secondary)).toMatchObject({ mode: 'primary', cluster_id: before.cluster_id })
  })

  test('a second performance primary in sight', async () => {
    const pair = await world({ performance: { primary: 'primary', secondary: 'primary' } })
    for (const cluster of pair.clusters) {
      const { data } = (await call(pair, cluster, 'GET', 'sys/replication/performance/status')).body
      expect(data.mode).toBe('primary')
    }
    const other = await world({ performance: { primary: 'secondary' } })
    const { data } = (await call(other, other.primary, 'GET', 'sys/replication/performance/status')).body
    expect(data).toMatchObject({ mode: 'secondary', state: 'stream-wals', connection_state: 'ready' })
  })
})

describe('followers that come back sealed', () => {
  test('after an enrolment: autopilot and the standby tell, until they are unsealed', async () => {
    const pair = await world({ enrolled: false, followersSeal: true, windows: { promote: 0, attach: 0 } })
    await enablePrimary(pair)
    await enrol(pair, 'dr-1')
    await until(() => pair.secondary.state() === 'stream-wals')
    expect([pair.primary.followersSealed(), pair.secondary.followersSealed()]).toEqual([false, true])
    const token = pair.tokens.batch
    const autopilot = () => call(pair, pair.secondary, 'GET', 'sys/storage/raft/autopilot/state', { token })
    const { data } = (await autopilot()).body
    expect(data).toMatchObject({ healthy: false, failure_tolerance: 0 })
    expect([data.servers['node-1'].healthy, data.servers['node-2'].healthy]).toEqual([true, false])
    const standby = { ...pair.secondary, addr: pair.secondary.standbyAddr }
    expect((await call(pair, standby, 'GET', 'sys/seal-status')).body.sealed).toBe(true)
    expect((await call(pair, standby, 'GET', 'sys/health')).status).toBe(503)
    expect((await call(pair, standby, 'GET', 'sys/replication/status')).body.errors).toEqual(['Vault is sealed'])
    expect((await call(pair, pair.secondary, 'GET', 'sys/health')).status).toBe(472)
    pair.secondary.unsealFollowers()
    expect((await autopilot()).body.data.healthy).toBe(true)
  })

  test('ha-status names the nodes that are heard of, on a primary, to a token', async () => {
    const pair = await world()
    expect((await call(pair, pair.primary, 'GET', 'sys/ha-status')).status).toBe(403)
    const token = pair.tokens.root
    const nodes = async () => (await call(pair, pair.primary, 'GET', 'sys/ha-status', { token })).body.data.nodes
    expect(await nodes()).toMatchObject([
      { hostname: 'node-1', active_node: true, api_address: pair.primary.addr, last_echo: null },
      { hostname: 'node-2', active_node: false, api_address: pair.primary.standbyAddr },
      { hostname: 'node-3' },
    ])
    pair.primary.sealFollowers()
    expect(await nodes()).toHaveLength(1)
    expect((await call(pair, pair.secondary, 'GET', 'sys/ha-status', { token })).status).toBe(400)
  })

  test('the raft configuration: GET on a primary, POST with a DR operation token on a secondary', async () => {
    const pair = await world()
    const path = 'sys/storage/raft/configuration'
    const seen = await call(pair, pair.primary, 'GET', path, { token: pair.tokens.root })
    expect(seen.body.data.config.servers).toHaveLength(3)
    expect((await call(pair, pair.secondary, 'GET', path, { token: pair.tokens.root })).status).toBe(400)
    const token = pair.mintToken({ type: 'batch', policy: { [path]: ['update'] } })
    const posted = await call(pair, pair.secondary, 'POST', path, { body: { dr_operation_token: token } })
    expect(posted.body.data.config.servers[0]).toMatchObject({ node_id: 'node-1', leader: true, voter: true })
  })
})
