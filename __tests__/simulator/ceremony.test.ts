import { afterEach, describe, expect, test } from '@jest/globals'
import { type SimulatedCluster, startWorld, type World, type WorldOptions } from '../../src/simulator/world.ts'
import { call, dr, type Seen, until } from './stranger.ts'

const worlds: World[] = []
async function world(options: WorldOptions = {}): Promise<World> {
  const made = await startWorld({ tls: false, ...options })
  worlds.push(made)
  return made
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((each) => each.close()))
})

const base = 'sys/replication/dr/secondary/generate-operation-token'
const deletion = 'sys/replication/dr/secondary/operation-token/delete'

function ask(of: World, method: string, name: string, body?: object, token?: string, at = of.secondary): Promise<Seen> {
  const sent = { ...(body === undefined ? {} : { body }), ...(token === undefined ? {} : { token }) }
  return call(of, at, method, `${base}/${name}`, sent)
}

function decoded(encoded: string, otp: string): string {
  const mask = Buffer.from(otp)
  return Buffer.from(encoded, 'base64')
    .map((byte, index) => byte ^ (mask[index] ?? 0))
    .toString()
}

/** The whole ceremony, as an operator with enough shares goes through it. */
async function generate(of: World, at: SimulatedCluster = of.secondary, token?: string): Promise<string> {
  const { nonce, otp, required } = (await ask(of, 'POST', 'attempt', {}, token, at)).body
  let last: Seen | undefined
  for (const key of of.keyShares.slice(0, required)) last = await ask(of, 'PUT', 'update', { key, nonce }, token, at)
  expect(last?.body).toMatchObject({ complete: true, progress: required, nonce, otp: '' })
  return decoded(last?.body.encoded_token, otp)
}

const promote = (of: World, token: string) =>
  call(of, of.secondary, 'POST', dr.promote, { body: { dr_operation_token: token } })

