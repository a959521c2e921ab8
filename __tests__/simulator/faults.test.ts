import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Fault } from '../../src/simulator/faults.ts'
import { startWorld, type World } from '../../src/simulator/world.ts'
import { call, dr, pause, status, until } from './stranger.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ windows: { demote: 0, promote: 0, attach: 0 } })
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

let ids = 0
/** A write that shows whether it was applied, and may be sent as often as one likes. */
async function write(fault: Omit<Fault, 'path'>) {
  ids += 1
  const id = `id-${ids}`
  world.fault({ path: dr.secondaryToken, ...fault })
  // Only silence is waited out; everything else is to have all the time a busy machine needs.
  const sent = { token: world.tokens.root, body: { id }, timeout: fault.kind.startsWith('silence') ? 300 : 10_000 }
  const seen = await call(world, world.primary, 'POST', dr.secondaryToken, sent)
  const known: string[] = (await status(world, world.primary)).known_secondaries
  const record = world.requests.findLast(({ path }) => path === dr.secondaryToken)
  return { seen, isKnown: known.includes(id), record, id }
}

describe('what is lost', () => {
  test.each([
    ['refuse-connection', 'ECONNRESET', false],
    ['reset-before', 'ECONNRESET', false],
    ['reset-after', 'ECONNRESET', true],
    ['silence-before', 'TIMEOUT', false],
    ['silence-after', 'TIMEOUT', true],
  ] as const)('%s: %s, applied %s', async (kind, error, applied) => {
    const { seen, isKnown, record } = await write({ kind })
    expect([seen.status, seen.error, isKnown]).toEqual([0, error, applied])
    // A true reset, through TLS too.
    if (error === 'ECONNRESET') expect(seen.syscall).toBe('read')
    expect(record).toMatchObject({ status: 0, applied, method: 'POST', cluster: 'primary', token: world.tokens.root })
  })

  test('what was asked is on record, although nothing came of it', async () => {
    const { record, id } = await write({ kind: 'reset-before' })
    expect(record?.body).toEqual({ id })
  })
})

describe('what is answered in Vault’s place', () => {
  test('status, with errors and headers', async () => {
    const fault = { kind: 'status', status: 429, errors: ['slow down'], headers: { 'retry-after': '3' } } as const
    const { seen, isKnown, record } = await write(fault)
    expect([seen.status, seen.body, seen.headers['retry-after'], isKnown]).toEqual([
      429,
      { errors: ['slow down'] },
      '3',
      false,
    ])
    expect(record).toMatchObject({ status: 429, applied: false })
  })

  test('a 500 after the work was done', async () => {
    const { seen, isKnown, record } = await write({ kind: 'status', applied: true })
    expect([seen.status, isKnown, record?.applied]).toEqual([500, true, true])
  })

  test('a proxy’s page', async () => {
    const { seen } = await write({ kind: 'html' })
    expect([seen.status, seen.headers['content-type']]).toEqual([502, 'text/html'])
    expect(seen.text).toContain('<html>')
  })

  test('a redirect, to where it is told', async () => {
    const { seen } = await write({ kind: 'redirect' })
    expect([seen.status, seen.headers.location]).toEqual([307, `${world.primary.addr}/v1/${dr.secondaryToken}`])
    world.clearFaults()
    const elsewhere = await write({ kind: 'redirect', location: 'https://elsewhere.example/v1/x', status: 302 })
    expect([elsewhere.seen.status, elsewhere.seen.headers.location]).toEqual([302, 'https://elsewhere.example/v1/x'])
  })
})

describe('what is spoilt after the work was done', () => {
  test('garbage', async () => {
    const { seen, isKnown } = await write({ kind: 'garbage' })
    expect([seen.status, seen.body, isKnown]).toEqual([200, undefined, true])
  })

  test('truncated', async () => {
    const { seen, isKnown } = await write({ kind: 'truncated' })
    expect([seen.status, seen.body, isKnown]).toEqual([200, undefined, true])
    expect(seen.error).not.toBe('')
    expect(seen.text.length).toBeGreaterThan(10)
  })

  test('drip: slow, but whole', async () => {
    const path = 'sys/replication/performance/status'
    world.fault({ path, kind: 'drip', delayMs: 1, times: 1 })
    expect((await call(world, world.primary, 'GET', path)).body.data.mode).toBe('disabled')
  })

  test('endless: it never ends by itself', async () => {
    world.fault({ path: dr.status, kind: 'endless', times: 1 })
    const started = call(world, world.primary, 'GET', dr.status)
    await pause(60)
    // Everybody else is served meanwhile.
    expect((await call(world, world.primary, 'GET', 'sys/health')).status).toBe(200)
    await world.primary.stop()
    const seen = await started
    expect(seen.text.length).toBeGreaterThan(100_000)
    await world.primary.start()
  })

  test('delay-answer: the true answer, late', async () => {
    const at = Date.now()
    const { seen, isKnown } = await write({ kind: 'delay-answer', delayMs: 60 })
    expect([seen.status, isKnown]).toEqual([200, true])
    expect(Date.now() - at).toBeGreaterThanOrEqual(55)
  })
})

