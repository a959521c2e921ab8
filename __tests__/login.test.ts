import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Deadline, monotonic } from '../src/clock.ts'
import { githubIdToken, type LoginBy, login, revoke, type Surroundings } from '../src/login.ts'
import { Secrets } from '../src/secrets.ts'
import { startWorld } from '../src/simulator/world.ts'
import { Http } from '../src/vault/http.ts'

interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
type Reply =
  | { readonly status: number; readonly json?: unknown; readonly headers?: Record<string, string> }
  | 'cut'
  | 'silence'

/** A small server on this machine that answers one reply after the other, the last one for ever. */
class Stub {
  readonly asked: Asked[] = []
  readonly #server: Server
  #replies: Reply[]

  constructor(...replies: Reply[]) {
    this.#replies = replies
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { method = '', url = '', headers } = request
        this.asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
        this.#answer(response)
      })
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${port(this.#server)}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(response: ServerResponse): void {
    const reply = (this.#replies.length > 1 ? this.#replies.shift() : this.#replies[0]) ?? 'cut'
    if (reply === 'silence') return
    if (reply === 'cut') {
      response.destroy()
      return
    }
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
    response.end(reply.json === undefined ? '' : JSON.stringify(reply.json))
  }
}

function port(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const CLAIMS = {
  sub: 'repo:acme/dr:environment:production',
  aud: 'https://vault.acme.test',
  iss: 'https://token.actions.githubusercontent.com',
  repository: 'acme/dr',
}
const JWT = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(CLAIMS)}.${Buffer.from('a signature of some length').toString('base64url')}`
const BEARER = 'request-token-of-this-job-0123456789'
const TOKEN = 'hvs.CAESIMade-by-the-login-0123456789'
const SECRET_ID = '5b1c0f3e-aaaa-bbbb-cccc-0123456789ab'

const auth = (more: Record<string, unknown> = {}): Reply => ({
  status: 200,
  json: {
    request_id: 'f2a3',
    data: null,
    auth: {
      client_token: TOKEN,
      accessor: 'Xc',
      policies: ['default', 'dr'],
      lease_duration: 900,
      renewable: true,
      token_type: 'service',
      mfa_requirement: null,
      ...more,
    },
  },
})
const errors = (status: number, ...words: string[]): Reply => ({ status, json: { errors: words } })

const opened: { close(): Promise<void> }[] = []
async function started(...replies: Reply[]): Promise<{ stub: Stub; addr: string }> {
  const stub = new Stub(...replies)
  opened.push(stub)
  return { stub, addr: await stub.listen() }
}

interface Around extends Surroundings {
  readonly masked: string[]
  readonly cancel: () => void
}
function surroundings(ms = 20_000): Around {
  const masked: string[] = []
  const cancel = new AbortController()
  return {
    secrets: new Secrets(),
    mask: (secret) => masked.push(secret),
    masked,
    deadline: new Deadline(ms),
    cancelled: cancel.signal,
    cancel: () => cancel.abort(),
  }
}

const JWT_LOGIN: LoginBy = { method: 'jwt', mount: 'jwt', role: 'failover', audience: CLAIMS.aud }
const APPROLE_LOGIN: LoginBy = { method: 'approle', mount: 'approle', roleId: 'role-id-1234', secretId: SECRET_ID }

let http: Http
const kept = { ...process.env }
beforeEach(async () => {
  http = new Http({})
  opened.push(http)
  const github = await started({ status: 200, json: { value: JWT, count: 1 } })
  process.env.ACTIONS_ID_TOKEN_REQUEST_URL = `${github.addr}/idtoken/run/1?api-version=2.0`
  process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN = BEARER
})
afterEach(async () => {
  process.env = { ...kept }
  await Promise.all(opened.splice(0).map((one) => one.close()))
})

describe('login', () => {
  test('by jwt: the id token and the role go to the mount, and a service token comes back', async () => {
    const { stub, addr } = await started(auth())
    const around = surroundings()
    expect(await login(http, addr, JWT_LOGIN, around)).toEqual({
      ok: true,
      token: TOKEN,
      batch: false,
      ttlSeconds: 900,
    })
    expect(stub.asked).toHaveLength(1)
    const [asked] = stub.asked
    expect(asked).toMatchObject({ method: 'POST', url: '/v1/auth/jwt/login' })
    expect(JSON.parse(asked?.body ?? '')).toEqual({ role: 'failover', jwt: JWT })
    expect(asked?.headers['x-vault-namespace']).toBeUndefined()
    expect(asked?.headers['x-vault-token']).toBeUndefined()
  })

  test('the tokens are redacted and masked as soon as they are known', async () => {
    const { addr } = await started(auth())
    const around = surroundings()
    await login(http, addr, JWT_LOGIN, around)
    const [, payload = '', signature = ''] = JWT.split('.')
    for (const secret of [TOKEN, JWT, BEARER, payload, signature])
      expect(around.secrets.redact(`(${secret})`)).toBe('([redacted])')
    expect(around.masked).toEqual([JWT, TOKEN])
  })

  test('by approle, in a namespace, at a mount with a path', async () => {
    const { stub, addr } = await started(
      auth({ token_type: 'batch', client_token: 'hvb.AAAAAQabcdefgh', lease_duration: 60 }),
    )
    const around = surroundings()
    const by = { ...APPROLE_LOGIN, mount: 'ci/app role', namespace: 'admin/dr' }
    expect(await login(http, addr, by, around)).toEqual({
      ok: true,
      token: 'hvb.AAAAAQabcdefgh',
      batch: true,
      ttlSeconds: 60,
    })
    expect(stub.asked[0]).toMatchObject({
      url: '/v1/auth/ci/app%20role/login',
      headers: { 'x-vault-namespace': 'admin/dr' },
    })
    expect(JSON.parse(stub.asked[0]?.body ?? '')).toEqual({ role_id: 'role-id-1234', secret_id: SECRET_ID })
    expect(around.secrets.redact(SECRET_ID)).toBe('[redacted]')
  })

  test('without a role or a secret id the field is left out, for the default role or an unbound one', async () => {
    const { stub, addr } = await started(auth())
    await login(http, addr, { method: 'jwt', mount: 'jwt' }, surroundings())
    await login(http, addr, { method: 'approle', mount: 'approle', roleId: 'role-id-1234' }, surroundings())
    expect(stub.asked.map(({ body }) => Object.keys(JSON.parse(body)))).toEqual([['jwt'], ['role_id']])
  })

  test.each<[string, Reply[]]>([
    ['a cut connection', ['cut']],
    [
      'a starting node',
      [errors(503, 'Vault is sealed'), errors(500, 'local node not active but active cluster node not found')],
    ],
    ['a node that lags', [errors(412, 'required index state not present')]],
    ['a quota', [{ ...{ status: 429, json: { errors: [] } }, headers: { 'retry-after': '1' } }]],
    [
      'nonsense',
      [
        { status: 200, json: { auth: null } },
        { status: 200, json: 'ok' },
      ],
    ],
    [
      'keys that Vault could not fetch',
      [errors(400, 'error validating token: error verifying token signature: fetching keys oidc: timeout')],
    ],
  ])('is asked again after %s', async (_, replies) => {
    const { stub, addr } = await started(...replies, auth())
    expect(await login(http, addr, JWT_LOGIN, surroundings())).toMatchObject({ ok: true, token: TOKEN })
    expect(stub.asked).toHaveLength(replies.length + 1)
  })

  // Words of vault-plugin-auth-jwt and hashicorp/cap, older and newer, and of Vault's approle; see facts 8.
  test.each<[LoginBy, Reply, RegExp, RegExp]>([
    [
      JWT_LOGIN,
      errors(400, 'role "failover" could not be found'),
      /the role "failover" does not exist at auth\/jwt/,
      /auth-role/,
    ],
    [{ method: 'jwt', mount: 'jwt' }, errors(400, 'missing role'), /no default role/, /auth-role/],
    [JWT_LOGIN, errors(400, 'role with oidc role_type is not allowed'), /in a browser/, /role_type=jwt/],
    [JWT_LOGIN, errors(400, 'could not load configuration'), /not configured/, /oidc_discovery_url/],
    [
      JWT_LOGIN,
      errors(
        400,
        'error validating token: invalid audience (aud) claim: audience claim does not match any bound audience',
      ),
      /audience .* not one that the role "failover" takes: this run has aud = "https:\/\/vault\.acme\.test"/,
      /auth-audience/,
    ],
    [
      JWT_LOGIN,
      errors(
        400,
        'error validating token: invalid audience (aud) claim: audience claim does not match any expected audience',
      ),
      /not one that/,
      /bound_audiences/,
    ],
    [JWT_LOGIN, errors(400, 'aud claim does not match any bound audience'), /not one that/, /bound_audiences/],
    [
      JWT_LOGIN,
      errors(400, 'audience claim found in JWT but no audiences bound to the role'),
      /names no audience/,
      /bound_audiences/,
    ],
    [
      JWT_LOGIN,
      errors(400, 'error validating token: invalid expiration time (exp) claim: token is expired'),
      /has expired/,
      /clocks/,
    ],
    [
      JWT_LOGIN,
      errors(400, 'error validating token: invalid not before (nbf) claim: token not yet valid'),
      /not valid yet/,
      /clocks/,
    ],
    [
      JWT_LOGIN,
      errors(400, 'error validating token: invalid issuer (iss) claim'),
      /issuer .* iss = "https:/,
      /bound_issuer/,
    ],
    [
      JWT_LOGIN,
      errors(
        400,
        'error validating token: error verifying token signature: no known key successfully validated the token signature',
      ),
      /who signed/,
      /oidc_discovery_url/,
    ],
    [
      JWT_LOGIN,
      errors(400, 'error validating claims: claim "sub" does not match any associated bound claim values'),
      /this run has sub = "repo:acme\/dr:environment:production"/,
      /bound_claims/,
    ],
    [
      JWT_LOGIN,
      errors(400, 'error validating claims: claim "ref" is missing'),
      /bound to other claims than this run has \(/,
      /bound_claims/,
    ],
    [
      JWT_LOGIN,
      errors(400, 'error validating token: invalid subject (sub) claim'),
      /another subject: this run has sub/,
      /bound_subject/,
    ],
    [JWT_LOGIN, errors(400, 'request originated from invalid CIDR'), /this runner's address/, /CIDR/],
    [APPROLE_LOGIN, errors(400, 'invalid role or secret ID'), /invalid role or secret ID/, /new secret id/],
    [APPROLE_LOGIN, errors(400, 'missing secret_id'), /wants a secret id/, /approle-secret-id/],
    [
      APPROLE_LOGIN,
      errors(403, 'permission denied'),
      /no such login, or it is locked/,
      /auth-mount \(approle\) and namespace \(root\); after several/,
    ],
    [JWT_LOGIN, errors(403, '1 error occurred:\n\t* permission denied\n\n'), /no such login/, /auth-mount/],
    [JWT_LOGIN, errors(404), /no such login/, /auth-mount/],
    [
      JWT_LOGIN,
      errors(400, 'path disabled in replication DR secondary mode'),
      /it is a DR secondary/,
      /Log in on the primary/,
    ],
    [
      APPROLE_LOGIN,
      errors(400, 'path disabled in replication DR secondary mode'),
      /it is a DR secondary/,
      /Log in on the primary/,
    ],
    [
      JWT_LOGIN,
      auth({ client_token: '', mfa_requirement: { mfa_request_id: 'x', mfa_constraints: {} } }),
      /second factor/,
      /MFA/,
    ],
    [
      JWT_LOGIN,
      { status: 307, headers: { location: 'https://elsewhere.test/v1/auth/jwt/login' } },
      /redirects/,
      /active node/,
    ],
    [JWT_LOGIN, errors(400, 'something new'), /HTTP 400, "something new"/, /^$/],
  ])('%j refused with %j is told in our words, and not asked again', async (by, reply, because, fix) => {
    const { stub, addr } = await started(reply)
    const failed = await login(http, addr, by, surroundings())
    expect(failed).toEqual({ ok: false, because: expect.stringMatching(because), fix: expect.stringMatching(fix) })
    expect(stub.asked).toHaveLength(1)
  })

  test('what a server says is one plain line without our secrets', async () => {
    const words = `invalid secret_id "${SECRET_ID}"\n::set-output name=x::y\n##[error]\u202e${Buffer.from(SECRET_ID).toString('base64')}`
    const { addr } = await started(errors(400, words))
    const failed = await login(http, addr, APPROLE_LOGIN, surroundings())
    const text = JSON.stringify(failed)
    expect(text).toContain('[redacted]')
    for (const bad of [SECRET_ID, Buffer.from(SECRET_ID).toString('base64').slice(2, 20), '::', '##[', '\\n', '\u202e'])
      expect(text).not.toContain(bad)
  })

  test('a secret id of one use that a lost answer may have spent is named', async () => {
    const { addr } = await started('cut', errors(400, 'invalid role or secret ID'))
    expect(await login(http, addr, APPROLE_LOGIN, surroundings())).toMatchObject({
      ok: false,
      fix: expect.stringMatching(/for one use, that spent it\. Check approle-role-id/),
    })
  })

  test('ends with the deadline, also at a server that never answers', async () => {
    const { addr } = await started('silence')
    const start = monotonic()
    expect(await login(http, addr, APPROLE_LOGIN, surroundings(500))).toMatchObject({
      ok: false,
      because: expect.stringMatching(/no answer within|the connection failed/),
    })
    expect(monotonic() - start).toBeLessThan(1500)
    expect(await login(http, addr, APPROLE_LOGIN, surroundings(0))).toMatchObject({
      because: expect.stringMatching(/time for it is up/),
    })
  })

  test('a cancelled run waits a moment for its answer, and starts no login', async () => {
    const { stub, addr } = await started('silence')
    const around = surroundings()
    const start = monotonic()
    setTimeout(around.cancel, 200)
    expect(await login(http, addr, APPROLE_LOGIN, around)).toMatchObject({
      ok: false,
      because: expect.stringMatching(/the run was cancelled/),
    })
    expect(monotonic() - start).toBeLessThan(2500)
    expect(await login(http, addr, APPROLE_LOGIN, around)).toMatchObject({ ok: false })
    expect(stub.asked).toHaveLength(1)
  })

  test('an address where nobody listens is a sentence', async () => {
    const { stub, addr } = await started('silence')
    await stub.close()
    expect(await login(http, addr, APPROLE_LOGIN, surroundings(1000))).toMatchObject({
      ok: false,
      because: expect.stringMatching(/^no login at auth\/approle: (connection refused|the connection failed)$/),
    })
  })
})

