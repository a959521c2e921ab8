/**
 * Attaches a cluster to a primary: a public key from the one, an activation token for that key from the other, and the
 * token handed over. With a public key nothing but the clusters' own port is needed between them; without one (an older
 * server, or a policy that lacks the path) the token comes wrapped, and the follower fetches what is in it from the
 * primary's API.
 */
import { bring, type End, type Run, UNBROKEN } from './bring.ts'
import { Deadline, sleep } from './clock.ts'
import { follows, other, role, SIDES, type Side } from './cluster.ts'
import type { Step } from './plan.ts'
import type { Activation } from './report.ts'
import type { Answer } from './vault/client.ts'

const TRIES = 3
/** A reading younger than this needs no fresh one before update-primary, which changes no role. In ms. */
const FRESH = 1000
const PAUSE = 250
/** Without a key after that many bad answers the wrapped token is taken, where that is allowed. */
const MOST_KEY_ERRORS = 12
/** And where it asks for a longer pause than this. In ms. */
const LONGEST_FOR_KEY = 2000

/**
 * The follower's public key, asked for until it comes: making one changes nothing, so it may be asked for again.
 *
 * @param header the token for the header; a generated DR operation token is none, it would be used up
 * @returns undefined where it is refused, or is not to be asked for
 */
export async function publicKey(run: Run, follower: Side, header: string | undefined): Promise<string | undefined> {
  const { inputs, vaults, deadline, cancelled, journal } = run
  if (inputs.activation === 'wrapped' || header === undefined) return undefined
  for (let errors = 0; !deadline.passed && !cancelled.aborted; errors += 1) {
    const answer = await vaults[follower].generatePublicKey(header)
    if (answer.kind === 'accepted') return answer.value
    const pause = answer.kind === 'later' ? answer.afterMs : PAUSE
    // The other way needs no key, and nobody follows meanwhile.
    const tired = inputs.activation === 'auto' && (errors >= MOST_KEY_ERRORS || pause > LONGEST_FOR_KEY)
    if (answer.kind === 'refused' || tired) {
      journal.say(`${run.lookout.world[follower].host}: no public key: ${answer.because}`)
      return undefined
    }
    await sleep(Math.min(pause, deadline.left))
  }
  return undefined
}

/**
 * Makes an activation token on the primary and hands it to the step's cluster, until that one streams.
 *
 * @param key made beforehand, or undefined to make it now
 */
export async function attach(run: Run, step: Step, key: string | undefined): Promise<End> {
  const { inputs, journal, lookout, tokens } = run
  const follower = step.on
  const header = step.name === 'enrol' ? (inputs['secondary-vault-token'] ?? tokens.vault) : tokens.header
  let withKey = inputs.activation !== 'wrapped'
  let last: End = { is: 'late', because: 'no activation token could be made in time' }
  for (let tries = 0; tries < TRIES && !run.deadline.passed && !run.cancelled.aborted; tries += 1) {
    const publicly = withKey ? ((tries === 0 ? key : undefined) ?? (await publicKey(run, follower, header))) : undefined
    if (publicly === undefined && inputs.activation === 'public-key') {
      return {
        is: 'refused',
        because: `${lookout.world[follower].host} gave no public key, and activation: public-key allows nothing else`,
      }
    }
    const made = await activationToken(run, other(follower), publicly)
    if (made.is !== 'made') {
      last = made
      // A server or a policy that takes no public key may still give a wrapped token.
      if (made.is === 'refused' && publicly !== undefined && inputs.activation === 'auto') withKey = false
      else if (made.is === 'refused') return made
      continue
    }
    // What was made is taken away by the post step.
    if (run.cancelled.aborted) return { is: 'late', because: 'the run was cancelled' }
    const world = await lookout.look(FRESH)
    // Somebody else may have attached it meanwhile; one that is out of sight for a moment may be told all the same.
    if (step.verdict(world).is !== 'due' && role(world[follower]) !== 'unknown') return { is: 'again' }
    const kind = publicly === undefined ? 'a wrapped token' : 'a token for its public key'
    const end = await bring(
      run,
      step,
      `${step.name === 'enrol' ? 'secondary/enable' : 'update-primary'} sent, with ${kind}, id ${made.activation.id}`,
      () => handOver(run, step, made),
    )
    if (end.is === 'refused') made.activation.handed = false
    else if (end.is !== 'lost') return end
    last = end
    if (publicly !== undefined && inputs.activation === 'auto') withKey = false
    journal.say(`${lookout.world[follower].host}: trying again with a new activation token`)
  }
  return last
}

/** Enrolling erases what the cluster holds; re-attaching erases nothing. */
function handOver(
  { inputs, vaults, tokens, journal }: Run,
  step: Step,
  made: Made & { is: 'made' },
): Promise<Answer<unknown>> {
  const vault = vaults[step.on]
  const addr = inputs['primary-api-addr']
  const send = <T>(call: () => Promise<T>): Promise<T> => {
    made.activation.handed = true
    journal.save()
    return call()
  }
  return step.name === 'enrol'
    ? send(() => vault.enableSecondary(inputs['secondary-vault-token'] ?? tokens.vault, made.token, addr))
    : tokens.use(step.on, (token) => send(() => vault.updatePrimary(token, made.token, addr)))
}

