import { Activations, newPublicKey } from './activation.ts'
import type { Attachment, Cluster } from './cluster.ts'
import { credentialRoutes } from './credentials.ts'
import { type AppRoleLogin, type JwtLogin, loginRoutes } from './logins.ts'
import type { ReplicaSet } from './replicas.ts'
import {
  type Access,
  type ApiAnswer,
  type ApiRequest,
  badToken,
  bare,
  type Call,
  empty,
  isAtLeast,
  matchRoute,
  mountOf,
  mountType,
  ok,
  type Route,
  refuse,
  seconds,
  strings,
  text,
  warn,
} from './route.ts'
import { readSecret } from './secrets.ts'
import { snapshotAnswer } from './snapshot.ts'
import {
  autopilotState,
  drStatus,
  type Fields,
  haNodes,
  health,
  isFields,
  leader,
  performanceStatus,
  raftConfiguration,
  raftIndex,
  sealStatus,
} from './status.ts'
import type { Token } from './tokens.ts'
import { unavailable } from './unavailability.ts'

export interface ApiOptions {
  readonly set: ReplicaSet
  readonly activation: 'both' | 'wrapped-only'
  /** A generated DR operation token is not used up by its first use. */
  readonly generatedTokenSurvives: boolean
  /** `enable_unauthenticated_access = ["generate-operation-token"]` in the server's configuration. */
  readonly unauthenticatedCeremony: boolean
  readonly jwt: JwtLogin | undefined
  readonly approle: AppRoleLogin | undefined
  /** Of the login mounts and the secrets; '' is the root namespace. */
  readonly namespace: string
  readonly loginPolicy: Record<string, string[]>
  readonly snapshotBytes: number
  readonly random: () => number
}

interface Checked {
  readonly holder?: Token
  readonly isGenerated?: true
  readonly refusal?: ApiAnswer
}

const pathDisabled = 'path disabled in replication DR secondary mode'
const notSecondary = 'Not a DR secondary.'
const brief = 'Vault will be unavailable for a brief period and will resume service shortly.'
const found =
  'Vault has successfully found secondary information; it may take a while to perform setup tasks. Vault will be unavailable until these tasks and initial sync complete.'
const openWhenSealed = ['sys/health', 'sys/seal-status']
/** What a node answers by itself, before anything is asked of its backends: bare, and to GET alone. */
const ownPaths = [...openWhenSealed, 'sys/leader']
const snapshotPath = 'sys/storage/raft/snapshot'
const capabilityFor: Readonly<Record<string, string>> = { GET: 'read', LIST: 'list', DELETE: 'delete' }
const deniedByPolicy = '1 error occurred:\n\t* permission denied\n\n'
const unsupportedPath = '1 error occurred:\n\t* unsupported path\n\n'
const unsupportedOperation = '1 error occurred:\n\t* unsupported operation\n\n'
const unwrapFailed =
  '1 error occurred:\n\t* error response unwrapping secondary token; status code is 400, message is "400 Bad Request"\n\n'

/** Vault's HTTP API of one DR set, as far as it is simulated: requests in, answers out, no sockets. */
export class Api {
  /** Tokens that logins have given, in order. */
  readonly logins: string[] = []
  readonly #set: ReplicaSet
  readonly #activations = new Activations()
  readonly #options: ApiOptions
  readonly #routes: readonly Route[]

