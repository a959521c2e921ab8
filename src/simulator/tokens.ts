import { randomBytes, randomUUID } from 'node:crypto'
import { capabilitiesOn, defaultPolicy, type Rules } from './policies.ts'

export type TokenType = 'batch' | 'service' | 'root'

export interface TokenSpec {
  readonly type: TokenType
  /** Paths without /v1/ and their capabilities, e.g. `{ 'sys/replication/dr/primary/demote': ['update'] }`. */
  readonly policy?: Record<string, string[]>
  /** Lifetime in seconds; negative makes a token that ran out that long ago. Root tokens have none. */
  readonly ttlSeconds?: number
  /** How many requests a service token is good for; 0 or absent is without limit. */
  readonly numUses?: number
  readonly noDefaultPolicy?: boolean
}

export interface Token {
  readonly id: string
  readonly type: TokenType
  readonly accessor: string
  readonly policies: readonly string[]
  readonly rules: readonly Rules[]
  readonly createdAt: number
  /** ms epoch; undefined for a token without an end. */
  readonly expiresAt: number | undefined
  readonly ttlSeconds: number
  /** undefined: without limit. */
  usesLeft: number | undefined
}

const vaultDefaultTtlSeconds = 2_764_800
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * The tokens of a DR set. One store for all its clusters: batch tokens are stateless and good wherever the keyring is,
 * root and service tokens are replicated. Where a token may be *used* is the API's question, not the store's.
 */
export class TokenStore {
  readonly #tokens = new Map<string, Token>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * Makes a token and returns the secret. Its form is Vault's: hvs. + 24 letters, hvb. and a long tail for a batch
   * token.
   */
  mint(spec: TokenSpec): string {
    const now = this.#now()
    const ttlSeconds = spec.type === 'root' ? 0 : (spec.ttlSeconds ?? vaultDefaultTtlSeconds)
    const token: Token = {
      id: spec.type === 'batch' ? `hvb.AAAAAQ${tail(132)}` : `hvs.${tail(24)}`,
      type: spec.type,
      // A batch token is not stored anywhere in Vault, so there is nothing an accessor could point at.
      accessor: spec.type === 'batch' ? '' : tail(24),
      policies: policyNames(spec),
      rules: spec.noDefaultPolicy === true ? [spec.policy ?? {}] : [defaultPolicy, spec.policy ?? {}],
      createdAt: now,
      expiresAt: spec.type === 'root' ? undefined : now + ttlSeconds * 1000,
      ttlSeconds,
      usesLeft: spec.type === 'service' && spec.numUses ? spec.numUses : undefined,
    }
    this.#tokens.set(token.id, token)
    return token.id
  }

  /** The token, if it exists, has not run out and has a use left. */
  find(id: string): Token | undefined {
    const token = this.#tokens.get(id)
    if (token === undefined || token.usesLeft === 0) return undefined
    return token.expiresAt !== undefined && token.expiresAt <= this.#now() ? undefined : token
  }

  revoke(id: string): void {
    this.#tokens.delete(id)
  }
}

/**
 * What the token may do on a path (without /v1/): Vault's names, `root` for a root token, `deny` where nothing is
 * allowed.
 */
export function capabilitiesOf(token: Token, path: string): readonly string[] {
  if (token.type === 'root') return ['root']
  const capabilities = capabilitiesOn(path, token.rules)
  return capabilities.length === 0 ? ['deny'] : capabilities
}

/** The `data` of auth/token/lookup-self. */
export function describeToken(token: Token, now: number): Record<string, unknown> {
  const seconds = Math.floor(token.createdAt / 1000)
  return {
    accessor: token.accessor,
    creation_time: seconds,
    creation_ttl: token.ttlSeconds,
    display_name: token.type === 'root' ? 'root' : 'token',
    entity_id: '',
    expire_time: token.expiresAt === undefined ? null : new Date(token.expiresAt).toISOString(),
    explicit_max_ttl: 0,
    id: token.id,
    issue_time: new Date(token.createdAt).toISOString(),
    meta: null,
    num_uses: token.usesLeft ?? 0,
    orphan: true,
    path: token.type === 'root' ? 'auth/token/root' : 'auth/token/create',
    policies: token.policies,
    renewable: token.type === 'service',
    ttl: token.expiresAt === undefined ? 0 : Math.max(0, Math.floor((token.expiresAt - now) / 1000)),
    type: token.type === 'batch' ? 'batch' : 'service',
  }
}

/** A random accessor-like or id-like string: letters and digits, as Vault makes them. */
export function tail(length: number): string {
  return [...randomBytes(length)].map((byte) => letters.charAt(byte % letters.length)).join('')
}

export function requestId(): string {
  return randomUUID()
}

function policyNames(spec: TokenSpec): readonly string[] {
  if (spec.type === 'root') return ['root']
  return spec.noDefaultPolicy === true ? ['simulated'] : ['default', 'simulated']
}
