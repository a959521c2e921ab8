import { createHash, randomUUID } from 'node:crypto'
import { OperationTokens } from './ceremony.ts'
import type { PerformanceRole, Storage } from './storage.ts'

export type ClusterName = 'primary' | 'secondary' | 'tertiary'
export type Role = 'primary' | 'secondary' | 'disabled'

/**
 * A change of role that was accepted and is not finished: the cluster is in its "brief unavailability" until `readyAt`.
 */
export type Change = { readonly startedAt: number; readonly readyAt: number } & Step

export type Step =
  | { readonly kind: 'demote' }
  | { readonly kind: 'promote'; readonly primaryClusterAddr: string }
  | { readonly kind: 'attach'; readonly to: Attachment | undefined; readonly wipes: boolean }
  | { readonly kind: 'enable'; readonly primaryClusterAddr: string }
  | { readonly kind: 'disable' }

/** Whom a secondary follows, and under which id. */
export interface Attachment {
  readonly primary: ClusterName
  readonly id: string
}

/** A secondary's side of the link to its primary. */
export interface Upstream extends Attachment {
  connected: boolean
  /** When `connected` last became what it is, ms epoch. */
  since: number
  /** When the primary was last heard of, ms epoch; undefined if never. Not kept up while connected. */
  lastHeartbeat: number | undefined
  /** The trees differ in more than missing WAL entries: merkle-diff and merkle-sync come before streaming. */
  mustSync: boolean
  /** When the sync that is under way will be done, ms epoch. */
  syncedAt: number | undefined
  /**
   * The primary's position when the last sync ended: `last_remote_wal` stays 0 until an entry beyond it is streamed.
   */
  streamedFrom: number
  /**
   * Entries that were shipped before the primary was demoted reach up to here; undefined when nothing is outstanding.
   */
  outstanding: number | undefined
}

/**
 * One simulated cluster, as data. What it holds is told by `lineage` and `position`: two clusters with both equal hold
 * the same data. A promotion begins a new lineage, since WAL positions mean nothing across one (seen on real clusters).
 */
export interface Cluster {
  readonly name: ClusterName
  readonly version: string
  /** `sys/health` has a cluster id of its own, which is not the replica set's (the samples of the API docs differ). */
  readonly ownId: string
  readonly startedAt: number
  apiAddr: string
  /** The API of a node of it that is not active. */
  standbyAddr: string
  clusterAddr: string
  role: Role
  change: Change | undefined
  setId: string
  /** ssct_generation_counter */
  generation: number
  lineage: string
  /** WAL entries, not whole while the clock moves it; shown rounded down. */
  position: number
  /** Where this cluster's own WAL numbering stands while it follows another one's. */
  ownPosition: number
  primaryClusterAddr: string
  /**
   * Ids of activation tokens this cluster has issued. A primary's own list: it survives demotion, and is not
   * replicated.
   */
  readonly known: Set<string>
  /** Those of them that a secondary has ever connected with. */
  readonly used: Set<string>
  /** Ids this primary has heard from since it started, with the last time, ms epoch. */
  readonly seen: Map<string, number>
  upstream: Upstream | undefined
  followsSince: number
  readonly publicKeys: Set<string>
  /** What it holds behind its barrier. The same object as its primary's while it is connected and in sync. */
  storage: Storage
  /** Its generated DR operation token, and the ceremony that makes it: of this cluster alone. */
  readonly operations: OperationTokens
  /** A performance role it shows although it is a DR secondary; such a cluster should have none. */
  performanceAsSecondary: PerformanceRole
  /** The nodes that are not active came back sealed, and wait for the primary's keys. */
  followersSealed: boolean
  running: boolean
  hung: boolean
  sealed: boolean
  /** Its data, or its place in the set, was thrown away by a disable or a secondary/enable. */
  erased: boolean
  readonly statusOverrides: Map<string, unknown>
  readonly healthOverrides: Map<string, unknown>
}

