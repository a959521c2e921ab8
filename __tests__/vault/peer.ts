/**
 * A server that the contract is asked of, real or simulated. What differs between the two is how a test arranges things
 * (tokens, seals), and that is all that this hides: whatever is asserted is an answer that came over the wire.
 */
import { spawn } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { compareVersions } from '../../src/cluster.ts'
import { Secrets } from '../../src/secrets.ts'
import { startWorld, type World } from '../../src/simulator/world.ts'
import { Vault } from '../../src/vault/client.ts'
import { type Call, Http, type Outcome, type Tls } from '../../src/vault/http.ts'
import { fields, type Identity, RealVault, strings, until } from './server.ts'

/** Paths without /v1/ and what may be done there. */
export type Policy = Readonly<Record<string, readonly string[]>>

export interface TokenWish {
  readonly type: 'service' | 'batch'
  readonly policy?: Policy
  readonly ttlSeconds?: number
  readonly numUses?: number
  readonly noDefaultPolicy?: boolean
}

export interface Peer {
  readonly name: string
  readonly real: boolean
  readonly addr: string
  readonly ca: string
  readonly root: string
  /** The shipped client, at this server's address. */
  readonly vault: Vault
  readonly http: Http
  /** A token as wished for; the real server makes it through its own API. */
  mint(wish: TokenWish): Promise<string>
  seal(): Promise<void>
  unseal(): Promise<void>
  /** An id token as a forge signs it for a job: whose claims are given, the others are as the role wants them. */
  readonly sign: (claims?: Readonly<Record<string, unknown>>) => string
  /** The address, the shipped client and the key shares of a server on which a token can be generated from shares. */
  ceremony(): Promise<Ceremony>
  /** The same kind of server, behind a listener that demands a client certificate of `ca`. */
  mutual(): Promise<{ readonly addr: string; readonly ca: string; readonly client: Identity }>
  /** A node of the same kind of server that is not active, and knows who is. */
  standby(): Promise<Standby>
  close(): Promise<void>
}

export interface Standby extends Pick<Peer, 'addr' | 'ca' | 'http' | 'vault' | 'root'> {
  /** The shipped client, at the node that is active. */
  readonly active: Vault
}

export interface Ceremony {
  readonly vault: Vault
  readonly shares: readonly string[]
  /** From 2.0 on a Vault token is wanted beside the shares. */
  readonly token: string | undefined
  /** What the generated token is, where it was generated. */
  worth(token: string): Promise<unknown>
}

/** What the logins of every peer are set up with. */
export const LOGIN = {
  role: 'failover',
  audience: 'https://vault.example.com',
  issuer: 'https://issuer.example.com',
  claims: { repository: 'owner/repository' },
  roleId: '5f2f0d3e-role-id-of-the-contract',
  secretId: '0b9ed1a1-secret-id-of-the-contract',
  policy: { 'sys/replication/dr/primary/demote': ['update'] },
} as const
export const CANARY = { path: 'secret/data/canary', value: 'sings' } as const

function keyPair(): { readonly publicKeyPem: string; readonly sign: Peer['sign'] } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (claims = {}) => {
      const now = Math.floor(Date.now() / 1000)
      const body = { iss: LOGIN.issuer, aud: LOGIN.audience, sub: 'repo:owner/repository', iat: now, exp: now + 300 }
      const text = `${encode({ alg: 'ES256', typ: 'JWT' })}.${encode({ ...body, ...LOGIN.claims, ...claims })}`
      const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' })
      return `${text}.${signature.toString('base64url')}`
    },
  }
}

/** Since 2.0 both ceremonies are for those alone who have a token. */
function wantsToken(): boolean {
  const [, version] = (process.env.VAULT_PEER ?? '').split(' ')
  return (compareVersions(version, '2.0.0') ?? -1) >= 0
}

const CEREMONY = 'sys/replication/dr/secondary/generate-operation-token'

/**
 * The ceremony of a DR secondary, asked of the one that a free edition has: generating a root token goes through the same
 * code of Vault's (vault/generate_root.go), under another path.
 */
