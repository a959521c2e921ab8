/**
 * Paths (without /v1/) and what may be done there. A path may end in `*`, which then stands for any ending, and a
 * segment may be `+`, which stands for any one segment.
 */
export type Rules = Readonly<Record<string, readonly string[]>>

/**
 * What every token of Vault may do unless it was made without the default policy: look at itself, end itself, and some
 * more. What the policy says of the identity of its holder is left out: nobody has one here.
 */
export const defaultPolicy: Rules = {
  'auth/token/lookup-self': ['read'],
  'auth/token/renew-self': ['update'],
  'auth/token/revoke-self': ['update'],
  'sys/capabilities-self': ['update'],
  'sys/internal/ui/resultant-acl': ['read'],
  'sys/renew': ['update'],
  'sys/leases/renew': ['update'],
  'sys/leases/lookup': ['update'],
  'cubbyhole/*': ['create', 'read', 'update', 'delete', 'list'],
  'sys/wrapping/wrap': ['update'],
  'sys/wrapping/lookup': ['update'],
  'sys/wrapping/unwrap': ['update'],
  'sys/tools/hash': ['update'],
  'sys/tools/hash/*': ['update'],
  'sys/control-group/request': ['update'],
  'identity/oidc/provider/+/authorize': ['read', 'update'],
}

/**
 * What these policies together allow on one path. Vault's order: an exact rule beats every rule with a wildcard, of
 * those the one with the highest priority wins, rules of several policies for the same path add up, and `deny` ends it.
 * An empty answer is a denial.
 */
export function capabilitiesOn(path: string, policies: readonly Rules[]): readonly string[] {
  const rules = new Map<string, Set<string>>()
  for (const policy of policies) {
    for (const [pattern, capabilities] of Object.entries(policy)) {
      rules.set(pattern, new Set([...(rules.get(pattern) ?? []), ...capabilities]))
    }
  }
  const found = rules.get(path) ?? bestWildcard(path, rules)
  if (found === undefined || found.has('deny')) return []
  return [...found].sort()
}

function bestWildcard(path: string, rules: ReadonlyMap<string, Set<string>>): Set<string> | undefined {
  const [best] = [...rules.keys()].filter((pattern) => isMatch(pattern, path)).sort(byPriority)
  return best === undefined ? undefined : rules.get(best)
}

function isMatch(pattern: string, path: string): boolean {
  const isPrefix = pattern.endsWith('*')
  if (!isPrefix && !pattern.includes('+')) return false
  const wanted = (isPrefix ? pattern.slice(0, -1) : pattern).split('/')
  const given = path.split('/')
  if (given.length < wanted.length || (!isPrefix && given.length !== wanted.length)) return false
  return wanted.every((segment, index) => {
    const actual = given[index] ?? ''
    if (segment === '+') return actual !== ''
    return isPrefix && index === wanted.length - 1 ? actual.startsWith(segment) : actual === segment
  })
}

/** Highest priority first, by the five rules of Vault's policy docs. */
function byPriority(one: string, other: string): number {
  const first = (pattern: string): number => pattern.search(/\+|\*$/)
  const ends = (pattern: string): number => (pattern.endsWith('*') ? 1 : 0)
  const pluses = (pattern: string): number => pattern.split('/').filter((segment) => segment === '+').length
  return (
    first(other) - first(one) ||
    ends(one) - ends(other) ||
    pluses(one) - pluses(other) ||
    other.length - one.length ||
    (one > other ? -1 : 1)
  )
}
