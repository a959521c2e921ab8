import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { INPUTS, type Inputs, InvalidInputs, readInputs, SECRET_INPUTS } from '../src/inputs.ts'
import { Secrets } from '../src/secrets.ts'
import { makeCertificates } from '../src/simulator/certificates.ts'

type Texts = Readonly<Record<string, string>>

const certificates = await makeCertificates(1)
const OTHER = await makeCertificates(1)
const KEY = certificates.client.key
const GOOD: Texts = {
  operation: 'failover',
  'primary-addr': 'https://vault.example.com:8200',
  'secondary-addr': 'https://vault-dr.example.com',
  'dr-operation-token': 'hvb.AAAAAQIdonotexist-really',
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inputs-'))
  writeFileSync(join(folder, 'ca.pem'), certificates.ca)
  writeFileSync(join(folder, 'key.pem'), KEY)
  writeFileSync(join(folder, 'notes.txt'), 'no pem in here')
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Read {
  readonly inputs: Inputs | undefined
  readonly mistakes: readonly string[]
  readonly masked: readonly string[]
  readonly secrets: Secrets
}

function read(given: Texts, base: Texts = GOOD): Read {
  const texts: Texts = { ...base, ...given }
  const [secrets, masked]: [Secrets, string[]] = [new Secrets(), []]
  const mask = (secret: string): void => {
    if (secret !== '') masked.push(secret)
  }
  try {
    return { inputs: readInputs((name) => texts[name] ?? '', secrets, mask), mistakes: [], masked, secrets }
  } catch (error) {
    if (!(error instanceof InvalidInputs)) throw error
    return { inputs: undefined, mistakes: error.mistakes, masked, secrets }
  }
}

const names = (mistakes: readonly string[]): string[] => mistakes.map((mistake) => mistake.split(' ')[0] ?? '')

/** The input that has to be named, a value that it refuses, and what else is given. */
const REFUSED: readonly (readonly [string, string, Texts?])[] = [
  ['operation', ''],
  ['operation', 'fail-over'],
  ['operation', 'Failover'],
  ['operation', 'failover,demote'],
  ['primary-addr', ''],
  ['primary-addr', 'vault.example.com'],
  ['primary-addr', 'vault.example.com:8200'],
  ['primary-addr', 'ftp://vault.example.com'],
  ['primary-addr', 'http://vault.example.com:8200'],
  ['primary-addr', 'http://127.0.0.1.example.com'],
  ['primary-addr', 'http://localhost.example.com'],
  ['primary-addr', 'https://user:pass@vault.example.com'],
  ['primary-addr', 'https://vault.example.com/?a=b'],
  ['primary-addr', 'https://vault.example.com/#x'],
  ['primary-addr', 'https://vault.example.com?'],
  ['primary-addr', 'https://vault.example.com/v1'],
  ['primary-addr', 'https://vault.example.com/v1/'],
  ['primary-addr', 'https://vault.example.com/v1/sys'],
  ['primary-addr', 'javascript:alert(1)'],
  ['secondary-addr', ''],
  ['secondary-addr', 'https://'],
  ['secondary-addr', 'http://10.0.0.1:8200'],
  ['secondary-addr', 'https://vault.example.com:8200'],
  ['secondary-addr', 'https://VAULT.example.com:8200/'],
  ['vault-token', 'hvs.with a space'],
  ['vault-token', 'hvs.withalineend\n'],
  ['vault-token', 'hvs.withacarriagereturn\r\n'],
  ['vault-token', ' hvs.withaspacebefore'],
  ['vault-token', `hvs.${'x'.repeat(9000)}`],
  ['vault-token', 'hvs.ümlaut-abcdefghijk'],
  ['vault-token', 'hvs.nul\u0000'],
  ['dr-operation-token', '', { 'vault-token': 'hvs.abcdefghijklmnop' }],
  ['dr-operation-token', 'hvb.AAAAAQ with a space'],
  ['ca-cert', '/no/such/file.pem'],
  ['ca-cert', 'MIIBsomething'],
  ['ca-cert', '-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----'],
  ['ca-cert', '-----BEGIN CERTIFICATE-----'],
  ['ca-cert', KEY],
  ['client-cert', '/no/such/file.pem', { 'client-key': KEY }],
  ['client-cert', '', { 'client-key': KEY }],
  ['client-key', '', { 'client-cert': certificates.client.certificate }],
  ['client-key', '/no/such/key.pem', { 'client-cert': certificates.client.certificate }],
  ['client-key', OTHER.client.key, { 'client-cert': certificates.client.certificate }],
  [
    'client-key',
    '-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----',
    { 'client-cert': certificates.client.certificate },
  ],
  ['tls-server-name', 'not a host name'],
  ['tls-server-name', 'https://vault.example.com'],
  ['mode', 'urgent'],
  ['mode', 'Emergency'],
  ['confirm', '', { mode: 'emergency' }],
  ['confirm', 'yes', { mode: 'emergency' }],
  ['confirm', 'vault.example.com:8200', { mode: 'emergency' }],
  ['confirm', 'vault-dr.example.com:8200', { mode: 'emergency' }],
  ['confirm', 'vault-dr.example.com', { mode: 'emergency', operation: 'failback' }],
  ['confirm', 'https://vault-dr.example.com', { mode: 'emergency' }],
  ['confirm', 'wrong.example.com'],
  ['confirm', 'vault.example.com:8200'],
  ['confirm', 'vault-dr.example.com', { operation: 'failback' }],
  ['confirm', 'wrong.example.com', { operation: 'drill' }],
  ['confirm', 'wrong.example.com', { operation: 'demote' }],
  ['dry-run', 'yes'],
  ['dry-run', '1'],
  ['dry-run', 'tRUE'],
  ['override', 'everything'],
  ['override', 'lag, same-dr-set'],
  ['override', 'one-primary'],
  ['override', 'unsealed'],
  ['override', 'tls-verification'],
  ['override', 'Lag'],
  ['max-lag', '-1'],
  ['max-lag', '1.5'],
  ['max-lag', 'ten'],
  ['max-lag', '1e3'],
  ['max-lag', '9'.repeat(16)],
  ['catch-up-timeout', '60'],
  ['catch-up-timeout', 'soon'],
  ['catch-up-timeout', '0s'],
  ['catch-up-timeout', '1.5s'],
  ['timeout', '10 minutes'],
  ['timeout', '1000h'],
  ['timeout', '-5s'],
  ['timeout', '10m and a bit'],
  ['timeout', '5d'],
  ['primary-cluster-addr', 'two words'],
  ['primary-cluster-addr', 'x'.repeat(301)],
  ['primary-api-addr', 'two words'],
  ['secondary-id', 'an id with spaces'],
  ['secondary-id', 'slash/es'],
  ['secondary-id', 'x'.repeat(129)],
  ['activation', 'private-key'],
  ['fail-on', 'sometimes'],
  ['report-path', 'a\nb'],
]

test.each(REFUSED)('%s refuses %j', (name, text, more = {}) => {
  const { mistakes, masked } = read({ ...more, [name]: text })
  expect(names(mistakes)).toEqual([name])
  for (const secret of masked) for (const mistake of mistakes) expect(mistake).not.toContain(secret.trim())
  for (const mistake of mistakes) expect(mistake).toMatch(/^\S+ \S.{8,}/)
})

const TAKEN: readonly (readonly [keyof Inputs, string, unknown, Texts?])[] = [
  ['primary-addr', 'https://vault.example.com:8200/', 'https://vault.example.com:8200'],
  ['primary-addr', 'https://vault.example.com:443', 'https://vault.example.com'],
  ['primary-addr', 'https://lb.example.com/vault', 'https://lb.example.com/vault'],
  ['primary-addr', 'http://127.0.0.1:8200', 'http://127.0.0.1:8200'],
  ['primary-addr', 'http://localhost:8200', 'http://localhost:8200'],
  ['primary-addr', 'http://[::1]:8200', 'http://[::1]:8200'],
  ['primary-addr', '  https://vault.example.com \n', 'https://vault.example.com'],
  ['dry-run', 'True', true],
  ['dry-run', 'FALSE', false],
  ['override', 'lag', ['lag']],
  ['override', 'lag,version', ['lag', 'version']],
  ['override', 'lag\nversion\n', ['lag', 'version']],
  ['override', ' lag ,, version lag', ['lag', 'version']],
  ['max-lag', '17', 17],
  ['catch-up-timeout', '1h30m', 5_400_000],
  ['catch-up-timeout', '250ms', 250],
  ['timeout', '24h', 86_400_000],
  ['secondary-id', 'vault-dr.site_b-1', 'vault-dr.site_b-1'],
  ['confirm', 'VAULT-dr.Example.com', 'VAULT-dr.Example.com', { mode: 'emergency' }],
  ['confirm', 'VAULT-dr.Example.com', 'VAULT-dr.Example.com'],
  ['confirm', '', undefined],
  ['confirm', 'vault.example.com:8200', 'vault.example.com:8200', { operation: 'demote' }],
  ['confirm', 'vault-dr.example.com', 'vault-dr.example.com', { operation: 'demote' }],
  ['confirm', 'wrong.example.com', 'wrong.example.com', { operation: 'status' }],
  ['mode', '', 'planned'],
  ['timeout', '', 600_000],
  ['catch-up-timeout', '', 60_000],
  ['max-lag', '', 0],
  ['dry-run', '', false],
  ['fail-on', '', 'critical'],
  ['activation', '', 'auto'],
  ['vault-token', '', GOOD['dr-operation-token']],
]

test.each(TAKEN)('%s takes %j as %j', (name, text, value, more = {}) => {
  const { inputs, mistakes } = read({ ...more, [name]: text })
  expect(mistakes).toEqual([])
  expect(inputs?.[name]).toEqual(value)
})

test('it is told what is wrong, never with what: the text may be a secret in the wrong place', () => {
  for (const name of Object.keys(INPUTS)) {
    const { mistakes } = read({ [name]: 'hunter2 \u0000 hunter2' })
    for (const mistake of mistakes) expect([name, mistake]).toEqual([name, expect.not.stringContaining('hunter2')])
  }
})

test('all mistakes are told at once', () => {
  const { mistakes } = read({
    operation: 'failover',
    'primary-addr': 'vault',
    'dr-operation-token': '',
    'dry-run': 'perhaps',
    timeout: 'long',
    mode: 'emergency',
    'client-key': KEY,
  })
  const expected = ['primary-addr', 'vault-token', 'dr-operation-token', 'dry-run', 'timeout', 'confirm', 'client-cert']
  expect(new Set(names(mistakes))).toEqual(new Set(expected))
})

test('every secret input is masked and redacted, even where something else is wrong', () => {
  const given = Object.fromEntries(SECRET_INPUTS.map((name) => [name, `secret-${name}-0123456789abcdef`]))
  const { masked, secrets, mistakes } = read({ ...given, operation: 'nonsense', 'client-key': KEY })
  expect(mistakes).not.toEqual([])
  for (const [name, text] of Object.entries({ ...given, 'client-key': KEY })) {
    expect([name, masked]).toEqual([name, expect.arrayContaining([text])])
    expect(secrets.redact(text.split('\n')[1] ?? text)).not.toContain(text.split('\n')[1] ?? text)
  }
})

test('a key that comes from a file is as secret as one that is given', () => {
  writeFileSync(join(folder, 'cert.pem'), certificates.client.certificate)
  const { inputs, secrets, mistakes } = read({
    'ca-cert': join(folder, 'ca.pem'),
    'client-cert': join(folder, 'cert.pem'),
    'client-key': join(folder, 'key.pem'),
  })
  expect(mistakes).toEqual([])
  expect(inputs?.['ca-cert']).toBe(certificates.ca)
  const [, line = ''] = KEY.split('\n')
  expect(line.length).toBeGreaterThan(20)
  expect(secrets.redact(`x ${line}`)).toBe('x [redacted]')
})

test('a file without PEM in it is named as such', () => {
  expect(names(read({ 'ca-cert': join(folder, 'notes.txt') }).mistakes)).toEqual(['ca-cert'])
})

test('several CAs in one text', () => {
  expect(read({ 'ca-cert': `${certificates.ca}\n${OTHER.ca}` }).mistakes).toEqual([])
})

test('where the role leaves and where it goes', () => {
  const of = (operation: string) => {
    const { inputs } = read({ operation })
    return [inputs?.from, inputs?.to]
  }
  expect(of('failover')).toEqual(['https://vault.example.com:8200', 'https://vault-dr.example.com'])
  expect(of('failback')).toEqual(of('failover').reverse())
  for (const operation of ['demote', 'promote', 'update-primary', 'status'])
    expect(of(operation)).toEqual(of('failover'))
})

test.each([
  ['status', []],
  ['failover', ['vault-token', 'dr-operation-token']],
  ['failback', ['vault-token', 'dr-operation-token']],
  ['demote', ['vault-token']],
  ['promote', ['dr-operation-token']],
  ['update-primary', ['vault-token', 'dr-operation-token']],
])('%s can not do without %j', (operation, needed) => {
  expect(names(read({ operation, 'dr-operation-token': '' }).mistakes)).toEqual(needed)
  expect(read({ operation }).mistakes).toEqual([])
})

test('no input is read but the ones that are declared', () => {
  const asked = new Set<string>()
  readInputs(
    (name) => {
      asked.add(name)
      return GOOD[name] ?? ''
    },
    new Secrets(),
    () => undefined,
  )
  expect([...asked].filter((name) => !(name in INPUTS))).toEqual([])
})
