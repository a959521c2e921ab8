/**
 * What the client relies on wherever free edition and Enterprise are the same server: asked of a real one and of the
 * simulator alike. Where the two differ, the simulator is wrong.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sleep } from '../../src/clock.ts'
import { active, oneCluster } from '../../src/cluster.ts'
import { examine, isBatch, PATHS } from '../../src/credentials.ts'
import { Lookout } from '../../src/lookout.ts'
import { Secrets } from '../../src/secrets.ts'
import { Vault } from '../../src/vault/client.ts'
import { type Call, Http, type Outcome } from '../../src/vault/http.ts'
import { activation } from '../../src/vault/schemas.ts'
import { ask, CANARY, kinds, knock, LOGIN, type Peer, raw, type Standby } from './peer.ts'
import { fields, makeCertificates } from './server.ts'

const DENIED = '1 error occurred:\n\t* permission denied\n\n'
const NO_SUCH_TOKEN = '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'
const LOOKUP = 'auth/token/lookup-self'
const CAPABILITIES = 'sys/capabilities-self'
const AUTOPILOT = 'sys/storage/raft/autopilot/state'
const STATUS = 'sys/replication/dr/status'
/** Like a service token, like a batch token, and like none. */
const WRONG = ['hvs.AAAAAAAAAAAAAAAAAAAAAAAA', `hvb.AAAAAQ${'A'.repeat(126)}`, 'no-token-at-all']

const unforwarded = { 'x-vault-no-request-forwarding': 'true' }

/** Asks as a client of ours that meets a standby which forwards nothing. */
class Unforwarded extends Http {
  override send(addr: string, call: Call): Promise<Outcome> {
    return super.send(addr, { ...call, headers: unforwarded })
  }
}

const refused = (status: number, ...errors: string[]) => ({
  ok: false,
  silent: false,
  status,
  because:
    errors.length === 0 ? expect.stringContaining(`HTTP ${status}`) : expect.stringMatching(`^HTTP ${status}, "`),
  errors,
})