class ByRootGeneration extends Http {
  override send(addr: string, call: Call): Promise<Outcome> {
    return super.send(addr, { ...call, path: call.path.replace(CEREMONY, 'sys/generate-root') })
  }
}

/** One request by the shipped code, and its answer as it came: none is an error here. */
export async function ask(
  peer: Pick<Peer, 'http' | 'addr'>,
  method: Call['method'],
  path: string,
  more: Partial<Call> = {},
): Promise<{ status: number; json: unknown }> {
  const answer = await peer.http.send(peer.addr, { method, path, within: 10_000, ...more })
  if (!answer.answered) throw new Error(`${method} ${path}: ${answer.because}`)
  return { status: answer.status, json: answer.json }
}

/** One request as no client of ours sends it, and its answer to the last byte. */
export function raw(
  { addr, ca }: Pick<Peer, 'addr' | 'ca'>,
  method: string,
  path: string,
  { body, headers = {} }: { body?: string | undefined; headers?: Readonly<Record<string, string>> } = {},
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(addr, { ca, method, path, headers, agent: false, timeout: 10_000 }, (answer) => {
      text(answer).then((all) => resolve({ status: answer.statusCode, headers: answer.headers, text: all }), reject)
    })
    asked.on('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer`)))
    asked.on('error', reject)
    asked.end(body)
  })
}

