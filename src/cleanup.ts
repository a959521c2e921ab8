/**
 * What a run made and must not leave behind: activation ids that nobody uses, attempts to generate a token, generated
 * tokens, logins. What can't be taken away is named. Done at the end of each leg, and by the post step after a crash.
 */
import { tidy } from './attach.ts'
import type { Run } from './bring.ts'
import { cancelOwn, unanswered } from './ceremony.ts'
import { role, SIDES, type Side } from './cluster.ts'
import type { Session } from './session.ts'

/**
 * @param on the clusters of this leg that are its own to clean up on: a further secondary's leg shares its primary
 * @returns whether anything was there to be taken away, so that a fresh look is due
 */
export async function cleanUp(session: Session, run: Run, on: readonly Side[] = SIDES): Promise<boolean> {
  const { journal } = run
  const { activations, attempts } = journal.report
  const busy = activations.length > 0 || Object.keys(attempts).length > 0 || session.made.length > 0
  if (!busy) return false
  await tidy(run)
  await endAttempts(run)
  await forgetTokens(session, run, on)
  return true
}

async function endAttempts(run: Run): Promise<void> {
  const { vaults, lookout, tokens, journal } = run
  await nameUnanswered(run)
  for (const side of SIDES) {
    const cluster = lookout.world[side]
    const nonce = journal.report.attempts[cluster.host]
    if (nonce === undefined) continue
    const began = (ended: string | undefined) => journal.attempt(cluster.host, ended)
    const ended = await cancelOwn({ vault: vaults[side], token: tokens.forCeremony(cluster), began }, nonce)
    if (!ended)
      journal.note(
        `An attempt to generate a DR operation token is left on ${cluster.host}: run \`operation: cancel-operation-token\`.`,
      )
  }
}

/**
 * Attempts that may be this run's, and are never ended on a guess. They are told once: whoever reads it knows the way.
 *
 * @param within for the look at each, in ms
 */
export async function nameUnanswered({ vaults, lookout, tokens, journal }: Run, within?: number): Promise<void> {
  await Promise.all(
    SIDES.map(async (side) => {
      const cluster = lookout.world[side]
      const { host } = cluster
      if (journal.report.attempts[host] !== '') return
      const left = await unanswered({ vault: vaults[side], host, token: tokens.forCeremony(cluster) }, within)
      // Its answer may have come meanwhile: then it is this run's own.
      if (journal.report.attempts[host] !== '') return
      journal.attempt(host, undefined)
      if (left !== undefined) journal.note(left)
    }),
  )
}

/** The tokens that were made on this leg's clusters. */
async function forgetTokens(session: Session, run: Run, on: readonly Side[]): Promise<void> {
  const { vaults, lookout, tokens, journal } = run
  const { world } = lookout
  for (const made of [...session.made]) {
    const { kind, addr, token, batch = false, ttlSeconds = 0 } = made
    const side = on.find((candidate) => vaults[candidate].addr === addr)
    if (side === undefined) continue
    session.made.splice(session.made.indexOf(made), 1)
    if (kind === 'operation' && role(world[side]) !== 'primary') {
      // Refused means that its use has revoked it; on a primary it is worth nothing any more.
      const answer = await vaults[side].deleteOperationToken(token, tokens.header)
      if (answer.kind === 'later' || answer.kind === 'unclear')
        journal.note(`A generated DR operation token may be left on ${world[side].host}: ${answer.because}.`)
    }
    if (kind === 'login') {
      // A login's token follows the role: it is revoked where the primary is now.
      const primary = SIDES.find((candidate) => role(world[candidate]) === 'primary') ?? side
      const { revoke } = await import('./login.ts')
      const login = { token, batch, ttlSeconds }
      const left = await revoke(session.http, vaults[primary].addr, login, session.inputs.namespace, session.around)
      if (left !== undefined) journal.note(left)
    }
  }
}
