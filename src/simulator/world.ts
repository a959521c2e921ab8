import { Api } from './api.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import type { Cluster, ClusterName } from './cluster.ts'
import { type Fault, Faults } from './faults.ts'
import type { AppRoleLogin, JwtLogin } from './logins.ts'
import { ReplicaSet, type RoleChange } from './replicas.ts'
import { isAtLeast } from './route.ts'
import { ClusterServer, type RecordedRequest } from './server.ts'
import { type Fields, replicationState } from './status.ts'
import { newKeyShares, type PerformanceRole, performanceOf, Storage } from './storage.ts'
import { type TokenSpec, TokenStore } from './tokens.ts'
import { seededRandom } from './unavailability.ts'

export interface WorldOptions {
  /** Default true: https, with a CA of the world's own. */
  tls?: boolean
  /** Default false. True: a client certificate signed by the CA is demanded. */
  mutualTls?: boolean
  /**
   * Default '1.21.1+ent'. From 2.0 on a DR secondary takes root tokens as DR operation tokens, and the ceremony with key
   * shares asks for a token. Before 1.10 tokens begin with `s.` and `b.`.
   */
  version?: string
  /** Of all clusters but the first; default: the same. */
  secondaryVersion?: string
  /**
   * How long Vault itself takes to demote, to promote, and to attach a cluster to another primary, in ms; default 60,
   * 80, 60.
   */
  windows?: { demote?: number; promote?: number; attach?: number }
  /** 1 to 3, default 2. The first is the primary, the others are its DR secondaries. */
  clusters?: number
  /** WAL entries the secondaries are behind at the start; default 0. Seen only with a finite `catchUpPerSecond`. */
  lag?: number
  /** WAL entries per second a secondary takes in; default Infinity (streams at once), 0 never catches up. */
  catchUpPerSecond?: number
  /** WAL entries per second clients write on a primary; default 0. */
  writesPerSecond?: number
  /** Default 'both'. 'wrapped-only': servers that do not know generate-public-key. */
  activation?: 'both' | 'wrapped-only'
  /** Unseal (or recovery) key shares of each cluster; default 5, of which 3 are needed. */
  shares?: { count: number; threshold: number }
  /** Default false: a generated DR operation token is used up by its first successful use. */
  generatedTokenSurvives?: boolean
  /** Default false. True: the ceremony asks for no token from 2.0 on either. */
  unauthenticatedCeremony?: boolean
  /** Default true. False: DR is disabled everywhere, and each cluster has tokens, keys and data of its own. */
  enrolled?: boolean
  /**
   * Clusters of a DR set whose other members are not in this world: its primary, or a secondary that looks for nobody.
   * Each has tokens, keys and data of its own.
   */
  foreign?: Partial<Record<ClusterName, 'primary' | 'secondary'>>
  /**
   * Roles in performance replication; default 'disabled'. That of `primary` goes over to whichever cluster is promoted;
   * `secondary` is what the second cluster says meanwhile (or, if it is not enrolled, is).
   */
  performance?: { primary?: PerformanceRole; secondary?: PerformanceRole }
  /** Default false. True: after secondary/enable and update-primary the nodes that are not active come back sealed. */
  followersSeal?: boolean
  /** A JWT auth mount on the first cluster's set. */
  jwt?: JwtLogin
  /** An AppRole auth mount on the first cluster's set. */
  approle?: AppRoleLogin
  /** The namespace of the login mounts and the secrets; default: the root namespace. */
  namespace?: string
  /** What can be read, by path: `{ 'secret/data/canary': { value: 'x' } }`. */
  secrets?: Record<string, Record<string, unknown>>
  /** Size of state.bin in a raft snapshot; default 200,000. It is made while it is read. */
  snapshotBytes?: number
  /** API ports in the clusters' order, each standby's being the next one; 0 or absent is any. */
  ports?: readonly number[]
  /** For the mix of answers during a role change; default 1. */
  seed?: number
  /** Milliseconds since the epoch; default Date.now. Must not run backwards. */
  now?: () => number
}

