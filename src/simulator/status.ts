import { type Cluster, isSettled, merkleRoot } from './cluster.ts'
import type { ReplicaSet } from './replicas.ts'
import type { PerformanceRole } from './storage.ts'

export type Fields = Record<string, unknown>

const neverChecked = '-62135596800'
const healthyCanaryAgeMs = 500

/** RFC3339 with whole seconds, as the samples of dr/status have it. */
function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** `state` of dr/status, with the values of the replication monitoring docs; '' when the field is not there. */
export function replicationState(cluster: Cluster, set: ReplicaSet, now: number): string {
  if (cluster.role === 'primary') return 'running'
  if (cluster.role === 'disabled') return ''
  const { upstream } = cluster
  if (upstream === undefined) return 'idle'
  // A lost link leaves `stream-wals` standing: the state alone does not prove that anything is streamed.
  if (!upstream.mustSync) return 'stream-wals'
  if (!upstream.connected) return 'idle'
  return now - upstream.since < set.windows.attach / 3 ? 'merkle-diff' : 'merkle-sync'
}

/**
 * `data` of sys/replication/dr/status. Types are the documented ones: WAL positions numbers, ages and epochs strings.
 */
export function drStatus(cluster: Cluster, set: ReplicaSet, now: number): Fields {
  return withOverrides(plainStatus(cluster, set, now), cluster.statusOverrides)
}

function plainStatus(cluster: Cluster, set: ReplicaSet, now: number): Fields {
  switch (cluster.role) {
    case 'disabled':
      return { mode: 'disabled' }
    case 'primary':
      return primaryStatus(cluster, set, now)
    case 'secondary':
      return secondaryStatus(cluster, set, now)
  }
}

function primaryStatus(cluster: Cluster, set: ReplicaSet, now: number): Fields {
  const wal = Math.floor(cluster.position)
  return {
    cluster_id: cluster.setId,
    corrupted_merkle_tree: false,
    known_secondaries: [...cluster.known],
    last_corruption_check_epoch: neverChecked,
    last_dr_wal: wal,
    last_reindex_epoch: '0',
    last_wal: wal,
    merkle_root: merkleRoot(cluster),
    mode: 'primary',
    primary_cluster_addr: cluster.primaryClusterAddr,
    secondaries: [...cluster.known].flatMap((id) => secondaryEntry(cluster, id, set, now)),
    ssct_generation_counter: cluster.generation,
    state: 'running',
  }
}

function secondaryEntry(primary: Cluster, id: string, set: ReplicaSet, now: number): Fields[] {
  const seen = primary.seen.get(id)
  const follower = set.follower(primary, id)
  // Known but not heard from since this primary started: there is no entry (seen on 2.1).
  if (seen === undefined || follower === undefined) return []
  const connected = follower.upstream?.connected === true
  const heard = connected ? now : seen
  return [
    {
      api_address: follower.apiAddr,
      clock_skew_ms: '0',
      cluster_address: follower.clusterAddr,
      connection_status: connected ? 'connected' : 'disconnected',
      last_heartbeat: timestamp(heard),
      last_heartbeat_duration_ms: '0',
      node_id: id,
      replication_primary_canary_age_ms: String(canaryAge(heard, now)),
    },
  ]
}

function secondaryStatus(cluster: Cluster, set: ReplicaSet, now: number): Fields {
  const { upstream } = cluster
  const primary = upstream === undefined ? undefined : set.cluster(upstream.primary)
  const streamed = upstream !== undefined && !upstream.mustSync && cluster.position > upstream.streamedFrom
  return {
    cluster_id: cluster.setId,
    connection_state: connectionState(cluster, set),
    corrupted_merkle_tree: false,
    known_primary_cluster_addrs: primary === undefined ? [] : [primary.clusterAddr],
    last_corruption_check_epoch: neverChecked,
    last_reindex_epoch: '0',
    last_remote_wal: streamed ? Math.floor(cluster.position) : 0,
    last_start: timestamp(cluster.followsSince),
    merkle_root: merkleRoot(cluster),
    mode: 'secondary',
    primaries: primary === undefined ? [] : primaryEntry(cluster, primary, now),
    primary_cluster_addr: primary?.clusterAddr ?? '',
    secondary_id: upstream?.id ?? '',
    ssct_generation_counter: cluster.generation,
    state: replicationState(cluster, set, now),
  }
}