export function contract(label: string, start: () => Promise<Peer>): void {
  describe(label, () => {
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
        for (const code of ['299', '0299', '%2B299', '299&activecode=abc']) {
          expect((await ask(peer, 'GET', `sys/health?activecode=${code}`)).status).toBe(299)
        }
        for (const query of ['standbyok', 'standbyok=', 'perfstandbyok=T', 'standbycode=299', 'list=true', 'x=%zz']) {
          expect((await ask(peer, 'GET', `sys/health?${query}`)).status).toBe(200)
        }
      })

      test('refuses a nonsense code for sys/health, without words, whether it would matter or not', async () => {
        const codes = ['active', 'standby', 'drsecondary', 'performancestandby', 'sealed', 'uninit', 'removed']
        for (const query of [
          ...[...codes, 'haunhealthy'].map((name) => `${name}code=abc`),
          ...['', '%20200', '200.5', '0x10'].map((code) => `activecode=${code}`),
          'standbyok=nonsense',
          'perfstandbyok=yes',
        ]) {
          const answer = await ask(peer, 'GET', `sys/health?${query}`)
          expect([query, answer]).toEqual([query, { status: 400, json: { errors: [] } }])
        }
      })

      test('answers HEAD for sys/health, and for nothing else', async () => {
        expect(await raw(peer, 'HEAD', '/v1/sys/health')).toMatchObject({ status: 200, text: '' })
        const headers = { 'x-vault-token': peer.root }
        for (const path of ['sys/leader', 'sys/seal-status', LOOKUP, AUTOPILOT, 'sys/storage/raft/snapshot']) {
          expect([path, (await raw(peer, 'HEAD', `/v1/${path}`, { headers })).status]).toEqual([path, 405])
        }
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
        const asRoot = { token: peer.root }
        expect((await ask(peer, 'GET', LOOKUP, asRoot)).json).toMatchObject({ mount_type: 'token' })
        expect((await ask(peer, 'GET', AUTOPILOT, asRoot)).json).toMatchObject({ mount_type: 'system' })
        expect((await ask(peer, 'GET', CANARY.path, asRoot)).json).toMatchObject({ mount_type: 'kv' })
        // Where no token is asked for it stays empty.
        const login = { role_id: LOGIN.roleId, secret_id: LOGIN.secretId }
        expect((await ask(peer, 'POST', 'auth/approle/login', { body: login })).json).toMatchObject({ mount_type: '' })
        expect((await ask(peer, 'GET', 'sys/replication/status')).json).toMatchObject({ mount_type: '' })
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
        const none = { status: 403, json: { errors: ['permission denied'] } }
        expect(await ask(peer, 'GET', LOOKUP)).toEqual(none)
        for (const authorization of ['Basic abc', 'bearer hvs.AAAA', 'Bearer', peer.root]) {
          expect(await ask(peer, 'GET', LOOKUP, { headers: { authorization } })).toEqual(none)
        }
        const headers = { authorization: `Bearer ${peer.root}` }
        expect(await ask(peer, 'GET', LOOKUP, { headers })).toMatchObject({ status: 200 })
      })

      test('is a GET to a token of the default policy: a POST is more than it may', async () => {
        const token = await peer.mint({ type: 'service' })
        expect(await ask(peer, 'POST', LOOKUP, { token, body: {} })).toEqual({
          status: 403,
          json: { errors: [DENIED] },
        })
        expect(await ask(peer, 'POST', LOOKUP, { token: peer.root, body: {} })).toMatchObject({ status: 200 })
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
        const more = {
          'auth/token/renew-self': ['update'],
          'cubbyhole/any': ['create', 'delete', 'list', 'read', 'update'],
          'identity/oidc/provider/any/authorize': ['read', 'update'],
          'sys/control-group/request': ['update'],
          'sys/internal/ui/resultant-acl': ['read'],
          'sys/leases/lookup': ['update'],
          'sys/leases/renew': ['update'],
          'sys/renew': ['update'],
          'sys/tools/hash': ['update'],
          'sys/tools/hash/sha2-256': ['update'],
          'sys/tools/random': ['deny'],
          'sys/wrapping/lookup': ['update'],
          'sys/wrapping/unwrap': ['update'],
          'sys/wrapping/wrap': ['update'],
        }
        const others = await peer.vault.capabilitiesSelf(token, Object.keys(more))
        expect(others.ok && Object.fromEntries(others.value)).toEqual(more)
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
        const missing = refused(400, '1 error occurred:\n\t* missing path\n\n')
        expect(await peer.vault.capabilitiesSelf(peer.root, ['a', ''])).toEqual(missing)
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
        for (const path of ['nothing/here', 'nothing', 'auth/nothing/login', 'auth/']) {
          expect(await asRoot('GET', path)).toEqual({
            status: 404,
            json: { errors: [`no handler for route "${path}". route entry not found.`] },
          })
        }
        for (const path of ['auth/token/nothing', 'auth/jwt/nothing', `${LOOKUP}/`]) {
          expect((await asRoot('GET', path)).json).toEqual({ errors: ['1 error occurred:\n\t* unsupported path\n\n'] })
        }
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
        for (const path of ['sys/health', 'sys/leader', 'sys/seal-status']) {
          for (const method of ['POST', 'DELETE'] as const) {
            expect(await ask(peer, method, path)).toEqual({ status: 405, json: { errors: [] } })
          }
          const answer = await raw(peer, 'POST', `/v1/${path}`, { body: 'garbage' })
          expect([answer.status, answer.text.trim()]).toEqual([405, '{"errors":[]}'])
        }
      })

      test('a path that asks for no token says to nobody that it is the wrong method that is refused', async () => {
        for (const [method, path] of [
          ['GET', 'auth/jwt/login'],
          ['POST', 'sys/replication/dr/status'],
          ['GET', PATHS.promote],
          ['DELETE', PATHS.updatePrimary],
        ] as const) {
          const json = { errors: ['unsupported operation'] }
          expect([path, await ask(peer, method, path)]).toEqual([path, { status: 405, json }])
          expect([path, await ask(peer, method, path, { token: peer.root })]).toEqual([path, { status: 405, json }])
        }
      })

      test('a slash at its end makes it another path', async () => {
        for (const path of ['sys/health/', 'sys/leader/', 'sys/seal-status/', `${LOOKUP}/`]) {
          expect(await ask(peer, 'GET', path)).toEqual({ status: 403, json: { errors: ['permission denied'] } })
        }
      })

      test('outside of /v1/ there is nothing, in plain text', async () => {
        for (const path of ['/', '/v2/sys/health', '/V1/sys/health']) {
          expect(await raw(peer, 'GET', path)).toMatchObject({
            status: 404,
            text: '404 page not found\n',
            headers: { 'content-type': 'text/plain; charset=utf-8' },
          })
        }
      })

      test('a body that is no JSON object, told before the token is looked at', async () => {
        const send = async (body: string, token?: string) => {
          const headers = token === undefined ? {} : { 'x-vault-token': token }
          const { status, text } = await raw(peer, 'POST', `/v1/${CAPABILITIES}`, { body, headers })
          return [status, fields(JSON.parse(text)).errors]
        }
        const failed = (words: string) => [400, [`error parsing JSON: failed to parse JSON input: ${words}`]]
        const another = (kind: string) =>
          failed(`json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`)
        for (const token of [undefined, peer.root, WRONG[0]]) {
          expect(await send('garbage', token)).toEqual(failed("invalid character 'g' looking for beginning of value"))
          expect(await send('<html>', token)).toEqual(failed("invalid character '<' looking for beginning of value"))
          expect(await send('[]', token)).toEqual(another('array'))
          expect(await send('"x"', token)).toEqual(another('string'))
          expect(await send('1', token)).toEqual(another('number'))
          expect(await send('true', token)).toEqual(another('bool'))
          // No 4xx: to a client that is a write of which nobody knows what became of it.
          expect(await send('{"paths":["a"]', token)).toEqual([500, ['malformed JSON, unclosed containers']])
        }
        for (const nothing of ['', ' ', 'null', '{}']) {
          expect(await send(nothing, peer.root)).toEqual([400, ['paths must be supplied']])
        }
      })

      test('of a wrapping token that there is not', async () => {
        for (const path of ['sys/wrapping/unwrap', 'sys/wrapping/lookup']) {
          const refusal = (status: number, error: string) => ({ status, json: { errors: [error] } })
          const none = refusal(400, 'wrapping token is not valid or does not exist')
          for (const token of WRONG) {
            expect(await ask(peer, 'POST', path, { body: { token } })).toEqual(none)
            expect(await ask(peer, 'POST', path, { body: {}, token })).toEqual(none)
            expect(await ask(peer, 'GET', path, { token })).toEqual(none)
          }
          // No wrapping token either.
          expect(await ask(peer, 'POST', path, { body: { token: peer.root } })).toEqual(none)
          const empty = refusal(403, 'error validating wrapping token: token is empty')
          expect(await ask(peer, 'POST', path, { body: {} })).toEqual(empty)
        }
      })

      test('of policies, roles and tokens', async () => {
        const policy = { status: 200, json: expect.objectContaining({ data: { name: 'root', policy: '' } }) }
        expect(await asRoot('GET', 'sys/policies/acl/root')).toEqual(policy)
        expect(await asRoot('GET', 'sys/policies/acl/nothing')).toEqual({ status: 404, json: { errors: [] } })
        expect(await asRoot('DELETE', 'sys/policies/acl/nothing')).toEqual({ status: 204, json: undefined })
        expect(await asRoot('GET', 'auth/token/roles/nothing')).toEqual({ status: 404, json: { errors: [] } })
        expect(await asRoot('DELETE', 'auth/token/roles/nothing')).toEqual({ status: 204, json: undefined })
        for (const [path, body, error] of [
          ['sys/policies/acl/root', { policy: 'path "a" {}' }, 'cannot update "root" policy'],
          ['sys/policies/acl/x', {}, "'policy' parameter not supplied or empty"],
          ['auth/token/create', { ttl: 'nonsense' }, 'time: invalid duration "nonsense"'],
          ['auth/token/create', { ttl: '-1s' }, 'ttl must be positive'],
          ['auth/token/create', { type: 'batch', num_uses: 1 }, 'batch tokens cannot have "num_uses" set'],
          ['auth/token/create/nothing', {}, 'unknown role nothing'],
        ] as const) {
          const answer = await ask(peer, 'POST', path, { token: peer.root, body })
          expect([path, answer]).toEqual([path, { status: 400, json: { errors: [error] } }])
        }
        // A text is one name here, whatever commas are in it.
        const made = await ask(peer, 'POST', 'auth/token/create', { token: peer.root, body: { policies: 'a,b' } })
        expect(made.json).toMatchObject({
          auth: { policies: ['a,b', 'default'] },
          warnings: ['Policy "a,b" does not exist'],
        })
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
        // With TLS 1.3 the server tells only after the handshake, so something may have been sent.
        const rejected = (because: string) => ({ answered: false, sent: true, because })
        expect(await knock(addr, { ca })).toEqual(rejected('it asks for a client certificate (see client-cert)'))
        const stranger = await makeCertificates()
        // Node's TLS, which the simulator is made of, hangs up on such a one without a word.
        const foreign = peer.real
          ? 'it does not accept the client certificate (see client-cert)'
          : 'it closed the connection without an answer'
        expect(await knock(addr, { ca, ...stranger.client })).toEqual(rejected(foreign))
      })
    })

    describe('a standby', () => {
      let standby: Standby
      beforeAll(async () => {
        standby = await peer.standby()
      })
      test('is told by 429, and by other codes where they are wished for', async () => {
        expect(await standby.vault.health(5000)).toEqual({
          ok: true,
          status: 429,
          value: {
            initialized: true,
            sealed: false,
            standby: true,
            version: expect.any(String),
            cluster_id: expect.any(String),
            server_time_utc: expect.any(Number),
            ha_connection_healthy: true,
          },
        })
        // A real standby tells of its last heartbeat once there was one, a second or so after it has joined.
        const heartbeat = 'last_request_forwarding_heartbeat_ms'
        let { json } = await ask(standby, 'GET', 'sys/health')
        for (let asked = 1; asked < 50 && !(heartbeat in fields(json)); asked += 1) {
          await sleep(100)
          json = (await ask(standby, 'GET', 'sys/health')).json
        }
        expect(json).toMatchObject({
          performance_standby: false,
          removed_from_cluster: false,
          last_request_forwarding_heartbeat_ms: expect.any(Number),
        })
        expect(fields(json)).not.toHaveProperty('last_wal')
        for (const [query, code] of [
          ['standbyok=true', 200],
          ['standbyok=1', 200],
          ['standbyok=TRUE', 200],
          ['standbyok=true&activecode=298', 298],
          ['standbyok=true&standbycode=299', 200],
          ['standbycode=299', 299],
          ['perfstandbyok=true', 429],
          ['activecode=299', 429],
          // The word alone is no yes.
          ['standbyok', 429],
          ['standbyok=', 429],
          ['standbyok=false', 429],
          ['activecode=abc', 400],
        ] as const) {
          expect([query, (await ask(standby, 'GET', `sys/health?${query}`)).status]).toEqual([query, code])
        }
        expect(await raw(standby, 'HEAD', '/v1/sys/health')).toMatchObject({ status: 429, text: '' })
      })

      test('is of the same cluster as its active node, and names it', async () => {
        const [own, active] = [await standby.vault.health(5000), await standby.active.health(5000)]
        expect(active).toMatchObject({ ok: true, status: 200 })
        expect(own.ok && own.value.cluster_id).toBe(active.ok && active.value.cluster_id)
        const leader_address = standby.active.addr
        expect(await standby.vault.leader(5000)).toEqual({ ok: true, status: 200, value: { leader_address } })
        const { json } = await ask(standby, 'GET', 'sys/leader')
        expect(json).toMatchObject({ ha_enabled: true, is_self: false, performance_standby: false })
        expect(await ask(standby, 'GET', 'sys/seal-status')).toMatchObject({ status: 200, json: { sealed: false } })
        expect(await ask(standby, 'POST', 'sys/leader')).toEqual({ status: 405, json: { errors: [] } })
      })

      test('forwards what it is asked, refusals included', async () => {
        expect(await standby.vault.lookupSelf(standby.root)).toMatchObject({ ok: true, value: { policies: ['root'] } })
        const read = await standby.vault.capabilitiesSelf(standby.root, ['a'])
        expect(read.ok && read.value.get('a')).toEqual(['root'])
        expect(await standby.vault.lookupSelf('hvs.AAAAAAAAAAAAAAAAAAAAAAAA')).toEqual(refused(403, NO_SUCH_TOKEN))
        const { status, json } = await ask(standby, 'GET', 'sys/ha-status', { token: standby.root })
        expect(status).toBe(200)
        const nodes: unknown = fields(fields(json).data).nodes
        const told = Array.isArray(nodes) ? nodes.map(fields) : []
        const node = {
          hostname: 'string',
          api_address: 'string',
          cluster_address: 'string',
          active_node: 'boolean',
          echo_duration_ms: 'number',
          clock_skew_ms: 'number',
          replication_primary_canary_age_ms: 'number',
          version: 'string',
          upgrade_version: 'string',
        }
        // An active node has nobody to hear from.
        expect(told.filter((each) => each.active_node === true).map(kinds)).toEqual([{ ...node, last_echo: 'null' }])
        for (const each of told.filter(({ active_node }) => active_node !== true)) {
          expect(kinds(each)).toEqual({ ...node, last_echo: 'string' })
        }
        expect(told.map((each) => each.api_address)).toEqual(
          expect.arrayContaining([standby.active.addr, standby.addr]),
        )
      })

      test('sends away what it must not forward, as it was asked, and before anything of it is looked at', async () => {
        for (const [method, path, body] of [
          ['GET', `/v1/${LOOKUP}`, undefined],
          ['GET', '/v1/sys/nothing?x=1&y=%20z', undefined],
          ['GET', `/v1/${STATUS}`, undefined],
          ['POST', `/v1/${PATHS.demote}`, '{}'],
          ['POST', `/v1/${CAPABILITIES}`, 'garbage'],
        ] as const) {
          const answer = await raw(standby, method, path, { headers: unforwarded, body })
          expect(answer).toMatchObject({ status: 307, text: '', headers: { location: standby.active.addr + path } })
        }
      })

      test('that is what the client says of it, and it goes nowhere', async () => {
        const http = new Unforwarded({ ca: standby.ca })
        try {
          const sent = new Vault(standby.addr, http, new Secrets())
          const { host } = new URL(standby.active.addr)
          const because = `HTTP 307: it redirects to ${host}, which is not followed: give the address of the active node, or of a load balancer that leads to it`
          const unread = { ok: false, silent: false, status: 307, because, errors: [] }
          expect(await sent.status(5000)).toEqual(unread)
          expect(await sent.lookupSelf(standby.root)).toEqual(unread)
          expect(await sent.demote(standby.root)).toEqual({ kind: 'refused', status: 307, because })
        } finally {
          await http.close()
        }
      })

      test('it and its active node are two addresses of one cluster, which serves', async () => {
        const world = await new Lookout({ from: standby.vault, to: standby.active }, () => undefined).look()
        expect([oneCluster(world), active(world.from), active(world.to)]).toEqual([true, true, true])
      })

      test('answers of itself all the same, and an active node forwards nothing', async () => {
        for (const [path, status] of [
          ['sys/health', 429],
          ['sys/leader', 200],
          ['sys/seal-status', 200],
        ] as const) {
          expect((await ask(standby, 'GET', path, { headers: unforwarded })).status).toBe(status)
        }
        const asked = { token: standby.root, headers: unforwarded }
        expect((await ask({ http: standby.http, addr: standby.active.addr }, 'GET', LOOKUP, asked)).status).toBe(200)
      })

      test('sends whoever wants a snapshot away, with a token or without', async () => {
        for (const headers of [{}, { 'x-vault-token': standby.root }]) {
          const path = '/v1/sys/storage/raft/snapshot'
          expect(await raw(standby, 'GET', path, { headers })).toMatchObject({
            status: 307,
            headers: { location: standby.active.addr + path },
          })
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
