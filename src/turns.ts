/**
 * Keeps two runs that want opposite things from promoting in the same moment. Vault has no lock to take, so time divides
 * them. Whoever has just seen the old primary demoted may promote at once, and for less than two seconds; whoever finds
 * nobody primary watches for longer than that first. After that each of the two clusters has a second of its own, by the
 * clock of one of them, in which alone a promotion of it goes out, with two seconds of nobody's between. It costs such a
 * promotion 2.5 s on average; the one that follows its own demotion waits for nothing. What does not leave at once, as on
 * a machine that stands still, does not leave at all, and is decided anew.
 */
import type { Run } from './bring.ts'
import { Deadline, monotonic, now, sleep } from './clock.ts'
import { type Cluster, other, role, type Side, type World } from './cluster.ts'
import type { Step } from './plan.ts'

/** From the last moment at which the old primary was not seen demoted yet. In ms. */
const OWN = 1700
/** By then the owner's last promotion shows, if it took effect. In ms. */
export const WATCH = 2500
/** A reading younger than this needs no fresh one before a promotion by the owner. In ms. */
const FRESH = 200
/** What comes later after its look than that might arrive in the other's second. In ms. */
const SENT_WITHIN = 250
/** So long after the look a promotion has left, or stays; twice as long after one that stayed, and no longer. In ms. */
const LEAVES_WITHIN = 600
/** After so many that stayed the network is too slow for turns, and chance has to divide. */
const MOST_STAYED = 3
/** The owner's last promotion may take that much longer to leave than to be decided. In ms. */
const SPARED = 300
/** What no turn divides has that long to leave. In ms. */
const DECIDED_FOR = 5000
/** A loop that takes so long for a turn was not running. In ms. */
const STOOD_STILL = 1000
/** Where the network is too slow for that, or no clock can be read, a run's patience ends, and chance has to divide. In ms. */
const PATIENCE = 9000
const JITTER = 500
const PACE = 150
/** Longer than a role change takes. In ms. */
const GONE_AFTER = 30_000

/** The time in which the run that saw this demotion promotes without waiting. @param before when it did not show yet */
export const ownTime = (before: number): Deadline => new Deadline(OWN - Math.max(0, now() - before))

/** When an effect did not show yet, last: anybody may have seen it from then on. */
export class NotYet {
  /** In ms since the epoch. */
  at: number
  #awake: number
  #turn = monotonic()

  /** @param last the reading that led here */
  constructor(last: Cluster) {
    this.at = last.askedAt
    this.#awake = last.askedAt
  }

  /** Takes a reading in that does not show it, at each turn of a loop whose turns are less than half a second apart. */
  see({ askedAt, at, dr }: Cluster): void {
    if (monotonic() - this.#turn > STOOD_STILL) this.#awake = now()
    this.#turn = monotonic()
    // Of what was asked before a machine stood still nobody knows how old it is. While a cluster tells nothing, it tells it to nobody.
    if (askedAt >= this.#awake) this.at = dr === undefined ? at : askedAt
  }
}

/** Until when a write may leave that was decided now and that no turn divides. */
export const decided = (): Deadline => new Deadline(DECIDED_FOR)

/** Whether nobody else can be about to promote: the demotion was seen a moment ago, or the old primary is lost. */
export const unhurried = ({ own, deeds, inputs, lookout }: Run): boolean =>
  (own?.passed === false && !deeds.promoted) || (inputs.mode === 'emergency' && role(lookout.world.from) === 'unknown')

/**
 * Waits until a promotion may go out, which is right after a look that showed it to be due.
 *
 * @param again it was sent before, and not applied
 * @param stayed how often it was not sent, since it would have left too late
 * @returns by when it has to leave; undefined where it is not due any more
 */
export async function clearance(run: Run, step: Step, again = false, stayed = 0): Promise<Deadline | undefined> {
  const { vaults, lookout, deadline, cancelled } = run
  const patience = new Deadline(PATIENCE)
  for (let jittered = false; !deadline.passed; ) {
    // A promotion goes out the moment it may, and not a handshake later.
    vaults[step.on].ready()
    const asked = monotonic()
    const free = unhurried(run)
    const world = await lookout.look(free && !again ? FRESH : 0)
    const took = monotonic() - asked
    if (step.verdict(world).is !== 'due') return undefined
    const hidden = vanished(world[other(step.on)])
    // A process that was stopped meanwhile finds its time gone.
    if (free && unhurried(run) && !(again && hidden))
      return run.own?.passed === false ? new Deadline(run.own.left + SPARED) : decided()
    const turn = stayed < MOST_STAYED ? isTurn(world, step.on) : undefined
    if (turn && !hidden && took < SENT_WITHIN) return new Deadline(LEAVES_WITHIN * Math.min(1 + stayed, 2) - took)
    if (cancelled.aborted) return undefined
    if (hidden || (turn !== undefined && !patience.passed)) await sleep(PACE)
    else if (jittered) return decided()
    else {
      jittered = true
      await sleep(Math.random() * JITTER)
    }
  }
  return undefined
}

/** Whether this is the cluster's second, by the clock that both directions read alike; undefined where there is none. */
export function isTurn(world: World, side: Side): boolean | undefined {
  const [own, others] = [world[side].health, world[other(side)].health]
  const [id, otherId] = [own?.cluster_id, others?.cluster_id]
  if (id === undefined || otherId === undefined || id === otherId) return undefined
  const first = id < otherId
  const time = (first ? own : others)?.server_time_utc
  return time === undefined ? undefined : time % 6 === (first ? 0 : 3)
}

/**
 * The other cluster was seen without the role and is out of sight now, for not so long that it must be gone: a run in the
 * opposite direction, or a person, may just have promoted it.
 */
const vanished = (cluster: Cluster): boolean =>
  role(cluster) === 'unknown' && cluster.last !== undefined && cluster.at - cluster.last.at < GONE_AFTER