function primaryEntry(cluster: Cluster, primary: Cluster, now: number): Fields[] {
  const { upstream } = cluster
  const heard = upstream?.connected === true ? now : upstream?.lastHeartbeat
  if (upstream === undefined || heard === undefined) return []
  return [
    {
      api_address: primary.apiAddr,
      clock_skew_ms: '0',
      cluster_address: primary.clusterAddr,
      connection_status: upstream.connected ? 'connected' : 'disconnected',
      last_heartbeat: timestamp(heard),
      last_heartbeat_duration_ms: '0',
      replication_primary_canary_age_ms: String(canaryAge(heard, now)),
    },
  ]
}

/** gRPC's channel states in lower case, as the replication troubleshooting docs list them. */
function connectionState(cluster: Cluster, set: ReplicaSet): string {
  const { upstream } = cluster
  if (upstream === undefined) return 'idle'
  if (upstream.connected) return 'ready'
  const primary = set.cluster(upstream.primary)
  // Revoked: no retry will help. Everything else may come back by itself.
  return isSettled(primary) && primary.role === 'primary' && !primary.known.has(upstream.id)
    ? 'shutdown'
    : 'transient_failure'
}

function canaryAge(heard: number, now: number): number {
  // Between 500 and 700 ms while all is well, as seen on real clusters; it grows with the silence.
  return Math.round(Math.max(0, now - heard)) + healthyCanaryAgeMs + (Math.floor(now) % 200)
}

/** What the cluster shows of performance replication. A DR secondary takes no part in it until it is promoted. */
export function performanceRole(cluster: Cluster): PerformanceRole {
  return cluster.role === 'secondary' ? cluster.performanceAsSecondary : cluster.storage.performance.role
}

/**
 * `data` of sys/replication/performance/status (API docs). The other members of the performance set are not in this
 * world: they are there and well.
 */
export function performanceStatus(cluster: Cluster, now: number): Fields {
  const mode = performanceRole(cluster)
  const { setId, secondaryId } = cluster.storage.performance
  const wal = Math.floor(cluster.position)
  const common = {
    cluster_id: setId,
    corrupted_merkle_tree: false,
    last_corruption_check_epoch: neverChecked,
    last_reindex_epoch: '0',
    merkle_root: merkleRoot(cluster),
    mode,
    ssct_generation_counter: cluster.generation,
  }
  const peer = (address: string): Fields => ({
    api_address: `https://${address}:8200`,
    clock_skew_ms: '0',
    cluster_address: `https://${address}:8201`,
    connection_status: 'connected',
    last_heartbeat: timestamp(now),
    last_heartbeat_duration_ms: '0',
    replication_primary_canary_age_ms: String(canaryAge(now, now)),
  })
  switch (mode) {
    case 'disabled':
      return { mode }
    case 'primary':
      return {
        ...common,
        known_secondaries: [secondaryId],
        last_performance_wal: wal,
        last_wal: wal,
        primary_cluster_addr: '',
        secondaries: [{ ...peer('performance-secondary.invalid'), node_id: secondaryId }],
        state: 'running',
      }
    case 'secondary':
      return {
        ...common,
        connection_state: 'ready',
        known_primary_cluster_addrs: ['https://performance-primary.invalid:8201'],
        last_remote_wal: wal,
        last_start: timestamp(cluster.startedAt),
        primaries: [peer('performance-primary.invalid')],
        primary_cluster_addr: 'https://performance-primary.invalid:8201',
        secondary_id: secondaryId,
        state: 'stream-wals',
      }
  }
}

/** Which node of a cluster speaks; the active one if absent. */
type Node = 'active' | 'standby' | undefined

function isSealed(cluster: Cluster, node: Node): boolean {
  return cluster.sealed || (node === 'standby' && cluster.followersSealed)
}

/**
 * Code and body of sys/health (API docs, http/sys_health.go); the body is bare. `query` may replace the codes; nonsense in
 * any of them is 400 and an empty list, whether it would have mattered or not.
 */
