/** One real cluster of two nodes from its first start to the loss of its majority, as the client reads it all along. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { active, type Cluster, describe as inWords, role } from '../../src/cluster.ts'
import { Lookout } from '../../src/lookout.ts'
import { Secrets } from '../../src/secrets.ts'
import { Vault } from '../../src/vault/client.ts'
import { Http } from '../../src/vault/http.ts'
import { ask } from './peer.ts'
import { fields, RealVault, until } from './server.ts'

let real: RealVault
let http: Http

beforeAll(async () => {
  real = await RealVault.start(2)
  http = new Http({ ca: real.ca })
})
afterAll(async () => {
  await http.close()
  await real.close()
})

const client = (at: number) => new Vault(real.node(at).addr, http, new Secrets())

/** Both nodes as a run looks at its two clusters. */
async function look(): Promise<readonly [Cluster, Cluster]> {
  const { from, to } = await new Lookout({ from: client(0), to: client(1) }, () => undefined).look()
  return [from, to]
}

/** In order: what comes later needs what came before. */
test('before it is initialized: 501, and sealed for everything else', async () => {
  expect(await client(0).health(5000)).toEqual({
    ok: true,
    status: 501,
    value: {
      initialized: false,
      sealed: true,
      standby: true,
      version: expect.any(String),
      cluster_id: undefined,
      server_time_utc: expect.any(Number),
    },
  })
  for (const read of [await client(0).leader(5000), await client(0).status(5000), await client(0).lookupSelf('none')]) {
    expect(read).toMatchObject({ ok: false, silent: false, status: 503, errors: ['Vault is sealed'] })
  }
  const [cluster] = await look()
  expect([cluster.silent, cluster.because, role(cluster)]).toEqual([false, 'it is not initialized', 'unknown'])
})

test('initialized and sealed: 503, with the version and without an id', async () => {
  await real.initialize()
  expect(real.shares).toHaveLength(5)
  const [cluster] = await look()
  expect(cluster).toMatchObject({ silent: false, healthCode: 503, health: { initialized: true, sealed: true } })
  expect(cluster.health?.cluster_id).toBeUndefined()
  expect(inWords(cluster)).toBe('sealed')
})

test('two shares are not enough, and a share that is none says so', async () => {
  for (const key of real.shares.slice(0, 2)) await real.call('POST', 'sys/unseal', { body: { key } })
  expect(await real.call('GET', 'sys/seal-status')).toMatchObject({ sealed: true, progress: 2 })
  expect(await client(0).health(5000)).toMatchObject({ ok: true, status: 503 })
  await expect(real.call('POST', 'sys/unseal', { body: { key: 'no share' } })).rejects.toThrow(
    '400 {"errors":["\'key\' must be a valid hex or base64 string"]}',
  )
  await real.call('POST', 'sys/unseal', { body: { reset: true } })
})

test('unsealed: active, and not Vault Enterprise', async () => {
  await real.unseal()
  expect(await client(0).leader(5000)).toMatchObject({ ok: true, value: { leader_address: real.addr } })
  const [cluster] = await look()
  expect(cluster).toMatchObject({ silent: false, healthCode: 200, health: { sealed: false, standby: false } })
  expect(inWords(cluster)).toBe('it has no DR replication: this is not Vault Enterprise, or not Vault')
})

test('a standby: 429, it knows the leader, and answers by it', async () => {
  // It joins by itself, and is sealed until it is given the shares of the cluster that it has joined.
  await real.joined(real.node(1))
  await real.unseal(real.node(1))
  expect(await client(1).health(5000)).toMatchObject({ ok: true, status: 429, value: { standby: true, sealed: false } })
  expect(await client(1).leader(5000)).toEqual({ ok: true, status: 200, value: { leader_address: real.addr } })
  const [first, second] = await look()
  expect(second).toMatchObject({ silent: false, healthCode: 429, led: true })
  expect(second.health?.cluster_id).toBe(first.health?.cluster_id)
  expect(await client(1).lookupSelf(real.root)).toMatchObject({ ok: true, value: { policies: ['root'] } })
  const capabilities = await client(1).capabilitiesSelf(real.root, ['sys/health'])
  expect(capabilities.ok && capabilities.value.get('sys/health')).toEqual(['root'])
  expect(await client(1).status(5000)).toMatchObject({ ok: false, status: 404 })
  await until(async () => {
    const nodes = await client(1).nodes(real.root)
    return nodes.ok && Object.keys(nodes.value.servers ?? {}).length === 2
  }, 'autopilot did not tell of both nodes')
})

