import { expect } from '@jest/globals'
import { makeCertificates } from '../../src/simulator/certificates.ts'
import { expectRun, story } from '../support/story.ts'

const STRANGER = await makeCertificates(1)
const KEY =
  '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgsecretsecretsecretsecre\n-----END PRIVATE KEY-----'

interface Mistake {
  /** The input that the message must name. */
  readonly names: string
  readonly given: Readonly<Record<string, string>>
  /** What no log, summary or report may show, beside every token. */
  readonly never?: string
}

const wrong = (names: string, text: string, more: Record<string, string> = {}, never?: string): Mistake => ({
  names,
  given: { [names]: text, ...more },
  ...(never === undefined ? {} : { never }),
})

/** One of each kind; every value that an input refuses is in the test of the inputs themselves. */
const MISTAKES: readonly Mistake[] = [
  wrong('operation', 'fail-over'),
  wrong('primary-addr', 'https://user:hunter2hunter2@vault.example.com', {}, 'hunter2hunter2'),
  wrong('secondary-addr', 'http://10.0.0.1:8200'),
  wrong('vault-token', 'hvs.withalineendatitsend1234\n'),
  wrong('dr-operation-token', 'hvb.AAAAAQ with a space'),
  wrong('ca-cert', 'MIIBsecretlookingtext', {}, 'MIIBsecretlookingtext'),
  { names: 'client-cert', given: { 'client-key': KEY } },
  wrong('client-key', '/no/such/key/file.pem'),
  wrong('tls-server-name', 'not a host name'),
  wrong('mode', 'urgent'),
  { names: 'confirm', given: { mode: 'emergency' } },
  wrong('confirm', 'vault-dr.example.com', { mode: 'emergency' }),
  wrong('dry-run', 'yes'),
  wrong('override', 'lag, same-dr-set'),
  wrong('max-lag', '-1'),
  wrong('catch-up-timeout', 'soon'),
  wrong('timeout', '10 minutes'),
  wrong('primary-cluster-addr', 'two words'),
  wrong('primary-api-addr', 'two words'),
  wrong('secondary-id', 'an id with spaces'),
  wrong('activation', 'private-key'),
  wrong('fail-on', 'sometimes'),
  wrong('report-path', 'a\nb'),
]

for (const { names, given, never } of MISTAKES) {
  const shown = JSON.stringify(given).slice(0, 90)
  story(
    `${names}: ${shown} is refused by name, and nobody is asked anything`,
    { tls: false },
    async ({ world, run }) => {
      const ran = await run({ operation: 'failover', ...given })
      expectRun(ran, { outcome: 'invalid', code: 2, changed: 'false', 'active-addr': '' })
      const told = [ran.log.replace(/^::add-mask::.*$/gm, ''), ran.summary].join('\n')
      expect(ran.log).toMatch(new RegExp(`^${names} `, 'm'))
      expect(ran.summary).toContain(names)
      if (never !== undefined) expect(told).not.toContain(never)
      expect(told).not.toContain('secretsecret')
      expect(world.requests).toEqual([])
    },
  )
}

story('several mistakes are told at once', { tls: false }, async ({ world, run }) => {
  const ran = await run({
    operation: 'failover',
    'secondary-addr': 'vault',
    'dry-run': 'perhaps',
    timeout: 'long',
    mode: 'emergency',
    'max-lag': 'some',
  })
  expectRun(ran, { outcome: 'invalid' })
  for (const name of ['secondary-addr', 'dry-run', 'timeout', 'confirm', 'max-lag'])
    expect(ran.log).toMatch(new RegExp(`^${name} `, 'm'))
  expect(world.requests).toEqual([])
})

story('both addresses the same', { tls: false }, async ({ world, run }) => {
  const ran = await run({ operation: 'failover', 'secondary-addr': `${world.primary.addr}/` })
  expectRun(ran, { outcome: 'invalid' })
  expect(ran.log).toMatch(/^secondary-addr /m)
})

for (const [operation, token] of [
  ['failover', 'dr-operation-token'],
  ['failback', 'dr-operation-token'],
  ['promote', 'dr-operation-token'],
  ['update-primary', 'dr-operation-token'],
  ['demote', 'vault-token'],
] as const) {
  story(`${operation} without any token says that ${token} is missing`, { tls: false }, async ({ world, run }) => {
    const ran = await run({ operation, 'dr-operation-token': '', 'vault-token': '' })
    expectRun(ran, { outcome: 'invalid', code: 2 })
    expect(ran.log).toMatch(new RegExp(`^${token} is missing`, 'm'))
    expect(world.requests).toEqual([])
  })
}

story('a client key that is not the certificate’s', { mutualTls: true }, async ({ world, run }) => {
  const ran = await run({ operation: 'failover', 'client-key': STRANGER.client.key })
  expectRun(ran, { outcome: 'invalid' })
  expect(ran.log).toMatch(/^client-key /m)
  expect(world.requests).toEqual([])
})

story('a missing half of the client certificate is named', { mutualTls: true }, async ({ run }) => {
  const ran = await run({ operation: 'failover', 'client-key': '' })
  expectRun(ran, { outcome: 'invalid' })
  expect(ran.log).toMatch(/^client-key is missing/m)
})

story('white space around what is no secret is forgiven', {}, async ({ world, run }) => {
  const ran = await run({
    operation: ' failover ',
    'primary-addr': `  ${world.primary.addr}\n`,
    'secondary-addr': ` ${world.secondary.addr}`,
    'dry-run': ' true ',
    timeout: ' 20s ',
  })
  expectRun(ran, { outcome: 'planned' })
})

story('a confirmation is the host with its port, whatever its case', {}, async ({ world, run }) => {
  await world.primary.stop({ heartbeatAgeSeconds: 60 })
  const ran = await run({
    operation: 'failover',
    mode: 'emergency',
    'dry-run': 'true',
    confirm: ` ${new URL(world.secondary.addr).host.toUpperCase()} `,
  })
  expectRun(ran, { outcome: 'planned' })
})
