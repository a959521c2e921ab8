/**
 * Looks at the two clusters. Not reaching one is a reading, never an error; reads may be repeated at will, and a cluster
 * that hangs keeps nobody from looking at the other.
 */
import { type Deadline, monotonic, now, sleep } from './clock.ts'
import { type Cluster, other, role, SIDES, type Side, serving, type World } from './cluster.ts'
import { hostOf } from './inputs.ts'
import type { Read, Vault } from './vault/client.ts'
import type { Health, Replication } from './vault/schemas.ts'

/** How often a change that is expected is looked for: at most about 18 looks a second at one cluster. In ms. */
const FAST = 55
const SLOWER = 250
const SLOW = 1000
/** How long one look may take: short while a change is expected within seconds, longer for a server that is slow. In ms. */
export const SHORT_LOOK = 2000
export const LONG_LOOK = 4000
const HUNG_FOR = 2000
/** Looks at one cluster that may be under way at once: a hanging one must not hide that the next would be answered. */
const MOST_AT_ONCE = 40

interface View {
  cluster: Cluster
  askedAt: number
  /** When the latest reading that showed a secondary was asked for, in ms since the epoch; also one that a newer reading overtook. */
  secondaryAt: number
  pending: number
}

export class Lookout {
  readonly #vaults: Readonly<Record<Side, Vault>>
  readonly #views: Readonly<Record<Side, View>>
  readonly #seen: (world: World) => void

  /** @param seen is told of every reading as it comes in */
  constructor(vaults: Readonly<Record<Side, Vault>>, seen: (world: World) => void) {
    this.#vaults = vaults
    this.#seen = seen
    const view = (side: Side): View => ({
      cluster: { host: hostOf(vaults[side].addr), askedAt: 0, at: 0, silent: true, because: 'not read yet' },
      askedAt: Number.NEGATIVE_INFINITY,
      secondaryAt: Number.NEGATIVE_INFINITY,
      pending: 0,
    })
    this.#views = { from: view('from'), to: view('to') }
  }

  /** Both clusters as last read; no look is made. */
  get world(): World {
    return { from: this.#views.from.cluster, to: this.#views.to.cluster }
  }

  /** A whole look at both, side by side; one that was read within the last `maxAge` ms is not asked again. */
  async look(maxAge = 0, within = SHORT_LOOK): Promise<World> {
    const due = SIDES.filter((side) => {
      const { askedAt, cluster } = this.#views[side]
      // A cluster that has just kept a look waiting in vain is not asked again at every turn.
      const hung = maxAge > 0 && cluster.silent && now() - cluster.at < HUNG_FOR
      return !hung && (maxAge === 0 || monotonic() - askedAt > maxAge)
    })
    await Promise.all(due.map((side) => this.#read(side, true, within)))
    return this.world
  }

  /** This run has seen the cluster demoted, after it had asked for that. */
  sawDemoted(side: Side): void {
    const view = this.#views[side]
    view.cluster = { ...view.cluster, demotedHere: true }
  }

  /** Whether any reading asked for since then (ms since the epoch) showed a secondary, whatever newer ones show. */
  wasSecondary(side: Side, since: number): boolean {
    return this.#views[side].secondaryAt >= since
  }

  /**
   * Looks at `side` first and sleeps after, again and again, often at first and seldom later; the other side is looked at
   * beside it. Ends at the deadline.
   */
  async *watch(side: Side, deadline: Deadline): AsyncGenerator<World> {
    const began = monotonic()
    for (;;) {
      const at = monotonic()
      const waited = at - began
      // A new primary that does not serve yet is asked for its health as well: two requests a look.
      const both = role(this.world[side]) === 'primary' && !serving(this.world[side])
      const pace = waited < 30_000 ? (both ? 2 * FAST : FAST) : waited < 120_000 ? SLOWER : SLOW
      const within = waited < LONG_LOOK ? SHORT_LOOK : LONG_LOOK
      if (this.#views[other(side)].pending === 0) void this.#read(other(side), false, within)
      const look = this.#views[side].pending < MOST_AT_ONCE ? this.#read(side, false, within) : sleep(pace)
      await Promise.race([look, sleep(Math.max(pace, 250))])
      yield this.world
      if (deadline.passed) return
      await sleep(Math.min(pace - (monotonic() - at), deadline.left))
    }
  }

  /** One reading. A whole one asks for health as well; a quick one only where the role makes it matter. */
  async #read(side: Side, whole: boolean, within: number): Promise<void> {
    const [vault, view] = [this.#vaults[side], this.#views[side]]
    const [asked, askedAt] = [monotonic(), now()]
    view.pending += 1
    const [status, wholeHealth] = await Promise.all([vault.status(within), whole ? healthOf(vault, within) : undefined])
    const before = view.cluster
    // Whether the new primary serves is what the wait is for; what was read of it as a secondary says nothing of that.
    const matters = status.ok && status.value.mode === 'primary' && !serving(before)
    const health = wholeHealth ?? (matters ? await healthOf(vault, within) : undefined)
    view.pending -= 1
    if (status.ok && status.value.mode === 'secondary') view.secondaryAt = Math.max(view.secondaryAt, askedAt)
    // A slow answer must not overwrite the reading of a look that began after it.
    if (asked < view.askedAt) return
    view.askedAt = asked
    view.cluster = reading(before, askedAt, status, health)
    this.#seen(this.world)
  }
}

export interface HealthReading {
  readonly health: Read<Health>
  readonly led: boolean | undefined
}

/** @param last nothing more is asked there, but for the leader where a standby answers */
export async function healthOf(vault: Vault, within: number, last = false): Promise<HealthReading> {
  const health = await vault.health(within, last)
  if (!health.ok || health.value.standby !== true) return { health, led: undefined }
  const leader = await vault.leader(within)
  return { health, led: leader.ok ? (leader.value.leader_address ?? '') !== '' : undefined }
}

/** What a reading of status and health comes to. */
export function reading(
  before: Cluster,
  askedAt: number,
  status: Read<Replication>,
  read: HealthReading | undefined,
): Cluster {
  const at = now()
  const health = read === undefined ? before.health : read.health.ok ? read.health.value : undefined
  const healthCode = read === undefined ? before.healthCode : read.health.status
  const led = read === undefined ? before.led : read.led
  const formerId = (status.ok ? status.value.secondary_id : undefined) || before.formerId
  const base = { host: before.host, askedAt, at, health, healthCode, led, formerId }
  if (status.ok) {
    const { mode } = status.value
    // In the middle of a role change a cluster may show no role at all, or none that it keeps.
    const settled = mode === 'primary' || mode === 'secondary'
    const demotedHere = before.demotedHere && mode !== 'primary'
    return {
      ...base,
      silent: false,
      dr: status.value,
      demotedHere,
      last: settled ? { dr: status.value, at } : before.last,
    }
  }
  const enterpriseOnly = status.status === 404
  const because = enterpriseOnly
    ? 'it has no DR replication: this is not Vault Enterprise, or not Vault'
    : health?.initialized === false
      ? 'it is not initialized'
      : status.because
  const silent = status.silent && !(read?.health.ok ?? false)
  return { ...base, silent, because, demotedHere: before.demotedHere, last: before.last }
}
