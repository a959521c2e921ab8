/**
 * What the client relies on wherever free edition and Enterprise are the same server: asked of a real one and of the
 * simulator alike. Where the two differ, the simulator is wrong.
 */
import { afterAll, beforeAll, describe, expect } from '@jest/globals'
import { examine, isBatch, PATHS } from '../../src/credentials.ts'
import { activation } from '../../src/vault/schemas.ts'
import { testBut } from './differences.ts'
import { ask, kinds, knock, type Peer } from './peer.ts'
import { fields, makeCertificates } from './server.ts'

const DENIED = '1 error occurred:\n\t* permission denied\n\n'
const NO_SUCH_TOKEN = '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'
const LOOKUP = 'auth/token/lookup-self'
const CAPABILITIES = 'sys/capabilities-self'
const AUTOPILOT = 'sys/storage/raft/autopilot/state'
/** Like a service token, like a batch token, and like none. */
const WRONG = ['hvs.AAAAAAAAAAAAAAAAAAAAAAAA', `hvb.AAAAAQ${'A'.repeat(126)}`, 'no-token-at-all']

const refused = (status: number, ...errors: string[]) => ({
  ok: false,
  silent: false,
  status,
  because:
    errors.length === 0 ? expect.stringContaining(`HTTP ${status}`) : expect.stringMatching(`^HTTP ${status}, "`),
  errors,
})

