/**
 * The program's memory: one structure, written to disk at every change, from which the log's end, the job summary and
 * the outputs are drawn. Whatever a person sees comes from here, so nothing can be said twice in two ways.
 */
import type { Deeds } from './bring.ts'
import type { Check } from './checks.ts'
import type { Cluster, Role, Side } from './cluster.ts'
import { describe, heartbeatAge, position, role } from './cluster.ts'
import type { Operation } from './inputs.ts'
import type { StepName } from './plan.ts'

export const OUTCOMES = {
  done: 0,
  unchanged: 0,
  planned: 0,
  invalid: 2,
  blocked: 10,
  failed: 20,
  incomplete: 21,
  restored: 22,
  'no-primary': 30,
  'two-primaries': 31,
  unknown: 40,
} as const
export type Outcome = keyof typeof OUTCOMES

export type Health = 'healthy' | 'degraded' | 'critical'

/** A cluster at one moment, in closed words and numbers. */
export interface ClusterView {
  readonly host: string
  readonly role: Role
  /** Role and state as a person reads them, or why nothing can be said. */
  readonly says: string
  readonly version?: string | undefined
  /** WAL entries: a primary's own position, or what a secondary has received. */
  readonly position?: number | undefined
  /** Age of the newest heartbeat by the cluster's own clock, in ms. */
  readonly heartbeatAge?: number | undefined
  readonly readAt: string
}

/** One step as it went; times in ms since the epoch. */
export interface StepReport {
  readonly name: StepName
  readonly on: Side
  readonly host: string
  state: 'so' | 'due' | 'waived' | 'blocked' | 'running' | 'done' | 'failed' | 'interrupted'
  because?: string | undefined
  since?: number | undefined
  /** When its (last) write was sent. */
  sentAt?: number | undefined
  until?: number | undefined
  /** How often its write was sent. */
  sends?: number | undefined
}

/** An activation id, and whom it is for. */
export interface Activation {
  readonly id: string
  /** Host of the cluster that is to follow by it. */
  readonly follower: string
  /** Its token went out to the follower, which may be using it whatever came back: it is not revoked on a guess. */
  handed: boolean
}

/** What one direction of a run cost. */
export interface LegReport {
  readonly to: string
  readonly rtoMs: number | undefined
  readonly rpoEntries: number | 'unknown' | undefined
  readonly outage: Deeds['outage']
  /** A write of it was accepted. */
  readonly changed: boolean
}

/** One pair of a fleet, as it was read once. */
export interface FleetPair {
  readonly name: string
  readonly health: Health
  /** Hosts by the role they have today; empty where no primary, or more than one, is seen. */
  readonly primary: string
  readonly secondary: string
  readonly lag: number | undefined
  readonly reasons: readonly string[]
}

export interface Result {
  readonly outcome: Outcome
  readonly exitCode: number
  readonly changed: boolean
  /** Empty where nothing was looked at. */
  readonly health: Health | ''
  readonly activeAddr: string
  readonly redundancy: 'protected' | 'unprotected' | ''
  readonly lag: number | undefined
  readonly rtoMs: number | undefined
  readonly rpoEntries: number | 'unknown' | undefined
  readonly clusterId: string
  /** The verdict in a sentence or two. */
  readonly verdict: string
  /** Why, where it isn't plain from the verdict. */
  readonly reasons: readonly string[]
  /** What to do now, most urgent first. */
  readonly next: readonly string[]
}

export interface Report {
  readonly schema: 1
  readonly operation: Operation | undefined
  readonly mode: 'planned' | 'emergency'
  readonly dryRun: boolean
  readonly startedAt: string
  endedAt?: string
  /** The runner cancelled it. */
  cancelled?: boolean
  /** Who ran it and where, as the runner tells it. */
  readonly run: {
    readonly actor: string
    readonly repository: string
    readonly workflow: string
    readonly runId: string
    readonly attempt: string
    readonly url: string
  }
  readonly hosts: Readonly<Record<Side, string>>
  before?: Record<Side, ClusterView>
  after?: Record<Side, ClusterView>
  checks: readonly Check[]
  readonly steps: StepReport[]
  /** Things worth telling that are no step: what was waited for, what was left behind. */
  readonly notes: string[]
  /** Activation ids this run made: those that nobody uses are revoked at the end. */
  readonly activations: Activation[]
  /**
   * Attempts to generate a DR operation token that this run began and has not ended: nonces by host; an empty one where the
   * beginning was asked for, and is not answered.
   */
  readonly attempts: Record<string, string>
  /** Hosts of clusters where a login was asked for, and is not answered. */
  readonly logins: string[]
  /** What the run did so far; the post step concludes from it where the main step could not. */
  deeds: Deeds
  /** A drill's failover, once it is verified: from then on the run is on its way back. */
  failedOver?: LegReport
  /** What each direction that the run went cost, in order. */
  legs?: readonly LegReport[]
  /** `status` of a fleet: every pair, in the order of the file. */
  fleet?: readonly FleetPair[]
  result?: Result
}

/** What one reading shows, without anything that a server may have made up. */
export function view(cluster: Cluster): ClusterView {
  const primary = role(cluster) === 'primary'
  return {
    host: cluster.host,
    role: role(cluster),
    says: describe(cluster),
    version: cluster.health?.version,
    position: primary ? position(cluster) : cluster.dr?.last_remote_wal,
    heartbeatAge: heartbeatAge(cluster, primary ? cluster.dr?.secondaries : cluster.dr?.primaries),
    readAt: new Date(cluster.at).toISOString(),
  }
}
