import { randomBytes, randomUUID } from 'node:crypto'
import { capabilitiesOn, defaultPolicy, type Rules } from './policies.ts'

export type TokenType = 'batch' | 'service' | 'root'

export interface TokenSpec {
  readonly type: TokenType
  /** Paths without /v1/ and their capabilities, e.g. `{ 'sys/replication/dr/primary/demote': ['update'] }`. */
  readonly policy?: Record<string, string[]>
  /** Names of policies that are in Vault (`sys/policies/acl/…`), looked up whenever the token is used. */
  readonly policies?: readonly string[]
  /** Lifetime in seconds; negative makes a token that ran out that long ago. Root tokens have none. */
  readonly ttlSeconds?: number
  /** How many requests a service token is good for; 0 or absent is without limit. */
  readonly numUses?: number
  readonly noDefaultPolicy?: boolean
}

/** Where a token that was not simply there came from. */
export interface TokenOrigin {
  /** e.g. auth/token/create/failover-handler */
  readonly path?: string
  readonly displayName?: string
  readonly meta?: Readonly<Record<string, string>>
  readonly role?: string
  /** Id of the token it ends with; none for an orphan. */
  readonly parent?: string
  readonly renewable?: boolean
  /** Rules of the parent that have no name in Vault. */
  readonly rules?: readonly Rules[]
}

export interface Token {
  readonly id: string
  readonly type: TokenType
  readonly accessor: string
  readonly policies: readonly string[]
  /** Rules without a name in Vault; those with one are in `policies`. */
  readonly rules: readonly Rules[]
  readonly createdAt: number
  /** ms epoch; undefined for a token without an end. */
  readonly expiresAt: number | undefined
  readonly ttlSeconds: number
  readonly origin: TokenOrigin
  /** undefined: without limit. */
  usesLeft: number | undefined
}

const vaultDefaultTtlSeconds = 2_764_800
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * The tokens of one Vault storage. Batch tokens are in none: they are stateless, and good wherever the keyring is, so
 * copies of a store share them. Where a token may be *used* is the API's question, not the store's.
 */
export class TokenStore {
  readonly #tokens: Map<string, Token>
  readonly #batch: Map<string, Token>
  readonly #now: () => number
  /** Tokens have had their prefixes `hvs.` and `hvb.` since 1.10; `s.` and `b.` before. */
  readonly #prefix: string

  constructor(now: () => number, prefix: 'hv' | '' = 'hv', from?: TokenStore) {
    this.#now = now
    this.#prefix = from === undefined ? prefix : from.#prefix
    this.#batch = from === undefined ? new Map() : from.#batch
    this.#tokens = new Map(from === undefined ? [] : [...from.#tokens].map(([id, token]) => [id, { ...token }]))
  }

  /** The same tokens, going their own way from now on. */
  copy(): TokenStore {
    return new TokenStore(this.#now, 'hv', this)
  }

  /**
   * Makes a token and returns the secret. Its form is Vault's: hvs. + 24 letters for a root token, a long tail for others,
   * and hvb. for a batch token.
   */
  mint(spec: TokenSpec): string {
    return this.make(spec).id
  }

  make(spec: TokenSpec, origin: TokenOrigin = {}): Token {
    const now = this.#now()
    const ttlSeconds = spec.type === 'root' ? 0 : (spec.ttlSeconds ?? vaultDefaultTtlSeconds)
    const token: Token = {
      id: this.#idFor(spec.type),
      type: spec.type,
      // A batch token is not stored anywhere in Vault, so there is nothing an accessor could point at.
      accessor: spec.type === 'batch' ? '' : tail(24),
      policies: policyNames(spec),
      rules: [...(spec.policy === undefined ? [] : [spec.policy]), ...(origin.rules ?? [])],
      createdAt: now,
      expiresAt: spec.type === 'root' ? undefined : now + ttlSeconds * 1000,
      ttlSeconds,
      origin,
      usesLeft: spec.type === 'service' && spec.numUses ? spec.numUses : undefined,
    }
    this.add(token)
    return token
  }

  add(token: Token): void {
    if (token.type === 'batch') this.#batch.set(token.id, token)
    else this.#tokens.set(token.id, { ...token })
  }

  #idFor(type: TokenType): string {
    if (type === 'batch') return `${this.#prefix}b.AAAAAQ${tail(132)}`
    // Since 1.10 a service token carries what a node has to have caught up with to know it: root tokens do not.
    return type === 'service' && this.#prefix === 'hv' ? `hvs.CAESI${tail(86)}` : this.newId()
  }

