/**
 * What a run does that a free edition can do too: issue a token, log in, generate a token from key shares, read a canary,
 * take a snapshot. Asked of a real server and of the simulator alike, as in contract.ts.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { cancelOwn, decode, generate } from '../../src/ceremony.ts'
import { Deadline } from '../../src/clock.ts'
import { isBatch } from '../../src/credentials.ts'
import { type LoginBy, login, revoke, type Surroundings } from '../../src/login.ts'
import { ISSUED_POLICY, ISSUED_POLICY_NAME, ISSUED_ROLE_NAME } from '../../src/policy.ts'
import { Secrets } from '../../src/secrets.ts'
import { saveSnapshot } from '../../src/snapshot.ts'
import { CANARY, type Ceremony, LOGIN, type Peer } from './peer.ts'

const SNAPSHOT = 'sys/storage/raft/snapshot'
const around = (): Surroundings => ({
  secrets: new Secrets(),
  mask: () => undefined,
  deadline: new Deadline(30_000),
  cancelled: new AbortController().signal,
})

export function deeds(label: string, start: () => Promise<Peer>): void {
  describe(label, () => {
    let peer: Peer
    beforeAll(async () => {
      peer = await start()
    })
    afterAll(() => peer.close())

    /** In order: what comes later needs what came before. */
    describe('issuing a batch token', () => {
      test('neither the policy nor the role is there: 404, without a word', async () => {
        const none = { ok: false, silent: false, status: 404, errors: [] }
        expect(await peer.vault.policy(peer.root, ISSUED_POLICY_NAME)).toMatchObject(none)
        expect(await peer.vault.tokenRole(peer.root, ISSUED_ROLE_NAME)).toMatchObject(none)
      })

      test('they are written, more than once, and read again as they were written', async () => {
        for (let times = 0; times < 2; times += 1) {
          const policy = await peer.vault.writePolicy(peer.root, ISSUED_POLICY_NAME, ISSUED_POLICY)
          expect(policy).toEqual({ kind: 'accepted', value: undefined })
          const role = await peer.vault.writeTokenRole(peer.root, ISSUED_ROLE_NAME, ISSUED_POLICY_NAME)
          expect(role).toEqual({ kind: 'accepted', value: undefined })
        }
        expect(await peer.vault.policy(peer.root, ISSUED_POLICY_NAME)).toEqual({
          ok: true,
          status: 200,
          value: { policy: ISSUED_POLICY },
        })
        expect(await peer.vault.tokenRole(peer.root, ISSUED_ROLE_NAME)).toEqual({
          ok: true,
          status: 200,
          value: { allowed_policies: [ISSUED_POLICY_NAME], orphan: true, renewable: false, token_type: 'batch' },
        })
      })

      test('a token is made: an orphan, of the batch kind, for as long as asked, with that policy', async () => {
        const made = await peer.vault.createToken(peer.root, ISSUED_ROLE_NAME, 7200)
        expect(made).toMatchObject({
          kind: 'accepted',
          value: { lease_duration: 7200, orphan: true, token_type: 'batch' },
        })
        const token = made.kind === 'accepted' ? made.value.client_token : ''
        expect(isBatch(token)).toBe(true)
        expect(await peer.vault.lookupSelf(token)).toMatchObject({
          ok: true,
          value: { type: 'batch', num_uses: 0, policies: ['default', ISSUED_POLICY_NAME] },
        })
        const paths = [...ISSUED_POLICY.matchAll(/^path "(.+)"/gm)].map(([, path = '']) => path)
        expect(paths).toHaveLength(4)
        const read = await peer.vault.capabilitiesSelf(token, [...paths, 'sys/replication/dr/primary/demote'])
        expect(read.ok && Object.fromEntries(read.value)).toEqual({
          ...Object.fromEntries(paths.map((path) => [path, path.endsWith('/state') ? ['read'] : ['update']])),
          'sys/replication/dr/primary/demote': ['deny'],
        })
        expect(await peer.vault.nodes(token)).toMatchObject({ ok: true })
      })

      test('whoever may not is refused', async () => {
        const token = await peer.mint({ type: 'service', policy: { 'secret/data/x': ['read'] } })
        const denied = { kind: 'refused', status: 403 }
        expect(await peer.vault.writePolicy(token, 'other', ISSUED_POLICY)).toMatchObject(denied)
        expect(await peer.vault.writeTokenRole(token, 'other', ISSUED_POLICY_NAME)).toMatchObject(denied)
        expect(await peer.vault.createToken(token, ISSUED_ROLE_NAME, 60)).toMatchObject(denied)
        expect(await peer.vault.policy(token, ISSUED_POLICY_NAME)).toMatchObject({ ok: false, status: 403 })
      })

      test('a policy that is none is refused, and a role that is not there', async () => {
        const broken = await peer.vault.writePolicy(peer.root, 'broken', 'path "x" { capabilities = ["fly"] }')
        expect(broken).toMatchObject({ kind: 'refused', status: 400 })
        const none = await peer.vault.createToken(peer.root, 'no-such-role', 60)
        expect(none).toMatchObject({ kind: 'refused', status: 400 })
      })
    })

    describe('a JWT login', () => {
      const by: LoginBy = { method: 'jwt', mount: 'jwt', role: LOGIN.role, audience: LOGIN.audience }

      /** Logs in with this id token, which a stand-in for GitHub hands out. */
      async function attempt(jwt: string, more: Partial<LoginBy> = {}) {
        const forge = createServer((_request, response) => response.end(JSON.stringify({ value: jwt })))
        await new Promise<void>((resolve) => forge.listen(0, '127.0.0.1', resolve))
        process.env.ACTIONS_ID_TOKEN_REQUEST_URL = `http://127.0.0.1:${portOf(forge)}/?a=b`
        process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN = 'the-request-token'
        try {
          return await login(peer.http, peer.addr, { ...by, ...more }, around())
        } finally {
          delete process.env.ACTIONS_ID_TOKEN_REQUEST_URL
          delete process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN
          forge.closeAllConnections()
          await new Promise((resolve) => forge.close(resolve))
        }
      }

      test('gives a token, which works, and which is revoked at the end', async () => {
        const got = await attempt(peer.sign())
        expect(got).toEqual({ ok: true, token: expect.any(String), batch: false, ttlSeconds: 3600 })
        if (!got.ok) return
        const read = await peer.vault.capabilitiesSelf(got.token, Object.keys(LOGIN.policy))
        expect(read).toMatchObject({ ok: true })
        expect(read.ok && read.value.get('sys/replication/dr/primary/demote')).toEqual(['update'])
        expect(await revoke(peer.http, peer.addr, got, undefined, around())).toBeUndefined()
        expect(await peer.vault.lookupSelf(got.token)).toMatchObject({ ok: false, status: 403 })
        // Once more is as good: it is gone.
        expect(await revoke(peer.http, peer.addr, got, undefined, around())).toBeUndefined()
      })

      test.each([
        [
          'another audience',
          { aud: 'https://elsewhere.example.com' },
          {},
          /^no login at auth\/jwt: the audience of the id token/,
        ],
        [
          'another issuer',
          { iss: 'https://elsewhere.example.com' },
          {},
          /comes from an issuer that auth\/jwt does not take/,
        ],
        [
          'another repository',
          { repository: 'other/repository' },
          {},
          /is bound to other claims than this run has: this run has repository/,
        ],
        ['no such claim', { repository: undefined }, {}, /is bound to other claims than this run has/],
        [
          'a time that is over',
          { exp: 1_700_000_000, iat: 1_699_999_000, nbf: 1_699_999_000 },
          {},
          /the id token has expired, by the clock of Vault/,
        ],
        [
          'a time to come',
          { exp: 4_000_000_000, iat: 3_999_999_000, nbf: 3_999_999_000 },
          {},
          /the id token is not valid yet, by the clock of Vault/,
        ],
        ['another role', {}, { role: 'no-such-role' }, /the role "no-such-role" does not exist at auth\/jwt/],
        ['no role', {}, { role: undefined }, /auth\/jwt has no default role/],
        ['a mount that is not there', {}, { mount: 'elsewhere' }, /Vault knows no such login, or it is locked for now/],
      ] as const)('%s: is refused, in words of ours', async (_name, claims, more, because) => {
        const got = await attempt(peer.sign(claims), more)
        expect(got).toEqual({ ok: false, because: expect.stringMatching(because), fix: expect.stringMatching(/./) })
      })

      test('a signature that is not right: is refused, in words of ours', async () => {
        const [head, claims] = peer.sign().split('.')
        const [, , foreign] = peer.sign({ sub: 'other' }).split('.')
        const got = await attempt(`${head}.${claims}.${foreign}`)
        expect(got).toMatchObject({ ok: false, because: expect.stringMatching(/could not verify who signed/) })
      })
    })

    describe('an AppRole login', () => {
      const by: LoginBy = { method: 'approle', mount: 'approle', roleId: LOGIN.roleId, secretId: LOGIN.secretId }
      const attempt = (more: Partial<LoginBy>) => login(peer.http, peer.addr, { ...by, ...more }, around())

      test('gives a token', async () => {
        const got = await attempt({})
        expect(got).toEqual({ ok: true, token: expect.any(String), batch: false, ttlSeconds: 3600 })
      })

      test.each([
        ['another secret id', { secretId: 'another-secret-id' }, /invalid role or secret ID/],
        ['another role id', { roleId: 'another-role-id' }, /invalid role or secret ID/],
        ['no secret id', { secretId: undefined }, /./],
        ['a mount that is not there', { mount: 'elsewhere' }, /Vault knows no such login, or it is locked for now/],
      ] as const)('%s: is refused, in words of ours', async (_name, more, because) => {
        expect(await attempt(more)).toMatchObject({ ok: false, because: expect.stringMatching(because) })
      })
    })

    describe('the ceremony with key shares', () => {
      let held: Ceremony
      beforeAll(async () => {
        held = await peer.ceremony()
      })
      const run = (shares: readonly string[]) => {
        const nonces: (string | undefined)[] = []
        const began = (nonce: string | undefined) => nonces.push(nonce)
        const ceremony = { ...around(), vault: held.vault, host: 'there', shares, token: held.token, began }
        return { nonces, generated: generate(ceremony) }
      }
      const idle = { nonce: '', started: false, progress: 0, required: 3, complete: false, encoded_token: '', otp: '' }

      test('nothing is in progress, and it takes three', async () => {
        expect(await held.vault.attempt(held.token)).toEqual({ ok: true, status: 200, value: idle })
      })

      test('three shares make a token that works; in base64 too, and whatever is given twice', async () => {
        const [one = '', two = '', three = ''] = held.shares
        const base64 = Buffer.from(two, 'hex').toString('base64')
        for (const shares of [held.shares.slice(2), [one, one, base64, two, three]]) {
          const { nonces, generated } = run(shares)
          const got = await generated
          expect(got).toEqual({ ok: true, token: expect.stringMatching(/^hvs\./) })
          // Told before the attempt is begun, when its nonce is known, and at its end.
          expect(nonces).toEqual(['', expect.stringMatching(/^[0-9a-f-]{36}$/), undefined])
          expect(await held.worth(got.ok ? got.token : '')).toBe(200)
          expect(await held.vault.attempt(held.token)).toMatchObject({ ok: true, value: idle })
        }
      })

      test('step by step: what the server tells, and what it refuses', async () => {
        const [one = '', two = '', three = ''] = held.shares
        const begun = await held.vault.startAttempt(held.token)
        expect(begun).toMatchObject({
          kind: 'accepted',
          value: { started: true, progress: 0, required: 3, complete: false, otp: expect.stringMatching(/^\w{28}$/) },
        })
        const { nonce = '', otp = '' } = begun.kind === 'accepted' ? begun.value : {}
        // The pad is told to whoever began it, once.
        expect(await held.vault.attempt(held.token)).toMatchObject({
          ok: true,
          value: { started: true, nonce, otp: '' },
        })
        const refused = (because: RegExp) => ({ kind: 'refused', status: 400, because: expect.stringMatching(because) })
        expect(await held.vault.startAttempt(held.token)).toEqual(refused(/generation already in progress/))
        expect(await held.vault.submitShare(held.token, 'nonsense', one)).toEqual(refused(/incorrect nonce supplied/))
        expect(await held.vault.submitShare(held.token, nonce, '!')).toEqual(
          refused(/must be a valid hex or base64 string/),
        )
        expect(await held.vault.submitShare(held.token, nonce, 'abcd')).toEqual(
          refused(/key is shorter than minimum 16 bytes/),
        )
        const progress = (at: number) => ({
          kind: 'accepted',
          value: { started: true, progress: at, complete: false, nonce },
        })
        expect(await held.vault.submitShare(held.token, nonce, one)).toMatchObject(progress(1))
        expect(await held.vault.submitShare(held.token, nonce, one)).toEqual(
          refused(/given key has already been provided/),
        )
        expect(await held.vault.submitShare(held.token, nonce, two)).toMatchObject(progress(2))
        const last = await held.vault.submitShare(held.token, nonce, three)
        expect(last).toMatchObject({
          kind: 'accepted',
          value: { complete: true, progress: 3, encoded_token: expect.any(String) },
        })
        const encoded = last.kind === 'accepted' ? (last.value.encoded_token ?? '') : ''
        const token = decode(encoded, otp)
        expect(token).toMatch(/^hvs\./)
        expect(await held.worth(token ?? '')).toBe(200)
        expect(await held.vault.submitShare(held.token, nonce, one)).toEqual(refused(/no root generation in progress/))
      })

      // The last byte of a share is the point it stands for, the others its value there.
      const wrong = {
        value: (share: string, _: string) => `${share.startsWith('00') ? '01' : '00'}${share.slice(2)}`,
        point: (share: string, first: string) => `${share.slice(0, -2)}${first.slice(-2)}`,
        length: (share: string, _: string) => share.slice(2),
      }

      test('wrong shares show with the last one, and leave no attempt behind', async () => {
        const [one = '', two = '', three = ''] = held.shares
        const seen = [
          [wrong.value, 'root generation aborted'],
          [wrong.point, 'duplicate part detected'],
          [wrong.length, 'all parts must be the same length'],
        ] as const
        for (const [change, words] of seen) {
          const { nonces, generated } = run([one, two, change(three, one)])
          expect(await generated).toEqual({
            ok: false,
            because: expect.stringMatching(new RegExp(`^the key shares are wrong \\(there: HTTP 400.*${words}`)),
          })
          expect(nonces).toEqual(['', expect.stringMatching(/./), undefined])
          expect(await held.vault.attempt(held.token)).toMatchObject({ ok: true, value: idle })
        }
      })

      test('too few are not begun with', async () => {
        const { nonces, generated } = run(held.shares.slice(0, 2))
        expect(await generated).toMatchObject({
          ok: false,
          because: 'there takes 3 different key shares, and 2 are given',
        })
        expect(nonces).toEqual([])
      })

      test("somebody else's attempt is left alone", async () => {
        const theirs = await held.vault.startAttempt(held.token)
        const nonce = theirs.kind === 'accepted' ? theirs.value.nonce : ''
        expect(await run(held.shares).generated).toMatchObject({
          ok: false,
          because: expect.stringMatching(/^somebody else's attempt/),
        })
        const other = { vault: held.vault, token: held.token, began: () => undefined }
        expect(await cancelOwn(other, 'another-nonce')).toBe(true)
        expect(await held.vault.attempt(held.token)).toMatchObject({ ok: true, value: { started: true, nonce } })
        expect(await cancelOwn(other, nonce)).toBe(true)
        expect(await held.vault.attempt(held.token)).toMatchObject({ ok: true, value: idle })
        // There is nothing to cancel, and that is no error.
        expect(await held.vault.cancelAttempt(held.token)).toEqual({ kind: 'accepted', value: undefined })
      })
    })

    describe('a canary', () => {
      test('is read by whoever may, and is not there for others', async () => {
        const token = await peer.mint({ type: 'batch', policy: { [CANARY.path]: ['read'] } })
        const read = await peer.vault.secret(CANARY.path, token, undefined)
        expect(read).toMatchObject({ ok: true, value: { data: { value: CANARY.value }, metadata: { version: 1 } } })
        expect(await peer.vault.secret('secret/data/other', token, undefined)).toMatchObject({ ok: false, status: 403 })
        const none = { ok: false, silent: false, status: 404, errors: [] }
        expect(await peer.vault.secret('secret/data/other', peer.root, undefined)).toMatchObject(none)
      })
    })

    describe('a raft snapshot', () => {
      let folder: string
      beforeAll(() => {
        folder = mkdtempSync(join(tmpdir(), 'vault-contract-'))
      })
      afterAll(() => rmSync(folder, { recursive: true, force: true }))
      const save = (token: string, addr = peer.addr) => {
        const source = { http: peer.http, addr, secrets: new Secrets() }
        const patience = { head: 20_000, idle: 5000, pause: 50 }
        const path = join(folder, 'deep', 'raft.snap')
        return saveSnapshot(source, token, path, new Deadline(30_000), new AbortController().signal, patience)
      }

      test('is whole by what our code knows of it', async () => {
        const token = await peer.mint({ type: 'batch', policy: { [SNAPSHOT]: ['read'] } })
        const saved = await save(token)
        expect(saved).toMatchObject({ ok: true, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
        expect(saved.ok && statSync(saved.path).size).toBe(saved.ok && saved.bytes)
        expect(readdirSync(join(folder, 'deep'))).toEqual(['raft.snap'])
        rmSync(join(folder, 'deep'), { recursive: true })
      })

      test('is refused to others', async () => {
        const token = await peer.mint({ type: 'batch', policy: { [SNAPSHOT]: ['update'] } })
        for (const each of [token, 'hvs.AAAAAAAAAAAAAAAAAAAAAAAA']) {
          expect(await save(each)).toMatchObject({ ok: false, because: expect.stringMatching(/403/) })
        }
        expect(readdirSync(join(folder, 'deep'))).toEqual([])
      })

      test('that is cut on the way is none, and leaves nothing behind', async () => {
        const cutter = await cut(peer.addr, 12_000)
        const saved = await save(peer.root, cutter.addr)
        await cutter.close()
        expect(saved).toEqual({ ok: false, because: expect.any(String) })
        expect(existsSync(join(folder, 'deep', 'raft.snap'))).toBe(false)
        expect(readdirSync(join(folder, 'deep'))).toEqual([])
      })
    })
  })
}

function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : 0
}

/** The same server behind a link that breaks once it has let so many bytes through. */
async function cut(addr: string, bytes: number): Promise<{ addr: string; close: () => Promise<void> }> {
  const { hostname, port } = new URL(addr)
  const sockets = new Set<Socket>()
  const server = createTcpServer((client) => {
    const upstream = connect(Number(port), hostname)
    let left = bytes
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (chunk) => upstream.write(chunk))
    upstream.on('data', (chunk) => {
      if (chunk.length < left) {
        left -= chunk.length
        client.write(chunk)
      } else client.write(chunk.subarray(0, left), () => client.destroy())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    addr: `https://127.0.0.1:${portOf(server)}`,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
