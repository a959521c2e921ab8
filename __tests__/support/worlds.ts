/** Readings of two clusters, made by hand, for the pure modules. */
import type { Cluster, World } from '../../src/cluster.ts'
import type { Health, Replication } from '../../src/vault/schemas.ts'

export const SET = 'eef2a5ab-51e2-1c05-407c-8b4dc8d09ebf'
const NOW = Date.parse('2026-11-20T12:00:00Z')

export const status = (fields: Partial<Replication> & Pick<Replication, 'mode'>): Replication => ({
  cluster_id: SET,
  state: undefined,
  corrupted_merkle_tree: undefined,
  merkle_root: undefined,
  ssct_generation_counter: undefined,
  reindex_in_progress: undefined,
  last_dr_wal: undefined,
  last_wal: undefined,
  known_secondaries: undefined,
  secondaries: undefined,
  last_remote_wal: undefined,
  connection_state: undefined,
  secondary_id: undefined,
  primaries: undefined,
  ...fields,
})

export const health = (fields: Partial<Health> = {}): Health => ({
  initialized: true,
  sealed: false,
  standby: false,
  ha_connection_healthy: undefined,
  version: '1.21.1+ent',
  cluster_id: undefined,
  server_time_utc: NOW / 1000,
  ...fields,
})

/** A reading that showed this status. */
export function shows(host: string, dr: Replication, more: Partial<Cluster> = {}): Cluster {
  const healthCode = dr.mode === 'secondary' ? 472 : 200
  return {
    host,
    askedAt: NOW,
    at: NOW,
    silent: false,
    dr,
    health: health(),
    healthCode,
    ...(['primary', 'secondary'].includes(dr.mode) ? { last: { dr, at: NOW } } : {}),
    ...more,
  }
}

/** A reading that showed nothing; `last` is what an earlier one showed. */
export function hides(host: string, last?: Replication, silent = true): Cluster {
  return {
    host,
    askedAt: NOW,
    at: NOW,
    silent,
    because: 'connection refused',
    ...(last === undefined ? {} : { last: { dr: last, at: NOW - 1000 } }),
  }
}

export const peer = (fields: Record<string, unknown> = {}) => ({
  node_id: undefined,
  connection_status: 'connected',
  last_heartbeat: NOW - 1000,
  replication_primary_canary_age_ms: 600,
  ...fields,
})

const primary = (ids: string[], more: Partial<Replication> = {}): Replication =>
  status({
    mode: 'primary',
    state: 'running',
    known_secondaries: ids,
    secondaries: ids.map((id) => peer({ node_id: id })),
    last_dr_wal: 223,
    merkle_root: 'aa',
    ssct_generation_counter: 1,
    ...more,
  })

const follower = (id: string, more: Partial<Replication> = {}): Replication =>
  status({
    mode: 'secondary',
    state: 'stream-wals',
    connection_state: 'ready',
    secondary_id: id,
    primaries: [peer()],
    last_remote_wal: 223,
    merkle_root: 'aa',
    ssct_generation_counter: 1,
    ...more,
  })

const demoted = status({
  mode: 'secondary',
  state: 'idle',
  connection_state: 'idle',
  secondary_id: '',
  primaries: [],
  merkle_root: 'aa',
})

/** What one cluster can show, by name; ids fit: `follows` follows whatever `primary` is on the other side. */
export const READINGS = {
  primary: (host: string) => shows(host, primary(['x'])),
  'primary, and sealed': (host: string) =>
    shows(host, primary(['x']), { health: health({ sealed: true }), healthCode: 503 }),
  'primary, promoted later': (host: string) => shows(host, primary(['x'], { ssct_generation_counter: 2 })),
  follows: (host: string) => shows(host, follower('x')),
  'follows somebody else': (host: string) => shows(host, follower('y')),
  joins: (host: string) => shows(host, follower('x', { state: 'merkle-sync' })),
  demoted: (host: string) => shows(host, demoted),
  disabled: (host: string) => shows(host, status({ mode: 'disabled', cluster_id: undefined })),
  'of another set': (host: string) =>
    shows(host, primary(['x'], { cluster_id: '00000000-1111-2222-3333-444444444444' })),
  'never seen': (host: string) => hides(host),
  'answers badly': (host: string) => hides(host, undefined, false),
  'gone, was primary': (host: string) => hides(host, primary(['x'])),
  'gone, was secondary': (host: string) => hides(host, demoted),
} as const
export type Reading = keyof typeof READINGS

export const world = (from: Reading, to: Reading): World => ({
  from: READINGS[from]('a.example'),
  to: READINGS[to]('b.example'),
})
