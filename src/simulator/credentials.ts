import type { Cluster } from './cluster.ts'
import {
  type ApiAnswer,
  badToken,
  type Call,
  empty,
  flag,
  nothingThere,
  ok,
  type Route,
  refuse,
  seconds,
  strings,
  text,
} from './route.ts'
import type { TokenRole } from './storage.ts'
import { describeAuth, describeToken, type Token } from './tokens.ts'

/** Policies, token roles and tokens over the API (vault/logical_system.go, vault/token_store.go, the API docs). */
export function credentialRoutes(wrote: (cluster: Cluster) => void): readonly Route[] {
  return [...policyRoutes(wrote), ...roleRoutes(wrote), ...createRoutes(wrote), ...selfRoutes(wrote)]
}

const route = (method: Route['method'], path: string, handle: Route['handle']): Route => ({
  method,
  path,
  access: 'token',
  onSecondary: false,
  handle,
})

function policyRoutes(wrote: (cluster: Cluster) => void): readonly Route[] {
  const read =
    (field: 'policy' | 'rules'): Route['handle'] =>
    ({ cluster, name: given }) => {
      const name = given.toLowerCase()
      // The root policy is there, and says nothing: what it allows is written nowhere.
      const source = name === 'root' ? '' : cluster.storage.policies.get(name)?.source
      if (source === undefined) return nothingThere()
      const data = { name, [field]: source }
      return field === 'rules' ? ok({ data, top: data }) : ok({ data })
    }
  const list: Route['handle'] = ({ cluster }) => ok({ data: { keys: [...cluster.storage.policies.keys(), 'root'] } })
  const write: Route['handle'] = ({ cluster, name, path, body }) => {
    const isLegacy = path.startsWith('sys/policy/')
    const given = text(body.policy) || (isLegacy ? text(body.rules) : '')
    if (given === '') return refuse(400, "'policy' parameter not supplied or empty")
    if (name.toLowerCase() === 'root') return refuse(400, 'cannot update "root" policy')
    const problem = cluster.storage.writePolicy(name.toLowerCase(), plain(given))
    if (problem !== undefined) return refuse(400, problem)
    wrote(cluster)
    return empty()
  }
  const remove: Route['handle'] = ({ cluster, name }) => {
    if (['root', 'default'].includes(name.toLowerCase())) {
      return refuse(400, `cannot delete "${name.toLowerCase()}" policy`)
    }
    cluster.storage.policies.delete(name.toLowerCase())
    wrote(cluster)
    return empty()
  }
  return [
    route('LIST', 'sys/policies/acl', list),
    route('GET', 'sys/policies/acl/:name', read('policy')),
    route('POST', 'sys/policies/acl/:name', write),
    route('DELETE', 'sys/policies/acl/:name', remove),
    route('GET', 'sys/policy/:name', read('rules')),
    route('POST', 'sys/policy/:name', write),
    route('DELETE', 'sys/policy/:name', remove),
  ]
}

function roleRoutes(wrote: (cluster: Cluster) => void): readonly Route[] {
  const path = 'auth/token/roles/:name'
  return [
    route('LIST', 'auth/token/roles', ({ cluster }) => {
      const keys = [...cluster.storage.roles.keys()]
      return keys.length === 0 ? nothingThere() : ok({ data: { keys } })
    }),
    route('GET', path, ({ cluster, name }) => {
      const role = cluster.storage.roles.get(name)
      return role === undefined ? nothingThere() : ok({ data: describeRole(name, role) })
    }),
    {
      ...route('POST', path, ({ cluster, name, body }) => {
        const role = roleFrom(body, cluster.storage.roles.get(name))
        if ('problem' in role) return refuse(400, role.problem)
        cluster.storage.roles.set(name, role)
        wrote(cluster)
        return empty()
      }),
      // The token store looks whether the role is there: a new one takes `create`, a known one `update`.
      needs: ({ cluster, name }) => (cluster.storage.roles.has(name) ? 'update' : 'create'),
    },
    route('DELETE', path, ({ cluster, name }) => {
      cluster.storage.roles.delete(name)
      wrote(cluster)
      return empty()
    }),
  ]
}

