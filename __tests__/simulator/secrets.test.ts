import { expect, test } from '@jest/globals'
import { type SimulatedCluster, startWorld, type World } from '../../src/simulator/world.ts'
import { call, dr, until } from './stranger.ts'

const canary = 'secret/data/canary'

const read = (of: World, at: SimulatedCluster, token: string, path = canary, headers = {}) =>
  call(of, at, 'GET', path, { token, headers })

test('a secret is read by policy, with ids that differ and data that do not', async () => {
  const pair = await startWorld({
    tls: false,
    secrets: { [canary]: { value: 'x' }, 'database/creds/app': { user: 'u' } },
  })
  const token = pair.mintToken({ type: 'batch', policy: { 'secret/*': ['read'], 'database/*': ['read'] } })
  const [one, two] = [await read(pair, pair.primary, token), await read(pair, pair.primary, token)]
  expect(one.body.data).toMatchObject({ data: { value: 'x' }, metadata: { version: 1 } })
  expect(two.body.data).toEqual(one.body.data)
  expect(two.body.request_id).not.toBe(one.body.request_id)
  const [lease, other] = [
    await read(pair, pair.primary, token, 'database/creds/app'),
    await read(pair, pair.primary, token, 'database/creds/app'),
  ]
  expect(lease.body.data).toEqual(other.body.data)
  expect(lease.body.lease_id).not.toBe(other.body.lease_id)

  expect((await read(pair, pair.primary, pair.tokens.batch)).status).toBe(403)
  expect((await call(pair, pair.primary, 'GET', canary)).status).toBe(403)
  const gone = await read(pair, pair.primary, token, 'secret/data/none')
  expect([gone.status, gone.body]).toEqual([404, { errors: [] }])
  expect((await read(pair, pair.secondary, token)).body.errors).toEqual([
    'path disabled in replication DR secondary mode',
  ])
  await pair.close()
})

test('it is there on the new primary, unless somebody tampered with it', async () => {
  const secrets = { [canary]: { value: 'x' }, 'secret/data/other': { value: 'y' } }
  const pair = await startWorld({ tls: false, secrets, windows: { demote: 0, promote: 0 } })
  pair.secondary.setSecret('secret/data/other', { value: 'z' })
  await call(pair, pair.primary, 'POST', dr.demote, { token: pair.tokens.batch })
  await call(pair, pair.secondary, 'POST', dr.promote, { body: { dr_operation_token: pair.tokens.batch } })
  await until(() => pair.secondary.role() === 'primary')
  expect((await read(pair, pair.secondary, pair.tokens.root)).body.data.data).toEqual({ value: 'x' })
  const other = await read(pair, pair.secondary, pair.tokens.root, 'secret/data/other')
  expect(other.body.data.data).toEqual({ value: 'z' })
  await pair.close()
})

test('what was written while the link was cut is not on the other side', async () => {
  const pair = await startWorld({ tls: false, secrets: { [canary]: { value: 'before' } }, windows: { promote: 0 } })
  pair.cutLink()
  pair.primary.setSecret(canary, { value: 'after' })
  await call(pair, pair.secondary, 'POST', dr.promote, { body: { dr_operation_token: pair.tokens.batch } })
  await until(() => pair.secondary.role() === 'primary')
  expect((await read(pair, pair.secondary, pair.tokens.root)).body.data.data).toEqual({ value: 'before' })
  await pair.close()
})

test('in a namespace, for whoever names it', async () => {
  const pair = await startWorld({ tls: false, namespace: 'admin', secrets: { [canary]: { value: 'x' } } })
  const headers = { 'X-Vault-Namespace': 'admin' }
  expect((await read(pair, pair.primary, pair.tokens.root, canary, headers)).status).toBe(200)
  expect((await read(pair, pair.primary, pair.tokens.root)).status).toBe(404)
  await pair.close()
})