export function health(
  cluster: Cluster,
  query: URLSearchParams,
  now: number,
  node?: Node,
): { status: number; body: Fields } {
  if (!isSensible(query)) return { status: 400, body: { errors: [] } }
  const sealed = isSealed(cluster, node)
  const standby = node === 'standby'
  const secondary = cluster.role === 'secondary'
  const plain: Fields = {
    initialized: true,
    sealed,
    // A sealed node knows itself neither active nor a member of any replication.
    standby: sealed || standby,
    performance_standby: false,
    replication_performance_mode: sealed ? 'unknown' : performanceRole(cluster),
    replication_dr_mode: sealed ? 'unknown' : cluster.role,
    server_time_utc: Math.floor(now / 1000),
    version: cluster.version,
    enterprise: true,
    removed_from_cluster: false,
    ...(standby && !sealed ? { ha_connection_healthy: true, last_request_forwarding_heartbeat_ms: 500 } : {}),
    ...(sealed
      ? {}
      : {
          cluster_name: `simulator-${cluster.name}`,
          cluster_id: cluster.ownId,
          ...(standby ? {} : { last_wal: Math.floor(cluster.position) }),
          license: { state: 'autoloaded', expiry_time: timestamp(now + 31_536_000_000), terminated: false },
          replication_primary_canary_age_ms: secondary ? upstreamCanaryAge(cluster, now) : 0,
        }),
    echo_duration_ms: 0,
    clock_skew_ms: 0,
  }
  const body = withOverrides(plain, cluster.healthOverrides)
  return { status: healthCode(body, query), body }
}

function upstreamCanaryAge(cluster: Cluster, now: number): number {
  const { upstream } = cluster
  return canaryAge(upstream?.connected === true ? now : (upstream?.lastHeartbeat ?? now), now)
}

const codes = [
  'activecode',
  'standbycode',
  'drsecondarycode',
  'performancestandbycode',
  'sealedcode',
  'uninitcode',
  'removedcode',
  'haunhealthycode',
]
/** As Go reads a truth. */
const yes = ['1', 't', 'T', 'TRUE', 'true', 'True']
const no = ['0', 'f', 'F', 'FALSE', 'false', 'False', '']

/** Whether every code is a number that HTTP has, and every truth one. `standbyok` without a value is a no. */
function isSensible(query: URLSearchParams): boolean {
  const isCode = (given: string | null): boolean => given === null || /^\+?0*[1-9]\d\d$/.test(given)
  const isTruth = (given: string | null): boolean => given === null || [...yes, ...no].includes(given)
  return (
    codes.every((name) => isCode(query.get(name))) &&
    ['standbyok', 'perfstandbyok'].every((name) => isTruth(query.get(name)))
  )
}

/** The order of Vault's own checks; worked out from the body, so that an overridden field moves the code along. */
export function healthCode(body: Fields, query: URLSearchParams): number {
  const code = (name: string, normal: number): number => Number(query.get(name) ?? normal)
  const isOk = (name: string): boolean => yes.includes(query.get(name) ?? '')
  if (body.initialized !== true) return code('uninitcode', 501)
  if (body.sealed === true) return code('sealedcode', 503)
  if (body.replication_dr_mode === 'secondary') return code('drsecondarycode', 472)
  if (body.performance_standby === true && !isOk('perfstandbyok')) return code('performancestandbycode', 473)
  if (body.standby === true && !isOk('standbyok')) return code('standbycode', 429)
  return code('activecode', 200)
}

/** Bare body of sys/leader (API docs). */
export function leader(cluster: Cluster, hasLeader: boolean, node?: Node): Fields {
  return {
    ha_enabled: true,
    is_self: hasLeader && node !== 'standby',
    active_time: hasLeader ? timestamp(cluster.startedAt) : '0001-01-01T00:00:00Z',
    leader_address: hasLeader ? cluster.apiAddr : '',
    leader_cluster_address: hasLeader ? cluster.clusterAddr : '',
    performance_standby: false,
    performance_standby_last_remote_wal: 0,
    last_wal: Math.floor(cluster.position),
    raft_committed_index: raftIndex(cluster),
    raft_applied_index: raftIndex(cluster),
  }
}