/** What a client that trusts, or shows, something else comes to at sys/health. */
export async function knock(addr: string, tls: Tls): Promise<Outcome> {
  const child = spawn(process.execPath, ['--no-warnings', join(import.meta.dirname, 'knock.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify({ addr, tls }))
  return JSON.parse(await text(child.stdout))
}

export async function realPeer(): Promise<Peer> {
  const vault = await RealVault.start()
  await vault.initialize()
  await vault.unseal()
  const { addr, ca, root } = vault
  const http = new Http({ ca })
  const other = new ByRootGeneration({ ca })
  const { publicKeyPem, sign: signed } = keyPair()
  const write = (path: string, body: Record<string, unknown>) => vault.call('POST', path, { body })
  await write('sys/policies/acl/login', { policy: hcl(LOGIN.policy) })
  await write('sys/auth/jwt', { type: 'jwt' })
  await write('auth/jwt/config', { jwt_validation_pubkeys: [publicKeyPem], bound_issuer: LOGIN.issuer })
  await write(`auth/jwt/role/${LOGIN.role}`, {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: [LOGIN.audience],
    bound_claims: LOGIN.claims,
    token_policies: ['login'],
    token_ttl: '1h',
  })
  await write('sys/auth/approle', { type: 'approle' })
  await write('auth/approle/role/failover', { token_policies: ['login'], token_ttl: '1h' })
  await write('auth/approle/role/failover/role-id', { role_id: LOGIN.roleId })
  await write('auth/approle/role/failover/custom-secret-id', { secret_id: LOGIN.secretId })
  await write('sys/mounts/secret', { type: 'kv', options: { version: '2' } })
  await until(
    () =>
      write(CANARY.path, { data: { value: CANARY.value } }).then(
        () => true,
        () => false,
      ),
    'the secrets engine took nothing',
  )
  let policies = 0
  const pairs: RealVault[] = []
  const https: Http[] = [http, other]
  return {
    name: process.env.VAULT_PEER ?? 'a real Vault',
    real: true,
    addr,
    ca,
    root,
    http,
    vault: new Vault(addr, http, new Secrets()),
    mint: async ({ type, policy, ttlSeconds, numUses, noDefaultPolicy }) => {
      // Without any, a token would have those of the token that makes it: the root token's.
      const names = ['default']
      if (policy !== undefined) {
        policies += 1
        names.push(`contract-${policies}`)
        await vault.call('POST', `sys/policies/acl/contract-${policies}`, { body: { policy: hcl(policy) } })
      }
      const body = {
        type,
        policies: names,
        ttl: `${ttlSeconds ?? 3600}s`,
        no_default_policy: noDefaultPolicy ?? false,
        ...(type === 'batch' ? { renewable: false } : { num_uses: numUses ?? 0 }),
      }
      const made = await vault.call('POST', 'auth/token/create-orphan', { body })
      return String(fields(made.auth).client_token)
    },
    sign: signed,
    ceremony: async () => ({
      vault: new Vault(addr, other, new Secrets()),
      shares: vault.shares,
      token: wantsToken() ? root : undefined,
      worth: async (token) => (await new Vault(addr, http, new Secrets()).lookupSelf(token)).status,
    }),
    seal: async () => {
      await vault.call('POST', 'sys/seal', { body: {} })
    },
    unseal: () => vault.unseal(),
    mutual: async () => ({ addr: vault.node(0).mutualAddr, ca, client: vault.client }),
    standby: async () => {
      const pair = await RealVault.start(2)
      pairs.push(pair)
      await pair.initialize()
      await pair.unseal()
      await pair.joined(pair.node(1))
      await pair.unseal(pair.node(1))
      const there = new Http({ ca: pair.ca })
      https.push(there)
      const [active, { addr: at }] = [new Vault(pair.addr, there, new Secrets()), pair.node(1)]
      return { addr: at, ca: pair.ca, http: there, vault: new Vault(at, there, new Secrets()), root: pair.root, active }
    },
    close: async () => {
      await Promise.all(https.map((each) => each.close()))
      await Promise.all([vault, ...pairs].map((each) => each.close()))
    },
  }
}

/** One cluster, and so the DR primary of a set that is not in sight: what it shares with a free edition is asked. */
export async function simulatedPeer(): Promise<Peer> {
  const { publicKeyPem, sign: signed } = keyPair()
  const { role, audience, issuer, claims, roleId, secretId } = LOGIN
  const policy = copy(LOGIN.policy)
  const world = await startWorld({
    clusters: 1,
    jwt: { role, audience, issuer, claims, publicKeyPem, policy },
    approle: { roleId, secretId, policy },
    secrets: { [CANARY.path]: { value: CANARY.value } },
  })
  const worlds: World[] = [world]
  const https: Http[] = []
  const { addr } = world.primary
  const http = new Http({ ca: world.ca })
  return {
    name: 'the simulator',
    real: false,
    addr,
    ca: world.ca,
    root: world.tokens.root,
    http,
    vault: new Vault(addr, http, new Secrets()),
    mint: async ({ policy, ...wish }) =>
      world.mintToken({
        ttlSeconds: 3600,
        ...wish,
        policy: copy(policy ?? {}),
      }),
    sign: signed,
    ceremony: async () => {
      const pair = await startWorld()
      worlds.push(pair)
      const there = new Http({ ca: pair.ca })
      https.push(there)
      const vault = new Vault(pair.secondary.addr, there, new Secrets())
      return {
        vault,
        shares: pair.keyShares,
        token: undefined,
        worth: async (token) => {
          const answer = await vault.deleteOperationToken(token, undefined)
          return answer.kind === 'accepted' ? 200 : answer
        },
      }
    },
    seal: async () => world.primary.seal(),
    unseal: async () => world.primary.unseal(),
    mutual: async () => {
      const other = await startWorld({ clusters: 1, mutualTls: true })
      worlds.push(other)
      const client = { cert: other.clientCertificate, key: other.clientKey }
      return { addr: other.primary.addr, ca: other.ca, client }
    },
    standby: async () => {
      const { standbyAddr: at } = world.primary
      const [active, standby] = [new Vault(addr, http, new Secrets()), new Vault(at, http, new Secrets())]
      return { addr: at, ca: world.ca, http, vault: standby, root: world.tokens.root, active }
    },
    close: async () => {
      await Promise.all([http, ...https].map((each) => each.close()))
      await Promise.all(worlds.map((each) => each.close()))
    },
  }
}

const copy = (policy: Policy) => Object.fromEntries(Object.entries(policy).map(([path, may]) => [path, [...may]]))

export function hcl(policy: Policy): string {
  return Object.entries(policy)
    .map(([path, may]) => `path ${JSON.stringify(path)} { capabilities = ${JSON.stringify(may)} }`)
    .join('\n')
}

/** What kinds of value an object holds: for comparing answers whose values differ each time. */
export function kinds(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(fields(value)).map(([key, each]) => [key, kind(each)]))
}

function kind(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return strings(value).length === value.length ? 'strings' : 'list'
  return typeof value
}
