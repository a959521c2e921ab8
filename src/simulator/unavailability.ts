import type { Cluster } from './cluster.ts'
import type { ApiAnswer } from './route.ts'
import { type Fields, leader, sealStatus } from './status.ts'

/**
 * What a cluster says while it changes its role. Vault's documentation has one word for it ("brief"); the answers are
 * the ones seen or read in its public source, mixed by chance from a seed. None of them shows a new role.
 */
export function unavailable(path: string, cluster: Cluster, random: () => number, now: number): ApiAnswer {
  const answers = possible(path, cluster, now)
  return answers[Math.floor(random() * answers.length)] ?? reset
}

const reset: ApiAnswer = { kind: 'reset' }

const refusals: readonly ApiAnswer[] = [
  reset,
  errors(500, 'local node not active but active cluster node not found'),
  errors(503, 'Vault is sealed'),
  errors(503, 'node is not active'),
]

function possible(path: string, cluster: Cluster, now: number): readonly ApiAnswer[] {
  const disabled = { mode: 'disabled' }
  switch (path) {
    case 'sys/replication/dr/status':
      return [...refusals, data({}), data({ mode: 'bootstrapping' })]
    case 'sys/replication/status':
      return [
        ...refusals,
        data({ dr: {}, performance: disabled }),
        data({ dr: { mode: 'bootstrapping' }, performance: disabled }),
      ]
    case 'sys/health':
      return [...refusals, bare(429, standbyHealth(cluster, now)), bare(503, sealedHealth(cluster, now))]
    case 'sys/leader':
      return [...refusals, bare(200, leader(cluster, false))]
    case 'sys/seal-status':
      return [reset, bare(200, sealStatus(cluster))]
    default:
      return refusals
  }
}

function standbyHealth(cluster: Cluster, now: number): Fields {
  return {
    initialized: true,
    sealed: false,
    standby: true,
    performance_standby: false,
    replication_performance_mode: 'disabled',
    replication_dr_mode: 'bootstrapping',
    server_time_utc: Math.floor(now / 1000),
    version: cluster.version,
    enterprise: true,
    removed_from_cluster: false,
    cluster_name: `simulator-${cluster.name}`,
    cluster_id: cluster.ownId,
    echo_duration_ms: 0,
    clock_skew_ms: 0,
    replication_primary_canary_age_ms: 0,
  }
}

function sealedHealth(cluster: Cluster, now: number): Fields {
  return {
    initialized: true,
    sealed: true,
    standby: true,
    performance_standby: false,
    replication_performance_mode: 'unknown',
    replication_dr_mode: 'unknown',
    server_time_utc: Math.floor(now / 1000),
    version: cluster.version,
    enterprise: true,
    removed_from_cluster: false,
    echo_duration_ms: 0,
    clock_skew_ms: 0,
  }
}

function data(fields: Fields): ApiAnswer {
  return bare(200, {
    request_id: '',
    lease_id: '',
    renewable: false,
    lease_duration: 0,
    data: fields,
    wrap_info: null,
    warnings: null,
    auth: null,
    mount_type: '',
  })
}

function bare(status: number, body: Fields): ApiAnswer {
  return { kind: 'answer', status, body }
}

function errors(status: number, message: string): ApiAnswer {
  return { kind: 'answer', status, body: { errors: [message] } }
}

/** mulberry32: a small seeded generator of numbers in [0, 1), so that a world misbehaves the same way each time. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