type Made =
  | { readonly is: 'made'; readonly activation: Activation; readonly token: string }
  | { readonly is: 'refused' | 'late'; readonly because: string }

/**
 * One activation token. A lost answer leaves an id behind that nobody holds a token for: it is revoked, by this run's own
 * id, and the next try takes another one.
 */
async function activationToken(run: Run, primary: Side, publicly: string | undefined): Promise<Made> {
  const { inputs, vaults, journal, lookout, deadline, deeds, tokens } = run
  const { activations } = journal.report
  const activation: Activation = {
    id: inputs['secondary-id'] ?? uniqueId(),
    follower: lookout.world[other(primary)].host,
    handed: false,
  }
  const { id } = activation
  const { host, dr } = lookout.world[primary]
  // One that is there already is somebody's: it is neither used nor revoked.
  if (dr?.known_secondaries?.includes(id)) return { is: 'refused', because: `${host} knows the id ${id} already` }
  activations.push(activation)
  let because = 'no activation token could be made in time'
  while (!deadline.passed && !run.cancelled.aborted) {
    deeds.sent += 1
    journal.save()
    const answer = await tokens.asVault(primary, (token) => vaults[primary].secondaryToken(token, id, publicly))
    if (answer.kind === 'accepted') {
      deeds.accepted += 1
      return { is: 'made', activation, token: answer.value }
    }
    journal.say(`${host}: secondary-token: ${answer.kind}: ${answer.because}`)
    if (answer.kind === 'refused') {
      // An id that nobody else can have stays on the list: where the primary knows it after all, it is revoked in the end.
      if (id === inputs['secondary-id']) activations.splice(activations.indexOf(activation), 1)
      return { is: 'refused', because: answer.because }
    }
    because = answer.because
    if (answer.kind === 'unclear') {
      // An answer that is lost once more is not waited for: an id that is still known at the end is revoked then.
      if (await shows(run, primary, id, true))
        await Promise.race([vaults[primary].revokeSecondary(tokens.vault, id), shows(run, primary, id, false)])
      return { is: 'late', because }
    }
    await sleep(Math.min(answer.afterMs, deadline.left))
  }
  return { is: 'late', because }
}

/** Whether the primary comes to know an id, or to forget it, from looks for more than a second: a request may be at work. */
async function shows({ lookout }: Run, primary: Side, id: string, known: boolean): Promise<boolean> {
  const until = new Deadline(UNBROKEN)
  for (;;) {
    const { dr } = (await lookout.look())[primary]
    if (dr !== undefined && (dr.known_secondaries?.includes(id) ?? false) === known) return true
    if (until.passed) return false
    await sleep(PAUSE)
  }
}

/**
 * Revokes the activation ids that this run made and nobody uses, so that nothing is left behind. One whose token went out
 * to the follower stays, until the follower is seen streaming by another one: its status may tell late, or never.
 */
export async function tidy({ tokens, vaults, lookout, journal }: Run): Promise<void> {
  const { world } = lookout
  for (const side of SIDES) {
    const [primary, follower] = [world[side], world[other(side)]]
    const used = follower.dr?.secondary_id ?? ''
    const unused = journal.report.activations.filter(({ id, follower: host }) => {
      const known = role(primary) === 'primary' && primary.dr?.known_secondaries?.includes(id)
      return known && host === follower.host && used !== id
    })
    const out = new Set(unused.filter(({ handed }) => handed).map(({ id }) => id))
    const spare = unused.filter(({ id }) => !out.has(id) || (used !== '' && follows(follower, primary)))
    for (const { id } of unused.filter((one) => !spare.includes(one))) {
      if (follows(follower, primary)) continue
      journal.note(
        `The activation id ${id} went out to ${follower.host}, which is not seen to use it: if it never does, run \`operation: revoke-secondary\`.`,
      )
    }
    for (const { id } of spare) {
      const answer = await vaults[side].revokeSecondary(tokens.vault, id)
      journal.note(
        answer.kind === 'accepted'
          ? `The activation id ${id}, which this run made and nobody uses, was revoked on ${primary.host}.`
          : `The activation id ${id} could not be revoked on ${primary.host}: run \`operation: revoke-secondary\`.`,
      )
    }
  }
}

/** Unique for each run: ids must never be used twice, and a failover that is run again makes a new one. */
function uniqueId(): string {
  const run = [process.env.GITHUB_RUN_ID, process.env.GITHUB_RUN_ATTEMPT].filter((part) =>
    /^\d{1,20}$/.test(part ?? ''),
  )
  return ['vault-dr', ...run, crypto.randomUUID().slice(0, 8)].join('-')
}
