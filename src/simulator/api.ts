import { Activations, newPublicKey } from './activation.ts'
import type { Attachment, Cluster } from './cluster.ts'
import type { ReplicaSet } from './replicas.ts'
import { autopilotState, drStatus, type Fields, health, isFields, leader, sealStatus } from './status.ts'
import { capabilitiesOf, describeToken, requestId, type Token, type TokenStore } from './tokens.ts'
import { unavailable } from './unavailability.ts'

export interface ApiRequest {
  /** GET, LIST, POST or DELETE: PUT has become POST, HEAD has become GET. */
  readonly method: string
  /** Without /v1/ and the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** X-Vault-Token, or the bearer of an Authorization header; '' if there is none. */
  readonly token: string
  /** X-Vault-Namespace; '' if there is none. */
  readonly namespace: string
  readonly body: Fields
}

export type ApiAnswer =
  /** No `body`: nothing but the head, as 204 has it. */
  { readonly kind: 'answer'; readonly status: number; readonly body?: Fields } | { readonly kind: 'reset' }

export interface ApiOptions {
  readonly set: ReplicaSet
  readonly tokens: TokenStore
  readonly activation: 'both' | 'wrapped-only'
  readonly random: () => number
}

interface Call extends ApiRequest {
  readonly cluster: Cluster
  readonly now: number
  /** The token that was checked for this route; undefined where none is asked for. */
  readonly holder: Token | undefined
}

/**
 * Who may call a route, by the marks in Vault's published OpenAPI description: anybody, the holder of a token in the
 * header, the same with sudo, or the holder of a DR operation token in the body. Autopilot takes a token in the header
 * that on a secondary must be good as a DR operation token.
 */
type Access = 'anybody' | 'token' | 'sudo' | 'body-token' | 'autopilot'

interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly access: Access
  /** Whether a DR secondary answers it at all: everything else is "path disabled". */
  readonly onSecondary: boolean
  readonly handle: (call: Call) => ApiAnswer
}

const pathDisabled = 'path disabled in replication DR secondary mode'
const notSecondary = 'Not a DR secondary.'
const brief = 'Vault will be unavailable for a brief period and will resume service shortly.'
const found =
  'Vault has successfully found secondary information; it may take a while to perform setup tasks. Vault will be unavailable until these tasks and initial sync complete.'
const deniedByPolicy = '1 error occurred:\n\t* permission denied\n\n'
const badToken = '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'
const unwrapFailed =
  '1 error occurred:\n\t* error response unwrapping secondary token; status code is 400, message is "400 Bad Request"\n\n'

/** Vault's HTTP API of one DR set, as far as it is simulated: requests in, answers out, no sockets. */
export class Api {
  readonly #set: ReplicaSet
  readonly #tokens: TokenStore
  readonly #activations = new Activations()
  readonly #options: ApiOptions
  readonly #routes: readonly Route[]

  constructor(options: ApiOptions) {
    this.#options = options
    this.#set = options.set
    this.#tokens = options.tokens
    this.#routes = [...this.#reads(), ...this.#tokenRoutes(), ...this.#primaryRoutes(), ...this.#secondaryRoutes()]
  }

  /** Does what the request asks for at this cluster. Never throws for anything a request may hold. */
  answer(cluster: Cluster, request: ApiRequest): ApiAnswer {
    const now = this.#set.settle()
    if (cluster.change !== undefined) return unavailable(request.path, cluster, this.#options.random, now)
    const open = ['sys/health', 'sys/seal-status'].includes(request.path)
    if (cluster.sealed && !open) return refuse(503, 'Vault is sealed')

    const routes = this.#routes.filter(({ path }) => path === request.path)
    const route = routes.find(({ method }) => method === request.method)
    if (cluster.role === 'secondary' && route?.onSecondary !== true) return refuse(400, pathDisabled)
    if (!['', '/', 'root'].includes(request.namespace) && request.path.startsWith('sys/')) {
      return refuse(404, 'unsupported path')
    }

    const checked = this.#check(cluster, request, route?.access ?? 'token')
    if (checked.refusal !== undefined) return checked.refusal
    if (route === undefined) {
      return routes.length > 0 ? refuse(405, 'unsupported operation') : refuse(404, 'unsupported path')
    }
    return route.handle({ ...request, cluster, now, holder: checked.holder })
  }

  #check(cluster: Cluster, request: ApiRequest, access: Access): { holder?: Token; refusal?: ApiAnswer } {
    if (access === 'anybody') return {}
    const asOperation = access === 'body-token' || (access === 'autopilot' && cluster.role === 'secondary')
    const given = access === 'body-token' ? text(request.body.dr_operation_token) : request.token
    if (given === '') {
      return {
        refusal: asOperation ? refuse(400, 'DR operation token was not provided') : refuse(403, 'permission denied'),
      }
    }
    const holder = this.#tokens.find(given)
    if (holder === undefined || !isKnownAt(cluster, holder, asOperation)) return { refusal: refuse(403, badToken) }
    if (holder.usesLeft !== undefined) holder.usesLeft -= 1
    const allowed = capabilitiesOf(holder, request.path)
    const needed = request.method === 'GET' ? 'read' : request.method === 'DELETE' ? 'delete' : 'update'
    const may = (capability: string): boolean => allowed.includes('root') || allowed.includes(capability)
    if (!may(needed) || (access === 'sudo' && !may('sudo'))) return { refusal: refuse(403, deniedByPolicy) }
    return { holder }
  }

