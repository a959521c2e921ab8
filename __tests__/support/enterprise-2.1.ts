/**
 * The calls of Vault Enterprise 2.1 that this project sends: method, path, what the body may hold, whether a token goes
 * in the header. A table of our own making, from HashiCorp's published OpenAPI description of Vault Enterprise 2.1.0; the
 * raft calls, which that description lacks since it was made on another storage, are from the API documentation.
 *
 * In a path `{name}` stands for one segment, `{name…}` for one or more. POST stands for POST and PUT alike.
 */

export type Kind = 'string' | 'boolean' | 'array' | 'integer' | 'object'

/**
 * - `needed`: Vault refuses the call without one.
 * - `since-2.0`: it did without one before 2.0, and does where the server is configured so; so the client has both ways.
 * - `none`: Vault asks for none, and none is sent: what is not sent can not be logged or lost.
 * - `sent-anyway`: the description says that none is asked for, and `why` tells why one is sent all the same.
 */
export type Header = 'needed' | 'since-2.0' | 'none' | 'sent-anyway'

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly token: Header
  readonly why?: string
  /** Every field that the published description names, also those that are never sent. */
  readonly body?: Readonly<Record<string, Kind>>
  /** Whether Vault asks for `sudo` beside the capability of the method. */
  readonly sudo?: boolean
  /** Lives where the user says; everything else is called in the root namespace. */
  readonly namespaced?: boolean
}

const DR_TOKEN = { dr_operation_token: 'string' } as const
const FROM_PRIMARY = {
  token: 'string',
  primary_api_addr: 'string',
  ca_file: 'string',
  ca_path: 'string',
  client_cert_pem: 'string',
  client_key_pem: 'string',
} as const

export const ENTERPRISE_2_1: readonly ApiCall[] = [
  { method: 'GET', path: 'sys/health', token: 'none' },
  { method: 'GET', path: 'sys/leader', token: 'none' },
  { method: 'GET', path: 'sys/replication/dr/status', token: 'none' },
  { method: 'GET', path: 'sys/replication/performance/status', token: 'none' },

  {
    method: 'POST',
    path: 'sys/replication/dr/primary/enable',
    token: 'needed',
    body: { primary_cluster_addr: 'string' },
  },
  { method: 'POST', path: 'sys/replication/dr/primary/demote', token: 'needed' },
  { method: 'POST', path: 'sys/replication/dr/primary/disable', token: 'needed' },
  {
    method: 'POST',
    path: 'sys/replication/dr/primary/secondary-token',
    token: 'needed',
    sudo: true,
    body: { id: 'string', ttl: 'string', secondary_public_key: 'string' },
  },
  { method: 'POST', path: 'sys/replication/dr/primary/revoke-secondary', token: 'needed', body: { id: 'string' } },

  { method: 'POST', path: 'sys/replication/dr/secondary/enable', token: 'needed', body: FROM_PRIMARY },
  { method: 'POST', path: 'sys/replication/dr/secondary/generate-public-key', token: 'needed' },
  {
    method: 'POST',
    path: 'sys/replication/dr/secondary/promote',
    token: 'none',
    body: { ...DR_TOKEN, primary_cluster_addr: 'string', force: 'boolean' },
  },
  {
    method: 'POST',
    path: 'sys/replication/dr/secondary/update-primary',
    token: 'none',
    body: { ...DR_TOKEN, ...FROM_PRIMARY, update_primary_addrs: 'array' },
  },
  { method: 'POST', path: 'sys/replication/dr/secondary/disable', token: 'none', body: DR_TOKEN },
  {
    method: 'POST',
    path: 'sys/replication/dr/secondary/operation-token/delete',
    token: 'sent-anyway',
    why: 'the 2.x documentation puts it under the notice that a token is needed, the description does not: where the run has a token it is sent, and either server is content',
    body: DR_TOKEN,
  },
  { method: 'GET', path: 'sys/replication/dr/secondary/generate-operation-token/attempt', token: 'since-2.0' },
  {
    method: 'POST',
    path: 'sys/replication/dr/secondary/generate-operation-token/attempt',
    token: 'since-2.0',
    body: { pgp_key: 'string' },
  },
  { method: 'DELETE', path: 'sys/replication/dr/secondary/generate-operation-token/attempt', token: 'since-2.0' },
  {
    method: 'POST',
    path: 'sys/replication/dr/secondary/generate-operation-token/update',
    token: 'since-2.0',
    body: { key: 'string', nonce: 'string' },
  },

  { method: 'GET', path: 'auth/token/lookup-self', token: 'needed' },
  { method: 'POST', path: 'auth/token/revoke-self', token: 'needed', namespaced: true },
  {
    method: 'POST',
    path: 'sys/capabilities-self',
    token: 'needed',
    body: { namespace: 'string', path: 'array', paths: 'array', token: 'string' },
  },
  { method: 'GET', path: 'sys/policies/acl/{name}', token: 'needed' },
  { method: 'POST', path: 'sys/policies/acl/{name}', token: 'needed', body: { policy: 'string' } },
  { method: 'GET', path: 'auth/token/roles/{role_name}', token: 'needed' },
  {
    method: 'POST',
    path: 'auth/token/roles/{role_name}',
    token: 'needed',
    body: {
      allowed_entity_aliases: 'array',
      allowed_policies: 'array',
      allowed_policies_glob: 'array',
      bound_cidrs: 'array',
      disallowed_policies: 'array',
      disallowed_policies_glob: 'array',
      explicit_max_ttl: 'string',
      orphan: 'boolean',
      path_suffix: 'string',
      period: 'string',
      renewable: 'boolean',
      token_bound_cidrs: 'array',
      token_explicit_max_ttl: 'string',
      token_no_default_policy: 'boolean',
      token_num_uses: 'integer',
      token_period: 'string',
      token_type: 'string',
    },
  },
  {
    method: 'POST',
    path: 'auth/token/create/{role_name}',
    token: 'needed',
    body: {
      display_name: 'string',
      entity_alias: 'string',
      explicit_max_ttl: 'string',
      id: 'string',
      lease: 'string',
      meta: 'object',
      no_default_policy: 'boolean',
      no_parent: 'boolean',
      num_uses: 'integer',
      period: 'string',
      policies: 'array',
      renewable: 'boolean',
      ttl: 'string',
      type: 'string',
    },
  },
  {
    method: 'POST',
    path: 'auth/{jwt_mount_path…}/login',
    token: 'none',
    namespaced: true,
    body: { role: 'string', jwt: 'string', distributed_claim_access_token: 'string' },
  },
  {
    method: 'POST',
    path: 'auth/{approle_mount_path…}/login',
    token: 'none',
    namespaced: true,
    body: { role_id: 'string', secret_id: 'string' },
  },

  { method: 'GET', path: 'sys/storage/raft/snapshot', token: 'needed' },
  { method: 'GET', path: 'sys/storage/raft/autopilot/state', token: 'needed' },
  // `verify-path`: whatever secret the user names; `secret/data/…` of a KV engine stands for all of them.
  { method: 'GET', path: 'secret/data/{path…}', token: 'needed', namespaced: true },
]

