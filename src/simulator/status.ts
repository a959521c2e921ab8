import { type Cluster, isSettled, merkleRoot } from './cluster.ts'
import type { ReplicaSet } from './replicas.ts'

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

/** Code and body of sys/health (API docs, http/sys_health.go); the body is bare. `query` may replace the codes. */
export function health(cluster: Cluster, query: URLSearchParams, now: number): { status: number; body: Fields } {
  const secondary = cluster.role === 'secondary'
  const plain: Fields = {
    initialized: true,
    sealed: cluster.sealed,
    // A sealed node knows itself neither active nor a member of any replication.
    standby: cluster.sealed,
    performance_standby: false,
    replication_performance_mode: cluster.sealed ? 'unknown' : 'disabled',
    replication_dr_mode: cluster.sealed ? 'unknown' : cluster.role,
    server_time_utc: Math.floor(now / 1000),
    version: cluster.version,
    enterprise: true,
    ...(cluster.sealed
      ? {}
      : {
          cluster_name: `simulator-${cluster.name}`,
          cluster_id: cluster.ownId,
          last_wal: Math.floor(cluster.position),
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

/** The order of Vault's own checks; worked out from the body, so that an overridden field moves the code along. */
export function healthCode(body: Fields, query: URLSearchParams): number {
  const code = (name: string, normal: number): number => {
    const given = Number(query.get(name) ?? normal)
    return Number.isInteger(given) && given >= 100 && given <= 599 ? given : 400
  }
  const isOk = (name: string): boolean => ['', 'true', '1'].includes(query.get(name) ?? 'no')
  if (body.initialized !== true) return code('uninitcode', 501)
  if (body.sealed === true) return code('sealedcode', 503)
  if (body.replication_dr_mode === 'secondary') return code('drsecondarycode', 472)
  if (body.performance_standby === true && !isOk('perfstandbyok')) return code('performancestandbycode', 473)
  if (body.standby === true && !isOk('standbyok')) return code('standbycode', 429)
  return code('activecode', 200)
}

/** Bare body of sys/leader (API docs): each cluster is one active node. */
export function leader(cluster: Cluster, hasLeader: boolean): Fields {
  return {
    ha_enabled: true,
    is_self: hasLeader,
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
export function sealStatus(cluster: Cluster): Fields {
  return {
    type: 'shamir',
    initialized: true,
    sealed: cluster.sealed,
    t: 3,
    n: 5,
    progress: 0,
    nonce: '',
    version: cluster.version,
    build_date: '2026-01-01T00:00:00Z',
    migration: false,
    ...(cluster.sealed ? {} : { cluster_name: `simulator-${cluster.name}`, cluster_id: cluster.ownId }),
    recovery_seal: false,
    storage_type: 'raft',
    removed_from_cluster: false,
  }
}

/** `data` of sys/storage/raft/autopilot/state (a captured answer of a DR secondary): three voters, all alive. */
export function autopilotState(cluster: Cluster): Fields {
  const names = ['node-1', 'node-2', 'node-3']
  const host = new URL(cluster.clusterAddr).host
  const servers = names.map((name, index) => [
    name,
    {
      id: name,
      name,
      address: host,
      node_status: 'alive',
      last_contact: index === 0 ? '0s' : '1.8s',
      last_term: 3,
      last_index: raftIndex(cluster),
      healthy: true,
      stable_since: new Date(cluster.startedAt).toISOString(),
      status: index === 0 ? 'leader' : 'voter',
      version: cluster.version.replace(/\+.*$/, ''),
      node_type: 'voter',
      meta: null,
    },
  ])
  return {
    healthy: true,
    failure_tolerance: 1,
    optimistic_failure_tolerance: 1,
    leader: 'node-1',
    voters: names,
    non_voters: null,
    servers: Object.fromEntries(servers),
    upgrade_info: {
      status: 'idle',
      target_version: cluster.version.replace(/\+.*$/, ''),
      target_version_voters: names,
    },
  }
}

function raftIndex(cluster: Cluster): number {
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