describe('the ceremony', () => {
  test('from nothing to a token, that promotes once', async () => {
    const pair = await world()
    const idle = await ask(pair, 'GET', 'attempt')
    expect([idle.status, idle.body]).toEqual([
      200,
      {
        nonce: '',
        started: false,
        progress: 0,
        required: 3,
        complete: false,
        encoded_token: '',
        encoded_root_token: '',
        pgp_fingerprint: '',
        otp: '',
        otp_length: 28,
      },
    ])
    const begun = await ask(pair, 'PUT', 'attempt', {})
    expect(begun.body).toMatchObject({ started: true, progress: 0, otp_length: 28 })
    expect(begun.body.otp).toMatch(/^[A-Za-z0-9]{28}$/)
    expect(pair.leftovers()).toEqual([{ kind: 'attempt', cluster: 'secondary', what: '' }])
    // Shown once.
    expect((await ask(pair, 'GET', 'attempt')).body).toMatchObject({ nonce: begun.body.nonce, otp: '' })
    expect([(await ask(pair, 'DELETE', 'attempt')).status, pair.leftovers()]).toEqual([204, []])

    const token = await generate(pair)
    expect(token).toMatch(/^hvs\.[A-Za-z0-9]{24}$/)
    expect(pair.leftovers()).toEqual([{ kind: 'generated-token', cluster: 'secondary', what: token }])
    expect((await ask(pair, 'GET', 'attempt')).body.started).toBe(false)
    expect((await promote(pair, token)).status).toBe(200)
    await until(() => pair.secondary.role() === 'primary')
    expect(pair.leftovers()).toEqual([])
  })

  test('shares in base64 are the same shares', async () => {
    const pair = await world({ shares: { count: 2, threshold: 2 } })
    const { nonce } = (await ask(pair, 'POST', 'attempt', {})).body
    const [one = '', other = ''] = pair.keyShares
    const key = Buffer.from(one, 'hex').toString('base64')
    expect((await ask(pair, 'POST', 'update', { key, nonce })).body.progress).toBe(1)
    const again = await ask(pair, 'POST', 'update', { key: one, nonce })
    expect([again.status, again.body]).toEqual([
      400,
      { errors: ['given key has already been provided during this generation operation'] },
    ])
    expect((await ask(pair, 'POST', 'update', { key: other, nonce })).body.complete).toBe(true)
  })

  test('wrong shares fail at the threshold, and the attempt goes on from none', async () => {
    const pair = await world()
    const { nonce } = (await ask(pair, 'POST', 'attempt', {})).body
    const [one, two] = pair.keyShares
    const wrong = '00'.repeat(33)
    for (const key of [one, two]) expect((await ask(pair, 'POST', 'update', { key, nonce })).status).toBe(200)
    const failed = await ask(pair, 'POST', 'update', { key: wrong, nonce })
    expect([failed.status, failed.body.errors[0]]).toEqual([400, expect.stringMatching(/^root generation aborted: /)])
    expect((await ask(pair, 'GET', 'attempt')).body).toMatchObject({ started: true, progress: 0, nonce })
    expect((await ask(pair, 'POST', 'update', { key: one, nonce })).body.progress).toBe(1)
  })

  test.each([
    [{ nonce: 'other' }, /^incorrect nonce supplied; nonce for this root generation operation is "[0-9a-f-]{36}"$/],
    [{ key: '' }, /^'key' must be specified in request body as JSON$/],
    [{ key: 'no base64!' }, /^'key' must be a valid hex or base64 string$/],
    [{ key: 'abcd' }, /^key is shorter than minimum 16 bytes$/],
    [{ key: 'ab'.repeat(34) }, /^key is longer than maximum 33 bytes$/],
  ])('%j is refused', async (spoilt, words) => {
    const pair = await world()
    const { nonce } = (await ask(pair, 'POST', 'attempt', {})).body
    const seen = await ask(pair, 'POST', 'update', { key: pair.keyShares[0], nonce, ...spoilt })
    expect([seen.status, seen.body.errors]).toEqual([400, [expect.stringMatching(words)]])
  })

  test('there is one slot, and without an attempt nothing to update', async () => {
    const pair = await world()
    const [key] = pair.keyShares
    expect((await ask(pair, 'POST', 'update', { key, nonce: '' })).body).toEqual({
      errors: ['no root generation in progress'],
    })
    expect((await ask(pair, 'DELETE', 'attempt')).status).toBe(204)
    await ask(pair, 'POST', 'attempt', {})
    const second = await ask(pair, 'POST', 'attempt', {})
    expect([second.status, second.body]).toEqual([400, { errors: ['root generation already in progress'] }])
  })

  test('a one-time password may be brought along, in the right length', async () => {
    const pair = await world({ shares: { count: 1, threshold: 1 } })
    expect((await ask(pair, 'POST', 'attempt', { otp: 'short' })).body.errors).toEqual(['OTP string is wrong length'])
    const otp = '0123456789ABCDEFGHIJKLMNOPQR'
    const begun = (await ask(pair, 'POST', 'attempt', { otp })).body
    expect(begun.otp).toBe('')
    const made = await ask(pair, 'POST', 'update', { key: pair.keyShares[0], nonce: begun.nonce })
    expect(decoded(made.body.encoded_token, otp)).toMatch(/^hvs\./)
    expect(made.body.encoded_token).not.toContain('=')
  })

  test('tokens of 1.9 are two letters shorter', async () => {
    const pair = await world({ version: '1.9.3+ent' })
    expect((await ask(pair, 'GET', 'attempt')).body.otp_length).toBe(26)
    expect(await generate(pair)).toMatch(/^s\.[A-Za-z0-9]{24}$/)
    expect([pair.tokens.batch, pair.tokens.root]).toEqual([
      expect.stringMatching(/^b\./),
      expect.stringMatching(/^s\./),
    ])
  })

  test('on a primary there is none', async () => {
    const pair = await world()
    const seen = await ask(pair, 'POST', 'attempt', {}, undefined, pair.primary)
    expect([seen.status, seen.body]).toEqual([400, { errors: ['Not a DR secondary.'] }])
  })

  test('a restart forgets the attempt', async () => {
    const pair = await world()
    await ask(pair, 'POST', 'attempt', {})
    await pair.secondary.stop()
    await pair.secondary.start()
    expect((await ask(pair, 'GET', 'attempt')).body.started).toBe(false)
  })
})