describe('the id token of GitHub', () => {
  async function asksOf(...replies: Reply[]): Promise<Stub> {
    const { stub, addr } = await started(...replies)
    process.env.ACTIONS_ID_TOKEN_REQUEST_URL = `${addr}/idtoken/run/1?api-version=2.0`
    return stub
  }

  test('is asked for with the audience, and without one', async () => {
    const stub = await asksOf({ status: 200, json: { value: JWT } })
    expect(await githubIdToken('https://vault.acme.test/?a&b', surroundings())).toEqual({ ok: true, token: JWT })
    expect(await githubIdToken(undefined, surroundings())).toEqual({ ok: true, token: JWT })
    expect(stub.asked.map(({ url }) => url)).toEqual([
      '/idtoken/run/1?api-version=2.0&audience=https%3A%2F%2Fvault.acme.test%2F%3Fa%26b',
      '/idtoken/run/1?api-version=2.0',
    ])
    expect(stub.asked[0]?.headers.authorization).toBe(`Bearer ${BEARER}`)
  })

  test.each(['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'])(
    'without %s the sentence names the permission, and Vault hears nothing',
    async (name) => {
      const { stub, addr } = await started(auth())
      delete process.env[name]
      const failed = await login(http, addr, JWT_LOGIN, surroundings())
      expect(failed).toMatchObject({ ok: false, because: 'GitHub gives this job no id token' })
      expect(failed.ok ? '' : failed.fix).toContain('permissions: id-token: write')
      expect(stub.asked).toEqual([])
    },
  )

  test('is asked for again after a bad answer', async () => {
    const bad: Reply[] = ['cut', { status: 503 }, { status: 200, json: { value: 'not a token' } }]
    const stub = await asksOf(...bad, { status: 200, json: { value: JWT } })
    expect(await githubIdToken(undefined, surroundings())).toEqual({ ok: true, token: JWT })
    expect(stub.asked).toHaveLength(4)
  })

  test.each([401, 403, 404, 302])('is not asked for again after %i', async (status) => {
    const stub = await asksOf({ status, json: { message: 'no' }, headers: { location: 'https://elsewhere.test/' } })
    expect(await githubIdToken(undefined, surroundings())).toMatchObject({
      ok: false,
      because: `GitHub gave no id token: HTTP ${status}`,
      fix: expect.stringContaining('permissions: id-token: write'),
    })
    expect(stub.asked).toHaveLength(1)
  })

  test('is not asked for over plain http or at no address at all', async () => {
    for (const url of ['http://pipelines.test/idtoken?x=1', 'nowhere', 'file:///etc/passwd']) {
      process.env.ACTIONS_ID_TOKEN_REQUEST_URL = url
      expect(await githubIdToken(undefined, surroundings())).toMatchObject({
        ok: false,
        because: expect.stringMatching(/not an https address/),
      })
    }
  })

  test('an answer without end is cut, a silent one given up', async () => {
    await asksOf({ status: 200, json: { value: JWT, padding: 'x'.repeat(100_000) } })
    expect(await githubIdToken(undefined, surroundings(1000))).toMatchObject({ ok: false })
    await asksOf('silence')
    const start = monotonic()
    const failed = await githubIdToken(undefined, surroundings(500))
    expect(failed).toMatchObject({ ok: false, because: expect.stringMatching(/took longer than/) })
    expect(monotonic() - start).toBeLessThan(1500)
  })

  test('goes through the proxy of the environment', async () => {
    const { stub: proxy, addr } = await started({ status: 200, json: { value: JWT } })
    process.env.http_proxy = addr
    process.env.ACTIONS_ID_TOKEN_REQUEST_URL = 'http://127.0.0.1:9/idtoken?api-version=2.0'
    const got = await githubIdToken(undefined, surroundings(3000))
    expect(got).toEqual({ ok: true, token: JWT })
    expect(proxy.asked).toHaveLength(1)
  })
})