function roleFrom(body: Call['body'], before: TokenRole | undefined): TokenRole | { problem: string } {
  const period = seconds(body.token_period ?? body.period ?? before?.period ?? 0)
  const explicitMaxTtl = seconds(body.token_explicit_max_ttl ?? body.explicit_max_ttl ?? before?.explicitMaxTtl ?? 0)
  if (period === undefined || explicitMaxTtl === undefined) return { problem: 'invalid duration' }
  const role: TokenRole = {
    allowedPolicies:
      body.allowed_policies === undefined ? (before?.allowedPolicies ?? []) : strings(body.allowed_policies),
    disallowedPolicies:
      body.disallowed_policies === undefined ? (before?.disallowedPolicies ?? []) : strings(body.disallowed_policies),
    orphan: flag(body.orphan, before?.orphan ?? false),
    renewable: flag(body.renewable, before?.renewable ?? true),
    tokenType: text(body.token_type) || (before?.tokenType ?? 'default-service'),
    noDefaultPolicy: flag(body.token_no_default_policy, before?.noDefaultPolicy ?? false),
    pathSuffix: text(body.path_suffix) || (before?.pathSuffix ?? ''),
    period,
    explicitMaxTtl,
  }
  if (!['service', 'batch', 'default-service', 'default-batch', 'default'].includes(role.tokenType)) {
    return { problem: `invalid 'token_type' value "${role.tokenType}"` }
  }
  if (role.tokenType !== 'batch') return role
  if (!role.orphan) {
    return { problem: "'token_type' cannot be 'batch' when role is set to generate non-orphan tokens" }
  }
  if (role.period > 0) {
    return { problem: "'token_type' cannot be 'batch' when role is set to generate periodic tokens" }
  }
  if (role.renewable) {
    return { problem: "'token_type' cannot be 'batch' when role is set to generate renewable tokens" }
  }
  if (role.explicitMaxTtl > 0) {
    return { problem: "'token_type' cannot be 'batch' when role is set to generate tokens with an explicit max TTL" }
  }
  return role
}

function describeRole(name: string, role: TokenRole): Record<string, unknown> {
  return {
    allowed_entity_aliases: [],
    allowed_policies: role.allowedPolicies,
    allowed_policies_glob: [],
    disallowed_policies: role.disallowedPolicies,
    disallowed_policies_glob: [],
    explicit_max_ttl: role.explicitMaxTtl,
    name,
    orphan: role.orphan,
    path_suffix: role.pathSuffix,
    period: role.period,
    renewable: role.renewable,
    token_explicit_max_ttl: role.explicitMaxTtl,
    token_no_default_policy: role.noDefaultPolicy,
    token_period: role.period,
    token_type: role.tokenType,
  }
}

function createRoutes(wrote: (cluster: Cluster) => void): readonly Route[] {
  const create = (call: Call): ApiAnswer => createToken(call, undefined, wrote)
  return [
    route('POST', 'auth/token/create', create),
    { ...route('POST', 'auth/token/create-orphan', create), access: 'sudo' },
    route('POST', 'auth/token/create/:name', (call) => {
      const role = call.cluster.storage.roles.get(call.name)
      return role === undefined ? refuse(400, `unknown role ${call.name}`) : createToken(call, role, wrote)
    }),
  ]
}