/** A request as it left the client. */
export interface Sent {
  readonly method: string
  /** Below /v1/, with its query if it has one. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

const pattern = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/\{\w+…\}/g, '[^?]+').replaceAll(/\{\w+\}/g, '[^/?]+')}$`)

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : value === null ? 'null' : typeof value

/** The calls that a request may be, by its method and path: the two kinds of login have one form. */
export const callsLike = ({ method, path }: Sent): readonly ApiCall[] =>
  ENTERPRISE_2_1.filter((call) => call.method === method && pattern(call.path).test(path))

/** What is wrong with a request by the table; nothing, if it may be sent. */
export function objections(sent: Sent): string[] {
  const name = `${sent.method} ${sent.path}`
  const calls = callsLike(sent)
  if (calls.length === 0) return [`${name}: there is no such call`]
  const each = calls.map((call) => objectionsTo(call, sent).map((what) => `${name}: ${what}`))
  return each.find((found) => found.length === 0) ?? each[0] ?? []
}

function objectionsTo(call: ApiCall, { headers, body }: Sent): string[] {
  const found: string[] = []
  const has = headers['x-vault-token'] !== undefined
  if (call.token === 'none' && has) found.push('it needs no token, and one was sent')
  if (call.token === 'needed' && !has) found.push('it needs a token, and none was sent')
  if (headers.authorization !== undefined) found.push('a token goes into X-Vault-Token')
  if (headers['x-vault-namespace'] !== undefined && !call.namespaced) found.push('it lives in the root namespace')
  if (body === '') return found
  if (call.method !== 'POST') found.push(`a ${call.method} has no body`)
  const given: unknown = JSON.parse(body)
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return [...found, 'its body is no object']
  for (const [field, value] of Object.entries(given)) {
    const kind = call.body?.[field]
    if (kind === undefined) found.push(`there is no field ${field}`)
    else if (kindOf(value) !== kind) found.push(`${field} is of the kind ${kind}, not ${kindOf(value)}`)
  }
  return found
}