/** A cluster with DR replication disabled, not started yet. */
export function newCluster(name: ClusterName, version: string, now: number, storage: Storage): Cluster {
  return {
    name,
    version,
    ownId: randomUUID(),
    startedAt: now,
    apiAddr: '',
    standbyAddr: '',
    clusterAddr: '',
    role: 'disabled',
    change: undefined,
    setId: '',
    generation: 0,
    lineage: randomUUID(),
    position: 0,
    ownPosition: 0,
    primaryClusterAddr: '',
    known: new Set(),
    used: new Set(),
    seen: new Map(),
    upstream: undefined,
    followsSince: now,
    publicKeys: new Set(),
    storage,
    operations: new OperationTokens(),
    performanceAsSecondary: 'disabled',
    followersSealed: false,
    running: false,
    hung: false,
    sealed: false,
    erased: false,
    statusOverrides: new Map(),
    healthOverrides: new Map(),
  }
}

/** Up, unsealed, and not in the middle of a change: other clusters can talk to it. */
export function isSettled(cluster: Cluster): boolean {
  return cluster.running && !cluster.sealed && cluster.change === undefined
}

/** The role a client could notice now. A hung cluster serves nobody, though its links live on. */
export function visibleRole(cluster: Cluster): 'primary' | 'secondary' | 'none' {
  if (!isSettled(cluster) || cluster.hung || cluster.role === 'disabled') return 'none'
  return cluster.role
}

/** 40 hex digits, equal on two clusters exactly when they hold the same data. */
export function merkleRoot(cluster: Cluster): string {
  return createHash('sha1')
    .update(`${cluster.lineage}:${Math.floor(cluster.position)}`)
    .digest('hex')
}

/** Ends the change that is under way: the cluster is what it was asked to become. */
export function finishChange(cluster: Cluster): void {
  const { change } = cluster
  cluster.change = undefined
  switch (change?.kind) {
    case undefined:
      return
    case 'demote':
      becomeDemoted(cluster)
      return
    case 'promote':
      becomePrimary(cluster, change.primaryClusterAddr)
      return
    case 'attach':
      follow(cluster, change.to, change.readyAt, change.wipes)
      return
    case 'enable':
      cluster.setId = randomUUID()
      forgetSecondaries(cluster)
      cluster.position = Math.max(cluster.position, 1)
      cluster.role = 'primary'
      cluster.primaryClusterAddr = change.primaryClusterAddr
      return
    case 'disable':
      cluster.role = 'disabled'
      cluster.upstream = undefined
      cluster.operations.dropToken()
      forgetSecondaries(cluster)
      cluster.setId = ''
      cluster.erased = true
  }
}

/**
 * A promotion: same set, own WAL numbering, own list of secondaries, one more sync point (which is what Vault's
 * token_store.go calls a DR promotion). It never asks what the old primary is doing, and the old primary is not told.
 */
export function becomePrimary(cluster: Cluster, primaryClusterAddr: string): void {
  const before = `${cluster.lineage}:${Math.floor(cluster.position)}`
  cluster.role = 'primary'
  cluster.upstream = undefined
  // From here on its data is its own, and what was good for a secondary's calls is good for nothing.
  cluster.storage = cluster.storage.copy()
  cluster.operations.dropToken()
  cluster.generation += 1
  cluster.lineage = createHash('sha1').update(`${before}:${cluster.name}:${cluster.generation}`).digest('hex')
  cluster.position = cluster.ownPosition + 3
  cluster.primaryClusterAddr = primaryClusterAddr
  cluster.seen.clear()
}

/** The primary holds on to its data, its set and its list of secondaries, and looks for nobody. */
function becomeDemoted(cluster: Cluster): void {
  cluster.role = 'secondary'
  cluster.upstream = undefined
  cluster.ownPosition = Math.floor(cluster.position)
  cluster.primaryClusterAddr = ''
}

function follow(cluster: Cluster, to: Attachment | undefined, at: number, wipes: boolean): void {
  cluster.role = 'secondary'
  if (wipes) {
    cluster.erased = true
    cluster.setId = ''
    forgetSecondaries(cluster)
    cluster.lineage = randomUUID()
    cluster.position = 0
    cluster.ownPosition = 0
  }
  cluster.upstream = to === undefined ? undefined : attached(to, at)
  cluster.followsSince = at
}

function forgetSecondaries(cluster: Cluster): void {
  cluster.known.clear()
  cluster.used.clear()
  cluster.seen.clear()
}

/** A link that nobody has talked over yet. */
export function attached(to: Attachment, at: number): Upstream {
  return {
    ...to,
    connected: false,
    since: at,
    lastHeartbeat: undefined,
    mustSync: true,
    syncedAt: undefined,
    streamedFrom: 0,
    outstanding: undefined,
  }
}
