import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startWorld, type World } from '../../src/simulator/world.ts'
import { call, dr } from './stranger.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ tls: false })
})
afterAll(() => world.close())

const badToken = { errors: ['2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'] }
const denied = { errors: ['1 error occurred:\n\t* permission denied\n\n'] }
const disabled = { errors: ['path disabled in replication DR secondary mode'] }

describe('on the primary', () => {
  test('no token, a wrong one, one that ran out', async () => {
    const none = await call(world, world.primary, 'POST', dr.demote)
    expect([none.status, none.body]).toEqual([403, { errors: ['permission denied'] }])
    const wrong = await call(world, world.primary, 'POST', dr.demote, { token: 'hvs.wrong' })
    expect([wrong.status, wrong.body]).toEqual([403, badToken])
    const token = world.mintToken({ type: 'batch', ttlSeconds: -5, policy: { [dr.demote]: ['update'] } })
    const late = await call(world, world.primary, 'POST', dr.demote, { token })
    expect([late.status, late.body]).toEqual([403, badToken])
  })

  test('the policy decides: update is needed, create is not enough, secondary-token needs sudo', async () => {
    const token = world.mintToken({
      type: 'batch',
      policy: { [dr.demote]: ['create', 'read'], [dr.secondaryToken]: ['update'] },
    })
    expect((await call(world, world.primary, 'POST', dr.demote, { token })).body).toEqual(denied)
    const refused = await call(world, world.primary, 'POST', dr.secondaryToken, { token, body: { id: 'x' } })
    expect([refused.status, refused.body]).toEqual([403, denied])
    const { status } = await call(world, world.primary, 'POST', dr.secondaryToken, {
      token: world.tokens.operator,
      body: { id: 'with-sudo' },
    })
    expect(status).toBe(200)
  })

  test('lookup-self tells what the token is', async () => {
    const lookup = async (token: string) =>
      (await call(world, world.primary, 'GET', 'auth/token/lookup-self', { token })).body.data
    expect(await lookup(world.tokens.batch)).toMatchObject({
      type: 'batch',
      accessor: '',
      orphan: true,
      renewable: false,
      policies: ['default', 'simulated'],
      num_uses: 0,
      expire_time: expect.stringMatching(/Z$/),
    })
    expect((await lookup(world.tokens.batch)).ttl).toBeGreaterThan(28_000)
    expect(await lookup(world.tokens.root)).toMatchObject({
      type: 'service',
      ttl: 0,
      expire_time: null,
      policies: ['root'],
    })
    expect(world.tokens.batch).toMatch(/^hvb\./)
    expect(world.tokens.operator).toMatch(/^hvs\.CAESI.{86}$/)
  })

  test('capabilities-self answers per path, for one path under the old name too', async () => {
    const ask = async (token: string, paths: string[]) =>
      (await call(world, world.primary, 'POST', 'sys/capabilities-self', { token, body: { paths } })).body
    const many = await ask(world.tokens.operator, [dr.secondaryToken, dr.promote])
    expect(many.data).toEqual({ [dr.secondaryToken]: ['sudo', 'update'], [dr.promote]: ['deny'] })
    expect(many[dr.promote]).toEqual(['deny'])
    const one = await ask(world.tokens.root, [dr.demote])
    expect(one.data).toEqual({ [dr.demote]: ['root'], capabilities: ['root'] })
  })

  test('a token without the default policy cannot even look at itself', async () => {
    const token = world.mintToken({ type: 'batch', policy: {}, noDefaultPolicy: true })
    expect((await call(world, world.primary, 'GET', 'auth/token/lookup-self', { token })).body).toEqual(denied)
  })

  test('a token of two uses is gone after two', async () => {
    const token = world.mintToken({ type: 'service', numUses: 2 })
    const statuses: number[] = []
    for (let use = 0; use < 3; use += 1) {
      statuses.push((await call(world, world.primary, 'GET', 'auth/token/lookup-self', { token })).status)
    }
    expect(statuses).toEqual([200, 200, 403])
  })

  test('revoke-self ends a service token, and cannot end a batch token', async () => {
    const token = world.mintToken({ type: 'service' })
    const revoked = await call(world, world.primary, 'POST', 'auth/token/revoke-self', { token })
    expect([revoked.status, revoked.text]).toEqual([204, ''])
    expect((await call(world, world.primary, 'GET', 'auth/token/lookup-self', { token })).status).toBe(403)
    expect(
      (await call(world, world.primary, 'POST', 'auth/token/revoke-self', { token: world.tokens.batch })).status,
    ).toBe(400)
  })

  test('an id is asked for, and used once', async () => {
    const ask = (body: unknown) =>
      call(world, world.primary, 'POST', dr.secondaryToken, { token: world.tokens.root, body })
    expect((await ask({})).status).toBe(400)
    expect((await ask({ id: 'twice' })).status).toBe(200)
    expect((await ask({ id: 'twice' })).status).toBe(400)
    expect((await ask({ id: 'bad-ttl', ttl: 'soon' })).status).toBe(400)
  })

  test('a secondary operation is refused as such', async () => {
    const body = { dr_operation_token: world.tokens.batch }
    const seen = await call(world, world.primary, 'POST', dr.promote, { body })
    expect([seen.status, seen.body]).toEqual([400, { errors: ['Not a DR secondary.'] }])
  })

  test('a wrapped activation token looks like the documented one', async () => {
    const { body } = await call(world, world.primary, 'PUT', dr.secondaryToken, {
      token: world.tokens.root,
      body: { id: 'wrapped', ttl: '10m' },
    })
    expect(body.data).toBeNull()
    expect(body.wrap_info).toMatchObject({ ttl: 600, creation_path: dr.secondaryToken })
    const [head, claims, signature] = body.wrap_info.token.split('.')
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'ES512', kid: '', typ: 'JWT' })
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      accessor: '',
      addr: world.primary.addr,
      type: 'wrapping',
    })
    expect(Buffer.from(signature, 'base64url')).toHaveLength(132)
  })
})