/** @param different names of tests that this server is known to fail */
export function contract(label: string, start: () => Promise<Peer>, different: readonly string[] = []): void {
  describe(label, () => {
    const test = testBut(different)
    let peer: Peer
    beforeAll(async () => {
      peer = await start()
    })
    afterAll(() => peer.close())

    describe('an active node', () => {
      test('is healthy with 200', async () => {
        const read = await peer.vault.health(5000)
        expect(read).toEqual({
          ok: true,
          status: 200,
          value: {
            initialized: true,
            sealed: false,
            standby: false,
            version: expect.stringMatching(/^\d+\.\d+\.\d+/),
            cluster_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
            server_time_utc: expect.any(Number),
          },
        })
        const told = read.ok ? (read.value.server_time_utc ?? 0) * 1000 : 0
        expect(Math.abs(Date.now() - told)).toBeLessThan(5000)
      })

      test('answers sys/health bare, each field of the kind that it is everywhere', async () => {
        const { json } = await ask(peer, 'GET', 'sys/health')
        expect(kinds(json)).toMatchObject({
          initialized: 'boolean',
          sealed: 'boolean',
          standby: 'boolean',
          performance_standby: 'boolean',
          replication_performance_mode: 'string',
          replication_dr_mode: 'string',
          server_time_utc: 'number',
          version: 'string',
          enterprise: 'boolean',
          cluster_name: 'string',
          cluster_id: 'string',
          echo_duration_ms: 'number',
          clock_skew_ms: 'number',
          replication_primary_canary_age_ms: 'number',
        })
      })

      test('tells in sys/health whether it was removed from its cluster', async () => {
        expect((await ask(peer, 'GET', 'sys/health')).json).toMatchObject({ removed_from_cluster: false })
      })

      test('takes other codes for sys/health', async () => {
        expect((await ask(peer, 'GET', 'sys/health?activecode=299')).status).toBe(299)
      })

      test('refuses a nonsense code for sys/health, without words', async () => {
        const nonsense = { status: 400, json: { errors: [] } }
        expect(await ask(peer, 'GET', 'sys/health?activecode=abc')).toEqual(nonsense)
        expect(await ask(peer, 'GET', 'sys/health?standbyok=nonsense')).toEqual(nonsense)
      })

      test('is its own leader', async () => {
        expect(await peer.vault.leader(5000)).toEqual({ ok: true, status: 200, value: { leader_address: peer.addr } })
        expect(kinds((await ask(peer, 'GET', 'sys/leader')).json)).toMatchObject({
          ha_enabled: 'boolean',
          is_self: 'boolean',
          active_time: 'string',
          leader_address: 'string',
          leader_cluster_address: 'string',
          performance_standby: 'boolean',
          performance_standby_last_remote_wal: 'number',
          raft_committed_index: 'number',
          raft_applied_index: 'number',
        })
      })

      test('tells of its seal', async () => {
        const { status, json } = await ask(peer, 'GET', 'sys/seal-status')
        expect([status, json]).toEqual([
          200,
          {
            type: 'shamir',
            initialized: true,
            sealed: false,
            t: 3,
            n: 5,
            progress: 0,
            nonce: '',
            version: expect.any(String),
            build_date: expect.any(String),
            migration: false,
            cluster_name: expect.any(String),
            cluster_id: expect.any(String),
            recovery_seal: false,
            storage_type: 'raft',
            removed_from_cluster: false,
          },
        ])
      })

      test('puts other answers into an envelope', async () => {
        const { json } = await ask(peer, 'GET', LOOKUP, { token: peer.root })
        expect(json).toMatchObject({
          request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          lease_id: '',
          renewable: false,
          lease_duration: 0,
          data: expect.any(Object),
          wrap_info: null,
          warnings: null,
          auth: null,
        })
      })

      test('names the kind of mount in the envelope', async () => {
        expect((await ask(peer, 'GET', LOOKUP, { token: peer.root })).json).toMatchObject({ mount_type: 'token' })
      })
    })

    describe('lookup-self', () => {
      const lookup = (token: string) => peer.vault.lookupSelf(token)

      test('of a root token: it has no end', async () => {
        const value = { ttl: 0, type: 'service', policies: ['root'], num_uses: 0 }
        expect(await lookup(peer.root)).toEqual({ ok: true, status: 200, value })
      })

      test('of a root token lacks some fields that others have', async () => {
        const { json } = await ask(peer, 'GET', LOOKUP, { token: peer.root })
        expect(kinds(fields(json).data)).toEqual({
          accessor: 'string',
          creation_time: 'number',
          creation_ttl: 'number',
          display_name: 'string',
          entity_id: 'string',
          expire_time: 'null',
          explicit_max_ttl: 'number',
          id: 'string',
          meta: 'null',
          num_uses: 'number',
          orphan: 'boolean',
          path: 'string',
          policies: 'strings',
          ttl: 'number',
          type: 'string',
        })
      })

      test('of a service token and of a batch token', async () => {
        for (const type of ['service', 'batch'] as const) {
          const token = await peer.mint({ type, policy: { 'secret/data/*': ['read'] }, ttlSeconds: 600 })
          expect(isBatch(token)).toBe(type === 'batch')
          const read = await lookup(token)
          expect(read).toMatchObject({ ok: true, status: 200, value: { type, num_uses: 0 } })
          const { ttl, policies } = read.ok ? read.value : { ttl: 0, policies: [] }
          expect(ttl).toBeGreaterThan(590)
          expect(ttl).toBeLessThanOrEqual(600)
          expect(policies).toContain('default')
          const { json } = await ask(peer, 'GET', LOOKUP, { token })
          expect(kinds(fields(json).data)).toEqual({
            accessor: 'string',
            creation_time: 'number',
            creation_ttl: 'number',
            display_name: 'string',
            entity_id: 'string',
            expire_time: 'string',
            explicit_max_ttl: 'number',
            id: 'string',
            issue_time: 'string',
            meta: 'null',
            num_uses: 'number',
            orphan: 'boolean',
            path: 'string',
            policies: 'strings',
            renewable: 'boolean',
            ttl: 'number',
            type: 'string',
          })
          expect(fields(json).data).toMatchObject({ id: token, orphan: true, renewable: type === 'service' })
          if (type === 'batch') expect(fields(json).data).toMatchObject({ accessor: '' })
        }
      })

      test('tells how many uses are left after this one', async () => {
        const token = await peer.mint({ type: 'service', numUses: 3 })
        expect(await lookup(token)).toMatchObject({ ok: true, value: { num_uses: 2 } })
        expect(await lookup(token)).toMatchObject({ ok: true, value: { num_uses: 1 } })
        expect(await lookup(token)).toMatchObject({ ok: true })
        expect(await lookup(token)).toEqual(refused(403, NO_SUCH_TOKEN))
      })

      test('tells of the last use as -1', async () => {
        const token = await peer.mint({ type: 'service', numUses: 1 })
        // Whoever takes that for "without limit" holds a token that is used up.
        expect(await lookup(token)).toMatchObject({ ok: true, value: { num_uses: -1 } })
      })

      test('is a use that capabilities-self needs as well: with the last one it can not look the token up', async () => {
        const token = await peer.mint({ type: 'service', numUses: 1 })
        const read = await peer.vault.capabilitiesSelf(token, ['sys/health'])
        expect(read).toEqual(refused(400, '1 error occurred:\n\t* invalid token\n\n'))
      })

      test('is refused to a token without the default policy, and to one that is none', async () => {
        for (const type of ['service', 'batch'] as const) {
          const token = await peer.mint({ type, policy: { [AUTOPILOT]: ['read'] }, noDefaultPolicy: true })
          expect(await lookup(token)).toEqual(refused(403, DENIED))
        }
        for (const token of WRONG) expect(await lookup(token)).toEqual(refused(403, NO_SUCH_TOKEN))
      })

      test('is refused without any token in other words', async () => {
        expect(await ask(peer, 'GET', LOOKUP)).toEqual({ status: 403, json: { errors: ['permission denied'] } })
      })

      test('of a token that has run out is that of one that never was', async () => {
        const tokens = [
          await peer.mint({ type: 'service', ttlSeconds: 1 }),
          await peer.mint({ type: 'batch', ttlSeconds: 1 }),
        ]
        await new Promise((resolve) => setTimeout(resolve, 2500))
        for (const token of tokens) {
          expect(await lookup(token)).toEqual(refused(403, NO_SUCH_TOKEN))
          expect(await peer.vault.capabilitiesSelf(token, ['sys/health'])).toEqual(refused(403, NO_SUCH_TOKEN))
          expect(await peer.vault.autopilotState(token)).toEqual(refused(403, NO_SUCH_TOKEN))
        }
      })

      test('of a used, revoked, and batch token, by what revoke-self says', async () => {
        const revoke = (token: string) => ask(peer, 'POST', 'auth/token/revoke-self', { token, body: {} })
        const service = await peer.mint({ type: 'service' })
        expect(await revoke(service)).toEqual({ status: 204, json: undefined })
        expect(await lookup(service)).toEqual(refused(403, NO_SUCH_TOKEN))
        expect(await revoke(service)).toEqual({ status: 403, json: { errors: [NO_SUCH_TOKEN] } })
        const batch = await peer.mint({ type: 'batch' })
        const json = { errors: ['batch tokens cannot be revoked'] }
        expect(await revoke(batch)).toEqual({ status: 400, json })
        expect(await lookup(batch)).toMatchObject({ ok: true })
      })
    })

    describe('capabilities-self', () => {
      const paths = Object.values(PATHS)

      test('of a root token is root, of every path, also of one that there is not', async () => {
        const read = await peer.vault.capabilitiesSelf(peer.root, [...paths, 'there/is/no/such/path'])
        expect(read.ok && [...read.value.keys()].sort()).toEqual([...paths, 'there/is/no/such/path'].sort())
        expect(read.ok && [...read.value.values()].every((held) => held.join() === 'root')).toBe(true)
      })

      test('of other tokens is what their policies say, in order; deny where they say nothing', async () => {
        const glob = 'sys/replication/dr/secondary/'
        const policy = {
          [PATHS.demote]: ['update'],
          [PATHS.secondaryToken]: ['update', 'sudo'],
          [`${glob}*`]: ['update', 'read', 'create'],
          [PATHS.promote]: ['deny', 'update'],
          [PATHS.updatePrimary]: ['create'],
        }
        for (const type of ['service', 'batch'] as const) {
          const token = await peer.mint({ type, policy })
          const read = await peer.vault.capabilitiesSelf(token, [...paths, CAPABILITIES, 'sys/health'])
          expect(read.ok && Object.fromEntries(read.value)).toEqual({
            ...Object.fromEntries(
              paths.map((path) => [path, path.startsWith(glob) ? ['create', 'read', 'update'] : ['deny']]),
            ),
            [PATHS.demote]: ['update'],
            [PATHS.secondaryToken]: ['sudo', 'update'],
            [PATHS.promote]: ['deny'],
            [PATHS.updatePrimary]: ['create'],
            [CAPABILITIES]: ['update'],
            'sys/health': ['deny'],
          })
        }
      })

      test('of the default policy: a token may look itself up, and end itself', async () => {
        const token = await peer.mint({ type: 'service' })
        const read = await peer.vault.capabilitiesSelf(token, [LOOKUP, 'auth/token/revoke-self', CAPABILITIES])
        expect(read.ok && Object.fromEntries(read.value)).toEqual({
          [LOOKUP]: ['read'],
          'auth/token/revoke-self': ['update'],
          [CAPABILITIES]: ['update'],
        })
      })

      test('answers in `data` and beside it, a single path under its old name too', async () => {
        const { status, json } = await ask(peer, 'POST', CAPABILITIES, { token: peer.root, body: { paths: ['a/b'] } })
        expect(status).toBe(200)
        expect(json).toMatchObject({
          'a/b': ['root'],
          capabilities: ['root'],
          data: { 'a/b': ['root'], capabilities: ['root'] },
        })
        const two = await ask(peer, 'POST', CAPABILITIES, { token: peer.root, body: { paths: ['a/b', 'c'] } })
        expect(two.json).toMatchObject({ 'a/b': ['root'], c: ['root'], data: { 'a/b': ['root'], c: ['root'] } })
        expect(fields(two.json)).not.toHaveProperty('capabilities')
      })

      test('is refused to a token without the default policy, to one that is none, and without paths', async () => {
        for (const type of ['service', 'batch'] as const) {
          const token = await peer.mint({ type, policy: { [PATHS.promote]: ['update'] }, noDefaultPolicy: true })
          expect(await peer.vault.capabilitiesSelf(token, paths)).toEqual(refused(403, DENIED))
        }
        for (const token of WRONG) {
          expect(await peer.vault.capabilitiesSelf(token, paths)).toEqual(refused(403, NO_SUCH_TOKEN))
        }
        expect(await peer.vault.capabilitiesSelf(peer.root, [])).toEqual(refused(400, 'paths must be supplied'))
      })
    })

    describe('autopilot', () => {
      test('tells of the nodes, to whoever may read it', async () => {
        const may = await peer.mint({ type: 'batch', policy: { [AUTOPILOT]: ['read'] }, noDefaultPolicy: true })
        for (const token of [peer.root, may]) {
          const { status, json } = await ask(peer, 'GET', AUTOPILOT, { token })
          expect(status).toBe(200)
          const { servers, voters, leader, ...data } = fields(fields(json).data)
          expect(data).toMatchObject({ healthy: true, failure_tolerance: expect.any(Number) })
          expect(voters).toContain(leader)
          expect(kinds(fields(servers)[String(leader)])).toMatchObject({
            id: 'string',
            name: 'string',
            address: 'string',
            node_status: 'string',
            last_contact: 'string',
            last_term: 'number',
            last_index: 'number',
            healthy: 'boolean',
            stable_since: 'string',
            status: 'string',
            version: 'string',
            node_type: 'string',
          })
          const read = await peer.vault.nodes(token)
          const node = { name: leader, healthy: true, node_status: 'alive' }
          expect(read).toMatchObject({ ok: true, value: { servers: { [String(leader)]: node } } })
        }
      })

      test('is refused to others', async () => {
        const other = await peer.mint({ type: 'batch', policy: { [PATHS.promote]: ['update'] } })
        expect(await peer.vault.autopilotState(other)).toEqual(refused(403, DENIED))
        for (const token of WRONG) {
          expect(await peer.vault.autopilotState(token)).toEqual(refused(403, NO_SUCH_TOKEN))
        }
      })
    })

    describe('what is known of the tokens of a run', () => {
      test('of a batch token for everything', async () => {
        const policy = {
          [PATHS.promote]: ['update'],
          [PATHS.secondaryToken]: ['update', 'sudo'],
          [AUTOPILOT]: ['read'],
        }
        const token = await peer.mint({ type: 'batch', policy })
        const found = await examine({ vaultToken: token, drOperationToken: token }, peer.vault, peer.vault)
        expect(found.vaultToken).toBe(found.drOperationToken)
        const { batch, lookup, capabilities, onSecondary } = found.vaultToken ?? {}
        expect([batch, lookup?.ok, onSecondary?.ok]).toEqual([true, true, true])
        expect(capabilities?.ok && capabilities.value.get(PATHS.secondaryToken)).toEqual(['sudo', 'update'])
        expect(capabilities?.ok && capabilities.value.get(PATHS.promote)).toEqual(['update'])
        expect(capabilities?.ok && capabilities.value.get(PATHS.demote)).toEqual(['deny'])
      })

      test('of a wrong one: every question is refused, once', async () => {
        const [wrong = ''] = WRONG
        const found = await examine({ vaultToken: wrong, drOperationToken: undefined }, peer.vault, undefined)
        expect(found.vaultToken).toEqual({
          batch: false,
          lookup: refused(403, NO_SUCH_TOKEN),
          capabilities: refused(403, NO_SUCH_TOKEN),
          onSecondary: undefined,
        })
      })
    })

    describe('errors', () => {
      const asRoot = (method: 'GET' | 'POST' | 'DELETE', path: string) => ask(peer, method, path, { token: peer.root })

      test('a path that there is not is 404, a method that it does not take is 405: to whoever has a token', async () => {
        for (const [method, path, status] of [
          ['GET', 'sys/nothing', 404],
          ['POST', 'sys/nothing', 404],
          ['GET', 'nothing/here', 404],
          ['GET', CAPABILITIES, 405],
          ['DELETE', CAPABILITIES, 405],
          ['DELETE', LOOKUP, 405],
          ['GET', PATHS.demote, 405],
        ] as const) {
          expect(await asRoot(method, path)).toEqual({ status, json: { errors: [expect.any(String)] } })
        }
      })

      test('404 and 405 in words', async () => {
        expect((await asRoot('GET', 'sys/nothing')).json).toEqual({
          errors: ['1 error occurred:\n\t* unsupported path\n\n'],
        })
        expect((await asRoot('GET', 'nothing/here')).json).toEqual({
          errors: ['no handler for route "nothing/here". route entry not found.'],
        })
        expect((await asRoot('GET', CAPABILITIES)).json).toEqual({
          errors: ['1 error occurred:\n\t* unsupported operation\n\n'],
        })
      })

      test('without a token, or with a wrong one, neither is told', async () => {
        for (const [method, path] of [
          ['GET', 'sys/nothing'],
          ['POST', 'sys/nothing'],
          ['GET', 'nothing/here'],
          ['GET', CAPABILITIES],
          ['DELETE', LOOKUP],
        ] as const) {
          expect(await ask(peer, method, path)).toEqual({ status: 403, json: { errors: ['permission denied'] } })
          const wrong = await ask(peer, method, path, { token: 'hvs.AAAAAAAAAAAAAAAAAAAAAAAA' })
          expect(wrong).toEqual({ status: 403, json: { errors: [NO_SUCH_TOKEN] } })
        }
      })

      test('sys/health takes no other method, whoever asks', async () => {
        for (const method of ['POST', 'DELETE'] as const) {
          expect(await ask(peer, method, 'sys/health')).toEqual({ status: 405, json: { errors: [] } })
        }
      })
    })

    describe('TLS', () => {
      const rejected = (because: string) => ({ answered: false, sent: false, because })

      test('by its own CA alone', async () => {
        expect(await knock(peer.addr, { ca: peer.ca })).toMatchObject({ answered: true, status: 200 })
        const unknown = 'its certificate comes from a CA that is not known here (see ca-cert)'
        expect(await knock(peer.addr, {})).toEqual(rejected(unknown))
        const { ca } = await makeCertificates()
        const stranger = await knock(peer.addr, { ca })
        expect(stranger).toMatchObject({ answered: false, sent: false })
        expect(stranger).toHaveProperty('because', expect.stringContaining('(see ca-cert)'))
      })

      test('by the name in its certificate alone', async () => {
        expect(await knock(peer.addr, { ca: peer.ca, serverName: 'localhost' })).toMatchObject({ status: 200 })
        const because = 'its certificate is for another name (see tls-server-name)'
        expect(await knock(peer.addr, { ca: peer.ca, serverName: 'vault.example.com' })).toEqual(rejected(because))
      })

      test('a client certificate where one is demanded', async () => {
        const { addr, ca, client } = await peer.mutual()
        expect(await knock(addr, { ca, ...client })).toMatchObject({ answered: true, status: 200 })
        const stranger = await makeCertificates()
        for (const tls of [{ ca }, { ca, ...stranger.client }]) {
          const outcome = await knock(addr, tls)
          expect(outcome).toMatchObject({ answered: false })
          // With TLS 1.3 the server tells only after the handshake, and what it tells may be lost with the connection.
          expect(outcome).toHaveProperty('because', expect.stringMatching(/certificate|TLS|closed the connection/))
        }
      })
    })

    describe('a sealed node', () => {
      beforeAll(() => peer.seal())
      afterAll(() => peer.unseal())

      test('answers sys/health with 503 and the body all the same', async () => {
        expect(await peer.vault.health(5000)).toEqual({
          ok: true,
          status: 503,
          value: {
            initialized: true,
            sealed: true,
            standby: true,
            version: expect.any(String),
            cluster_id: undefined,
            server_time_utc: expect.any(Number),
          },
        })
        const { json } = await ask(peer, 'GET', 'sys/health')
        expect(json).toMatchObject({ replication_dr_mode: 'unknown', replication_performance_mode: 'unknown' })
        expect(fields(json)).not.toHaveProperty('cluster_name')
      })

      test('answers sys/seal-status, and everything else with 503', async () => {
        expect(await ask(peer, 'GET', 'sys/seal-status')).toMatchObject({
          status: 200,
          json: { sealed: true, t: 3, n: 5 },
        })
        const sealed = refused(503, 'Vault is sealed')
        expect(await peer.vault.leader(5000)).toEqual(sealed)
        expect(await peer.vault.status(5000)).toEqual(sealed)
        expect(await peer.vault.lookupSelf(peer.root)).toEqual(sealed)
        expect(await peer.vault.capabilitiesSelf(peer.root, ['a'])).toEqual(sealed)
        expect(await peer.vault.autopilotState(peer.root)).toEqual(sealed)
      })
    })

    describe('an unsealed node again', () => {
      test('is as it was', async () => {
        expect(await peer.vault.health(5000)).toMatchObject({ ok: true, status: 200 })
        expect(await peer.vault.lookupSelf(peer.root)).toMatchObject({ ok: true })
      })
    })

    describe('a wrapped answer', () => {
      test('holds nothing but its wrapping', async () => {
        const { json } = peer.real
          ? await ask(peer, 'GET', LOOKUP, {
              token: peer.root,
              headers: { 'x-vault-wrap-ttl': '60', 'x-vault-wrap-format': 'jwt' },
            })
          : await ask(peer, 'POST', PATHS.secondaryToken, { token: peer.root, body: { id: 'wrapped' } })
        expect(json).toMatchObject({
          request_id: '',
          lease_id: '',
          renewable: false,
          lease_duration: 0,
          data: null,
          warnings: null,
          auth: null,
        })
        const wrapped = fields(fields(json).wrap_info)
        expect(kinds(wrapped)).toEqual({
          token: 'string',
          accessor: 'string',
          ttl: 'number',
          creation_time: 'string',
          creation_path: 'string',
        })
        const token = activation.parse(json)
        expect(token).toBe(wrapped.token)
        const [head = '', claims = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
        expect(JSON.parse(head)).toEqual({ alg: 'ES512', typ: 'JWT', ...(head.includes('kid') ? { kid: '' } : {}) })
        expect(kinds(JSON.parse(claims))).toEqual({
          accessor: 'string',
          addr: 'string',
          exp: 'number',
          iat: 'number',
          jti: 'string',
          nbf: 'number',
          type: 'string',
        })
        expect(JSON.parse(claims)).toMatchObject({ addr: peer.addr, type: 'wrapping' })
      })
    })
  })
}