  /** An id of the old form, which root tokens have, and those made from key shares: hvs. + 24 letters. */
  newId(): string {
    return `${this.#prefix}s.${tail(24)}`
  }

  /** The token, if it exists, has not run out, has a use left, and its parent, if it has one, still lives. */
  find(id: string): Token | undefined {
    const token = this.#tokens.get(id) ?? this.#batch.get(id)
    if (token === undefined || token.usesLeft === 0) return undefined
    if (token.expiresAt !== undefined && token.expiresAt <= this.#now()) return undefined
    const { parent } = token.origin
    return parent !== undefined && this.find(parent) === undefined ? undefined : token
  }

  /** Whether it is kept here and still good: batch tokens are kept nowhere. */
  isStored(id: string): boolean {
    return this.#tokens.has(id) && this.find(id) !== undefined
  }

  revoke(id: string): void {
    this.#tokens.delete(id)
  }
}

/**
 * What the token may do on a path (without /v1/): Vault's names, `root` for a root token, `deny` where nothing is
 * allowed. `named` knows the policies that are in Vault.
 */
export function capabilitiesOf(
  token: Token,
  path: string,
  named: (name: string) => Rules | undefined = (name) => (name === 'default' ? defaultPolicy : undefined),
): readonly string[] {
  if (token.type === 'root') return ['root']
  const policies = token.policies.map(named).filter((rules) => rules !== undefined)
  const capabilities = capabilitiesOn(path, [...policies, ...token.rules])
  return capabilities.length === 0 ? ['deny'] : capabilities
}

/** The `data` of auth/token/lookup-self. */
export function describeToken(token: Token, now: number): Record<string, unknown> {
  const { origin } = token
  return {
    accessor: token.accessor,
    creation_time: Math.floor(token.createdAt / 1000),
    creation_ttl: token.ttlSeconds,
    display_name: origin.displayName ?? (token.type === 'root' ? 'root' : 'token'),
    entity_id: '',
    expire_time: token.expiresAt === undefined ? null : new Date(token.expiresAt).toISOString(),
    explicit_max_ttl: 0,
    id: token.id,
    // A token without an end has no lease to tell of.
    ...(token.expiresAt === undefined
      ? {}
      : { issue_time: new Date(token.createdAt).toISOString(), renewable: isRenewable(token) }),
    meta: origin.meta ?? null,
    // The last use marks it as used up before it is answered.
    num_uses: token.usesLeft === 0 ? -1 : (token.usesLeft ?? 0),
    orphan: origin.parent === undefined,
    path: origin.path ?? (token.type === 'root' ? 'auth/token/root' : 'auth/token/create'),
    policies: token.policies,
    ...(origin.role === undefined ? {} : { role: origin.role }),
    ttl: token.expiresAt === undefined ? 0 : Math.max(0, Math.floor((token.expiresAt - now) / 1000)),
    type: token.type === 'batch' ? 'batch' : 'service',
  }
}

/** The `auth` of an answer that hands out a token. */
export function describeAuth(token: Token): Record<string, unknown> {
  return {
    client_token: token.id,
    accessor: token.accessor,
    policies: token.policies,
    token_policies: token.policies,
    metadata: token.origin.meta ?? null,
    lease_duration: token.ttlSeconds,
    renewable: isRenewable(token),
    entity_id: '',
    token_type: token.type === 'batch' ? 'batch' : 'service',
    orphan: token.origin.parent === undefined,
    mfa_requirement: null,
    num_uses: token.usesLeft ?? 0,
  }
}

/** A random accessor-like or id-like string: letters and digits, as Vault makes them. */
export function tail(length: number): string {
  return [...randomBytes(length)].map((byte) => letters.charAt(byte % letters.length)).join('')
}

export function requestId(): string {
  return randomUUID()
}

function isRenewable(token: Token): boolean {
  return token.type === 'service' && token.origin.renewable !== false
}

function policyNames(spec: TokenSpec): readonly string[] {
  if (spec.type === 'root') return ['root']
  const names = spec.noDefaultPolicy === true ? [] : ['default']
  // Rules that were given with the token, and not put into Vault, go by this name.
  if (spec.policies === undefined || spec.policy !== undefined) names.push('simulated')
  return [...new Set([...names, ...(spec.policies ?? [])])].sort()
}