describe('against a simulated DR set', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signed = (claims: Record<string, unknown>) => {
    const text = `${part({ alg: 'ES256', typ: 'JWT' })}.${part({ ...CLAIMS, exp: Date.now() / 1000 + 300, ...claims })}`
    const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    return `${text}.${signature.toString('base64url')}`
  }
  const gives = async (jwt: string) => {
    const { addr } = await started({ status: 200, json: { value: jwt } })
    process.env.ACTIONS_ID_TOKEN_REQUEST_URL = `${addr}/idtoken?api-version=2.0`
  }

  test('the token logs in, works, and is gone once revoked; the DR secondary has no logins', async () => {
    const world = await startWorld({
      jwt: {
        role: 'failover',
        audience: CLAIMS.aud,
        publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        issuer: CLAIMS.iss,
        claims: { repository: 'acme/dr' },
      },
      approle: { roleId: 'role-id-1234', secretId: SECRET_ID, tokenType: 'batch' },
    })
    opened.push(world)
    const tls = new Http({ ca: world.ca })
    opened.push(tls)
    const { addr } = world.primary
    const around = surroundings()

    await gives(signed({}))
    const got = await login(tls, addr, JWT_LOGIN, around)
    expect(got).toMatchObject({ ok: true, batch: false, ttlSeconds: 3600 })
    if (!got.ok) return
    const lookup = () =>
      tls.send(addr, { method: 'GET', path: 'auth/token/lookup-self', token: got.token, within: 2000 })
    expect(await lookup()).toMatchObject({ status: 200 })
    expect(await revoke(tls, addr, got, undefined, around)).toBeUndefined()
    expect(await lookup()).toMatchObject({ status: 403 })
    // Again is harmless: Vault does not know the token any more.
    expect(await revoke(tls, addr, got, undefined, around)).toBeUndefined()

    expect(await login(tls, addr, APPROLE_LOGIN, around)).toMatchObject({ ok: true, batch: true })
    expect(await login(tls, world.secondary.addr, JWT_LOGIN, around)).toMatchObject({
      because: expect.stringMatching(/it is a DR secondary/),
    })
    expect(await login(tls, addr, { ...JWT_LOGIN, role: 'other' }, around)).toMatchObject({
      because: expect.stringMatching(/the role "other" does not exist/),
    })
    for (const [claims, because] of [
      [{ aud: 'other' }, /audience .* this run has aud = "other"/],
      [{ exp: 1 }, /has expired/],
      [{ repository: 'acme/other' }, /this run has repository = "acme\/other"/],
    ] as const) {
      await gives(signed(claims))
      expect(await login(tls, addr, JWT_LOGIN, around)).toMatchObject({ because: expect.stringMatching(because) })
    }
  })
})

