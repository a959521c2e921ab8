/** A look at the pair, and what keeps it from being healthy. Sends no write and needs no token. */
import type { Run } from './bring.ts'
import { type Barrier, barrier } from './checks.ts'
import { Deadline, sleep, span } from './clock.ts'
import { other, primaryOf, role, SIDES, type World } from './cluster.ts'
import { examine } from './credentials.ts'
import { firstLook, UNREADABLE_FOR } from './gate.ts'
import { sickNodes } from './nodes.ts'
import { watchOthers } from './others.ts'
import { diagnose } from './outcome.ts'
import { view } from './report.ts'
import type { Session } from './session.ts'

const PACE = 500

/** @returns what is short beside what the clusters themselves show: lag that stays, a token near its end, other secondaries */
export async function status(session: Session): Promise<string[]> {
  const { run } = session.first
  const { inputs, lookout, journal, vaults } = run
  const world = await firstLook(lookout, journal, Math.min(UNREADABLE_FOR, run.deadline.left))
  journal.report.before = { from: view(world.from), to: view(world.to) }
  for (const side of SIDES) journal.say(`${world[side].host}: ${view(world[side]).says}`)
  const primary = primaryOf(world)
  const [tokens, behind, others, sick] = await Promise.all([
    examine(
      { vaultToken: inputs['vault-token'], drOperationToken: inputs['dr-operation-token'] },
      primary === undefined ? undefined : vaults[primary],
      role(world.to) === 'secondary' ? vaults.to : undefined,
    ),
    diagnose(world).health === 'healthy' ? catchesUp(run, world) : undefined,
    primary === undefined ? [] : watchOthers(session, inputs[primary]),
    sickNodes(run),
  ])
  const ending = [tokens.vaultToken, tokens.drOperationToken].some(
    (facts) => facts?.lookup?.ok && facts.lookup.value.ttl > 0 && facts.lookup.value.ttl * 1000 < inputs.timeout,
  )
  const refused = [tokens.vaultToken, tokens.drOperationToken].some(
    (facts) => facts?.lookup?.ok === false && facts.lookup.status === 403 && facts.batch,
  )
  return [
    ...(behind === undefined ? [] : [behind]),
    ...others,
    ...sick,
    ...(ending ? [`A token ends within ${span(inputs.timeout)}.`] : []),
    ...(refused ? ['The primary does not accept a token that was given (HTTP 403).'] : []),
  ]
}

/** Whether the secondary passes the primary's position within catch-up-timeout; if not, in a sentence. */
async function catchesUp(
  { inputs, lookout, journal, deadline, cancelled }: Run,
  first: World,
): Promise<string | undefined> {
  const until = new Deadline(Math.min(inputs['catch-up-timeout'], deadline.left))
  let world = first
  let lag: Barrier | undefined
  for (;;) {
    const side = primaryOf(world)
    if (side === undefined) return undefined
    // The barrier speaks of a primary that gives its role away: here, whichever it is today.
    lag = barrier(lag, { from: world[side], to: world[other(side)] }, inputs['max-lag'])
    if (lag.passed) return undefined
    if (until.passed || cancelled.aborted) {
      const entries = lag.behind === undefined ? 'an unknown number of' : String(lag.behind)
      return `${world[other(side)].host} stays ${entries} WAL entries behind (more than max-lag ${inputs['max-lag']}, for ${span(inputs['catch-up-timeout'])}).`
    }
    journal.look(other(side), world, `waiting until it has caught up (${lag.behind ?? '?'} WAL entries behind)`)
    await sleep(PACE)
    world = await lookout.look()
  }
}
