import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startWorld, type World } from '../../src/simulator/world.ts'
import { call, dr } from './stranger.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString()

const issuer = 'https://token.actions.githubusercontent.com'
const soon = Math.floor(Date.now() / 1000) + 300
const claims = { iss: issuer, aud: 'https://github.com/acme', sub: 'repo:acme/vault:ref:refs/heads/main', exp: soon }

function jwt(content: object, alg: 'RS256' | 'ES256' = 'RS256', key: KeyObject = rsa.privateKey): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg, typ: 'JWT' })}.${part(content)}`
  const how = alg === 'RS256' ? key : { key, dsaEncoding: 'ieee-p1363' as const }
  return `${signed}.${sign('sha256', Buffer.from(signed), how).toString('base64url')}`
}

const role = { role: 'failover', audience: claims.aud, publicKeyPem: pem(rsa.publicKey), issuer }

let world: World
beforeAll(async () => {
  world = await startWorld({
    tls: false,
    jwt: { ...role, mount: 'github', claims: { sub: claims.sub }, ttlSeconds: 900 },
    approle: { roleId: 'role-id', secretId: 'secret-id', policies: ['written-later'], tokenType: 'batch' },
    namespace: 'admin/team',
  })
})
afterAll(() => world.close())

const headers = { 'X-Vault-Namespace': 'admin/team/' }
const login = (body: object, mount = 'github', at = world.primary) =>
  call(world, at, 'POST', `auth/${mount}/login`, { body, headers })

describe('jwt', () => {
  test('a good one gives a token, until it is revoked', async () => {
    const seen = await login({ role: 'failover', jwt: jwt(claims) })
    expect([seen.status, seen.body.data]).toEqual([200, null])
    expect(seen.body.auth).toMatchObject({
      client_token: expect.stringMatching(/^hvs\./),
      token_type: 'service',
      lease_duration: 900,
      metadata: { role: 'failover' },
      policies: ['default', 'simulated'],
      num_uses: 0,
      mfa_requirement: null,
    })
    const token = seen.body.auth.client_token
    expect(world.leftovers()).toEqual([{ kind: 'login-token', cluster: 'primary', what: token }])
    expect(world.requests.at(-1)).toMatchObject({ namespace: 'admin/team/', applied: true })
    expect((await call(world, world.primary, 'POST', dr.secondaryToken, { token, body: {} })).status).toBe(400)
    expect((await call(world, world.primary, 'POST', 'auth/token/revoke-self', { token })).status).toBe(204)
    expect(world.leftovers()).toEqual([])
  })

  test.each([
    [{}, 'missing role'],
    [{ role: 'other', jwt: jwt(claims) }, 'role "other" could not be found'],
    [{ role: 'failover' }, 'missing token'],
    [
      { role: 'failover', jwt: jwt({ ...claims, aud: ['else'] }) },
      'error validating token: invalid audience (aud) claim: audience claim does not match any bound audience',
    ],
    [
      { role: 'failover', jwt: jwt({ ...claims, exp: 1000 }) },
      'error validating token: invalid expiration time (exp) claim: token is expired',
    ],
    [
      { role: 'failover', jwt: jwt({ ...claims, iss: 'https://else.example' }) },
      'error validating token: invalid issuer (iss) claim',
    ],
    [
      { role: 'failover', jwt: jwt({ ...claims, sub: 'repo:evil/fork' }) },
      'error validating claims: claim "sub" does not match any associated bound claim values',
    ],
    [
      { role: 'failover', jwt: jwt(claims, 'ES256', ec.privateKey) },
      'error validating token: error verifying token signature: no known key successfully validated the token signature',
    ],
    [
      { role: 'failover', jwt: 'not a jwt' },
      'error validating token: error verifying token signature: failed to parse token: malformed JWT',
    ],
  ])('%#: refused with 400', async (body, words) => {
    const seen = await login(body)
    expect([seen.status, seen.body]).toEqual([400, { errors: [words] }])
  })

  test('ES256', async () => {
    const other = await startWorld({ tls: false, jwt: { ...role, publicKeyPem: pem(ec.publicKey) } })
    const body = { role: 'failover', jwt: jwt(claims, 'ES256', ec.privateKey) }
    expect((await call(other, other.primary, 'POST', 'auth/jwt/login', { body })).status).toBe(200)
    await other.close()
  })

  test('only where it is mounted, only by POST, only on a primary', async () => {
    const body = { role: 'failover', jwt: jwt(claims) }
    expect((await call(world, world.primary, 'POST', 'auth/github/login', { body })).status).toBe(403)
    expect((await login(body, 'jwt')).status).toBe(403)
    expect((await call(world, world.primary, 'GET', 'auth/github/login', { headers })).status).toBe(405)
    const disabled = await login(body, 'github', world.secondary)
    expect([disabled.status, disabled.body.errors]).toEqual([400, ['path disabled in replication DR secondary mode']])
  })
})

test('approle: its one word, and a batch token that nobody has to clean up', async () => {
  const wrong = await login({ role_id: 'role-id', secret_id: 'guess' }, 'approle')
  expect([wrong.status, wrong.body]).toEqual([400, { errors: ['invalid role or secret ID'] }])
  const right = await login({ role_id: 'role-id', secret_id: 'secret-id' }, 'approle')
  expect(right.body.auth).toMatchObject({ token_type: 'batch', accessor: '', policies: ['default', 'written-later'] })
  expect(world.leftovers()).toEqual([])
})

test('a login token survives a failover, and is revoked on the new primary', async () => {
  const pair = await startWorld({ tls: false, jwt: role, windows: { demote: 0, promote: 0, attach: 0 } })
  const body = { role: 'failover', jwt: jwt(claims) }
  const token = (await call(pair, pair.primary, 'POST', 'auth/jwt/login', { body })).body.auth.client_token
  await call(pair, pair.primary, 'POST', dr.demote, { token })
  await call(pair, pair.secondary, 'POST', dr.promote, { body: { dr_operation_token: pair.tokens.batch } })
  expect(pair.leftovers()).toEqual([{ kind: 'login-token', cluster: 'secondary', what: token }])
  expect((await call(pair, pair.secondary, 'POST', 'auth/token/revoke-self', { token })).status).toBe(204)
  expect(pair.leftovers()).toEqual([])
  await pair.close()
})