export interface World {
  readonly primary: SimulatedCluster
  /** With `clusters: 1` the same as `primary`. */
  readonly secondary: SimulatedCluster
  readonly clusters: readonly SimulatedCluster[]
  /** PEM; '' without TLS. */
  readonly ca: string
  /** PEM; '' unless `mutualTls`. */
  readonly clientCertificate: string
  readonly clientKey: string
  /**
   * `secondaryRoot` and `secondaryOperator` are the second cluster's own, from before it was enrolled: they are gone once
   * it is, and from the start in a world that begins enrolled.
   */
  readonly tokens: {
    readonly root: string
    readonly operator: string
    readonly batch: string
    readonly secondaryRoot: string
    readonly secondaryOperator: string
  }
  /** Hex. The first cluster's, and so those of its whole DR set. */
  readonly keyShares: readonly string[]
  /**
   * Makes a token that every cluster of the first one's set knows, as far as its kind can be known there; or one that is
   * known at the given cluster alone (and wherever its data go).
   */
  mintToken(spec: TokenSpec, at?: ClusterName): string
  /** What somebody would have to clean up: see `Leftover`. Empty at the start. */
  leftovers(): readonly Leftover[]
  /** Everything that reached any cluster, in order. */
  readonly requests: RecordedRequest[]
  /** Every change of role that a client could notice, in order, as of the last time anybody looked. */
  readonly history: readonly RoleChange[]
  /** How many ms two or more clusters were primary at the same time, up to now. */
  primariesAtOnceMs(): number
  /** Requests that could change replication: everything under sys/replication/ that is not GET, HEAD or LIST. */
  writes(): RecordedRequest[]
  /** Adds a fault; the first one given that matches a request is the one it meets. */
  fault(fault: Fault): void
  clearFaults(): void
  /** The first two clusters can no longer talk to each other; their API sockets stay up. */
  cutLink(): void
  healLink(): void
  /** Ends every connection at once and frees the ports. */
  close(): Promise<void>
}

/**
 * - `generated-token`: a generated DR operation token that is still good at this cluster; `what` is the token.
 * - `attempt`: the ceremony is in progress there; `what` is ''.
 * - `activation-id`: an id that a secondary-token call made known and no secondary has connected with; `what` is the id.
 * - `login-token`: a service token from a login, not revoked and not run out; `what` is the token. Batch tokens cannot be
 *   revoked, and are not listed.
 */
export interface Leftover {
  readonly kind: 'generated-token' | 'attempt' | 'activation-id' | 'login-token'
  readonly cluster: ClusterName
  readonly what: string
}

export interface SimulatedCluster {
  readonly name: ClusterName
  /** e.g. https://127.0.0.1:41234 */
  readonly addr: string
  /** A node of it that is not active: it forwards, but sends whoever asks for a snapshot on to `addr` with a 307. */
  readonly standbyAddr: string
  /** Its own root token, from before it was enrolled anywhere. */
  readonly rootToken: string
  /** The last role a client could have seen: during a change the one before it. */
  role(): 'primary' | 'secondary' | 'disabled'
  /** dr/status `state`, before overrides; '' while a change is under way; 'erased' after a disable. */
  state(): string
  /** Whether its data, or its place in the set, was ever thrown away by a disable or a secondary/enable. */
  erased(): boolean
  /** Connections are refused and links lost; who followed it last heard of it `heartbeatAgeSeconds` ago (default 0). */
  stop(options?: { heartbeatAgeSeconds?: number }): Promise<void>
  /** It comes back as it was: an old primary still thinks that it is primary. */
  start(): Promise<void>
  /** The API accepts connections and never answers; what it is asked meanwhile is lost. Replication links live on. */
  hang(): void
  unhang(): void
  seal(): void
  unseal(): void
  /** The nodes that are not active are sealed, or unsealed again with the primary's keys. */
  sealFollowers(): void
  unsealFollowers(): void
  followersSealed(): boolean
  /**
   * Changes (or, with undefined, takes away) a secret there, and so on whoever streams from it. On a secondary it is
   * damage nobody notices: the trees look equal, and the secret is as it was set once the cluster is promoted. Until it
   * syncs again such a secondary takes in nothing else either.
   */
  setSecret(path: string, value: Record<string, unknown> | undefined): void
  /** Overrides fields of the dr/status data, from now on: objects are merged, undefined takes the key away. */
  set(fields: Record<string, unknown>): void
  /** The same for sys/health, whose status code follows the overridden body. */
  setHealth(fields: Record<string, unknown>): void
  clearOverrides(): void
  /** Makes it a primary at once, whatever the others are. */
  forcePrimary(): void
}

