/**
 * What the operator asked for: every input of action.yml, read once, masked, checked, and all mistakes told at once.
 * Nothing past this file looks at an input's text again.
 */
import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import type { Secrets } from './secrets.ts'

/** Checks that an operator may waive by name; see docs in README, "Checks". */
export const WAIVERS = [
  'streaming',
  'heartbeat',
  'lag',
  'merkle',
  'version',
  'vault-token',
  'dr-operation-token',
  'token-ttl',
  'capabilities',
  'emergency-evidence',
  'performance-replication',
  'verify-path',
] as const
export type Waiver = (typeof WAIVERS)[number]

export const OPERATIONS = [
  'status',
  'failover',
  'failback',
  'drill',
  'demote',
  'promote',
  'update-primary',
  'setup',
  'revoke-secondary',
  'disable',
  'issue-operation-token',
  'generate-operation-token',
  'cancel-operation-token',
  'delete-operation-token',
] as const
export type Operation = (typeof OPERATIONS)[number]

/** Inputs that hold a secret: masked before anything else is done with them. */
export const SECRET_INPUTS = [
  'vault-token',
  'secondary-vault-token',
  'dr-operation-token',
  'key-shares',
  'approle-secret-id',
  'client-key',
  'github-token',
] as const

/** A duration as `90s`, `10m`, `1h30m`, in milliseconds. */
const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const DAY = 86_400_000

/** A text that is made into something else, or told what is wrong with it. */
const made = <T>(make: (text: string, wrong: (what: string) => void) => T) =>
  z.pipe(
    z.string(),
    z.transform((input: string, { issues }) =>
      make(input, (message) => issues.push({ code: 'custom', message, input })),
    ),
  )

const matching = (pattern: RegExp, otherwise: string) => z.string().check(z.regex(pattern, otherwise))

const duration = (most: number) =>
  made((text, wrong) => {
    const parts = [...text.matchAll(/(\d{1,9})(ms|s|m|h)/g)]
    const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0)
    if (parts.length === 0 || parts.map(([all]) => all).join('') !== text) {
      wrong('is not a duration: write a number with its unit, like 90s, 10m or 1h30m')
    } else if (ms <= 0 || ms > most) {
      wrong(`must be more than 0 and at most ${most / 3_600_000}h`)
    }
    return ms
  })

/** A switch, as text. */
export const yesOrNo = z.pipe(
  z.enum(['true', 'false', 'True', 'False', 'TRUE', 'FALSE'], 'must be true or false'),
  z.transform((text) => text.toLowerCase() === 'true'),
)

/** Tokens go into a header, so white space and control characters are refused here, before a library throws them back. */
const token = z
  .string()
  .check(
    z.regex(
      /^[\x21-\x7e]+$/,
      'holds white space or characters that no Vault token has: store the secret again without a line end (printf %s "$TOKEN" | gh secret set …)',
    ),
    z.maxLength(8192, 'is longer than any Vault token (8 KiB)'),
  )

/** The address of a Vault API, as it is used: without a slash at its end. */
export const address = made((text, wrong) => {
  // A foreign error here would show the address, which may hold a password: every sentence is ours and shows none of it.
  const url = URL.canParse(text) ? new URL(text) : undefined
  const say = (what: string) =>
    wrong(`${what}: write the address of the Vault API, like https://vault.example.com:8200`)
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) say('is not an http(s) URL')
  else if (url.username !== '' || url.password !== '') say('holds a user name or password')
  else if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) say('holds a query or a fragment')
  else if (/^\/v1(\/|$)/.test(url.pathname)) say('ends in /v1, which is added by this action')
  else if (url.protocol === 'http:' && !loopback(url.hostname)) {
    wrong('is http: tokens are sent over https only (http is allowed for loopback addresses)')
  } else return url.href.replace(/\/+$/, '')
  return z.NEVER
})

const lines = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

const addresses = made((text, wrong) =>
  lines(text).flatMap((line, at) => {
    const read = address.safeParse(line)
    if (!read.success) wrong(`line ${at + 1} ${read.error.issues[0]?.message}`)
    return read.success ? [read.data] : []
  }),
)

