import { expect, test } from '@jest/globals'
import { startWorld } from '../../src/simulator/world.ts'
import { onFreePorts } from '../support/ports.ts'
import { call } from './stranger.ts'

test('the certificate is good for the CA of the world, and for no other', async () => {
  const [world, other] = await Promise.all([startWorld(), startWorld()])
  expect(world.primary.addr).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  expect((await call(world, world.primary, 'GET', 'sys/health')).status).toBe(200)
  expect((await call(world, world.primary, 'GET', 'sys/health', { ca: other.ca })).error).toMatch(
    /CERT|SIGNATURE|VERIFY/,
  )
  expect([world.clientCertificate, world.clientKey]).toEqual(['', ''])
  await Promise.all([world.close(), other.close()])
})

test('mutual TLS lets in who has a certificate', async () => {
  const world = await startWorld({ mutualTls: true })
  const identity = { cert: world.clientCertificate, key: world.clientKey }
  expect((await call(world, world.secondary, 'GET', 'sys/health', identity)).status).toBe(472)
  expect((await call(world, world.secondary, 'GET', 'sys/health')).status).toBe(0)
  await world.close()
})

test('a world without TLS, on given ports', async () => {
  const { world, ports } = await onFreePorts(async (given) => ({
    world: await startWorld({ tls: false, clusters: 3, ports: given }),
    ports: given,
  }))
  expect(world.ca).toBe('')
  expect(world.clusters.map(({ addr }) => addr)).toEqual(ports.map((port) => `http://127.0.0.1:${port}`))
  await world.close()
  expect((await call(world, world.primary, 'GET', 'sys/health')).error).toBe('ECONNREFUSED')
})

test('tokens are new in every world', async () => {
  const [one, two] = await Promise.all([startWorld({ tls: false }), startWorld({ tls: false })])
  expect(one.tokens.root).not.toBe(two.tokens.root)
  await Promise.all([one.close(), two.close()])
})

test('there are one to three clusters', async () => {
  await expect(startWorld({ tls: false, clusters: 4 })).rejects.toThrow('clusters must be 1, 2 or 3')
  await expect(startWorld({ tls: false, clusters: 0 })).rejects.toThrow('clusters must be 1, 2 or 3')
})