describe('on the DR secondary', () => {
  const promote = (token: unknown) =>
    call(world, world.secondary, 'POST', dr.promote, { body: { dr_operation_token: token } })

  test('the DR operation token is looked for in the body alone', async () => {
    const seen = await call(world, world.secondary, 'POST', dr.promote, { token: world.tokens.batch, body: {} })
    expect([seen.status, seen.body]).toEqual([400, { errors: ['DR operation token was not provided'] }])
    expect((await promote('')).body).toEqual({ errors: ['DR operation token was not provided'] })
  })

  test('wrong, without the policy, of the wrong kind', async () => {
    expect((await promote('hvb.wrong')).body).toEqual(badToken)
    const poor = world.mintToken({ type: 'batch', policy: { [dr.updatePrimary]: ['update'] } })
    expect((await promote(poor)).body).toEqual(denied)
    const service = world.mintToken({ type: 'service', policy: { [dr.promote]: ['update'] } })
    expect((await promote(service)).body).toEqual(badToken)
    // Officially since 2.0 only, and this one is 1.21.
    expect((await promote(world.tokens.root)).body).toEqual(badToken)
    expect(world.secondary.role()).toBe('secondary')
  })

  test('everything that is not allowed there is disabled, with or without a token', async () => {
    for (const [method, path] of [
      ['GET', 'auth/token/lookup-self'],
      ['POST', 'sys/capabilities-self'],
      ['GET', 'sys/mounts'],
      ['POST', dr.demote],
      ['POST', dr.secondaryToken],
      ['GET', 'sys/storage/raft/snapshot'],
    ] as const) {
      const seen = await call(world, world.secondary, method, path, { token: world.tokens.root })
      expect([path, seen.status, seen.body]).toEqual([path, 400, disabled])
    }
  })

  test('a public key needs a token in the header: batch or root', async () => {
    const ask = (sent: { token?: string }) => call(world, world.secondary, 'POST', dr.publicKey, sent)
    expect((await ask({})).status).toBe(403)
    expect((await ask({ token: world.tokens.operator })).body).toEqual(badToken)
    expect((await ask({ token: world.tokens.root })).body.data.secondary_public_key).toMatch(/^[A-Za-z0-9+/]+=*$/)
    expect((await ask({ token: world.tokens.batch })).status).toBe(200)
  })

  test('autopilot is open to a DR operation token in the header', async () => {
    const path = 'sys/storage/raft/autopilot/state'
    const poor = world.mintToken({ type: 'batch', policy: { [dr.promote]: ['update'] } })
    expect((await call(world, world.secondary, 'GET', path)).status).toBe(400)
    expect((await call(world, world.secondary, 'GET', path, { token: poor })).body).toEqual(denied)
    expect((await call(world, world.secondary, 'GET', path, { token: world.tokens.batch })).status).toBe(200)
  })
})

test('from 2.0 on a root token is a DR operation token', async () => {
  const newer = await startWorld({ tls: false, version: '2.1.0+ent', windows: { promote: 0 } })
  const seen = await call(newer, newer.secondary, 'POST', dr.promote, {
    body: { dr_operation_token: newer.tokens.root },
  })
  expect(seen.status).toBe(200)
  expect(newer.secondary.role()).toBe('primary')
  await newer.close()
})
