/**
 * What one look at a cluster can tell, and the small questions that everything is decided by. Pure: no clock, no network.
 */
import type { Health, Replication } from './vault/schemas.ts'

/** The clusters by direction, not by role: roles change in the middle of a run, directions don't. */
export type Side = 'from' | 'to'
export const SIDES = ['from', 'to'] as const

/** One reading of one cluster. Not reaching it is a reading too, and in a disaster the expected one. */
export interface Cluster {
  /** The address as people name it: host, and port where it isn't 443. */
  readonly host: string
  /** When the reading was asked for and when it was there, in ms since the epoch. */
  readonly askedAt: number
  readonly at: number
  /** Its DR status, where it could be read. */
  readonly dr?: Replication | undefined
  readonly health?: Health | undefined
  /** The status code of sys/health: 200 active, 429 standby, 472 DR secondary, … */
  readonly healthCode?: number | undefined
  /** Whether the cluster has an active node, where a standby answered and was asked for it. */
  readonly led?: boolean | undefined
  /** Why `dr` is missing, in our words. */
  readonly because?: string | undefined
  /** No HTTP answer of any kind came from there. */
  readonly silent: boolean
  /** The last status in this run that showed it as a primary or a secondary: this one, or an earlier one. */
  /** This run demoted it and saw it demoted; nobody was seen to promote it since. */
  readonly demotedHere?: boolean | undefined
  /** The id it was last seen with as a secondary in this run. */
  readonly formerId?: string | undefined
  readonly last?: { readonly dr: Replication; readonly at: number } | undefined
}

/** Both clusters as last read. */
export type World = Readonly<Record<Side, Cluster>>

export type Role = 'primary' | 'secondary' | 'none' | 'unknown'

/** The role this reading shows; `unknown` where it shows none, and an unknown role never proves anything. */
export function role(cluster: Cluster): Role {
  switch (cluster.dr?.mode) {
    case undefined:
      return 'unknown'
    case 'primary':
    case 'secondary':
      return cluster.dr.mode
    default:
      return 'none'
  }
}

/** The role it was last seen in during this run, or `unknown`. */
export const lastRole = (cluster: Cluster): Role =>
  cluster.last === undefined ? 'unknown' : role({ ...cluster, dr: cluster.last.dr })

/** It answers requests: unsealed, with an active node behind the address. */
export function active(cluster: Cluster): boolean {
  const { health, healthCode, led } = cluster
  if (health === undefined || !health.initialized || health.sealed) return false
  // A DR secondary answers 472 whatever the node is (facts 2.1); a standby serves by forwarding, given a leader.
  // A standby that has lost its majority goes on naming the leader it had; 474 says so after some seconds (facts 2.1).
  if (health.standby === true) return led === true && healthCode !== 474 && health.ha_connection_healthy !== false
  return healthCode === (role(cluster) === 'secondary' ? 472 : 200)
}

/** It is the DR primary, and secrets can be read from it. */
export const serving = (cluster: Cluster): boolean =>
  role(cluster) === 'primary' && (cluster.dr?.state ?? 'running') === 'running' && active(cluster)

/** Both show a DR set, and it isn't the same one. */
export const strangers = ({ from, to }: World): boolean =>
  from.dr?.cluster_id !== undefined && to.dr?.cluster_id !== undefined && from.dr.cluster_id !== to.dr.cluster_id

/** Both addresses lead to one cluster: the id that each cluster has of its own is the same, and so is the role. */
export const oneCluster = ({ from, to }: World): boolean =>
  from.health?.cluster_id !== undefined && from.health.cluster_id === to.health?.cluster_id && role(from) === role(to)

/** Both claim the primary role of one DR set. */
export const twoPrimaries = (world: World): boolean =>
  role(world.from) === 'primary' && role(world.to) === 'primary' && !strangers(world) && !oneCluster(world)

/** The old primary was promoted after the new one was: it holds the newer history of the two (facts 1.4). */
export function outranked({ from, to }: World): boolean {
  const [theirs, ours] = [from.dr?.ssct_generation_counter, to.dr?.ssct_generation_counter]
  return theirs !== undefined && ours !== undefined && ours < theirs
}

/** Something in its status says that it has followed a primary since it was one itself. */
const hasFollowed = ({ dr }: Cluster): boolean =>
  (dr?.secondary_id ?? '') !== '' || (dr?.last_remote_wal ?? 0) > 0 || (dr?.primaries?.length ?? 0) > 0

/**
 * Nobody is primary, and the one that is to be promoted was demoted before the other one was promoted, and has not followed
 * it: what the other one has taken since would be gone.
 */
export const leftBehind = (world: World): boolean => nobodyPrimary(world) && outranked(world) && !hasFollowed(world.to)

/** Both can be read, and neither is primary. */
export const nobodyPrimary = ({ from, to }: World): boolean =>
  [from, to].every((cluster) => ['secondary', 'none'].includes(role(cluster)))

/** The primary of this pair, if exactly one is seen. */
export function primaryOf(world: World): Side | undefined {
  const found = SIDES.filter((side) => role(world[side]) === 'primary')
  return found.length === 1 ? found[0] : undefined
}

/** The secondary was attached by the primary: its id is one that this primary has issued and not revoked. */
export function attached(secondary: Cluster, primary: Cluster): boolean {
  const id = secondary.dr?.secondary_id
  const known = primary.dr?.known_secondaries
  // Old servers report less; there the state alone must do.
  return known === undefined || id === undefined || known.includes(id)
}