  #reads(): Route[] {
    const get = (path: string, handle: Route['handle']): Route => ({
      method: 'GET',
      path,
      access: 'anybody',
      onSecondary: true,
      handle,
    })
    const performance = { mode: 'disabled' }
    const status = ({ cluster, now }: Call): Fields => drStatus(cluster, this.#set, now)
    return [
      get('sys/replication/dr/status', (call) => ok({ data: status(call) })),
      get('sys/replication/performance/status', () => ok({ data: performance })),
      get('sys/replication/status', (call) => ok({ data: { dr: status(call), performance } })),
      get('sys/health', ({ cluster, query, now }) => ({ kind: 'answer', ...health(cluster, query, now) })),
      get('sys/leader', ({ cluster }) => ({ kind: 'answer', status: 200, body: leader(cluster, true) })),
      get('sys/seal-status', ({ cluster }) => ({ kind: 'answer', status: 200, body: sealStatus(cluster) })),
      {
        method: 'GET',
        path: 'sys/storage/raft/autopilot/state',
        access: 'autopilot',
        onSecondary: true,
        handle: ({ cluster }) => ok({ data: autopilotState(cluster) }),
      },
    ]
  }

  #tokenRoutes(): Route[] {
    const lookup = ({ holder, now }: Call): ApiAnswer =>
      holder === undefined ? refuse(403, badToken) : ok({ data: describeToken(holder, now) })
    const path = 'auth/token/lookup-self'
    return [
      { method: 'GET', path, access: 'token', onSecondary: false, handle: lookup },
      { method: 'POST', path, access: 'token', onSecondary: false, handle: lookup },
      {
        method: 'POST',
        path: 'auth/token/revoke-self',
        access: 'token',
        onSecondary: false,
        handle: ({ holder }) => {
          if (holder === undefined) return refuse(403, badToken)
          if (holder.type === 'batch') return refuse(400, 'batch tokens cannot be revoked')
          this.#tokens.revoke(holder.id)
          return empty()
        },
      },
      {
        method: 'POST',
        path: 'sys/capabilities-self',
        access: 'token',
        onSecondary: false,
        handle: ({ holder, body }) => {
          if (holder === undefined) return refuse(403, badToken)
          const paths = strings(body.paths ?? body.path)
          if (paths.length === 0) return refuse(400, 'paths must be supplied')
          const data: Fields = Object.fromEntries(paths.map((each) => [each, capabilitiesOf(holder, each)]))
          const [first] = paths
          // Only a question about a single path is answered under the old name too.
          if (paths.length === 1 && first !== undefined) data.capabilities = data[first]
          return ok({ data, top: data })
        },
      },
    ]
  }

  #primaryRoutes(): Route[] {
    const post = (name: string, handle: Route['handle'], access: Access = 'token'): Route => ({
      method: 'POST',
      path: `sys/replication/dr/primary/${name}`,
      access,
      onSecondary: false,
      handle,
    })
    const onPrimary =
      (handle: Route['handle']): Route['handle'] =>
      (call) =>
        call.cluster.role === 'primary' ? handle(call) : refuse(400, 'DR replication is not enabled on this cluster')
    return [
      post('enable', ({ cluster, body }) => {
        if (cluster.role === 'primary') return refuse(400, 'DR replication is already enabled on this cluster')
        this.#set.begin(cluster, { kind: 'enable', primaryClusterAddr: text(body.primary_cluster_addr) })
        return warn(`This cluster is being enabled as a primary for replication. ${brief}`)
      }),
      post(
        'demote',
        onPrimary(({ cluster }) => {
          this.#set.begin(cluster, { kind: 'demote' })
          return warn(`This cluster is being demoted to a replication secondary. ${brief}`)
        }),
      ),
      post(
        'disable',
        onPrimary(({ cluster }) => {
          this.#set.begin(cluster, { kind: 'disable' })
          return warn(`This cluster is having replication disabled. ${brief}`)
        }),
      ),
      post(
        'secondary-token',
        onPrimary((call) => this.#secondaryToken(call)),
        'sudo',
      ),
      post(
        'revoke-secondary',
        onPrimary(({ cluster, body }) => {
          const id = text(body.id)
          if (id === '') return refuse(400, 'missing id')
          this.#set.alter(() => {
            cluster.known.delete(id)
            cluster.seen.delete(id)
            cluster.position += 1
          })
          return empty()
        }),
      ),
    ]
  }

  #secondaryToken({ cluster, body, now }: Call): ApiAnswer {
    const id = text(body.id)
    if (id === '') return refuse(400, 'missing id')
    if (cluster.known.has(id)) return refuse(400, `secondary with id "${id}" already exists`)
    const ttlSeconds = seconds(body.ttl ?? '30m')
    if (ttlSeconds === undefined || ttlSeconds <= 0) return refuse(400, 'invalid ttl')
    const publicKey = this.#options.activation === 'both' ? text(body.secondary_public_key) || undefined : undefined
    const activation = this.#activations.issue(cluster, id, ttlSeconds, publicKey, now)
    this.#set.alter(() => {
      cluster.known.add(id)
      cluster.position += 1
    })
    if (publicKey !== undefined) return ok({ data: { token: activation.token } })
    return ok({
      requestId: '',
      wrapInfo: {
        token: activation.token,
        accessor: activation.accessor,
        ttl: activation.ttlSeconds,
        creation_time: new Date(activation.createdAt).toISOString(),
        creation_path: 'sys/replication/dr/primary/secondary-token',
      },
    })
  }

  #secondaryRoutes(): Route[] {
    const post = (name: string, handle: Route['handle'], access: Access = 'body-token'): Route => ({
      method: 'POST',
      path: `sys/replication/dr/secondary/${name}`,
      access,
      onSecondary: true,
      handle,
    })
    const onSecondary =
      (handle: Route['handle']): Route['handle'] =>
      (call) =>
        call.cluster.role === 'secondary' ? handle(call) : refuse(400, notSecondary)
    const routes = [
      post(
        'promote',
        onSecondary(({ cluster, body }) => {
          if (body.force !== true && this.#set.isCatchingUp(cluster)) {
            return refuse(503, 'replication is still catching up, try again later or provide the "force" argument')
          }
          this.#set.begin(cluster, { kind: 'promote', primaryClusterAddr: text(body.primary_cluster_addr) })
          return warn(`This cluster is being promoted to a replication primary. ${brief}`)
        }),
      ),
      post(
        'update-primary',
        onSecondary((call) => this.#updatePrimary(call)),
      ),
      post(
        'disable',
        onSecondary(({ cluster }) => {
          this.#set.begin(cluster, { kind: 'disable' })
          return warn(`This cluster is having replication disabled. ${brief}`)
        }),
      ),
      post(
        'operation-token/delete',
        // Only tokens of the key-share ceremony can be deleted, and none of those exist here.
        onSecondary(() => refuse(400, 'batch tokens cannot be revoked')),
      ),
      { ...post('enable', (call) => this.#enableSecondary(call), 'token'), onSecondary: false },
    ]
    if (this.#options.activation === 'wrapped-only') return routes
    const publicKey = post(
      'generate-public-key',
      ({ cluster }) => {
        // A cluster that is not enrolled yet makes one too: its first activation token may be of this kind.
        if (cluster.role === 'primary') return refuse(400, notSecondary)
        const key = newPublicKey()
        cluster.publicKeys.add(key)
        return ok({ data: { secondary_public_key: key } })
      },
      'token',
    )
    return [...routes, publicKey]
  }

  #updatePrimary({ cluster, body, now }: Call): ApiAnswer {
    const hasAddrs = body.update_primary_addrs !== undefined && body.update_primary_addrs !== null
    const hasToken = typeof body.token === 'string'
    if (hasAddrs && hasToken) return refuse(400, 'token and update_primary_addrs are mutually exclusive')
    if (hasAddrs) return this.#updateAddrs(cluster, strings(body.update_primary_addrs))
    if (!hasToken) return refuse(400, 'either token or update_primary_addrs must be provided')
    const token = text(body.token)
    if (token === '') {
      this.#set.begin(cluster, { kind: 'attach', to: undefined, wipes: false })
      return warn(found)
    }
    const opened = this.#activate(cluster, token, text(body.primary_api_addr), now)
    if ('refusal' in opened) return opened.refusal
    this.#set.begin(cluster, { kind: 'attach', to: opened.to, wipes: false })
    return warn(found)
  }

  /** Pings the given cluster addresses in turn; the first that knows this secondary is its primary from now on. */
  #updateAddrs(cluster: Cluster, addrs: readonly string[]): ApiAnswer {
    const { upstream } = cluster
    if (upstream === undefined)
      return refuse(400, 'a newly demoted secondary needs an activation token to find a primary')
    const hosts = addrs.map((addr) => addr.replace(/^https?:\/\//, ''))
    const primary = this.#set.clusters.find(
      (other) =>
        hosts.includes(new URL(other.clusterAddr).host) &&
        other.role === 'primary' &&
        other.known.has(upstream.id) &&
        this.#set.canReach(cluster, other),
    )
    if (primary === undefined) return refuse(400, 'none of the given primary addresses could be reached')
    this.#set.begin(cluster, { kind: 'attach', to: { primary: primary.name, id: upstream.id }, wipes: false })
    return warn(found)
  }

  #enableSecondary({ cluster, body, now }: Call): ApiAnswer {
    if (cluster.role !== 'disabled') return refuse(400, 'DR replication is already enabled on this cluster')
    const token = text(body.token)
    if (token === '') return refuse(400, 'missing token')
    const opened = this.#activate(cluster, token, text(body.primary_api_addr), now)
    if ('refusal' in opened) return opened.refusal
    this.#set.begin(cluster, { kind: 'attach', to: opened.to, wipes: true })
    return warn(found)
  }

  /**
   * Opens an activation token as the secondary does, by its API docs: the wrapped kind by a call to the primary's API.
   */
  #activate(
    cluster: Cluster,
    token: string,
    primaryApiAddr: string,
    now: number,
  ): { to: Attachment } | { refusal: ApiAnswer } {
    const to = this.#activations.open(token, cluster, now)
    if (to === undefined) return { refusal: refuse(400, unwrapFailed) }
    const { primary: name, id } = to
    const primary = this.#set.cluster(name)
    if (this.#activations.isWrapped(token)) {
      const isThere = primaryApiAddr === '' || primaryApiAddr.replace(/\/$/, '') === primary.apiAddr
      if (!isThere || !this.#set.canReach(cluster, primary)) return { refusal: refuse(400, unwrapFailed) }
      this.#activations.burn(token)
      if (primary.role !== 'primary' || !primary.known.has(id)) return { refusal: refuse(400, unwrapFailed) }
    }
    return { to: { primary: name, id } }
  }
}

