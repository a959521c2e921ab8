import { Api } from './api.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import type { Cluster, ClusterName } from './cluster.ts'
import { type Fault, Faults } from './faults.ts'
import { ReplicaSet, type RoleChange } from './replicas.ts'
import { ClusterServer, type RecordedRequest } from './server.ts'
import { replicationState } from './status.ts'
import { type TokenSpec, TokenStore } from './tokens.ts'
import { seededRandom } from './unavailability.ts'

export interface WorldOptions {
  /** Default true: https, with a CA of the world's own. */
  tls?: boolean
  /** Default false. True: a client certificate signed by the CA is demanded. */
  mutualTls?: boolean
  /** Default '1.21.1+ent'. From 2.0 on a DR secondary takes root tokens as DR operation tokens. */
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
  /** API ports in the clusters' order; 0 or absent is any. */
  ports?: number[]
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
  readonly tokens: { readonly root: string; readonly operator: string; readonly batch: string }
  /** Makes a token that every cluster of the set knows, as far as its kind can be known there. */
  mintToken(spec: TokenSpec): string
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

export interface SimulatedCluster {
  readonly name: ClusterName
  /** e.g. https://127.0.0.1:41234 */
  readonly addr: string
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
  /** Overrides fields of the dr/status data, from now on: objects are merged, undefined takes the key away. */
  set(fields: Record<string, unknown>): void
  /** The same for sys/health, whose status code follows the overridden body. */
  setHealth(fields: Record<string, unknown>): void
  clearOverrides(): void
  /** Makes it a primary at once, whatever the others are. */
  forcePrimary(): void
}

const names: readonly ClusterName[] = ['primary', 'secondary', 'tertiary']

const operatorPolicy: Record<string, string[]> = {
  'sys/replication/dr/primary/demote': ['update'],
  'sys/replication/dr/primary/secondary-token': ['update', 'sudo'],
  'sys/replication/dr/primary/revoke-secondary': ['update'],
}

const failoverPolicy: Record<string, string[]> = {
  ...operatorPolicy,
  'sys/replication/dr/secondary/promote': ['update'],
  'sys/replication/dr/secondary/update-primary': ['update'],
  'sys/replication/dr/secondary/generate-public-key': ['update'],
  'sys/storage/raft/autopilot/state': ['read', 'update'],
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
  const set = new ReplicaSet({
    names: used,
    version,
    secondaryVersion: options.secondaryVersion ?? version,
    windows: { demote: 60, promote: 80, attach: 60, ...options.windows },
    lag: options.lag ?? 0,
    catchUpPerSecond: options.catchUpPerSecond ?? Number.POSITIVE_INFINITY,
    writesPerSecond: options.writesPerSecond ?? 0,
    now,
  })
  const tokens = new TokenStore(now)
  const api = new Api({
    set,
    tokens,
    activation: options.activation ?? 'both',
    random: seededRandom(options.seed ?? 1),
  })
  const demandClientCertificate = options.mutualTls ?? false
  const certificates = (options.tls ?? true) || demandClientCertificate ? await makeCertificates(count) : undefined

  const faults = new Faults()
  const requests: RecordedRequest[] = []
  let connections = 0
  const servers = set.clusters.map(
    (cluster, index) =>
      new ClusterServer({
        name: cluster.name,
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
      }),
  )
  try {
    await Promise.all(servers.map((server, index) => server.listen(options.ports?.[index] ?? 0)))
  } catch (error) {
    await Promise.all(servers.map((server) => server.close()))
    throw error
  }
  set.alter(() => {
    set.clusters.forEach((cluster, index) => {
      const addr = servers[index]?.addr ?? ''
      cluster.apiAddr = addr
      cluster.clusterAddr = clusterAddrOf(addr)
      cluster.running = true
    })
  })

  const clusters = set.clusters.flatMap((cluster, index) => {
    const server = servers[index]
    return server === undefined ? [] : [handleOf(cluster, server, set)]
  })
  const [primary, secondary = primary] = clusters
  if (primary === undefined || secondary === undefined) throw new RangeError('clusters must be 1, 2 or 3')
  return {
    primary,
    secondary,
    clusters,
    ca: certificates?.ca ?? '',
    clientCertificate: demandClientCertificate ? (certificates?.client.certificate ?? '') : '',
    clientKey: demandClientCertificate ? (certificates?.client.key ?? '') : '',
    tokens: {
      root: tokens.mint({ type: 'root' }),
      operator: tokens.mint({ type: 'service', policy: operatorPolicy }),
      batch: tokens.mint({ type: 'batch', policy: failoverPolicy, ttlSeconds: 28_800 }),
    },
    mintToken: (spec) => tokens.mint(spec),
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

function handleOf(cluster: Cluster, server: ClusterServer, set: ReplicaSet): SimulatedCluster {
  const change = (fields: Partial<Pick<Cluster, 'running' | 'hung' | 'sealed'>>): void =>
    set.alter(() => {
      Object.assign(cluster, fields)
    })
  const override = (overrides: Map<string, unknown>, fields: Record<string, unknown>): void => {
    for (const [key, value] of Object.entries(fields)) overrides.set(key, value)
  }
  return {
    name: cluster.name,
    get addr() {
      return server.addr
    },
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
      await server.close()
    },
    start: async () => {
      await server.listen(0)
      // A restarted primary has heard from nobody yet: entries come back with the secondaries (seen on 2.1).
      if (!cluster.running) cluster.seen.clear()
      change({ running: true })
    },
    hang: () => change({ hung: true }),
    unhang: () => change({ hung: false }),
    seal: () => change({ sealed: true }),
    unseal: () => change({ sealed: false }),
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
function clusterAddrOf(addr: string): string {
  const url = new URL(addr)
  const port = Number(url.port)
  return `https://127.0.0.1:${port < 65_535 ? port + 1 : port - 1}`
}