const names: readonly ClusterName[] = ['primary', 'secondary', 'tertiary']

/** What `tokens.operator` may do: the calls on a primary. */
export const operatorPolicy: Record<string, string[]> = {
  'sys/replication/dr/primary/demote': ['update'],
  'sys/replication/dr/primary/secondary-token': ['update', 'sudo'],
  'sys/replication/dr/primary/revoke-secondary': ['update'],
}

/** What `tokens.batch` may do: a whole failover. */
export const failoverPolicy: Record<string, string[]> = {
  ...operatorPolicy,
  'sys/replication/dr/secondary/promote': ['update'],
  'sys/replication/dr/secondary/update-primary': ['update'],
  'sys/replication/dr/secondary/generate-public-key': ['update'],
  'sys/storage/raft/autopilot/state': ['read', 'update'],
}

/** What the operators of clusters that are not enrolled may do beside that. */
export const setupPolicy: Record<string, string[]> = {
  ...operatorPolicy,
  'sys/replication/dr/primary/enable': ['update'],
  'sys/replication/dr/primary/disable': ['update'],
  'sys/replication/dr/secondary/enable': ['update'],
  'sys/replication/dr/secondary/generate-public-key': ['update'],
}

/**
 * Starts a DR set on loopback: the first cluster is primary, the others stream from it. Tokens are random per world.
 * Close it when done; until then its sockets keep the process alive.
 */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const count = options.clusters ?? 2
  const used = names.slice(0, count)
  if (used.length !== count || count < 1) throw new RangeError('clusters must be 1, 2 or 3')
  const now = options.now ?? Date.now
  const version = options.version ?? '1.21.1+ent'
  const { count: shareCount, threshold } = options.shares ?? { count: 5, threshold: 3 }
  const enrolled = options.enrolled ?? true
  const owners = new Map<ClusterName, { root: string; operator: string; storage: Storage }>()
  const newStorage = (name: ClusterName, ofVersion: string): Storage => {
    const tokens = new TokenStore(now, isAtLeast(ofVersion, 1, 10) ? 'hv' : '')
    const isFirst = name === 'primary'
    const storage = new Storage({
      tokens,
      keys: newKeyShares(shareCount, threshold),
      performance: performanceOf(
        (isFirst ? options.performance?.primary : name === 'secondary' ? options.performance?.secondary : undefined) ??
          'disabled',
      ),
      secrets: new Map<string, Fields>(isFirst ? Object.entries(options.secrets ?? {}) : []),
    })
    const operator = tokens.mint({ type: 'service', policy: enrolled ? operatorPolicy : setupPolicy })
    owners.set(name, { root: tokens.mint({ type: 'root' }), operator, storage })
    return storage
  }
  const set = new ReplicaSet({
    names: used,
    version,
    secondaryVersion: options.secondaryVersion ?? version,
    windows: { demote: 60, promote: 80, attach: 60, ...options.windows },
    lag: options.lag ?? 0,
    catchUpPerSecond: options.catchUpPerSecond ?? Number.POSITIVE_INFINITY,
    writesPerSecond: options.writesPerSecond ?? 0,
    enrolled,
    foreign: options.foreign ?? {},
    followersSeal: options.followersSeal ?? false,
    newStorage,
    now,
  })
  for (const cluster of set.clusters) {
    if (cluster.name === 'secondary') cluster.performanceAsSecondary = options.performance?.secondary ?? 'disabled'
  }
  const api = new Api({
    set,
    activation: options.activation ?? 'both',
    generatedTokenSurvives: options.generatedTokenSurvives ?? false,
    unauthenticatedCeremony: options.unauthenticatedCeremony ?? false,
    jwt: options.jwt,
    approle: options.approle,
    namespace: (options.namespace ?? '').replaceAll(/^\/+|\/+$/g, ''),
    loginPolicy: operatorPolicy,
    snapshotBytes: options.snapshotBytes ?? 200_000,
    random: seededRandom(options.seed ?? 1),
  })
  const demandClientCertificate = options.mutualTls ?? false
  const certificates = (options.tls ?? true) || demandClientCertificate ? await makeCertificates(count) : undefined

  const faults = new Faults()
  const requests: RecordedRequest[] = []
  let connections = 0
  const serverOf = (cluster: Cluster, node: 'active' | 'standby', index: number): ClusterServer =>
    new ClusterServer({
      name: cluster.name,
      node,
      tls: tlsFor(certificates, index, demandClientCertificate),
      faults,
      log: requests,
      nextConnection: () => {
        connections += 1
        return connections
      },
      now,
      answer: (request) => api.answer(cluster, request),
      isHung: () => cluster.hung,
    })
  const nodes = set.clusters.map((cluster, index) => ({
    cluster,
    active: serverOf(cluster, 'active', index),
    standby: serverOf(cluster, 'standby', index),
  }))
  const servers = nodes.flatMap(({ active, standby }) => [active, standby])
  try {
    await Promise.all(nodes.map(({ active }, index) => active.listen(options.ports?.[index] ?? 0)))
    const next = (port: number | undefined) => (port ? port + 1 : 0)
    await Promise.all(nodes.map(({ standby }, index) => standby.listen(next(options.ports?.[index]))))
  } catch (error) {
    await Promise.all(servers.map((server) => server.close()))
    throw error
  }
  set.alter(() => {
    const taken = servers.map(({ addr }) => Number(new URL(addr).port))
    for (const { cluster, active, standby } of nodes) {
      cluster.apiAddr = active.addr
      cluster.standbyAddr = standby.addr
      cluster.clusterAddr = clusterAddrOf(active.addr, taken)
      taken.push(Number(new URL(cluster.clusterAddr).port))
      cluster.running = true
    }
  })

  const clusters = nodes.map(({ cluster, active, standby }) =>
    handleOf(cluster, [active, standby], set, owners.get(cluster.name)?.root ?? ''),
  )
  const [primary, secondary = primary] = clusters
  const own = owners.get('primary')
  if (primary === undefined || secondary === undefined || own === undefined) {
    throw new RangeError('clusters must be 1, 2 or 3')
  }
  // A world of one has no second cluster whose own tokens there could be.
  const others = owners.get('secondary') ?? own
  const mintToken = (spec: TokenSpec, at?: ClusterName): string => {
    if (at !== undefined) return set.cluster(at).storage.tokens.mint(spec)
    const token = own.storage.tokens.make(spec)
    for (const { storage } of set.clusters) {
      if (storage.keys === own.storage.keys) storage.tokens.add(token)
    }
    return token.id
  }
  return {
    primary,
    secondary,
    clusters,
    ca: certificates?.ca ?? '',
    clientCertificate: demandClientCertificate ? (certificates?.client.certificate ?? '') : '',
    clientKey: demandClientCertificate ? (certificates?.client.key ?? '') : '',
    tokens: {
      root: own.root,
      operator: own.operator,
      batch: own.storage.tokens.mint({ type: 'batch', policy: failoverPolicy, ttlSeconds: 28_800 }),
      secondaryRoot: others.root,
      secondaryOperator: others.operator,
    },
    keyShares: own.storage.keys.shares,
    mintToken,
    leftovers: () => {
      set.settle()
      return leftoversOf(set.clusters, api.logins)
    },
    requests,
    get history() {
      set.settle()
      return set.history
    },
    primariesAtOnceMs: () => set.primariesAtOnceMs(),
    writes: () =>
      requests.filter(
        ({ method, path }) => path.startsWith('sys/replication/') && !['GET', 'HEAD', 'LIST'].includes(method),
      ),
    fault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    cutLink: () => set.setLink(false),
    healLink: () => set.setLink(true),
    close: async () => {
      await Promise.all(servers.map((server) => server.close()))
    },
  }
}