/**
 * Which tokens a cluster can look up. A DR secondary has no store for service tokens: batch tokens validate without
 * one, root tokens have been accepted as DR operation tokens since 2.0 (its release notes), and in the header before
 * that (token_store.go of 1.14).
 */
function isKnownAt(cluster: Cluster, token: Token, asOperation: boolean): boolean {
  if (cluster.role !== 'secondary' || token.type === 'batch') return true
  if (token.type === 'service') return false
  return !asOperation || Number.parseInt(cluster.version, 10) >= 2
}

function ok(parts: {
  data?: Fields
  warnings?: string[]
  wrapInfo?: Fields
  requestId?: string
  top?: Fields
}): ApiAnswer {
  return {
    kind: 'answer',
    status: 200,
    body: {
      ...parts.top,
      request_id: parts.requestId ?? requestId(),
      lease_id: '',
      renewable: false,
      lease_duration: 0,
      data: parts.data ?? null,
      wrap_info: parts.wrapInfo ?? null,
      warnings: parts.warnings ?? null,
      auth: null,
    },
  }
}

function warn(warning: string): ApiAnswer {
  return ok({ warnings: [warning] })
}

function empty(): ApiAnswer {
  return { kind: 'answer', status: 204 }
}

function refuse(status: number, message: string): ApiAnswer {
  return { kind: 'answer', status, body: { errors: [message] } }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Vault takes a list as a JSON array or as one string with commas. */
function strings(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : text(value).split(',')
  return list
    .filter((each) => typeof each === 'string')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

const secondsPer: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** A number of seconds, or Go's way of writing a duration: "1800", "30m", "1h30m". */
function seconds(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  const written = text(value)
  if (/^\d+$/.test(written)) return Number(written)
  if (!/^(?:\d+[smhd])+$/.test(written)) return undefined
  return [...written.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, count = '0', unit = 's']) => sum + Number(count) * (secondsPer[unit] ?? 0),
    0,
  )
}

/** Whether a parsed body is one Vault accepts: nothing, or a JSON object. */
export function asBody(value: unknown): Fields | undefined {
  if (value === undefined) return {}
  return isFields(value) ? value : undefined
}