/** Unseal or recovery key shares as Vault prints them: hex, or standard base64, of 16 bytes or more. */
const shares = made((text, wrong) => {
  const given = lines(text)
  const bad = given.findIndex((line) => !/^([0-9a-f]{2}){16,}$/i.test(line) && !/^[A-Za-z0-9+/]{22,}={0,2}$/.test(line))
  if (bad >= 0) wrong(`line ${bad + 1} is no key share: give one share per line, as Vault printed it (hex or base64)`)
  return given
})

const name = matching(
  /^(?!.*(^|\/)\.{1,2}(\/|$))[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/,
  'is not a name: it may hold letters, digits, dots, dashes, underscores and slashes between',
)

/** Addresses that never leave this machine. */
export const loopback = (host: string) => host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)

/** An address that Vault is told, and that this program never connects to. */
const passedOn = matching(/^[\x21-\x7e]{1,300}$/, 'is not an address: it holds white space or is too long')

/** PEM text, or the path of a file that holds it. */
const pem = made((text, wrong) => {
  if (text.includes('-----BEGIN')) return text
  try {
    const held = readFileSync(text, 'utf8')
    if (held.includes('-----BEGIN')) return held
    wrong('names a file that holds no PEM text (-----BEGIN …)')
  } catch {
    // Why it could not be read would show the text, which may be a key that lost its first line.
    wrong('is neither PEM text (-----BEGIN …) nor the path of a file that can be read')
  }
  return z.NEVER
})

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

const certificates = pem.check(
  z.refine((text) => {
    const found = text.match(CERTIFICATE) ?? []
    return found.length > 0 && found.every(readable)
  }, 'holds no certificate that can be read (-----BEGIN CERTIFICATE----- …)'),
)

/** Taken when there is a certificate to read: loading it costs the start of every run some ms. */
const nodeCrypto = () => process.getBuiltinModule('node:crypto')

function readable(certificate: string): boolean {
  try {
    const { X509Certificate } = nodeCrypto()
    return new X509Certificate(certificate).fingerprint256 !== ''
  } catch {
    // A broken certificate is a mistake in the input, which the caller names.
    return false
  }
}

const names = <T extends string>(known: readonly T[], what: string) =>
  made((text, wrong) => {
    const given = text.split(/[\s,]+/).filter((name) => name !== '')
    const isKnown = (name: string): name is T => (known as readonly string[]).includes(name)
    const unknown = given.filter((name) => !isKnown(name))
    if (unknown.length > 0)
      wrong(
        `names ${unknown.length === 1 ? 'a' : ''} ${what} that can't be waived or doesn't exist; it takes ${known.join(', ')}`.replace(
          '  ',
          ' ',
        ),
      )
    return [...new Set(given.filter(isKnown))]
  })

