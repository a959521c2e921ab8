/**
 * One write and its effect: sent once, looked for while its answer is awaited and after, and sent again only on proof.
 *
 * An answer that was lost leads to looks; the write goes out again only after more than a second of unbroken readings
 * that it did not happen. Nothing is believed because it was asked for.
 */
import { type Deadline, monotonic, now } from './clock.ts'
import { follows, leftBehind, other, type Side, type World } from './cluster.ts'
import type { Inputs } from './inputs.ts'
import type { Journal } from './journal.ts'
import type { Lookout } from './lookout.ts'
import type { Step, StepName } from './plan.ts'
import type { Tokens } from './tokens.ts'
import { clearance, decided, NotYet, ownTime } from './turns.ts'
import type { Answer, Vault } from './vault/client.ts'

/** Everything a run works with. */
export interface Run {
  readonly inputs: Inputs
  readonly vaults: Readonly<Record<Side, Vault>>
  readonly lookout: Lookout
  readonly journal: Journal
  readonly deadline: Deadline
  /** Raised by a cancel: nothing new is begun, but for the one call that ends "no primary". */
  readonly cancelled: AbortSignal
  readonly deeds: Deeds
  readonly tokens: Tokens
  /** The steps that the checks were made for, when (ms since the epoch), and whether the successor streamed then. */
  checked?: { readonly for: ReadonlySet<StepName>; readonly at: number; readonly followed: boolean }
  /** While it lasts, nobody who did not see the demotion promotes anything: see turns.ts. */
  own?: Deadline
  /** The follower's public key, made while the other cluster is being promoted. */
  followerKey?: Promise<string | undefined>
  /** Digest of what `verify-path` gave on the old primary. */
  canary?: string
}

/** What this run did, as far as the outcome depends on it. */
export interface Deeds {
  /** Writes that a Vault accepted. */
  accepted: number
  /** Writes that were sent, whatever came of them. */
  sent: number
  /** This run demoted the old primary, and saw it. */
  demoted: boolean
  promoted: boolean
  /** This run asked for the old primary to be primary again. */
  restored: boolean
  /** Where a role change was sent of which it is not known, by its answer or a look, what became of it. */
  unclear: Side | undefined
  /** What the last write does may show yet: it has no answer, or one that says nothing, and no looks that say it did not happen. */
  unsettled: boolean
  /** WAL entries that may be lost: an upper bound, as seen between the demotion and the promotion. */
  rpo?: number | 'unknown'
  /** From the last moment the old primary was seen serving to the first the new one was, or it again; ms since the epoch. */
  outage?: { from: number; until?: number | undefined }
}

export const noDeeds = (): Deeds => ({
  accepted: 0,
  sent: 0,
  demoted: false,
  promoted: false,
  restored: false,
  unclear: undefined,
  unsettled: false,
})

/** How a step ended. `turned`: the world went the other way. `again`: it may be asked for anew. */
export type End =
  | { readonly is: 'so' }
  | { readonly is: 'again' }
  | { readonly is: 'refused' | 'turned' | 'late' | 'lost'; readonly because: string }

/** Unbroken readings of that length say that a lost write did not happen. In ms. */
export const UNBROKEN = 1200
/** Longer than what was accepted takes to show. In ms. */
const TAKES = 30_000
/** A reading after a refusal must still show that nothing changed. In ms. */
const REFUSED_FOR = 250
/** Whoever has demoted has time to promote, also where a slow demotion took what there was. In ms. */
const TO_PROMOTE = 3000
export const TAKEN_BACK = 'it was demoted, and somebody has made it primary again'
/** What the checks say of a primary and its successor holds for so long. In ms. */
const CHECKED_FOR = 5000
/** Sends of one role change, lost answers included. */
const MOST_SENDS = 3

/**
 * Sends a write and looks, while its answer is awaited and after, until the step's wish holds.
 *
 * @param send makes the call; called again only where the answer or the looks prove that it was not applied
 * @param leaves by when it has to leave, where a look that is too old would make it dangerous; `send` is given it
 */
