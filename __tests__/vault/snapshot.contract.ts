/** Snapshots that our code calls whole are held against the one who knows: Vault's own restore. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Agent, request } from 'undici'
import { Deadline } from '../../src/clock.ts'
import { Secrets } from '../../src/secrets.ts'
import { saveSnapshot } from '../../src/snapshot.ts'
import { Vault } from '../../src/vault/client.ts'
import { Http } from '../../src/vault/http.ts'
import { RealVault, until } from './server.ts'

const SNAPSHOT = 'sys/storage/raft/snapshot'
let real: RealVault
let http: Http
let raw: Agent
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vault-contract-'))
  real = await RealVault.start(2)
  http = new Http({ ca: real.ca })
  raw = new Agent({ connect: { ca: real.ca } })
  await real.initialize()
  await real.unseal()
  await real.call('POST', 'sys/mounts/kv', { body: { type: 'kv', options: { version: '1' } } })
})
afterAll(async () => {
  await Promise.all([http.close(), raw.close()])
  await real.close()
  rmSync(folder, { recursive: true, force: true })
})

const save = (addr: string, name: string) =>
  saveSnapshot(
    { http, addr, secrets: new Secrets() },
    real.root,
    join(folder, name),
    new Deadline(60_000),
    new AbortController().signal,
  )
const write = (name: string, value: string) => real.call('POST', `kv/${name}`, { body: { value } })
const read = async (name: string) => {
  const got = await new Vault(real.addr, http, new Secrets()).secret(`kv/${name}`, real.root, undefined)
  return got.ok ? got.value : got.status
}
const restore = (bytes: Buffer, how = SNAPSHOT) =>
  request(`${real.addr}/v1/${how}`, {
    dispatcher: raw,
    method: 'POST',
    headers: { 'x-vault-token': real.root },
    body: bytes,
  })

test('taken in the middle of writes, it is whole, and Vault restores it', async () => {
  const value = 'x'.repeat(20_000)
  for (let at = 0; at < 40; at += 1) await write(`before-${at}`, value)
  await write('kept', 'as it was')
  const stop = new AbortController()
  const writing = (async () => {
    for (let at = 0; !stop.signal.aborted; at += 1) await write(`during-${at % 20}`, value)
  })()
  const saved = await save(real.addr, 'busy.snap')
  stop.abort()
  await writing
  expect(saved).toMatchObject({ ok: true })
  expect(saved.ok && saved.bytes).toBeGreaterThan(10_000)
  expect(statSync(join(folder, 'busy.snap')).mode & 0o777).toBe(0o600)

  await write('kept', 'changed')
  await write('after', 'too late')
  const answer = await restore(readFileSync(join(folder, 'busy.snap')))
  expect([answer.statusCode, await answer.body.text()]).toEqual([204, ''])
  await until(
    async () => (await new Vault(real.addr, http, new Secrets()).health(2000)).status === 200,
    'it did not come back',
  )
  await until(async () => typeof (await read('kept')) === 'object', 'it did not serve')
  expect(await read('kept')).toEqual({ value: 'as it was' })
  expect(await read('before-39')).toEqual({ value })
  expect(await read('after')).toBe(404)
})

test('what our code refuses, Vault refuses too', async () => {
  const bytes = readFileSync(join(folder, 'busy.snap'))
  for (const broken of [
    bytes.subarray(0, bytes.length - 200),
    bytes.subarray(0, 5000),
    Buffer.from('not a snapshot'),
  ]) {
    const answer = await restore(Buffer.from(broken))
    expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    await answer.body.dump()
  }
  expect(await read('kept')).toEqual({ value: 'as it was' })
})

test('asked of a standby, it comes from the node that the standby redirects to', async () => {
  const standby = real.node(1)
  await real.joined(standby)
  await real.unseal(standby)
  const answer = await request(`${standby.addr}/v1/${SNAPSHOT}`, {
    dispatcher: raw,
    headers: { 'x-vault-token': real.root },
  })
  await answer.body.dump()
  expect([answer.statusCode, answer.headers.location]).toEqual([307, `${real.addr}/v1/${SNAPSHOT}`])
  expect(await save(standby.addr, 'by-standby.snap')).toMatchObject({ ok: true })
  expect(readdirSync(folder).sort()).toEqual(['busy.snap', 'by-standby.snap'])
})
