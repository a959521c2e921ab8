import { createHash } from 'node:crypto'
import { get, type IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { startWorld, type World } from '../../src/simulator/world.ts'
import { call } from './stranger.ts'

const path = 'sys/storage/raft/snapshot'
let world: World
beforeAll(async () => {
  world = await startWorld({ tls: false })
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

function open(addr: string, token: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(new URL(`/v1/${path}`, addr), { agent: false, headers: { 'X-Vault-Token': token } }, resolve).once(
      'error',
      reject,
    )
  })
}

async function download(of: World, addr = of.primary.addr): Promise<{ bytes: Buffer; error: string }> {
  const response = await open(addr, of.tokens.root)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk)
    return { bytes: Buffer.concat(chunks), error: '' }
  } catch (error) {
    return { bytes: Buffer.concat(chunks), error: String(error) }
  }
}

/** Members of a tar, by name, in order. */
function members(tar: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>()
  for (let at = 0; tar[at] !== undefined && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + 512)
    const size = Number.parseInt(header.toString('latin1', 124, 135), 8)
    const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0)
    expect(Number.parseInt(header.toString('latin1', 148, 154), 8)).toBe(sum)
    found.set(header.toString('latin1', 0, 100).replace(/\0.*$/s, ''), tar.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return found
}

const sha256 = (bytes: Buffer | undefined): string =>
  createHash('sha256')
    .update(bytes ?? '')
    .digest('hex')

describe('a snapshot', () => {
  test('is a gzip of a tar with sums that are right', async () => {
    const response = await open(world.primary.addr, world.tokens.root)
    response.resume()
    expect([response.statusCode, response.headers['content-type'], response.headers['transfer-encoding']]).toEqual([
      200,
      'application/gzip',
      'chunked',
    ])
    const found = members(gunzipSync((await download(world)).bytes))
    expect([...found.keys()]).toEqual(['meta.json', 'state.bin', 'SHA256SUMS', 'SHA256SUMS.sealed'])
    expect(JSON.parse(String(found.get('meta.json')))).toMatchObject({ Version: 1, Size: 200_000 })
    expect(found.get('state.bin')).toHaveLength(200_000)
    expect(String(found.get('SHA256SUMS'))).toBe(
      `${sha256(found.get('meta.json'))}  meta.json\n${sha256(found.get('state.bin'))}  state.bin\n`,
    )
    expect(found.get('SHA256SUMS.sealed')?.length).toBeGreaterThan(0)
  })

  test('takes a token with read, on a primary', async () => {
    expect((await call(world, world.primary, 'GET', path)).status).toBe(403)
    expect((await call(world, world.primary, 'GET', path, { token: world.tokens.batch })).status).toBe(403)
    const token = world.mintToken({ type: 'batch', policy: { [path]: ['read'] } })
    expect((await call(world, world.primary, 'GET', path, { token })).status).toBe(200)
    expect((await call(world, world.secondary, 'GET', path, { token })).status).toBe(400)
  })

  test('is made while it is read', async () => {
    const large = await startWorld({ tls: false, clusters: 1, snapshotBytes: 250_000_000 })
    const before = process.memoryUsage().rss
    const response = await open(large.primary.addr, large.tokens.root)
    let bytes = 0
    for await (const chunk of response) bytes += Buffer.from(chunk).length
    expect(bytes).toBeGreaterThan(250_000_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000)
    // A client that hangs up halfway does no harm.
    const left = await open(large.primary.addr, large.tokens.root)
    left.destroy()
    expect((await call(large, large.primary, 'GET', 'sys/health')).status).toBe(200)
    await large.close()
  }, 60_000)
})

describe('what can be wrong with it', () => {
  test('truncated: the connection breaks halfway', async () => {
    world.fault({ path, kind: 'truncated' })
    const { bytes, error } = await download(world)
    expect([bytes.length > 0, error !== '']).toEqual([true, true])
  })

  test('short: the answer ends as it should, the gzip does not', async () => {
    world.fault({ path, kind: 'snapshot-short' })
    const { bytes, error } = await download(world)
    expect(error).toBe('')
    expect(() => gunzipSync(bytes)).toThrow('unexpected end of file')
  })

  test('no seal', async () => {
    world.fault({ path, kind: 'snapshot-no-seal' })
    const found = members(gunzipSync((await download(world)).bytes))
    expect([...found.keys()]).toEqual(['meta.json', 'state.bin', 'SHA256SUMS'])
  })

  test('corrupt', async () => {
    world.fault({ path, kind: 'snapshot-corrupt' })
    const found = members(gunzipSync((await download(world)).bytes))
    expect(String(found.get('SHA256SUMS'))).not.toContain(sha256(found.get('state.bin')))
  })
})

describe('a standby', () => {
  test('sends whoever wants a snapshot on to the active node', async () => {
    const standby = { ...world.primary, addr: world.primary.standbyAddr }
    const seen = await call(world, standby, 'GET', `${path}?x=1`, { token: world.tokens.root })
    expect([seen.status, seen.headers.location, seen.text]).toEqual([307, `${world.primary.addr}/v1/${path}?x=1`, ''])
    expect(world.requests.at(-1)).toMatchObject({ node: 'standby', cluster: 'primary', status: 307, applied: false })
  })

  test('forwards the rest, and speaks for itself in health and leader', async () => {
    const [one, two] = [world.primary, world.secondary].map((each) => ({ ...each, addr: each.standbyAddr }))
    if (one === undefined || two === undefined) throw new Error('there are two')
    const token = world.tokens.root
    expect((await call(world, one, 'GET', 'auth/token/lookup-self', { token })).status).toBe(200)
    const headers = { 'X-Vault-No-Request-Forwarding': 'true' }
    expect((await call(world, one, 'GET', 'auth/token/lookup-self', { token, headers })).status).toBe(307)
    expect((await call(world, one, 'GET', 'sys/health')).status).toBe(429)
    // The DR check comes before the one for standbys.
    expect((await call(world, two, 'GET', 'sys/health')).status).toBe(472)
    expect((await call(world, one, 'GET', 'sys/leader')).body).toMatchObject({
      is_self: false,
      leader_address: world.primary.addr,
    })
  })

  test('goes down and comes back with its cluster', async () => {
    const { standbyAddr } = world.primary
    await world.primary.stop()
    await expect(open(standbyAddr, '')).rejects.toThrow()
    await world.primary.start()
    expect(world.primary.standbyAddr).toBe(standbyAddr)
    const response = await open(standbyAddr, world.tokens.root)
    expect(response.resume().statusCode).toBe(307)
  })
})