test('a new node has no vote until it has been there for a while, and autopilot tells', async () => {
  const status = async () => {
    const { data } = await real.call('GET', 'sys/storage/raft/autopilot/state')
    return fields(fields(fields(data).servers)['node-2']).status
  }
  expect(['non-voter', 'voter']).toContain(await status())
  const body = { server_stabilization_time: '1s' }
  await real.call('POST', 'sys/storage/raft/autopilot/configuration', { body })
  await until(async () => (await status()) === 'voter', 'the second node was not given a vote')
})

test('step-down: the other one is active, and both say so', async () => {
  await real.call('POST', 'sys/step-down', { body: {} })
  await until(async () => {
    const leader = await client(0).leader(5000)
    return leader.ok && leader.value.leader_address === real.node(1).addr
  }, 'the other node did not take over')
  await until(async () => (await client(1).health(5000)).status === 200, 'the new leader was not active')
  expect(await client(0).health(5000)).toMatchObject({ ok: true, status: 429 })
})

test('the leader is lost, and the majority with it: 307 to it, and after a while 474', async () => {
  const lost = real.node(1)
  await lost.stop('SIGKILL')
  const [first, second] = await look()
  expect(second).toMatchObject({ silent: true })
  // What a standby can not forward it sends away, to the node that it still takes for the leader.
  const because = `HTTP 307: it redirects to ${new URL(lost.addr).host}, which is not followed: give the address of the active node, or of a load balancer that leads to it`
  expect(first).toMatchObject({ silent: false, because, health: { standby: true, sealed: false } })
  expect(await client(0).lookupSelf(real.root)).toMatchObject({ ok: false, status: 307, errors: [] })
  expect(await client(0).demote(real.root)).toEqual({ kind: 'refused', status: 307, because })
  await until(async () => (await client(0).health(5000)).status === 474, 'the lone node took no notice')
  // Whom it names in sys/leader has been dead for seconds: a name is no proof that there is a leader.
  expect(await client(0).leader(5000)).toMatchObject({ ok: true, value: { leader_address: lost.addr } })
  expect(role((await look())[0])).toBe('unknown')
})

// It goes on naming a leader; the code, and ha_connection_healthy, tell.
test('a standby that says 474 is not active', async () => {
  const [first] = await look()
  expect(first.healthCode).toBe(474)
  expect(active(first)).toBe(false)
})

test('a node that comes back alone and is unsealed still names the leader of old, and knows no role', async () => {
  await real.node(0).stop('SIGKILL')
  await real.node(0).start(http)
  expect(await client(0).health(5000)).toMatchObject({ ok: true, status: 503, value: { sealed: true } })
  for (const key of real.shares.slice(0, 3)) await real.call('POST', 'sys/unseal', { body: { key } })
  await until(async () => (await client(0).health(5000)).status === 429, 'it was not unsealed')
  const { json } = await ask({ http, addr: real.addr }, 'GET', 'sys/health')
  expect(json).toMatchObject({ replication_dr_mode: 'unknown', replication_performance_mode: 'unknown' })
  expect(await client(0).leader(5000)).toMatchObject({ ok: true, value: { leader_address: real.node(1).addr } })
  expect(await client(0).lookupSelf(real.root)).toMatchObject({ ok: false, status: 307 })
  await until(async () => (await client(0).health(5000)).status === 474, 'it took no notice of being alone')
})

test('with the other node it has a leader again', async () => {
  await real.node(1).start(http)
  await real.unseal(real.node(1))
  await until(async () => (await look()).some(active), 'neither became active')
})