/** One entry for each input of action.yml, in its order; a test holds the two against each other. */
export const INPUTS = {
  operation: z.enum(OPERATIONS, `must be one of ${OPERATIONS.join(', ')}`),
  'primary-addr': z.optional(address),
  'secondary-addr': z.optional(address),
  'other-secondary-addrs': z._default(addresses, []),
  'vault-token': z.optional(token),
  'secondary-vault-token': z.optional(token),
  'dr-operation-token': z.optional(token),
  'key-shares': z._default(shares, []),
  'auth-method': z._default(z.enum(['token', 'jwt', 'approle'], 'must be token, jwt or approle'), 'token'),
  'auth-mount': z.optional(name),
  'auth-role': z.optional(matching(/^[\x21-\x7e]{1,256}$/, 'is not a role name')),
  'auth-audience': z.optional(matching(/^[\x21-\x7e]{1,512}$/, 'is not an audience')),
  'approle-role-id': z.optional(matching(/^[\x21-\x7e]{1,512}$/, 'is not a role id')),
  'approle-secret-id': z.optional(token),
  namespace: z.optional(name),
  'ca-cert': z.optional(certificates),
  'client-cert': z.optional(certificates),
  'client-key': z.optional(pem),
  'tls-server-name': z.optional(matching(/^[A-Za-z0-9.-]{1,253}$/, 'is not a host name')),
  mode: z._default(z.enum(['planned', 'emergency'], 'must be planned or emergency'), 'planned'),
  confirm: z.optional(z.string()),
  'dry-run': z._default(yesOrNo, false),
  override: z._default(names(WAIVERS, 'check'), []),
  'max-lag': z._default(
    z.pipe(matching(/^\d{1,15}$/, 'must be a whole number of WAL entries, 0 or more'), z.transform(Number)),
    0,
  ),
  'catch-up-timeout': z._default(duration(DAY), 60_000),
  timeout: z._default(duration(DAY), 600_000),
  'primary-cluster-addr': z.optional(passedOn),
  'primary-api-addr': z.optional(passedOn),
  'secondary-id': z.optional(
    matching(/^[A-Za-z0-9._-]{1,128}$/, 'may hold letters, digits, dots, dashes and underscores, at most 128'),
  ),
  activation: z._default(z.enum(['auto', 'public-key', 'wrapped'], 'must be auto, public-key or wrapped'), 'auto'),
  'snapshot-path': z.optional(matching(/^[^\0\r\n]+$/, 'is not a path')),
  'verify-path': z.optional(
    matching(/^(?!\/|v1\/)[\x21-\x7e]{1,512}$/, 'is not a path below /v1/, like secret/data/canary').check(
      z.regex(/^(?!sys\/|auth\/)[^?#]*$/, 'must be the path of a secret, without a query'),
    ),
  ),
  fleet: z.optional(matching(/^[^\0\r\n]+$/, 'is not a path')),
  'fail-on': z._default(z.enum(['degraded', 'critical', 'never'], 'must be degraded, critical or never'), 'critical'),
  'github-token': z.optional(token),
  issue: z._default(yesOrNo, false),
  'token-ttl': z._default(duration(32 * DAY), 8 * 3_600_000),
  'store-secret': z.optional(
    matching(
      /^(?!GITHUB_)[A-Za-z_][A-Za-z0-9_]*$/i,
      'is not a name that a GitHub secret can have: letters, digits and underscores, not beginning with GITHUB_',
    ),
  ),
  'store-environment': z.optional(matching(/^[^\0\r\n]{1,255}$/, 'is not the name of an environment')),
  'report-path': z.optional(matching(/^[^\0\r\n]+$/, 'is not a path')),
} as const

const schema = z.object(INPUTS)
type Fields = z.output<typeof schema>

/** What the operator asked for, checked. */
export interface Inputs extends Fields {
  /** Where the primary role leaves. Named by direction, since roles change in the middle of a run. */
  readonly from: string
  /** Where the primary role goes. */
  readonly to: string
  /** Addresses as they were written, by the form in which they are used (without a slash at their end). */
  readonly asGiven: Readonly<Record<string, string>>
}

/** All that is wrong with the inputs, a sentence each, beginning with the input's name. */
export class InvalidInputs extends Error {
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.mistakes = mistakes
  }
}

/** An address as people name it: host, and port where it isn't the scheme's own. */
export const hostOf = (addr: string): string => new URL(addr).host

/**
 * Reads and checks every input.
 *
 * @param read gives an input's text as the runner passed it, `''` where it is not set
 * @param secrets learns every secret input before it is looked at
 * @param mask is told of the same secrets, for the runner's own mask
 * @throws InvalidInputs with all mistakes at once
 */
export function readInputs(read: (name: string) => string, secrets: Secrets, mask: (secret: string) => void): Inputs {
  const hide = (secret: string) => {
    secrets.add(secret)
    mask(secret)
  }
  for (const name of SECRET_INPUTS) hide(read(name))
  const given = Object.fromEntries(
    Object.keys(INPUTS).map((name): [string, string | undefined] => {
      const text = read(name)
      const secret = (SECRET_INPUTS as readonly string[]).includes(name)
      return [name, (secret ? text : text.trim()) === '' ? undefined : secret ? text : text.trim()]
    }),
  )
  // Each share is a secret of its own.
  for (const share of lines(read('key-shares'))) hide(share)
  const parsed = schema.safeParse(given)
  const mistakes = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`)
  mistakes.push(...together(given, parsed.data))
  if (mistakes.length > 0 || !parsed.success) throw new InvalidInputs(mistakes)
  // The key may have been read from a file: then what it holds is the secret.
  hide(parsed.data['client-key'] ?? '')
  // A fleet has addresses of its own.
  const { 'primary-addr': primary = '', 'secondary-addr': secondary = '' } = parsed.data
  const [from, to] = parsed.data.operation === 'failback' ? [secondary, primary] : [primary, secondary]
  const asGiven = { [primary]: given['primary-addr'] ?? primary, [secondary]: given['secondary-addr'] ?? secondary }
  return {
    ...parsed.data,
    from,
    to,
    asGiven,
    // A login is to give the token: then no other takes its place.
    'vault-token':
      parsed.data['auth-method'] === 'token'
        ? (parsed.data['vault-token'] ?? parsed.data['dr-operation-token'])
        : undefined,
  }
}

/** Which credentials an operation can't do without: for the primary, for a secondary, the secondary's own, key shares. */
const NEEDS: Record<Operation, readonly ('vault' | 'dr' | 'secondary' | 'shares' | 'token')[]> = {
  status: [],
  failover: ['vault', 'dr'],
  failback: ['vault', 'dr'],
  drill: ['vault', 'dr'],
  demote: ['vault'],
  promote: ['dr'],
  'update-primary': ['vault', 'dr'],
  setup: ['vault', 'secondary'],
  'revoke-secondary': ['vault'],
  disable: ['vault', 'dr'],
  'issue-operation-token': ['vault'],
  'generate-operation-token': ['shares'],
  'cancel-operation-token': [],
  'delete-operation-token': ['token'],
}

/** Operations that end with a cluster promoted on doubt, or erased: they want its name typed by a person. */
const wantsConfirm = (operation: Operation | undefined, mode: string | undefined): boolean =>
  mode === 'emergency' || operation === 'setup' || operation === 'disable'

/** Operations of which one cluster is to be promoted: a `confirm` names that one. For the others it names one of the two. */
const PROMOTING: readonly Operation[] = ['failover', 'failback', 'drill', 'promote']

/** A given credential that an operation needs and does not have, in a sentence. */
function missingCredentials(operation: Operation, given: Record<string, string | undefined>): string[] {
  const has = (name: keyof typeof INPUTS) => given[name] !== undefined
  const login = given['auth-method'] !== undefined && given['auth-method'] !== 'token'
  const mistakes = {
    vault:
      !has('vault-token') &&
      !has('dr-operation-token') &&
      !login &&
      `vault-token is missing: ${operation} needs a Vault token for the DR primary (one orphan batch token given as dr-operation-token can serve for both; or log in with auth-method)`,
    dr:
      !has('dr-operation-token') &&
      !has('key-shares') &&
      `dr-operation-token is missing: ${operation} needs a DR operation token for the DR secondary (or key-shares to make one)`,
    secondary:
      !has('secondary-vault-token') &&
      !has('vault-token') &&
      !has('dr-operation-token') &&
      'secondary-vault-token is missing: setup needs a token of the cluster that is to be enrolled',
    shares:
      !has('key-shares') &&
      'key-shares is missing: a DR operation token is generated from unseal or recovery key shares, one per line',
    token:
      !has('dr-operation-token') && 'dr-operation-token is missing: give the generated token that is to be revoked',
  }
  return NEEDS[operation].flatMap((need) => mistakes[need] || [])
}

/** What a login needs, by method. */
function missingLogin(given: Record<string, string | undefined>): string[] {
  const method = given['auth-method']
  if (method !== 'approle') return []
  return (['approle-role-id', 'approle-secret-id'] as const)
    .filter((input) => given[input] === undefined)
    .map((input) => `${input} is missing: auth-method approle logs in with a role id and a secret id`)
}

const ADDRESSES = [
  ['primary-addr', 'the cluster that is the DR primary in normal running'],
  ['secondary-addr', 'the cluster at the DR site'],
] as const

/** The mistakes that only show when inputs are seen together; told beside the others, so it works on raw texts too. */
function together(given: Record<string, string | undefined>, fields: Fields | undefined): string[] {
  const mistakes: string[] = []
  const operation = OPERATIONS.find((name) => name === given.operation)
  const [primary, secondary] = [given['primary-addr'], given['secondary-addr']].map((text) => {
    const read = address.safeParse(text)
    return read.success ? read.data : undefined
  })
  if (primary !== undefined && primary === secondary) {
    mistakes.push('secondary-addr is the same address as primary-addr: give the address of the other cluster')
  }
  const fleet = given.fleet !== undefined
  if (fleet && operation !== undefined && operation !== 'status')
    mistakes.push('fleet goes with operation: status alone')
  for (const [name, what] of fleet ? [] : ADDRESSES) {
    if (given[name] === undefined)
      mistakes.push(`${name} is missing: give the address of ${what}, like https://vault.example.com:8200`)
  }
  if (operation !== undefined) mistakes.push(...missingCredentials(operation, given), ...missingLogin(given))
  if (operation === 'revoke-secondary' && given['secondary-id'] === undefined) {
    mistakes.push('secondary-id is missing: revoke-secondary needs the id that may not connect any more')
  }
  if (given['store-secret'] !== undefined && given['github-token'] === undefined) {
    mistakes.push(
      "github-token is missing: store-secret needs a token that may write secrets (the workflow's own GITHUB_TOKEN may not)",
    )
  }
  if (yesOrNo.safeParse(given.issue).data === true) {
    if (operation !== undefined && operation !== 'status') mistakes.push('issue goes with operation: status alone')
    if (given['github-token'] === undefined)
      mistakes.push(
        "github-token is missing: issue needs a token that may write issues (the workflow's own, `github.token`, with the permission `issues: write`)",
      )
  }
  if (given['store-environment'] !== undefined && given['store-secret'] === undefined) {
    mistakes.push('store-secret is missing: store-environment says where, store-secret under which name')
  }
  const others = addresses.safeParse(given['other-secondary-addrs'] ?? '')
  if (
    others.success &&
    others.data.some((addr, at) => addr === primary || addr === secondary || others.data.indexOf(addr) !== at)
  ) {
    mistakes.push('other-secondary-addrs names a cluster twice, or one that is primary-addr or secondary-addr')
  }
  const wanted = wantsConfirm(operation, given.mode)
  const named = wanted || PROMOTING.some((name) => name === operation)
  const hosts = (named ? [operation === 'failback' ? primary : secondary] : [primary, secondary]).flatMap((addr) =>
    addr === undefined ? [] : [hostOf(addr)],
  )
  if (given.confirm === undefined && wanted) {
    const why =
      given.mode === 'emergency'
        ? 'mode emergency wants the host of the cluster to be promoted'
        : `${operation} wants the host of the cluster that loses its data`
    mistakes.push(`confirm is missing: ${[why, ...hosts].join(', ')}`)
  }
  // Whoever names a cluster that a run is not about means another run; a look does nothing to any.
  if (given.confirm !== undefined && (wanted || (operation !== undefined && operation !== 'status'))) {
    if (hosts.length > 0 && !hosts.includes(given.confirm.toLowerCase()))
      mistakes.push(
        `confirm does not name the right cluster, which is ${hosts.join(' or ')}: look again which one you mean`,
      )
  }
  if ((given['client-cert'] === undefined) !== (given['client-key'] === undefined)) {
    const [missing, there] =
      given['client-cert'] === undefined ? ['client-cert', 'client-key'] : ['client-key', 'client-cert']
    mistakes.push(`${missing} is missing: ${there} is given, and TLS needs both`)
  } else if (fields?.['client-cert'] !== undefined && fields['client-key'] !== undefined) {
    const wrong = mismatch(fields['client-cert'], fields['client-key'])
    if (wrong !== undefined) mistakes.push(wrong)
  }
  return mistakes
}

function mismatch(certificate: string, key: string): string | undefined {
  try {
    const { createPrivateKey, X509Certificate } = nodeCrypto()
    const privateKey = createPrivateKey(key)
    const [leaf] = certificate.match(CERTIFICATE) ?? []
    return leaf && new X509Certificate(leaf).checkPrivateKey(privateKey)
      ? undefined
      : 'client-key does not belong to the first certificate in client-cert'
  } catch {
    // The library's words may hold parts of the key.
    return 'client-key holds no private key that can be read (PEM, without a passphrase)'
  }
}
