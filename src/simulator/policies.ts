/** Paths (without /v1/) and what may be done there. A path may end in `*`, which then stands for any ending. */
export type Rules = Readonly<Record<string, readonly string[]>>

/** What every token of Vault may do unless it was made without the default policy: look at itself, and end itself. */
export const defaultPolicy: Rules = {
  'auth/token/lookup-self': ['read', 'update'],
  'auth/token/renew-self': ['update'],
  'auth/token/revoke-self': ['update'],
  'sys/capabilities-self': ['update'],
}

/**
 * What these policies together allow on one path. Vault's order: an exact rule beats every `*` rule, of those the
 * longest wins, rules of several policies for the same path add up, and `deny` ends it. An empty answer is a denial.
 */
export function capabilitiesOn(path: string, policies: readonly Rules[]): readonly string[] {
  const rules = new Map<string, Set<string>>()
  for (const policy of policies) {
    for (const [pattern, capabilities] of Object.entries(policy)) {
      rules.set(pattern, new Set([...(rules.get(pattern) ?? []), ...capabilities]))
    }
  }
  const found = rules.get(path) ?? longestPrefix(path, rules)
  if (found === undefined || found.has('deny')) return []
  return [...found].sort()
}

function longestPrefix(path: string, rules: ReadonlyMap<string, Set<string>>): Set<string> | undefined {
  let best = ''
  for (const pattern of rules.keys()) {
    if (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)) && pattern.length > best.length) best = pattern
  }
  return best === '' ? undefined : rules.get(best)
}