describe('revoke', () => {
  const SERVICE = { token: TOKEN, batch: false, ttlSeconds: 900 }

  test.each<[string, Reply[]]>([
    ['204', [{ status: 204 }]],
    ['200', [{ status: 200, json: { warnings: ['x'] } }]],
    ['a bad answer first', ['cut', { status: 503 }, { status: 204 }]],
    ['a lost answer, after which the token is unknown', ['cut', errors(403, 'permission denied')]],
    [
      'a token that has ended already',
      [errors(403, '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n')],
    ],
  ])('a service token: %s is the end of it', async (_, replies) => {
    const { stub, addr } = await started(...replies)
    expect(await revoke(http, addr, SERVICE, 'admin', surroundings())).toBeUndefined()
    expect(stub.asked).toHaveLength(replies.length)
    expect(stub.asked[0]).toMatchObject({
      method: 'POST',
      url: '/v1/auth/token/revoke-self',
      body: '',
      headers: { 'x-vault-token': TOKEN, 'x-vault-namespace': 'admin' },
    })
  })

  test('a batch token is not sent anywhere, and told', async () => {
    const { stub, addr } = await started({ status: 204 })
    expect(await revoke(http, addr, { token: 'hvb.x', batch: true, ttlSeconds: 5400 }, undefined, surroundings())).toBe(
      "The Vault token of this run is a batch token, which can't be revoked: it ends by itself, at most 1 h 30 min after the login.",
    )
    expect(stub.asked).toEqual([])
  })

  test.each<[Reply, RegExp]>([
    [errors(403, '1 error occurred:\n\t* permission denied\n\n'), /HTTP 403, "1 error occurred: \* permission denied"/],
    [errors(400, 'path disabled in replication DR secondary mode'), /DR secondary mode/],
    ['cut', /closed the connection/],
  ])('a token that stays (%j) is named with its end, without the token', async (reply, words) => {
    const { addr } = await started(reply)
    const around = surroundings()
    around.secrets.add(TOKEN)
    const told = await revoke(http, addr, SERVICE, undefined, around)
    expect(told).toMatch(words)
    expect(told).toMatch(/could not be revoked .* at most 15 min after the login\.$/)
    expect(told).not.toContain(TOKEN)
  })

  test('still revokes when the time of the run is up', async () => {
    const { addr } = await started({ status: 204 })
    expect(await revoke(http, addr, SERVICE, undefined, surroundings(0))).toBeUndefined()
  })

  test('still revokes in a cancelled run, within a moment', async () => {
    const { stub, addr } = await started({ status: 204 })
    const around = surroundings()
    around.cancel()
    expect(await revoke(http, addr, SERVICE, undefined, around)).toBeUndefined()
    expect(stub.asked).toHaveLength(1)
    const silent = await started('silence')
    const start = monotonic()
    expect(await revoke(http, silent.addr, SERVICE, undefined, around)).toMatch(/the run was cancelled/)
    expect(monotonic() - start).toBeLessThan(2500)
  })
})