describe('which requests are met', () => {
  const health = () => call(world, world.primary, 'GET', 'sys/health').then(({ status: code }) => code)

  test('the nth alone', async () => {
    world.fault({ path: 'sys/health', kind: 'status', status: 500, nth: 2 })
    expect([await health(), await health(), await health()]).toEqual([200, 500, 200])
  })

  test('so many at most', async () => {
    world.fault({ path: /^sys\/h/g, kind: 'status', status: 500, times: 2 })
    expect([await health(), await health(), await health()]).toEqual([500, 500, 200])
  })

  test('by cluster and method, PUT being POST', async () => {
    world.fault({ path: 'sys/health', kind: 'status', cluster: 'secondary' })
    expect(await health()).toBe(200)
    world.fault({ path: dr.demote, method: 'POST', kind: 'status', status: 418 })
    expect((await call(world, world.primary, 'PUT', dr.demote)).status).toBe(418)
    expect((await call(world, world.primary, 'GET', dr.demote, { token: world.tokens.root })).status).toBe(405)
  })

  test('the query is not part of the path', async () => {
    world.fault({ path: 'sys/health', kind: 'status', times: 1 })
    expect((await call(world, world.primary, 'GET', 'sys/health?standbyok=true')).status).toBe(500)
    expect(world.requests.at(-1)?.path).toBe('sys/health?standbyok=true')
  })
})

describe('the server', () => {
  test('hangs and comes back, without having done what it was asked meanwhile', async () => {
    world.primary.hang()
    const sent = { token: world.tokens.root, timeout: 300 }
    const seen = await call(world, world.primary, 'POST', dr.demote, sent)
    expect(seen.error).toBe('TIMEOUT')
    expect(world.requests.at(-1)).toMatchObject({ path: dr.demote, status: 0, applied: false })
    // Its cluster port is not hung: the secondary still hears of it.
    expect((await status(world, world.secondary)).connection_state).toBe('ready')
    world.primary.unhang()
    expect((await status(world, world.primary)).mode).toBe('primary')
  })

  test('refuses what is not a JSON object, or is too large', async () => {
    const token = world.tokens.root
    for (const [raw, status] of [
      ['{', 500],
      ['[1]', 400],
      ['"x"', 400],
      ['null', 400],
    ] as const) {
      const seen = await call(world, world.primary, 'POST', dr.secondaryToken, { token, raw })
      expect([raw, seen.status]).toEqual([raw, status])
    }
    const raw = JSON.stringify({ id: 'x'.repeat(2_000_000) })
    expect((await call(world, world.primary, 'POST', dr.secondaryToken, { token, raw })).status).toBe(413)
  })

  test('tells unknown paths from wrong methods', async () => {
    const token = world.tokens.root
    expect((await call(world, world.primary, 'GET', 'sys/nothing', { token })).status).toBe(404)
    expect((await call(world, world.primary, 'GET', 'sys/nothing')).status).toBe(403)
    expect((await call(world, world.primary, 'POST', 'sys/replication/dr/status', { token })).status).toBe(405)
    const namespaced = { token, headers: { 'X-Vault-Namespace': 'team' } }
    expect((await call(world, world.primary, 'POST', dr.demote, namespaced)).status).toBe(404)
  })

  test('lives on when clients give up, at any moment', async () => {
    world.fault({ path: 'sys/replication/performance/status', kind: 'drip', delayMs: 1 })
    world.fault({ path: 'sys/health', kind: 'delay-answer', delayMs: 10 })
    const paths = ['sys/replication/performance/status', 'sys/health', 'sys/leader']
    const calls = Array.from({ length: 30 }, (_, index) =>
      call(world, world.primary, 'GET', paths[index % 3] ?? '', { timeout: 1 + index }),
    )
    await Promise.all(calls)
    await pause(20)
    world.clearFaults()
    expect((await call(world, world.primary, 'GET', 'sys/health')).status).toBe(200)
  })

  test('takes a bearer token as well', async () => {
    const headers = { authorization: `Bearer ${world.tokens.batch}` }
    expect((await call(world, world.primary, 'GET', 'auth/token/lookup-self', { headers })).status).toBe(200)
  })

  test('numbers connections', async () => {
    await call(world, world.primary, 'GET', 'sys/health')
    await call(world, world.primary, 'GET', 'sys/health')
    const [before, after] = world.requests.slice(-2)
    expect(after?.connection).toBe((before?.connection ?? 0) + 1)
  })

  test('a promotion whose answer is lost has happened', async () => {
    world.fault({ path: dr.promote, kind: 'reset-after', times: 1 })
    const body = { dr_operation_token: world.tokens.batch }
    expect((await call(world, world.secondary, 'POST', dr.promote, { body })).error).toBe('ECONNRESET')
    await until(() => world.secondary.role() === 'primary')
    const again = await call(world, world.secondary, 'POST', dr.promote, { body })
    expect(again.body).toEqual({ errors: ['Not a DR secondary.'] })
  })
})
