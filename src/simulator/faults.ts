import type { ClusterName } from './cluster.ts'

/**
 * What can go wrong with one request. "Before" means that Vault never did what was asked, "after" that it did and the
 * answer was lost.
 *
 * - `refuse-connection`: the connection is reset as soon as the request's head is there, its body unread, nothing applied.
 *   A true refusal cannot be had per path, since no path is known at connect: for that use `SimulatedCluster.stop()`.
 * - `reset-before`, `reset-after`: TCP reset.
 * - `silence-before`, `silence-after`: the connection stays open and no byte comes.
 * - `status`: `status` (default 500) with `errors` and `headers`, in Vault's place.
 * - `html`: the page `html` with `status` (default 502), as a proxy would send it.
 * - `redirect`: `status` (default 307) to `location` (default: the same path at the same cluster).
 * - `garbage`: 200 and bytes that are not JSON.
 * - `truncated`: the true answer's head, half of its body, then a reset.
 * - `drip`: the true answer, one byte each `delayMs` (default 100).
 * - `endless`: 200 and a JSON text that never ends.
 * - `delay-answer`: the true answer, `delayMs` (default 1000) late.
 * - `snapshot-short`: a raft snapshot whose gzip stops halfway, in an answer that ends as it should.
 * - `snapshot-no-seal`: one without SHA256SUMS.sealed, which is how Vault leaves it when it fails near the end.
 * - `snapshot-corrupt`: one whose state.bin is not what SHA256SUMS says. These three spoil no answer but a snapshot,
 *   though a standby's 307 counts as a match: `node: 'active'` leaves it out.
 *
 * Kinds that answer in Vault's place (`status`, `html`, `redirect`) do not apply the request, those that spoil its answer
 * (`garbage`, `truncated`, `drip`, `endless`, `delay-answer`, `snapshot-…`) do, unless `applied` says otherwise.
 */
export type FaultKind =
  | 'refuse-connection'
  | 'reset-before'
  | 'reset-after'
  | 'silence-before'
  | 'silence-after'
  | 'status'
  | 'html'
  | 'garbage'
  | 'truncated'
  | 'drip'
  | 'endless'
  | 'redirect'
  | 'delay-answer'
  | SnapshotFlaw

/** What can be wrong with a raft snapshot that came with 200. */
export type SnapshotFlaw = 'snapshot-short' | 'snapshot-no-seal' | 'snapshot-corrupt'

export interface Fault {
  /** Any cluster if absent. */
  readonly cluster?: ClusterName
  /** Any node of it if absent. */
  readonly node?: 'active' | 'standby'
  /** 'GET' or 'POST'; PUT counts as POST, HEAD as GET. Any if absent. */
  readonly method?: string
  /** Without /v1/ and without the query, e.g. 'sys/replication/dr/secondary/promote'. */
  readonly path: string | RegExp
  readonly kind: FaultKind
  readonly status?: number
  readonly errors?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  readonly html?: string
  readonly location?: string
  readonly delayMs?: number
  /** Whether Vault does what was asked although the answer is this fault; see the kinds for the default. */
  readonly applied?: boolean
  /** Only the nth matching request (1 is the first); every one if absent. */
  readonly nth?: number
  /** How many matching requests at most. */
  readonly times?: number
}

export interface FaultSubject {
  readonly cluster: ClusterName
  readonly node: 'active' | 'standby'
  readonly method: string
  readonly path: string
}

/** The faults in force, in the order they were given: the first that matches a request is the one it meets. */
export class Faults {
  readonly #entries: { readonly fault: Fault; matched: number; met: number }[] = []

  add(fault: Fault): void {
    this.#entries.push({ fault, matched: 0, met: 0 })
  }

  clear(): void {
    this.#entries.length = 0
  }

  /** The fault this request meets. Counts, so it is to be asked once per request. */
  next(subject: FaultSubject): Fault | undefined {
    let found: Fault | undefined
    for (const entry of this.#entries) {
      const { fault } = entry
      if (!matches(fault, subject)) continue
      entry.matched += 1
      if (found !== undefined) continue
      if (fault.nth !== undefined && entry.matched !== fault.nth) continue
      if (fault.times !== undefined && entry.met >= fault.times) continue
      entry.met += 1
      found = fault
    }
    return found
  }
}

/** Whether Vault does what was asked although the answer is spoilt. */
export function isApplied(fault: Fault): boolean {
  switch (fault.kind) {
    case 'refuse-connection':
    case 'reset-before':
    case 'silence-before':
      return false
    case 'reset-after':
    case 'silence-after':
      return true
    case 'status':
    case 'html':
    case 'redirect':
      return fault.applied ?? false
    case 'garbage':
    case 'truncated':
    case 'drip':
    case 'endless':
    case 'delay-answer':
    case 'snapshot-short':
    case 'snapshot-no-seal':
    case 'snapshot-corrupt':
      return fault.applied ?? true
  }
}

function matches(fault: Fault, subject: FaultSubject): boolean {
  if (fault.cluster !== undefined && fault.cluster !== subject.cluster) return false
  if (fault.node !== undefined && fault.node !== subject.node) return false
  if (fault.method !== undefined && verb(fault.method) !== verb(subject.method)) return false
  // search() and not test(): a RegExp with the g flag keeps a position between calls of test().
  return typeof fault.path === 'string' ? fault.path === subject.path : subject.path.search(fault.path) !== -1
}

function verb(method: string): string {
  const upper = method.toUpperCase()
  if (upper === 'PUT') return 'POST'
  return upper === 'HEAD' ? 'GET' : upper
}
