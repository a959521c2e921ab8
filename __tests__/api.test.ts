/**
 * Every call that the shipped client can send, held against the API of Vault Enterprise 2.1: that there is such a call,
 * with such fields, and that a token goes where one is needed and nowhere else. The calls are read off the wire, from
 * every method of the client, with everything that can be given to it and with as little as it takes.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { Deadline } from '../src/clock.ts'
import { type LoginBy, login, revoke, type Surroundings } from '../src/login.ts'
import { Secrets } from '../src/secrets.ts'
import { saveSnapshot } from '../src/snapshot.ts'
import { Vault } from '../src/vault/client.ts'
import { Http } from '../src/vault/http.ts'
import { callsLike, ENTERPRISE_2_1, objections, type Sent } from './support/enterprise-2.1.ts'

const TOKEN = 'hvs.a-token-of-the-test'
const DR = 'hvb.a-dr-operation-token-of-the-test'
const WITHIN = 5000

/** Opens a connection, and sends nothing on it. */
const SILENT = 'ready'

/** How each method of the client is called: with all that it takes, and with as little as it takes. */
type Ways = readonly ((vault: Vault) => Promise<unknown>)[]
const METHODS: Readonly<Record<Exclude<keyof Vault, 'addr' | typeof SILENT>, Ways>> = {
  status: [(vault) => vault.status(WITHIN)],
  health: [(vault) => vault.health(WITHIN), (vault) => vault.health(WITHIN, true)],
  leader: [(vault) => vault.leader(WITHIN)],
  performance: [(vault) => vault.performance(WITHIN)],
  lookupSelf: [(vault) => vault.lookupSelf(TOKEN)],
  capabilitiesSelf: [(vault) => vault.capabilitiesSelf(TOKEN, ['sys/replication/dr/primary/demote'])],
  autopilotState: [(vault) => vault.autopilotState(DR)],
  nodes: [(vault) => vault.nodes(TOKEN)],
  demote: [(vault) => vault.demote(TOKEN)],
  promote: [
    (vault) => vault.promote(DR, undefined),
    (vault) => vault.promote(DR, 'https://cluster.vault.example.com:8201'),
  ],
  generatePublicKey: [(vault) => vault.generatePublicKey(TOKEN)],
  secondaryToken: [
    (vault) => vault.secondaryToken(TOKEN, 'an-id', undefined),
    (vault) => vault.secondaryToken(TOKEN, 'an-id', 'a public key'),
  ],
  revokeSecondary: [(vault) => vault.revokeSecondary(TOKEN, 'an-id')],
  updatePrimary: [
    (vault) => vault.updatePrimary(DR, 'an activation token', undefined),
    (vault) => vault.updatePrimary(DR, 'an activation token', 'https://vault.example.com:8200'),
  ],
  enablePrimary: [
    (vault) => vault.enablePrimary(TOKEN, undefined),
    (vault) => vault.enablePrimary(TOKEN, 'https://cluster.vault.example.com:8201'),
  ],
  disablePrimary: [(vault) => vault.disablePrimary(TOKEN)],
  enableSecondary: [
    (vault) => vault.enableSecondary(TOKEN, 'an activation token', undefined),
    (vault) => vault.enableSecondary(TOKEN, 'an activation token', 'https://vault.example.com:8200'),
  ],
  disableSecondary: [(vault) => vault.disableSecondary(DR)],
  policy: [(vault) => vault.policy(TOKEN, 'vault-dr-operation')],
  writePolicy: [(vault) => vault.writePolicy(TOKEN, 'vault-dr-operation', 'path "a" {}')],
  tokenRole: [(vault) => vault.tokenRole(TOKEN, 'vault-dr-operation')],
  writeTokenRole: [(vault) => vault.writeTokenRole(TOKEN, 'vault-dr-operation', 'vault-dr-operation')],
  createToken: [(vault) => vault.createToken(TOKEN, 'vault-dr-operation', 28_800)],
  secret: [
    (vault) => vault.secret('secret/data/canary', TOKEN, undefined),
    (vault) => vault.secret('secret/data/team/canary', TOKEN, 'team'),
  ],
  attempt: [(vault) => vault.attempt(TOKEN), (vault) => vault.attempt(undefined)],
  startAttempt: [(vault) => vault.startAttempt(TOKEN), (vault) => vault.startAttempt(undefined)],
  submitShare: [
    (vault) => vault.submitShare(TOKEN, 'a nonce', 'ab'.repeat(32)),
    (vault) => vault.submitShare(undefined, 'a nonce', 'ab'.repeat(32)),
  ],
  cancelAttempt: [(vault) => vault.cancelAttempt(TOKEN), (vault) => vault.cancelAttempt(undefined)],
  deleteOperationToken: [
    (vault) => vault.deleteOperationToken(DR, TOKEN),
    (vault) => vault.deleteOperationToken(DR, undefined),
  ],
}