/** The link is up as far as both ends report it; ends that report nothing say nothing against it. */
export function connected(secondary: Cluster, primary: Cluster): boolean {
  const { connection_state: state, primaries = [], secondary_id: id } = secondary.dr ?? {}
  if (state !== undefined && state !== 'ready') return false
  const up = primaries.map((peer) => peer.connection_status).filter((status) => status !== undefined)
  if (up.length > 0 && !up.includes('connected')) return false
  const seen = primary.dr?.secondaries?.find((peer) => peer.node_id === id)
  return seen?.connection_status === undefined || seen.connection_status === 'connected'
}

/** The secondary streams from this primary, proven by its id. */
export const follows = (secondary: Cluster, primary: Cluster): boolean =>
  role(secondary) === 'secondary' &&
  role(primary) === 'primary' &&
  secondary.dr?.state === 'stream-wals' &&
  attached(secondary, primary) &&
  connected(secondary, primary)

const SYNCING: readonly (string | undefined)[] = ['merkle-diff', 'merkle-sync', 'stream-wals', 'connecting']

/** It was attached to this primary and is on its way to streaming: nothing to send, only to wait. */
export function joining(secondary: Cluster, primary: Cluster): boolean {
  if (role(secondary) !== 'secondary' || role(primary) !== 'primary' || !attached(secondary, primary)) return false
  const { state, connection_state: connection, secondary_id: id } = secondary.dr ?? {}
  // Without an id nothing tells whose stream it was: one that is cut off has to be attached anew.
  if (state === 'stream-wals' && id === undefined) return connected(secondary, primary)
  return SYNCING.includes(state) || connection === 'connecting'
}

/** WAL position of a primary; `last_dr_wal` since 1.4, `last_wal` before (facts 1.3). */
export const position = (primary: Cluster): number | undefined => primary.dr?.last_dr_wal ?? primary.dr?.last_wal

/** Equal merkle roots prove that both hold the same data at that instant (facts 1.4). */
export function sameRoot({ from, to }: World): boolean {
  const root = from.dr?.merkle_root
  return root !== undefined && root !== '' && root === to.dr?.merkle_root
}

/**
 * WAL entries that the secondary is behind, as both were just read; undefined where it can't be told. After a resync
 * `last_remote_wal` is 0 until the first entry is streamed, so equal roots count as 0 too.
 */
export function lag(world: World): number | undefined {
  const side = primaryOf(world)
  if (side === undefined) return undefined
  const [primary, secondary] = [world[side], world[other(side)]]
  if (role(secondary) !== 'secondary') return undefined
  if (sameRoot(world)) return 0
  const [ahead, behind] = [position(primary), secondary.dr?.last_remote_wal]
  if (ahead === undefined || behind === undefined || secondary.dr?.state !== 'stream-wals') return undefined
  return Math.max(0, ahead - behind)
}

export const other = (side: Side): Side => (side === 'from' ? 'to' : 'from')

/** A heartbeat or canary older than this is stale; Vault exchanges them about every 5 s (facts 1.4). In ms. */
export const STALE = 20_000

/**
 * Age of the newest heartbeat that one end reports, by that end's own clock, in ms; undefined where none is reported.
 * The runner's clock is not asked: its skew would make a live link look dead, or a dead one live.
 */
export function heartbeatAge(cluster: Cluster, peers: Replication['primaries']): number | undefined {
  const beats = (peers ?? []).map((peer) => peer.last_heartbeat).filter((at) => at !== undefined)
  const now = cluster.health?.server_time_utc
  if (beats.length === 0 || now === undefined) return undefined
  return Math.max(0, now * 1000 - Math.max(...beats))
}

const NUMBERS = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.]+))?/

/**
 * Compares two versions as an upgrade would: below 0 where `a` is the older one. The edition (`+ent`) does not count; a
 * pre-release is older than its release. Undefined where one is unknown.
 */
export function compareVersions(a: string | undefined, b: string | undefined): number | undefined {
  const [left, right] = [a, b].map((version) => NUMBERS.exec(version ?? ''))
  if (!left || !right) return undefined
  for (const at of [1, 2, 3]) {
    const difference = Number(left[at]) - Number(right[at])
    if (difference !== 0) return difference
  }
  const [before, after] = [left[4], right[4]]
  if (before === after) return 0
  if (before === undefined || after === undefined) return before === undefined ? 1 : -1
  return before.localeCompare(after, 'en', { numeric: true })
}

/** States that Vault documents; any other word of a server is shown as "an unknown state", and is never healthy. */
const STATES = new Set([
  'running',
  'stream-wals',
  'merkle-diff',
  'merkle-sync',
  'idle',
  'shutdown',
  'transient_failure',
  'connecting',
  'ready',
])

/** Role and state in the field's words: `primary, running`; or why nothing can be said. */
export function describe(cluster: Cluster): string {
  const { dr } = cluster
  if (dr === undefined) return cluster.health?.sealed ? 'sealed' : (cluster.because ?? 'not read')
  if (dr.mode === 'disabled') return 'DR replication disabled'
  if (dr.mode === 'unsupported') return 'its storage can not replicate'
  const state = dr.state === undefined ? '' : STATES.has(dr.state) ? `, ${dr.state}` : ', in an unknown state'
  const link =
    dr.mode === 'secondary' &&
    dr.connection_state !== undefined &&
    dr.connection_state !== 'ready' &&
    STATES.has(dr.connection_state)
  const sealed = cluster.health?.sealed ? ', sealed' : ''
  return `${dr.mode}${state}${link && dr.connection_state !== dr.state ? `, connection ${dr.connection_state}` : ''}${sealed}`
}
