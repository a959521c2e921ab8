import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { makeCertificates } from '../../src/simulator/certificates.ts'
import { startWorld } from '../../src/simulator/world.ts'
import { PATHS } from '../support/invariants.ts'
import { expectRun, stateOf, story } from '../support/story.ts'
import { tunnels } from '../support/tunnels.ts'

const STRANGER = await makeCertificates(1)
const failover = { operation: 'failover' }

story('mutual TLS, with the certificate as text', { mutualTls: true }, async ({ run }) => {
  expectRun(await run(failover), { outcome: 'done', redundancy: 'protected', health: 'healthy' })
})

story('mutual TLS, with everything in files', { mutualTls: true }, async ({ world, run }) => {
  const folder = mkdtempSync(join(tmpdir(), 'pem-'))
  try {
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const ran = await run({
      ...failover,
      'ca-cert': file('ca.pem', world.ca),
      'client-cert': file('cert.pem', world.clientCertificate),
      'client-key': file('key.pem', world.clientKey),
    })
    expectRun(ran, { outcome: 'done', redundancy: 'protected' })
    const lines = world.clientKey.split('\n').filter((line) => line.length > 30 && !line.startsWith('-----'))
    expect(lines.length).toBeGreaterThan(0)
    const told = [ran.log.replace(/^::add-mask::.*$/gm, ''), ...Object.values(ran.files)].join('\n')
    for (const line of lines) expect(told).not.toContain(line)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

story(
  'mutual TLS without a certificate is a cluster that can not be read',
  { mutualTls: true },
  async ({ world, run }) => {
    const ran = await run({ ...failover, 'client-cert': '', 'client-key': '' })
    expectRun(ran, { outcome: 'blocked' })
    expect(world.requests).toEqual([])
    expect(ran.summary).toContain('it asks for a client certificate (see client-cert)')
    for (const { addr } of world.clusters)
      expect(ran.summary).toContain(
        `Give a client certificate that \`${new URL(addr).host}\` accepts as \`client-cert\`, with its key as \`client-key\`.`,
      )
  },
)

story('plain http on loopback', {}, async ({ run }) => {
  expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
})

story('an unknown CA is no reason to talk to anybody', { tls: true }, async ({ world, run }) => {
  const ran = await run({ ...failover, 'ca-cert': STRANGER.ca })
  expectRun(ran, { outcome: 'blocked', changed: 'false', 'active-addr': '' })
  expect(stateOf(ran, 'primary-reachable')).toBe('failed')
  expect(ran.log).toMatch(/ca-cert/)
  expectRun(await run({ ...failover, 'ca-cert': '' }), { outcome: 'blocked' })
  expect(world.requests).toEqual([])
})

story('a certificate for another name', { tls: true }, async ({ world, run }) => {
  const ran = await run({ ...failover, 'tls-server-name': 'vault.elsewhere.example' })
  expectRun(ran, { outcome: 'blocked' })
  expect(world.requests).toEqual([])
})

story('NODE_TLS_REJECT_UNAUTHORIZED=0 switches no verification off', { tls: true }, async ({ world, run }) => {
  const ran = await run({ operation: 'status', 'ca-cert': '' }, { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } })
  expectRun(ran, { outcome: 'blocked' })
  expect(world.requests).toEqual([])
})

story('no redirect to another origin is followed', { tls: false }, async ({ world, run }) => {
  const elsewhere = await startWorld({ tls: false })
  try {
    const status = `${elsewhere.primary.addr}/v1/${PATHS.status}`
    world.fault({ path: PATHS.status, kind: 'redirect', location: status, times: 2 })
    world.fault({ path: 'auth/token/lookup-self', kind: 'redirect', location: elsewhere.primary.addr, times: 1 })
    world.fault({ path: PATHS.demote, kind: 'redirect', location: `${elsewhere.primary.addr}/v1/${PATHS.demote}` })
    const ran = await run(failover)
    expect(['failed', 'blocked']).toContain(ran.outcome)
    expect(elsewhere.requests).toEqual([])
  } finally {
    await elsewhere.close()
  }
})

story('through a proxy, by CONNECT: it sees host names and no token', { tls: true }, async ({ world, run }) => {
  const proxy = await tunnels()
  try {
    const ran = await run(failover, { env: { https_proxy: proxy.addr, no_proxy: '' } })
    expectRun(ran, { outcome: 'done', redundancy: 'protected' })
    expect(ran.log).not.toContain('the connection failed')
    expect([...new Set(proxy.asked)].sort()).toEqual(world.clusters.map(({ addr }) => new URL(addr).host).sort())
    const past = await run(
      { operation: 'status' },
      { env: { https_proxy: 'http://127.0.0.1:9', no_proxy: '127.0.0.1' } },
    )
    expectRun(past, { outcome: 'done', health: 'healthy' })
  } finally {
    await proxy.close()
  }
})

story('a standby that forwards nothing is told with what to give instead', {}, async ({ world, run }) => {
  const { addr, standbyAddr } = world.primary
  world.fault({ node: 'standby', path: PATHS.status, kind: 'redirect', location: `${addr}/v1/${PATHS.status}` })
  const ran = await run({ ...failover, 'primary-addr': standbyAddr, 'catch-up-timeout': '200ms' })
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
  expect(ran.log).toContain(
    `HTTP 307: it redirects to ${new URL(addr).host}, which is not followed: give the address of the active node, or of a load balancer that leads to it`,
  )
  expect(ran.summary).toMatch(/Give the address of the active node of .*nothing is lost/)
  expect(ran.summary).not.toContain('if it is lost')
})

story('a workplace without the files of the runner costs warnings, not the failover', {}, async ({ world, run }) => {
  const nowhere = '/nowhere/at/all'
  const env = { GITHUB_OUTPUT: nowhere, GITHUB_STATE: nowhere, GITHUB_STEP_SUMMARY: nowhere, RUNNER_TEMP: nowhere }
  const ran = await run(failover, { env })
  expect([ran.code, world.secondary.role(), world.primary.state()]).toEqual([0, 'primary', 'stream-wals'])
})

story('the report goes where it is asked to go, folders and all', {}, async ({ run }) => {
  const folder = mkdtempSync(join(tmpdir(), 'report-'))
  try {
    const path = join(folder, 'a', 'b', 'report.json')
    const ran = await run({ operation: 'status', 'report-path': path })
    expect(ran.outputs.report).toBe(path)
    expect(ran.report).toMatchObject({ schema: 1, operation: 'status', result: { outcome: 'done', health: 'healthy' } })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