/** handleCreateCommon of the token store, with its order of checks and its words. */
function createToken(call: Call, role: TokenRole | undefined, wrote: (cluster: Cluster) => void): ApiAnswer {
  const { holder: parent, cluster, body, path } = call
  if (parent === undefined) return refuse(403, badToken)
  if (parent.type === 'batch') return refuse(400, 'batch tokens cannot create more tokens')
  if (parent.usesLeft !== undefined) return refuse(400, 'restricted use token cannot generate child tokens')
  const allowed = cluster.storage.capabilities(parent, path)
  const isSudo = allowed.includes('root') || allowed.includes('sudo')

  const type = typeOf(text(body.type), role)
  if (type === undefined) return refuse(400, "invalid 'token_type' value")
  const ttl = seconds(body.ttl ?? body.lease ?? 0)
  if (ttl === undefined) return refuse(400, `time: invalid duration ${JSON.stringify(body.ttl ?? body.lease)}`)
  if (ttl < 0) return refuse(400, 'ttl must be positive')
  const numUses = typeof body.num_uses === 'number' ? body.num_uses : 0
  if (numUses < 0) return refuse(400, 'number of uses cannot be negative')
  if (type === 'batch' && numUses !== 0) return refuse(400, 'batch tokens cannot have "num_uses" set')
  const limits = ['explicit_max_ttl', 'period'] as const
  const bad = type === 'batch' ? limits.find((name) => (seconds(body[name] ?? 0) ?? 0) !== 0) : undefined
  if (bad !== undefined) return refuse(400, `batch tokens cannot have "${bad}" set`)

  const chosen = policiesOf(call, parent, role, isSudo)
  if ('problem' in chosen) return refuse(400, chosen.problem)
  const isRoot = chosen.names.includes('root')
  if (isRoot && parent.type !== 'root') {
    return refuse(400, 'root tokens may not be created without parent token being root')
  }
  if (isRoot && type === 'batch') return refuse(400, 'batch tokens cannot be root tokens')
  const noParent = flag(body.no_parent, false)
  if (role === undefined && noParent && !isSudo) {
    return refuse(400, 'root or sudo privileges required to create orphan token')
  }
  const isOrphan = role === undefined ? noParent || path.endsWith('/create-orphan') : role.orphan

  const displayName = text(body.display_name)
  const token = cluster.storage.tokens.make(
    {
      type: isRoot ? 'root' : type,
      policies: chosen.names.filter((name) => name !== 'default'),
      noDefaultPolicy: !chosen.names.includes('default'),
      numUses,
      ...(ttl > 0 ? { ttlSeconds: Math.min(ttl, maxTtlSeconds) } : {}),
    },
    {
      path: role === undefined || role.pathSuffix === '' ? path : `${path}/${role.pathSuffix}`,
      displayName: displayName === '' ? 'token' : `token-${displayName.replaceAll(/[^a-zA-Z0-9-]/g, '-')}`,
      renewable: type === 'service' && flag(body.renewable, true) && (role?.renewable ?? true),
      ...(role === undefined ? {} : { role: call.name }),
      ...(isOrphan ? {} : { parent: parent.id }),
      ...(chosen.names.includes('simulated') ? { rules: parent.rules } : {}),
    },
  )
  if (type !== 'batch') wrote(cluster)
  const known = ['root', 'simulated']
  const warnings = chosen.names
    .filter((name) => !known.includes(name) && !cluster.storage.policies.has(name))
    .map((name) => `Policy "${name}" does not exist`)
  if (ttl > maxTtlSeconds) {
    warnings.push(
      `TTL of "${ttl}s" exceeded the effective max_ttl of "${maxTtlSeconds}s"; TTL value is capped accordingly`,
    )
  }
  return ok({ auth: describeAuth(token), ...(warnings.length === 0 ? {} : { warnings }) })
}

/** Vault's system-wide maximum unless it is configured otherwise: 32 days. */
const maxTtlSeconds = 2_764_800

function typeOf(asked: string, role: TokenRole | undefined): 'service' | 'batch' | undefined {
  const fixed = role?.tokenType
  if (fixed === 'service' || fixed === 'batch') return fixed
  const wanted = asked === '' ? (fixed === 'default-batch' ? 'batch' : 'service') : asked
  return wanted === 'service' || wanted === 'batch' ? wanted : undefined
}