/** Bare body of sys/seal-status (API docs). */
export function sealStatus(cluster: Cluster, node?: Node): Fields {
  const sealed = isSealed(cluster, node)
  return {
    type: 'shamir',
    initialized: true,
    sealed,
    t: cluster.storage.keys.threshold,
    n: cluster.storage.keys.shares.length,
    progress: 0,
    nonce: '',
    version: cluster.version,
    build_date: '2026-01-01T00:00:00Z',
    migration: false,
    ...(sealed ? {} : { cluster_name: `simulator-${cluster.name}`, cluster_id: cluster.ownId }),
    recovery_seal: false,
    storage_type: 'raft',
    removed_from_cluster: false,
  }
}

const nodeNames = ['node-1', 'node-2', 'node-3']

/**
 * `data` of sys/storage/raft/autopilot/state (a captured answer of a DR secondary): three voters, all alive, unless the
 * followers are sealed. A sealed node does not answer the leader.
 */
export function autopilotState(cluster: Cluster, now: number): Fields {
  const host = new URL(cluster.clusterAddr).host
  const servers = nodeNames.map((name, index) => {
    const isLeader = index === 0
    const isHealthy = isLeader || !cluster.followersSealed
    const server = {
      id: name,
      name,
      address: host,
      node_status: 'alive',
      last_contact: isLeader ? '0s' : isHealthy ? '1.8s' : `${Math.ceil((now - cluster.followsSince) / 1000) + 15}s`,
      last_term: 3,
      last_index: raftIndex(cluster),
      healthy: isHealthy,
      stable_since: new Date(cluster.startedAt).toISOString(),
      status: isLeader ? 'leader' : 'voter',
      version: cluster.version.replace(/\+.*$/, ''),
      node_type: 'voter',
      meta: null,
    }
    return [name, server]
  })
  const spare = cluster.followersSealed ? 0 : 1
  return {
    healthy: !cluster.followersSealed,
    failure_tolerance: spare,
    optimistic_failure_tolerance: spare,
    leader: 'node-1',
    voters: nodeNames,
    non_voters: null,
    servers: Object.fromEntries(servers),
    upgrade_info: {
      status: 'idle',
      target_version: cluster.version.replace(/\+.*$/, ''),
      target_version_voters: nodeNames,
    },
  }
}

/** `data` of sys/storage/raft/configuration (API docs). */
export function raftConfiguration(cluster: Cluster): Fields {
  const address = new URL(cluster.clusterAddr).host
  const servers = nodeNames.map((name, index) => ({
    address,
    leader: index === 0,
    node_id: name,
    protocol_version: '3',
    voter: true,
  }))
  return { config: { index: 0, servers } }
}

/** `nodes` of sys/ha-status (API docs): the active node, and those it has heard from lately. A sealed one is silent. */
export function haNodes(cluster: Cluster, now: number): readonly Fields[] {
  const nodes = cluster.followersSealed ? nodeNames.slice(0, 1) : nodeNames
  return nodes.map((hostname, index) => ({
    hostname,
    api_address: index === 0 ? cluster.apiAddr : cluster.standbyAddr,
    cluster_address: cluster.clusterAddr,
    active_node: index === 0,
    last_echo: index === 0 ? null : new Date(now - 500).toISOString(),
    echo_duration_ms: 0,
    clock_skew_ms: 0,
    replication_primary_canary_age_ms: 0,
    version: cluster.version.replace(/\+.*$/, ''),
    upgrade_version: cluster.version.replace(/\+.*$/, ''),
  }))
}

export function raftIndex(cluster: Cluster): number {
  return 1000 + Math.floor(cluster.position) * 2
}

/** Objects are merged key by key, anything else replaces what is there, and undefined takes the key away. */
export function withOverrides(fields: Fields, overrides: ReadonlyMap<string, unknown>): Fields {
  const result = { ...fields }
  for (const [key, value] of overrides) {
    const present = result[key]
    if (value === undefined) delete result[key]
    else result[key] = isFields(present) && isFields(value) ? { ...present, ...value } : value
  }
  return result
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