export async function bring(
  run: Run,
  step: Step,
  what: string,
  send: (by: Deadline) => Promise<Answer<unknown>>,
  leaves: Deadline = decided(),
): Promise<End> {
  const { journal, lookout, deadline, deeds, inputs } = run
  const launch = (by: Deadline) => {
    const flight: { answer?: Answer<unknown>; at?: number } = {}
    deeds.sent += 1
    deeds.unclear = step.on
    deeds.unsettled = true
    journal.sent(step, lookout.world, what)
    void send(by).then((answer) => {
      flight.answer = answer
      flight.at = now()
      if (answer.kind === 'later') putOff += 1
      if (isStale(answer)) {
        stayed += 1
        deeds.sent -= 1
      }
      if (answer.kind === 'refused' || answer.kind === 'later') deeds.unsettled = false
      if (answer.kind === 'accepted') deeds.accepted += 1
      else journal.say(`${lookout.world[step.on].host}: ${step.name}: ${answer.kind}: ${answer.because}`)
    })
    return flight
  }
  const began = now()
  /** How often it did not leave in time; and how often it was put off, that included. */
  let [stayed, putOff] = [0, 0]
  let flight = launch(leaves)
  let unclear = false
  let quietSince: number | undefined
  let putOffSince: number | undefined
  const notYet = new NotYet(lookout.world[step.on])
  for await (const world of lookout.watch(step.on, deadline)) {
    // What comes next after a demotion is the promotion.
    if (step.name === 'demote') run.vaults[other(step.on)].ready()
    const verdict = step.verdict(world)
    if (verdict.is === 'so') {
      // An answer that got lost was an acceptance all the same: the effect is there.
      const { answer } = flight
      const lost = answer === undefined || answer.kind === 'unclear' || answer.kind === 'later'
      if (lost && (unclear || !isStale(answer))) deeds.accepted += 1
      deeds.unclear = undefined
      deeds.unsettled = false
      return finish(run, step, world, notYet.at)
    }
    notYet.see(world[step.on])
    const { answer, at } = flight
    unclear ||= answer?.kind === 'unclear'
    deeds.unclear = unclear || answer === undefined || answer.kind === 'accepted' ? step.on : undefined
    journal.waiting(step, world)
    const contrary = verdict.is === 'blocked' || verdict.is === 'later'
    // Only readings that began after the answer speak of what the write did.
    const telling = contrary || (verdict.is === 'due' && at !== undefined && world[step.on].askedAt >= at)
    quietSince = telling ? (quietSince ?? monotonic()) : undefined
    const unbroken = quietSince === undefined ? 0 : monotonic() - quietSince
    if (answer?.kind === 'unclear') deeds.unsettled = unbroken < UNBROKEN
    if (answer?.kind === 'accepted') deeds.unsettled = unbroken < TAKES
    if (contrary) {
      if (unbroken < UNBROKEN) continue
      return { is: 'turned', because: 'because' in verdict ? verdict.because : '' }
    }
    if (quietSince === undefined || answer === undefined) continue
    if (step.name === 'demote' && lookout.wasSecondary(step.on, began)) {
      // It took place, and was taken back between two looks: to send it again would be a quarrel with whoever did that.
      if (unbroken < UNBROKEN) continue
      if (answer.kind !== 'accepted' && (unclear || !isStale(answer))) deeds.accepted += 1
      deeds.unclear = undefined
      deeds.unsettled = false
      return { is: 'turned', because: TAKEN_BACK }
    }
    if (answer.kind === 'accepted') continue
    if (answer.kind === 'refused') {
      if (unbroken < REFUSED_FOR) continue
      return { is: unclear ? 'lost' : 'refused', because: answer.because }
    }
    // For what has not left nothing has to pass before it is sent.
    if (answer.kind === 'later' && !isStale(answer)) {
      putOffSince ??= monotonic()
      if (step.name === 'promote' && monotonic() - putOffSince > inputs['catch-up-timeout']) {
        return { is: unclear ? 'lost' : 'refused', because: `${answer.because}, for longer than catch-up-timeout` }
      }
      if (at === undefined || now() - at < answer.afterMs) continue
    }
    if (answer.kind === 'unclear') {
      if (unbroken < UNBROKEN) continue
      if (journal.sends(step, world) - putOff >= MOST_SENDS) return { is: 'lost', because: answer.because }
    }
    // A promotion that ends no primary is let go after a cancel too, and this one has not left yet.
    if (run.cancelled.aborted && !(isStale(answer) && step.name === 'promote' && deeds.demoted))
      return { is: 'lost', because: 'the run was cancelled' }
    const by =
      step.name === 'promote' || step.name === 'restore'
        ? await clearance(run, step, true, stayed)
        : step.verdict(await lookout.look()).is === 'due'
          ? decided()
          : undefined
    if (by === undefined) continue
    if (!isChecked(run, step)) {
      // One that is lost may still take place: it is looked for here, and not sent again.
      if (unclear) continue
      return { is: 'again' }
    }
    flight = launch(by)
    quietSince = undefined
  }
  const { answer } = flight
  const said = answer === undefined ? 'no answer came' : answer.kind === 'accepted' ? 'it was accepted' : answer.because
  return { is: 'late', because: `${said}, and it did not come about in time` }
}

/** It has not left, and nobody has heard of it. */
const isStale = (answer: Answer<unknown> | undefined): boolean => answer?.kind === 'later' && answer.stale === true

/**
 * Whether the checks still speak of this step. A primary that somebody made after them, or has made anew, may hold what its
 * successor lacks, and a link may have gone. An emergency has accepted that.
 */
export const isChecked = ({ checked: by, inputs, lookout, deeds }: Run, { name, on }: Step): boolean => {
  if (inputs.mode === 'emergency') return true
  const { world } = lookout
  if (name === 'promote') return deeds.demoted || !leftBehind(world)
  if (name !== 'demote') return true
  if (by?.for.has(name) !== true || lookout.wasSecondary(on, by.at)) return false
  return now() - by.at < CHECKED_FOR || !by.followed || follows(world.to, world.from)
}

/** A wish that was brought about, and seen. @param notYet when it did not show yet, last; ms since the epoch */
export function finish(run: Run, step: Step, world: World, notYet: number): End {
  const { journal, deeds, lookout } = run
  if (step.name === 'demote') {
    deeds.demoted = true
    run.own = ownTime(notYet)
    if (!run.cancelled.aborted) run.deadline.atLeast(TO_PROMOTE)
    lookout.sawDemoted(step.on)
  }
  if (step.name === 'promote') deeds.promoted = true
  if (step.name === 'restore') {
    deeds.restored = true
    // Nobody served meanwhile, though no cluster took over from another: a time that the summary tells, and no RTO.
    if (deeds.outage !== undefined) deeds.outage.until ??= world[step.on].at
  }
  journal.done(step, world)
  return { is: 'so' }
}