function leftoversOf(clusters: readonly Cluster[], logins: readonly string[]): readonly Leftover[] {
  const left: Leftover[] = []
  for (const { name: cluster, operations, known, used } of clusters) {
    if (operations.token !== undefined) left.push({ kind: 'generated-token', cluster, what: operations.token })
    if (operations.isInProgress) left.push({ kind: 'attempt', cluster, what: '' })
    for (const what of known) if (!used.has(what)) left.push({ kind: 'activation-id', cluster, what })
  }
  // A service token is good on primaries alone; what a secondary still has of it goes with its next sync.
  const primaries = clusters.filter(({ role, running }) => role !== 'secondary' && running)
  for (const what of logins) {
    const at = (primaries.length > 0 ? primaries : clusters).find(({ storage }) => storage.tokens.isStored(what))
    if (at !== undefined) left.push({ kind: 'login-token', cluster: at.name, what })
  }
  return left
}

function handleOf(
  cluster: Cluster,
  servers: readonly [active: ClusterServer, standby: ClusterServer],
  set: ReplicaSet,
  rootToken: string,
): SimulatedCluster {
  const [active, standby] = servers
  const change = (fields: Partial<Pick<Cluster, 'running' | 'hung' | 'sealed' | 'followersSealed'>>): void =>
    set.alter(() => {
      Object.assign(cluster, fields)
    })
  const override = (overrides: Map<string, unknown>, fields: Record<string, unknown>): void => {
    for (const [key, value] of Object.entries(fields)) overrides.set(key, value)
  }
  return {
    name: cluster.name,
    get addr() {
      return active.addr
    },
    get standbyAddr() {
      return standby.addr
    },
    rootToken,
    role: () => {
      set.settle()
      return cluster.role
    },
    state: () => {
      const now = set.settle()
      if (cluster.change !== undefined) return ''
      if (cluster.role === 'disabled' && cluster.erased) return 'erased'
      return replicationState(cluster, set, now)
    },
    erased: () => {
      set.settle()
      return cluster.erased
    },
    stop: async ({ heartbeatAgeSeconds = 0 } = {}) => {
      change({ running: false })
      if (heartbeatAgeSeconds > 0) set.ageHeartbeats(cluster, heartbeatAgeSeconds)
      // The ceremony lives in the active node's memory.
      cluster.operations.dropAttempt()
      await Promise.all(servers.map((server) => server.close()))
    },
    start: async () => {
      await Promise.all(servers.map((server) => server.listen(0)))
      // A restarted primary has heard from nobody yet: entries come back with the secondaries (seen on 2.1).
      if (!cluster.running) cluster.seen.clear()
      change({ running: true })
    },
    hang: () => change({ hung: true }),
    unhang: () => change({ hung: false }),
    seal: () => {
      cluster.operations.dropAttempt()
      change({ sealed: true })
    },
    unseal: () => change({ sealed: false }),
    sealFollowers: () => change({ followersSealed: true }),
    unsealFollowers: () => change({ followersSealed: false }),
    followersSealed: () => {
      set.settle()
      return cluster.followersSealed
    },
    setSecret: (path, value) =>
      set.alter(() => {
        const isFollower = cluster.role === 'secondary'
        if (isFollower) cluster.storage = cluster.storage.copy()
        if (value === undefined) cluster.storage.secrets.delete(path)
        else cluster.storage.secrets.set(path, value)
        if (!isFollower) cluster.position += 1
      }),
    set: (fields) => override(cluster.statusOverrides, fields),
    setHealth: (fields) => override(cluster.healthOverrides, fields),
    clearOverrides: () => {
      cluster.statusOverrides.clear()
      cluster.healthOverrides.clear()
    },
    forcePrimary: () => set.forcePrimary(cluster),
  }
}

function tlsFor(certificates: Certificates | undefined, index: number, demandClientCertificate: boolean) {
  const identity = certificates?.servers[index]
  if (certificates === undefined || identity === undefined) return undefined
  return { cert: identity.certificate, key: identity.key, ca: certificates.ca, demandClientCertificate }
}

/**
 * Vault's cluster port is by default the API port's neighbour. Nothing listens there: replication has no sockets here.
 */
function clusterAddrOf(addr: string, taken: readonly number[]): string {
  const { port } = new URL(addr)
  let next = Number(port)
  do next = next < 65_535 ? next + 1 : 1024
  while (taken.includes(next))
  return `https://127.0.0.1:${next}`
}