function policiesOf(
  { body }: Call,
  parent: Token,
  role: TokenRole | undefined,
  isSudo: boolean,
): { names: readonly string[] } | { problem: string } {
  // Here alone a text with commas is one name, and no list.
  const asked = typeof body.policies === 'string' ? [body.policies] : strings(body.policies)
  const noDefault = flag(body.no_default_policy, false) || role?.noDefaultPolicy === true
  const finish = (names: readonly string[], addDefault: boolean): { names: readonly string[] } => {
    const all = addDefault && !names.includes('root') ? [...names, 'default'] : names
    const distinct = new Set(all.filter((name) => !noDefault || name !== 'default'))
    return { names: [...distinct].sort((one, other) => (one < other ? -1 : 1)) }
  }
  if (role !== undefined && role.allowedPolicies.length + role.disallowedPolicies.length > 0) {
    const addDefault = !noDefault && !role.disallowedPolicies.includes('default')
    const inherited = role.allowedPolicies.length > 0 ? role.allowedPolicies : parent.policies
    const names = asked.length > 0 ? asked : inherited
    const allowed = addDefault ? [...role.allowedPolicies, 'default'] : role.allowedPolicies
    if (role.allowedPolicies.length > 0 && !names.every((name) => allowed.includes(name))) {
      return {
        problem: `token policies (${JSON.stringify(names)}) must be subset of the role's allowed policies (${JSON.stringify(allowed)})`,
      }
    }
    const forbidden = names.find((name) => role.disallowedPolicies.includes(name))
    if (forbidden !== undefined) return { problem: `token policy "${forbidden}" is disallowed by this role` }
    return finish(names, addDefault)
  }
  if (asked.length === 0) return finish(parent.policies, false)
  if (isSudo) return finish(asked, true)
  if (!asked.every((name) => parent.policies.includes(name))) {
    return { problem: 'child policies must be subset of parent' }
  }
  return finish(asked, parent.policies.includes('default'))
}

function selfRoutes(wrote: (cluster: Cluster) => void): readonly Route[] {
  const lookup: Route['handle'] = ({ holder, now }) =>
    holder === undefined ? refuse(403, badToken) : ok({ data: describeToken(holder, now) })
  return [
    route('GET', 'auth/token/lookup-self', lookup),
    route('POST', 'auth/token/lookup-self', lookup),
    route('POST', 'auth/token/revoke-self', ({ holder, cluster }) => {
      if (holder === undefined) return refuse(403, badToken)
      if (holder.type === 'batch') return refuse(400, 'batch tokens cannot be revoked')
      cluster.storage.tokens.revoke(holder.id)
      wrote(cluster)
      return empty()
    }),
    route('POST', 'sys/capabilities-self', ({ holder, cluster, body }) => {
      if (holder === undefined) return refuse(403, badToken)
      // The token is looked up once more for it, and is used up by then.
      if (holder.usesLeft === 0) return refuse(400, '1 error occurred:\n\t* invalid token\n\n')
      const asked = body.paths ?? body.path
      if (Array.isArray(asked) && asked.includes('')) return refuse(400, '1 error occurred:\n\t* missing path\n\n')
      const paths = strings(asked)
      if (paths.length === 0) return refuse(400, 'paths must be supplied')
      const data: Record<string, unknown> = Object.fromEntries(
        paths.map((each) => [each, cluster.storage.capabilities(holder, each)]),
      )
      const [first] = paths
      // Only a question about a single path is answered under the old name too.
      if (paths.length === 1 && first !== undefined) data.capabilities = data[first]
      return ok({ data, top: data })
    }),
  ]
}

/** A policy may come as base64, and one that happens to be valid base64 is taken for it (logical_system.go). */
function plain(given: string): string {
  const isBase64 = given.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(given)
  return isBase64 ? Buffer.from(given, 'base64').toString('utf8') : given
}