/** The methods of a client that are called in no way here. */
const uncalled = (client: { readonly prototype: object }): string[] =>
  Object.getOwnPropertyNames(client.prototype).filter(
    (name) => !['constructor', SILENT].includes(name) && !Object.hasOwn(METHODS, name),
  )

/** Where the shipped code may send anything to a Vault from. */
const SENDERS = ['login.ts', 'snapshot.ts', 'vault/client.ts']

/** The files of the shipped code, the simulator apart, that match. */
function filesWith(pattern: RegExp): string[] {
  const src = join(import.meta.dirname, '../src')
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !file.startsWith('simulator/'))
    .filter((file) => pattern.test(readFileSync(join(src, file), 'utf8')))
    .sort()
}

const sent: Sent[] = []
let server: Server
let addr = ''
const folder = mkdtempSync(join(tmpdir(), 'api-'))
const http = new Http({})
const secrets = new Secrets()
const around = (): Surroundings => ({
  secrets,
  mask: () => undefined,
  deadline: new Deadline(WITHIN),
  cancelled: new AbortController().signal,
})

beforeAll(async () => {
  // It refuses all there is, so that each call is sent once; but an id token is given.
  server = createServer((request, response) => {
    const { url = '', method = '', headers } = request
    text(request).then(
      (body) => {
        const idToken = url.startsWith('/id-token')
        if (!idToken) sent.push({ method, path: url.replace(/^\/v1\//, ''), headers, body })
        response.writeHead(idToken ? 200 : 400, { 'content-type': 'application/json' })
        response.end(JSON.stringify(idToken ? { value: 'ey.ey.ey' } : { errors: ['not here'] }))
      },
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const at = server.address()
  addr = `http://127.0.0.1:${at !== null && typeof at === 'object' ? at.port : 0}`
  process.env.ACTIONS_ID_TOKEN_REQUEST_URL = `${addr}/id-token?api-version=2.0`
  process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN = 'what the runner asks with'
  process.env.no_proxy = '127.0.0.1'
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await http.close()
  server.closeAllConnections()
  await new Promise((resolve) => {
    server.close(resolve)
  })
})
beforeEach(() => {
  sent.length = 0
})

const byJwt: LoginBy = { method: 'jwt', mount: 'jwt', role: 'dr', audience: 'vault' }
const byAppRole: LoginBy = { method: 'approle', mount: 'approle', roleId: 'a role id', secretId: 'a secret id' }
const ofALogin = { token: TOKEN, batch: false, ttlSeconds: 60 }

/** Everything else that sends to a Vault. */
const OTHERS: Readonly<Record<string, () => Promise<unknown>>> = {
  'a login by jwt': () => login(http, addr, byJwt, around()),
  'a login by jwt, in a namespace, at a mount with a path, for the default role': () =>
    login(http, addr, { method: 'jwt', mount: 'ci/github', namespace: 'team' }, around()),
  'a login by approle': () => login(http, addr, byAppRole, around()),
  'a login by approle without a secret id': () =>
    login(http, addr, { method: 'approle', mount: 'approle', roleId: 'a role id' }, around()),
  'the end of a token': () => revoke(http, addr, ofALogin, undefined, around()),
  'the end of a token in a namespace': () => revoke(http, addr, ofALogin, 'team', around()),
  'a raft snapshot': () =>
    saveSnapshot(
      { http, addr, secrets },
      TOKEN,
      join(folder, 'a.snap'),
      new Deadline(WITHIN),
      new AbortController().signal,
    ),
}

const used = new Set<string>()
function expectInTable(): void {
  expect(sent).not.toEqual([])
  expect(sent.flatMap(objections)).toEqual([])
  for (const each of sent) for (const { method, path } of callsLike(each)) used.add(`${method} ${path}`)
}

describe('each call is one of Vault Enterprise 2.1', () => {
  test.each(Object.entries(METHODS))('%s', async (_, ways) => {
    for (const way of ways) await way(new Vault(addr, http, secrets))
    expect(sent).toHaveLength(ways.length)
    expectInTable()
  })

  test.each(Object.entries(OTHERS))('%s', async (_, send) => {
    await send()
    expectInTable()
  })

  test('and each call of the table is sent by somebody', () => {
    expect(ENTERPRISE_2_1.map(({ method, path }) => `${method} ${path}`).filter((name) => !used.has(name))).toEqual([])
  })
})

describe('nothing is forgotten here', () => {
  test('every method of the client is called', () => {
    expect(uncalled(Vault)).toEqual([])
  })

  test('one that is new would be missed', () => {
    class Newer extends Vault {
      step(): string {
        return this.addr
      }
    }
    expect(uncalled(Newer)).toEqual(['step'])
  })

  test('nobody else sends anything to a Vault', () => {
    expect(filesWith(/\bhttp\.(send|download)\(/i)).toEqual(SENDERS)
  })

  // Nobody knows when Vault sets it (docs/fidelity.md, H2).
  test('last_start is read nowhere', () => {
    expect(filesWith(/last_start/)).toEqual([])
  })
})

describe('the table finds what is wrong', () => {
  const headers = { 'x-vault-token': TOKEN }
  test.each<[string, Partial<Sent>, string]>([
    ['an unknown path', { path: 'sys/replication/dr/secondary/promotion' }, 'there is no such call'],
    ['another method', { method: 'GET' }, 'there is no such call'],
    ['a query', { path: 'sys/replication/dr/secondary/promote?force=true' }, 'there is no such call'],
    ['a token where none is needed', { headers }, 'it needs no token, and one was sent'],
    ['none where one is', { path: 'sys/replication/dr/primary/demote' }, 'it needs a token, and none was sent'],
    ['a namespace', { headers: { 'x-vault-namespace': 'team' } }, 'it lives in the root namespace'],
    ['an unknown field', { body: '{"key":"a"}' }, 'there is no field key'],
    ['a field of another kind', { body: '{"force":"true"}' }, 'force is of the kind boolean, not string'],
  ])('%s', (_, wrong, what) => {
    const right: Sent = {
      method: 'POST',
      path: 'sys/replication/dr/secondary/promote',
      headers: {},
      body: `{"dr_operation_token":"${DR}"}`,
    }
    expect(objections(right)).toEqual([])
    const made = { ...right, ...wrong }
    expect(objections(made)[0]).toBe(`${made.method} ${made.path}: ${what}`)
  })

  test('a promotion is never sent with force', async () => {
    for (const way of METHODS.promote) await way(new Vault(addr, http, secrets))
    expect(sent.map(({ body }) => 'force' in JSON.parse(body))).toEqual([false, false])
  })

  test('what is sent with a token though none is asked for is said so, with a reason', () => {
    for (const { token, why } of ENTERPRISE_2_1) expect(token === 'sent-anyway').toBe(why !== undefined)
  })
})
