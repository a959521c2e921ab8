import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { parsePolicy } from './hcl.ts'
import { defaultPolicy, type Rules } from './policies.ts'
import type { Fields } from './status.ts'
import { capabilitiesOf, type Token, type TokenStore } from './tokens.ts'

export interface StoredPolicy {
  /** As it was written. */
  readonly source: string
  readonly rules: Rules
}

/** A token role, in the words of its API docs. */
export interface TokenRole {
  readonly allowedPolicies: readonly string[]
  readonly disallowedPolicies: readonly string[]
  readonly orphan: boolean
  readonly renewable: boolean
  readonly tokenType: string
  readonly noDefaultPolicy: boolean
  readonly pathSuffix: string
  /** Seconds; 0 is none. */
  readonly period: number
  readonly explicitMaxTtl: number
}

/** What unseals a cluster. A cluster that is enrolled as a secondary gets its primary's (replication docs). */
export interface KeyShares {
  /** Hex. Not a real Shamir split: whoever has `threshold` different ones of these has the key. */
  readonly shares: readonly string[]
  readonly threshold: number
}

export type PerformanceRole = 'primary' | 'secondary' | 'disabled'

export interface Performance {
  readonly role: PerformanceRole
  /** Id of the performance set. */
  readonly setId: string
  readonly secondaryId: string
}

/**
 * What Vault keeps behind its barrier and DR replication copies: tokens, policies, roles, secrets. A secondary that is
 * connected and in sync shares its primary's; when they part, each goes on with a copy.
 */
export class Storage {
  readonly tokens: TokenStore
  readonly keys: KeyShares
  readonly policies: Map<string, StoredPolicy>
  readonly roles: Map<string, TokenRole>
  /** By path, as a client asks for it: `secret/data/canary`. */
  readonly secrets: Map<string, Fields>
  readonly performance: Performance

  constructor(content: Pick<Storage, 'tokens' | 'keys' | 'performance'> & Partial<Storage>) {
    this.tokens = content.tokens
    this.keys = content.keys
    this.performance = content.performance
    this.policies = new Map(content.policies ?? [['default', textOf(defaultPolicy)]])
    this.roles = new Map(content.roles)
    this.secrets = new Map(content.secrets)
  }

  copy(): Storage {
    return new Storage({ ...this, tokens: this.tokens.copy() })
  }

  /** What a token may do on a path, by the policies as they are now: see `capabilitiesOf`. */
  capabilities(token: Token, path: string): readonly string[] {
    return capabilitiesOf(token, path, (name) => this.policies.get(name)?.rules)
  }

  /** Takes a policy in, or says what is wrong with it. */
  writePolicy(name: string, source: string): string | undefined {
    const parsed = parsePolicy(source)
    if ('problem' in parsed) return parsed.problem
    this.policies.set(name, { source, rules: parsed.rules })
    return undefined
  }
}

/** Random shares of a length that Vault's own have: 32 bytes of key and one of the point they stand for, which differs. */
export function newKeyShares(count: number, threshold: number): KeyShares {
  if (threshold < 1 || threshold > count) throw new RangeError('shares: the threshold must be from 1 to the count')
  if (count > 255) throw new RangeError('shares: there can be 255')
  const points = new Set<number>()
  while (points.size < count) points.add(randomInt(1, 256))
  const share = (point: number) => Buffer.concat([randomBytes(32), Buffer.of(point)]).toString('hex')
  return { shares: [...points].map(share), threshold }
}

export function performanceOf(role: PerformanceRole): Performance {
  return { role, setId: randomUUID(), secondaryId: randomUUID() }
}

function textOf(rules: Rules): StoredPolicy {
  const blocks = Object.entries(rules).map(
    ([path, capabilities]) => `path "${path}" {\n  capabilities = ${JSON.stringify(capabilities)}\n}\n`,
  )
  return { source: blocks.join('\n'), rules }
}
