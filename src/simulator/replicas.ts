import { randomUUID } from 'node:crypto'
import {
  attached,
  becomePrimary,
  type Cluster,
  type ClusterName,
  finishChange,
  isSettled,
  newCluster,
  type Step,
  visibleRole,
} from './cluster.ts'
import type { Storage } from './storage.ts'

export interface RoleChange {
  /** ms epoch */
  readonly at: number
  readonly cluster: ClusterName
  /**
   * `none`: no client can get at a primary or a secondary there (in a change, stopped, sealed, hung, or DR disabled).
   */
  readonly role: 'primary' | 'secondary' | 'none'
  /** Set once the cluster's data or its place in the set has been thrown away. */
  readonly erased?: true
}

/** How long Vault takes for each, in ms: to become a secondary, to become a primary, to follow another primary. */
export interface Windows {
  readonly demote: number
  readonly promote: number
  readonly attach: number
}

export interface ReplicaOptions {
  readonly names: readonly ClusterName[]
  readonly version: string
  readonly secondaryVersion: string
  readonly windows: Windows
  readonly lag: number
  readonly catchUpPerSecond: number
  readonly writesPerSecond: number
  /** False: no cluster has DR replication enabled, and each has a storage of its own. */
  readonly enrolled: boolean
  /** Clusters that belong to a DR set whose other members are not in this world. */
  readonly foreign: Partial<Record<ClusterName, 'primary' | 'secondary'>>
  /** Whether the followers of a cluster that attaches to a primary come back sealed. */
  readonly followersSeal: boolean
  readonly newStorage: (name: ClusterName, version: string) => Storage
  readonly now: () => number
}

const firstPosition = 223

/**
 * The clusters of one DR set, the links between them, and time. There are no timers: what has happened by now is worked
 * out when somebody asks, so the world is exact to the millisecond however busy the machine is.
 */
export class ReplicaSet {
  readonly clusters: readonly Cluster[]
  readonly history: RoleChange[] = []
  readonly windows: Windows
  readonly #options: ReplicaOptions
  #time: number
  #link: 'up' | 'cut' = 'up'

  constructor(options: ReplicaOptions) {
    this.#options = options
    this.windows = options.windows
    const now = options.now()
    this.#time = now
    const [first, ...others] = options.names.map((name, index) => {
      const version = index === 0 ? options.version : options.secondaryVersion
      return newCluster(name, version, now, options.newStorage(name, version))
    })
    if (first === undefined) throw new RangeError('a world needs at least one cluster')
    this.clusters = [first, ...others]
    for (const cluster of this.clusters) {
      const role = options.foreign[cluster.name]
      cluster.position = cluster.ownPosition = firstPosition
      if (role === undefined) continue
      cluster.role = role
      cluster.setId = randomUUID()
    }
    const isMember = ({ name }: Cluster): boolean => options.enrolled && options.foreign[name] === undefined
    if (!isMember(first)) return
    first.role = 'primary'
    first.setId = randomUUID()
    first.position = firstPosition + Math.max(0, options.lag)
    for (const other of others.filter(isMember)) {
      const id = randomUUID()
      first.known.add(id)
      first.used.add(id)
      other.role = 'secondary'
      other.setId = first.setId
      other.storage = first.storage
      other.lineage = first.lineage
      other.ownPosition = firstPosition - 70
      // Following for a while already: nothing to sync, and the first entries were streamed long ago.
      other.upstream = { ...attached({ primary: first.name, id }, now), mustSync: false }
    }
  }

  cluster(name: ClusterName): Cluster {
    const found = this.clusters.find((cluster) => cluster.name === name)
    if (found === undefined) throw new RangeError(`there is no cluster "${name}" in this world`)
    return found
  }