describe('from 2.0 on', () => {
  const version = '2.1.0+ent'

  test('the ceremony takes a batch token with the policy, or root', async () => {
    const pair = await world({ version })
    expect((await ask(pair, 'GET', 'attempt')).body).toEqual({ errors: ['permission denied'] })
    const poor = await ask(pair, 'POST', 'attempt', {}, pair.tokens.batch)
    expect([poor.status, poor.body.errors]).toEqual([403, ['1 error occurred:\n\t* permission denied\n\n']])
    expect((await ask(pair, 'GET', 'attempt', undefined, pair.tokens.operator)).status).toBe(403)
    const rich = pair.mintToken({ type: 'batch', policy: { [`${base}/*`]: ['create', 'read', 'update', 'delete'] } })
    expect(await generate(pair, pair.secondary, rich)).toMatch(/^hvs\./)
    expect((await ask(pair, 'POST', 'attempt', {}, pair.tokens.root)).status).toBe(200)
    expect((await ask(pair, 'DELETE', 'attempt', undefined, rich)).status).toBe(204)
  })

  test('unless the server is told to ask for none', async () => {
    const pair = await world({ version, unauthenticatedCeremony: true })
    expect(await generate(pair)).toMatch(/^hvs\./)
  })
})

describe('a generated token', () => {
  test('is good at its own cluster, for one use that succeeds', async () => {
    const trio = await world({ clusters: 3, catchUpPerSecond: 0, lag: 5 })
    const [, , third] = trio.clusters
    const token = await generate(trio)
    const elsewhere = await call(trio, third ?? trio.primary, 'POST', dr.promote, {
      body: { dr_operation_token: token },
    })
    expect(elsewhere.status).toBe(403)
    // Still catching up: refused, and the token is still there.
    expect((await promote(trio, token)).status).toBe(503)
    expect(trio.leftovers()).toHaveLength(1)
    const body = { dr_operation_token: token, token: '' }
    expect((await call(trio, trio.secondary, 'POST', dr.updatePrimary, { body })).status).toBe(200)
    await until(() => trio.secondary.state() === 'idle')
    expect((await call(trio, trio.secondary, 'POST', dr.updatePrimary, { body })).status).toBe(403)
  })

  test('in the header it is used up too', async () => {
    const pair = await world()
    const token = await generate(pair)
    expect((await call(pair, pair.secondary, 'POST', dr.publicKey, { token })).status).toBe(200)
    expect((await call(pair, pair.secondary, 'POST', dr.publicKey, { token })).status).toBe(403)
    const second = await generate(pair)
    const autopilot = 'sys/storage/raft/autopilot/state'
    expect((await call(pair, pair.secondary, 'GET', autopilot, { token: second })).status).toBe(200)
    expect(pair.leftovers()).toEqual([])
  })

  test('may survive, until it is deleted', async () => {
    const pair = await world({ generatedTokenSurvives: true })
    const token = await generate(pair)
    for (let use = 0; use < 2; use += 1) {
      expect((await call(pair, pair.secondary, 'POST', dr.publicKey, { token })).status).toBe(200)
    }
    const body = { dr_operation_token: token }
    const deleted = await call(pair, pair.secondary, 'POST', deletion, { body })
    expect([deleted.status, deleted.text, pair.leftovers()]).toEqual([204, '', []])
    expect((await call(pair, pair.secondary, 'POST', deletion, { body })).status).toBe(403)
  })

  test('a second ceremony replaces the first one’s token', async () => {
    const pair = await world()
    const first = await generate(pair)
    const second = await generate(pair)
    expect((await promote(pair, first)).status).toBe(403)
    expect((await promote(pair, second)).status).toBe(200)
  })
})