  constructor(options: ApiOptions) {
    this.#options = options
    this.#set = options.set
    const wrote = (cluster: Cluster): void => this.#wrote(cluster)
    this.#routes = [
      ...this.#reads(),
      ...this.#raftRoutes(),
      ...credentialRoutes(wrote),
      ...loginRoutes({
        jwt: options.jwt,
        approle: options.approle,
        namespace: options.namespace,
        defaultPolicy: options.loginPolicy,
        onLogin: (token) => this.logins.push(token),
        wrote,
      }),
      ...this.#primaryRoutes(),
      ...this.#secondaryRoutes(),
      ...this.#ceremonyRoutes(),
    ]
  }

  /** Does what the request asks for at this cluster. Never throws for anything a request may hold. */
  answer(cluster: Cluster, request: ApiRequest): ApiAnswer {
    const now = this.#set.settle()
    if (cluster.change !== undefined) return unavailable(request.path, cluster, this.#options.random, now)
    return this.#ofStandby(cluster, request) ?? this.#ofActive(cluster, request, now)
  }

  /** What a standby answers by itself; undefined for what it hands on to the active node. */
  #ofStandby(cluster: Cluster, { path, search, node, noForwarding }: ApiRequest): ApiAnswer | undefined {
    if (node !== 'standby') return undefined
    if (cluster.sealed || cluster.followersSealed) {
      return openWhenSealed.includes(path) ? undefined : refuse(503, 'Vault is sealed')
    }
    // A snapshot is never forwarded; everything else is, unless the client asks not to.
    if (path !== snapshotPath && (noForwarding !== true || ownPaths.includes(path))) return undefined
    return { kind: 'answer', status: 307, headers: { location: `${cluster.apiAddr}/v1/${path}${search}` } }
  }

  #ofActive(cluster: Cluster, asked: ApiRequest, now: number): ApiAnswer {
    // LIST is a GET with a word in the query to whoever cannot send it.
    const isList = asked.method === 'GET' && asked.query.get('list') === 'true' && !ownPaths.includes(asked.path)
    const request = isList ? { ...asked, method: 'LIST' } : asked
    if (cluster.sealed && !openWhenSealed.includes(request.path)) return refuse(503, 'Vault is sealed')

    const routes = this.#routes.filter((each) => matchRoute(each, request.path) !== undefined)
    const route = routes.find(({ method }) => method === request.method) ?? this.#secretRoute(cluster, request)
    if (ownPaths.includes(request.path) && route === undefined) return refuse(405)
    if (request.problem !== undefined) return request.problem
    if (cluster.role === 'secondary' && route?.onSecondary !== true) return refuse(400, pathDisabled)
    if (!['', '/', 'root'].includes(request.namespace) && request.path.startsWith('sys/')) {
      return refuse(404, unsupportedPath)
    }

    const name = route === undefined ? '' : (matchRoute(route, request.path) ?? '')
    const asking = { ...request, cluster, now, name }
    // A path that asks for no token in the header asks for none from whoever tries another method there either.
    const isOpen = routes.length > 0 && routes.every(({ access }) => access === 'anybody' || access === 'body-token')
    if (isOpen && route === undefined) return refuse(405, 'unsupported operation')
    const checked: Checked = this.#check(asking, route)
    if (checked.refusal !== undefined) return checked.refusal
    if (route === undefined) {
      if (routes.length > 0) return refuse(405, unsupportedOperation)
      return this.#isMounted(cluster, request.path)
        ? refuse(404, unsupportedPath)
        : refuse(404, `no handler for route "${request.path}". route entry not found.`)
    }
    const isGenerated = checked.isGenerated === true
    const answer = route.handle({ ...asking, holder: checked.holder, isGenerated })
    const isDone = answer.kind === 'answer' && answer.status < 300
    if (isGenerated && isDone && !this.#options.generatedTokenSurvives) cluster.operations.dropToken()
    // Only what is asked with a token of the header's comes from a mount by its kind, and nothing that is wrapped does.
    const named = checked.holder !== undefined && answer.kind === 'answer' && isFields(answer.body)
    return named && answer.body.request_id && answer.body.wrap_info === null
      ? { ...answer, body: { ...answer.body, mount_type: mountType(request.path) } }
      : answer
  }

  #isMounted(cluster: Cluster, path: string): boolean {
    const known = [...this.#routes.map((each) => each.path), ...cluster.storage.secrets.keys()]
    return path.includes('/') && known.some((each) => mountOf(each) === mountOf(path))
  }

  #check(call: Omit<Call, 'holder' | 'isGenerated'>, route: Route | undefined): Checked {
    const { cluster } = call
    const access = route?.access ?? 'token'
    if (access === 'anybody' || (access === 'ceremony' && this.#isOpenCeremony(cluster))) return {}
    const asOperation = access === 'body-token' || (access === 'autopilot' && cluster.role === 'secondary')
    const given = access === 'body-token' ? text(call.body.dr_operation_token) : call.token
    if (given === '') {
      return {
        refusal: asOperation ? refuse(400, 'DR operation token was not provided') : refuse(403, 'permission denied'),
      }
    }
    const takesGenerated = access === 'operation' || asOperation
    if (takesGenerated && cluster.role === 'secondary' && given === cluster.operations.token)
      return { isGenerated: true }
    const holder = cluster.storage.tokens.find(given)
    if (holder === undefined || !isKnownAt(cluster, holder, asOperation)) return { refusal: refuse(403, badToken) }
    if (holder.usesLeft !== undefined) holder.usesLeft -= 1
    // A list is of a folder, and a policy may name it either way.
    const paths = call.method === 'LIST' ? [call.path, `${call.path}/`] : [call.path]
    const allowed = paths.flatMap((path) => cluster.storage.capabilities(holder, path))
    const needed = route?.needs?.(call) ?? capabilityFor[call.method] ?? 'update'
    const may = (capability: string): boolean => allowed.includes('root') || allowed.includes(capability)
    if (!may(needed) || (access === 'sudo' && !may('sudo'))) return { refusal: refuse(403, deniedByPolicy) }
    return { holder }
  }

  #isOpenCeremony(cluster: Cluster): boolean {
    return this.#options.unauthenticatedCeremony || !isAtLeast(cluster.version, 2, 0)
  }

  /** One more WAL entry: something was written that replication carries over. */
  #wrote(cluster: Cluster): void {
    this.#set.alter(() => {
      cluster.position += 1
    })
  }

  /** A read below a mount that this world has a secret in. */
  #secretRoute(cluster: Cluster, { method, path }: ApiRequest): Route | undefined {
    const mounts = [...cluster.storage.secrets.keys()].map((each) => `${each.split('/')[0] ?? ''}/`)
    if (method !== 'GET' || !mounts.some((mount) => path.startsWith(mount))) return undefined
    const handle: Route['handle'] = (call) => readSecret(call, this.#options.namespace)
    return { method, path, access: 'token', onSecondary: false, handle }
  }

  #reads(): Route[] {
    const get = (path: string, handle: Route['handle']): Route => ({
      method: 'GET',
      path,
      access: 'anybody',
      onSecondary: true,
      handle,
    })
    const status = ({ cluster, now }: Call): Fields => drStatus(cluster, this.#set, now)
    const performance = ({ cluster, now }: Call): Fields => performanceStatus(cluster, now)
    return [
      get('sys/replication/dr/status', (call) => ok({ data: status(call) })),
      get('sys/replication/performance/status', (call) => ok({ data: performance(call) })),
      get('sys/replication/status', (call) => ok({ data: { dr: status(call), performance: performance(call) } })),
      get('sys/health', ({ cluster, query, now, node }) => ({ kind: 'answer', ...health(cluster, query, now, node) })),
      get('sys/leader', ({ cluster, node }) => bare(leader(cluster, true, node))),
      get('sys/seal-status', ({ cluster, node }) => bare(sealStatus(cluster, node))),
      ...['sys/wrapping/unwrap', 'sys/wrapping/lookup'].flatMap((path) =>
        (['GET', 'POST'] as const).map((method) => ({ ...get(path, notWrapped), method, onSecondary: false })),
      ),
    ]
  }

  #raftRoutes(): Route[] {
    const get = (path: string, access: Access, handle: Route['handle']): Route => ({
      method: 'GET',
      path,
      access,
      onSecondary: access === 'autopilot',
      handle,
    })
    const configuration: Route['handle'] = ({ cluster }) => ok({ data: raftConfiguration(cluster) })
    return [
      get('sys/storage/raft/autopilot/state', 'autopilot', ({ cluster, now }) =>
        ok({ data: autopilotState(cluster, now) }),
      ),
      get('sys/storage/raft/configuration', 'token', configuration),
      // A DR secondary takes the token in the body, so that it must be a POST (logical_system_raft.go).
      {
        ...get('sys/storage/raft/configuration', 'body-token', configuration),
        method: 'POST',
        onSecondary: true,
      },
      get(snapshotPath, 'token', ({ cluster, now }) =>
        snapshotAnswer(this.#options.snapshotBytes, raftIndex(cluster), now),
      ),
      get('sys/ha-status', 'token', ({ cluster, now }) => {
        const data = { nodes: haNodes(cluster, now) }
        return ok({ data, top: data })
      }),
    ]
  }

  #ceremonyRoutes(): Route[] {
    const base = 'sys/replication/dr/secondary/generate-operation-token'
    const route = (method: Route['method'], name: string, handle: Route['handle']): Route => ({
      method,
      path: `${base}/${name}`,
      access: 'ceremony',
      onSecondary: true,
      handle: (call) => (call.cluster.role === 'secondary' ? handle(call) : refuse(400, notSecondary)),
    })
    const context = ({ version, storage }: Cluster) => ({ version, keys: storage.keys })
    return [
      route('GET', 'attempt', ({ cluster }) => cluster.operations.status(context(cluster))),
      route('POST', 'attempt', ({ cluster, body }) => cluster.operations.start(context(cluster), body)),
      route('DELETE', 'attempt', ({ cluster }) => cluster.operations.cancel()),
      route('POST', 'update', ({ cluster, body }) => cluster.operations.update(context(cluster), body)),
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
            cluster.used.delete(id)
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
        // Only tokens of the key-share ceremony can be deleted: batch tokens have no end but their time.
        onSecondary(({ cluster, isGenerated }) => {
          if (!isGenerated) return refuse(400, 'batch tokens cannot be revoked')
          cluster.operations.dropToken()
          return empty()
        }),
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
      'operation',
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
  return !asOperation || isAtLeast(cluster.version, 2, 0)
}

/** The wrapping calls know no token here: those for activation are opened by the secondary that they are given to. */
function notWrapped({ body, token }: Call): ApiAnswer {
  if (body.token === '') return refuse(403, 'error validating wrapping token: empty token in request body')
  return (text(body.token) || token) === ''
    ? refuse(403, 'error validating wrapping token: token is empty')
    : refuse(400, 'wrapping token is not valid or does not exist')
}