  /**
   * Brings the world up to now, and returns now (ms epoch). Everything that reads or changes a cluster calls this
   * first.
   */
  settle(): number {
    const now = Math.max(this.#options.now(), this.#time)
    for (let next = this.#nextEvent(now); next !== undefined; next = this.#nextEvent(now)) {
      this.#stream(next.at)
      next.happens()
      this.#relink()
    }
    this.#stream(now)
    return now
  }

  /** Changes something (a process, a link, a list) at this very moment, and lets the links notice. */
  alter(change: (now: number) => void): void {
    const now = this.settle()
    change(now)
    this.#relink()
    this.settle()
  }

  /** Accepts a change of role: from now until the window is over the cluster is in its brief unavailability. */
  begin(cluster: Cluster, step: Step): void {
    this.alter((now) => {
      cluster.operations.dropAttempt()
      cluster.change = { startedAt: now, readyAt: now + this.#duration(step), ...step }
    })
  }

  /** Split brain by hand: it is a primary at once, whatever anybody else is. */
  forcePrimary(cluster: Cluster): void {
    this.alter(() => {
      cluster.change = undefined
      if (cluster.role === 'primary') cluster.generation += 1
      else becomePrimary(cluster, '')
    })
  }

  /** The link between the first two clusters; API sockets are not touched by it. */
  setLink(up: boolean): void {
    this.alter(() => {
      this.#link = up ? 'up' : 'cut'
    })
  }

  /** Everybody who followed this cluster, or was followed by it, last heard of it that many seconds ago. */
  ageHeartbeats(cluster: Cluster, seconds: number): void {
    const heard = this.settle() - seconds * 1000
    for (const other of this.clusters) {
      if (other.upstream?.primary === cluster.name) other.upstream.lastHeartbeat = heard
      const { upstream } = cluster
      if (upstream?.primary === other.name && other.seen.has(upstream.id)) other.seen.set(upstream.id, heard)
    }
  }

  /** Whether one cluster gets an answer from the other's API. */
  canReach(from: Cluster, to: Cluster): boolean {
    return !this.#isApart(from, to) && isSettled(to) && !to.hung
  }

  /** The secondary that follows this primary under this id. */
  follower(primary: Cluster, id: string): Cluster | undefined {
    return this.clusters.find(({ upstream }) => upstream?.primary === primary.name && upstream.id === id)
  }

  /**
   * Whether a promotion would be refused as "still catching up" (HashiCorp's test harness waits that out). Entries a
   * lost primary never shipped do not count: a secondary cannot wait for what will not come. Those shipped before a
   * demotion do.
   */
  isCatchingUp(secondary: Cluster): boolean {
    const { upstream } = secondary
    if (upstream === undefined) return false
    if (upstream.mustSync) return true
    const goal = upstream.connected ? this.cluster(upstream.primary).position : upstream.outstanding
    return goal !== undefined && Math.floor(goal) > Math.floor(secondary.position)
  }

  /** For how many ms two clusters or more of this set were primary at the same time, as a client could have noticed, up to now. */
  primariesAtOnceMs(): number {
    const now = this.settle()
    const primaries = new Set<ClusterName>()
    let total = 0
    let before = this.history[0]?.at ?? now
    for (const { at, cluster, role, erased } of this.history) {
      // The primary of another set is nobody's rival, until it has been enrolled here.
      if (this.#options.foreign[cluster] !== undefined && erased !== true) continue
      if (primaries.size > 1) total += at - before
      if (role === 'primary') primaries.add(cluster)
      else primaries.delete(cluster)
      before = at
    }
    return primaries.size > 1 ? total + now - before : total
  }

  #duration(step: Step): number {
    switch (step.kind) {
      case 'demote':
      case 'disable':
        return this.windows.demote
      case 'promote':
      case 'enable':
        return this.windows.promote
      case 'attach':
        // The other two thirds are merkle-diff and merkle-sync, if there is somebody to sync with.
        return this.windows.attach / 3
    }
  }

  #nextEvent(until: number): { at: number; happens: () => void } | undefined {
    let next: { at: number; happens: () => void } | undefined
    const consider = (at: number, happens: () => void): void => {
      if (at <= until && (next === undefined || at < next.at)) next = { at, happens }
    }
    for (const cluster of this.clusters) {
      if (cluster.change !== undefined) consider(cluster.change.readyAt, () => this.#finish(cluster))
      const syncedAt = cluster.upstream?.syncedAt
      if (syncedAt !== undefined) consider(syncedAt, () => this.#finishSync(cluster))
    }
    return next
  }

  #finish(cluster: Cluster): void {
    const { change } = cluster
    finishChange(cluster)
    if (change?.kind !== 'attach' || change.to === undefined) return
    if (this.#options.followersSeal) cluster.followersSealed = true
    if (!change.wipes) return
    // Keys and keyring come with the bootstrap: what the cluster knew by itself is gone from here on.
    cluster.storage = this.cluster(change.to.primary).storage.copy()
    cluster.operations.dropToken()
  }

  #finishSync(secondary: Cluster): void {
    const { upstream } = secondary
    if (upstream === undefined) return
    const primary = this.cluster(upstream.primary)
    secondary.setId = primary.setId
    secondary.generation = primary.generation
    secondary.lineage = primary.lineage
    secondary.position = primary.position
    secondary.storage = primary.storage
    upstream.mustSync = false
    upstream.syncedAt = undefined
    upstream.streamedFrom = primary.position
  }

  /** Moves WAL positions on to `at`: writes on a primary, streaming on its secondaries. */
  #stream(at: number): void {
    const seconds = (at - this.#time) / 1000
    this.#time = Math.max(at, this.#time)
    if (seconds > 0) {
      for (const cluster of this.clusters) {
        if (cluster.role === 'primary' && isSettled(cluster)) {
          cluster.position += this.#options.writesPerSecond * seconds
        }
      }
    }
    const rate = this.#options.catchUpPerSecond
    for (const cluster of this.clusters) {
      const { upstream } = cluster
      if (upstream === undefined || upstream.mustSync) continue
      const goal = upstream.connected ? this.cluster(upstream.primary).position : upstream.outstanding
      if (goal === undefined || goal <= cluster.position) continue
      const reach = rate === Number.POSITIVE_INFINITY ? goal : cluster.position + rate * Math.max(0, seconds)
      cluster.position = Math.min(goal, reach)
    }
  }

  /** Works out anew which links are up, and writes down which roles have become visible. */
  #relink(): void {
    const at = this.#time
    for (const cluster of this.clusters) {
      const { upstream } = cluster
      if (upstream === undefined) continue
      const primary = this.cluster(upstream.primary)
      const up = this.#isUp(cluster, primary, upstream.id)
      if (up && !upstream.connected) {
        upstream.connected = true
        upstream.since = at
        upstream.outstanding = undefined
        // A gap in the same lineage is filled by streaming; another lineage, or a position the primary has not, is not.
        upstream.mustSync ||= cluster.lineage !== primary.lineage || cluster.position > primary.position
        upstream.syncedAt = upstream.mustSync ? at + (this.windows.attach * 2) / 3 : undefined
        if (!upstream.mustSync) cluster.storage = primary.storage
        primary.seen.set(upstream.id, at)
        primary.used.add(upstream.id)
      } else if (!up && upstream.connected) {
        upstream.connected = false
        // What the primary takes in from now on does not come through.
        if (cluster.storage === primary.storage) cluster.storage = cluster.storage.copy()
        upstream.since = at
        upstream.lastHeartbeat = at
        upstream.syncedAt = undefined
        if (primary.seen.has(upstream.id)) primary.seen.set(upstream.id, at)
        if (primary.change?.kind === 'demote' && !upstream.mustSync) upstream.outstanding = primary.position
      }
    }
    for (const cluster of this.clusters) this.#record(cluster, at)
  }

  #isUp(secondary: Cluster, primary: Cluster, id: string): boolean {
    // Not canReach(): a hung API does not hang the cluster port.
    return (
      !this.#isApart(secondary, primary) &&
      secondary.role === 'secondary' &&
      isSettled(secondary) &&
      primary.role === 'primary' &&
      isSettled(primary) &&
      primary.known.has(id) &&
      // A cluster of another set cannot be taken in without being erased first.
      (secondary.setId === '' || secondary.setId === primary.setId)
    )
  }

  #isApart(one: Cluster, other: Cluster): boolean {
    return this.#link === 'cut' && one.name !== 'tertiary' && other.name !== 'tertiary' && one !== other
  }

  #record(cluster: Cluster, at: number): void {
    const role = visibleRole(cluster)
    const last = this.history.findLast((entry) => entry.cluster === cluster.name)
    if (last?.role === role && (last.erased ?? false) === cluster.erased) return
    this.history.push({ at, cluster: cluster.name, role, ...(cluster.erased ? { erased: true as const } : {}) })
  }
}
