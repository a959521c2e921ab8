/**
 * The operations that make or end a DR operation token. They change no role, so they are no steps of a plan; each names a
 * goal all the same, and says what came of it.
 */
import type { Run } from './bring.ts'
import { attemptProblem, needsToken } from './ceremony.ts'
import { compareVersions, primaryOf, role, SIDES, type Side } from './cluster.ts'
import { again, isBatch, PATHS } from './credentials.ts'
import { firstLook } from './gate.ts'
import type { Operation } from './inputs.ts'
import { ISSUED_POLICY, ISSUED_POLICY_NAME, ISSUED_ROLE_NAME } from './policy.ts'
import { view } from './report.ts'
import type { Session } from './session.ts'
import type { Answer } from './vault/client.ts'

export interface Chore {
  /** `unclear`: the answer was lost, and nothing can be looked at that would tell. */
  readonly is: 'done' | 'unchanged' | 'planned' | 'blocked' | 'failed' | 'unclear'
  /** In a sentence, without a stop. */
  readonly says: string
  readonly next?: readonly string[]
}

export const CHORES: Partial<Record<Operation, (session: Session) => Promise<Chore>>> = {
  'issue-operation-token': issue,
  'generate-operation-token': generate,
  'cancel-operation-token': cancel,
  'delete-operation-token': discard,
}

/** The DR secondary of the pair, the one at the address to fail over to if both are. */
const secondarySide = ({ lookout }: Run): Side | undefined =>
  (['to', 'from'] as const).find((side) => role(lookout.world[side]) === 'secondary')

/** Both clusters, read. */
async function looked(session: Session): Promise<Run> {
  const { first, journal } = session
  const world = await firstLook(first.run.lookout, journal)
  await session.remembered
  journal.report.before = { from: view(world.from), to: view(world.to) }
  for (const side of SIDES) journal.say(`${world[side].host}: ${view(world[side]).says}`)
  return first.run
}

const blocked = (says: string, ...next: string[]): Chore => ({ is: 'blocked', says, next })

/** A token that is made must have somewhere to go: that is looked at before. */
function nowhere(session: Session): Chore | undefined {
  const obstacle = session.runner.obstacle()
  return obstacle === undefined ? undefined : blocked(obstacle, 'Mend that, then run this again.')
}

/** A fresh orphan batch token, with its policy and role where they are missing. */
async function issue(session: Session): Promise<Chore> {
  const run = await looked(session)
  const { inputs, vaults, lookout, tokens, journal } = run
  const side = primaryOf(lookout.world)
  if (side === undefined) return blocked('No primary is seen, and only a primary makes batch tokens')
  const vault = vaults[side]
  const { host } = lookout.world[side]
  const login = await tokens.login(side)
  if (login?.ok === false) return blocked(login.because, login.fix ?? '')
  const [policy, tokenRole] = await Promise.all([
    again(() => vault.policy(tokens.vault, ISSUED_POLICY_NAME)),
    again(() => vault.tokenRole(tokens.vault, ISSUED_ROLE_NAME)),
  ])
  for (const read of [policy, tokenRole]) {
    if (!read.ok && read.status !== 404)
      return blocked(
        `${host} does not tell what is there: ${read.because}`,
        'Use a token with the policy for `issue-operation-token` in docs/tokens.md.',
      )
  }
  if (tokenRole.ok && (tokenRole.value.token_type !== 'batch' || tokenRole.value.orphan !== true)) {
    return blocked(
      `The role ${ISSUED_ROLE_NAME} is there and makes other tokens than orphan batch tokens`,
      `Remove it (vault delete auth/token/roles/${ISSUED_ROLE_NAME}) and run this again.`,
    )
  }
  const needed = [PATHS.promote, PATHS.updatePrimary]
  if (policy.ok && !policy.value.policy.includes('*') && !needed.every((path) => policy.value.policy.includes(path))) {
    return blocked(
      `The policy ${ISSUED_POLICY_NAME} is there and does not allow what a DR operation token is for`,
      `Remove it (vault policy delete ${ISSUED_POLICY_NAME}) and run this again, which writes it anew.`,
    )
  }
  const lost = inputs['store-secret'] === undefined ? nowhere(session) : undefined
  if (lost !== undefined) return lost
  if (inputs['dry-run']) {
    const missing = [policy.ok ? [] : ['the policy'], tokenRole.ok ? [] : ['the role']].flat()
    return { is: 'planned', says: `It would make ${[...missing, 'a token'].join(', ')} on ${host}` }
  }
  const left = (why: string) => {
    const note = `${why}: a token that nobody holds may be left on ${host} until its time is up.`
    if (!journal.report.notes.includes(note)) journal.note(note)
  }
  const write = async <T>(what: string, send: () => Promise<Answer<T>>): Promise<Answer<T>> => {
    run.deeds.sent += 1
    let answer = await send()
    const unheld = () => {
      if (what === 'token' && answer.kind === 'unclear' && answer.sent)
        left('An answer that was to hold a token got lost, or could not be read')
    }
    unheld()
    // A policy, a role and one more token are harmless to write twice.
    if (answer.kind === 'unclear' || answer.kind === 'later') {
      answer = await send()
      unheld()
    }
    if (answer.kind === 'accepted') run.deeds.accepted += 1
    journal.say(`${host}: ${what}: ${answer.kind}${answer.kind === 'accepted' ? '' : `: ${answer.because}`}`)
    return answer
  }
  if (!policy.ok) {
    const answer = await write('policy', () => vault.writePolicy(tokens.vault, ISSUED_POLICY_NAME, ISSUED_POLICY))
    if (answer.kind !== 'accepted') return { is: 'failed', says: `The policy could not be written: ${answer.because}` }
  }
  if (!tokenRole.ok) {
    const answer = await write('role', () => vault.writeTokenRole(tokens.vault, ISSUED_ROLE_NAME, ISSUED_POLICY_NAME))
    if (answer.kind !== 'accepted') return { is: 'failed', says: `The role could not be written: ${answer.because}` }
  }
  const made = await write('token', () =>
    vault.createToken(tokens.vault, ISSUED_ROLE_NAME, Math.ceil(inputs['token-ttl'] / 1000)),
  )
  if (made.kind === 'unclear') return { is: 'unclear', says: `Whether a token was made is not known: ${made.because}` }
  if (made.kind !== 'accepted') return { is: 'failed', says: `The token could not be made: ${made.because}` }
  const { client_token: token, lease_duration: seconds, token_type: type } = made.value
  if (type !== undefined && type !== 'batch' && !isBatch(token)) {
    left('The token that was made is of no use')
    return { is: 'failed', says: `${host} made a token that is no batch token, which a DR secondary would not accept` }
  }
  const able = await again(() => vault.capabilitiesSelf(token, needed))
  const lacking = able.ok
    ? needed.filter((path) => !['root', 'update'].some((one) => able.value.get(path)?.includes(one)))
    : []
  if (lacking.length > 0) {
    left('The token that was made is of no use')
    return {
      is: 'failed',
      says: `The policy ${ISSUED_POLICY_NAME}, which was there already, does not let the token ${lacking.join(' and ')}`,
      next: [`Remove it (vault policy delete ${ISSUED_POLICY_NAME}) and run this again, which writes it anew.`],
    }
  }
  const until = new Date(Date.now() + seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')
  const handed = await session.handOver(token)
  const named = inputs['store-secret']
  const problem = named === undefined ? undefined : await store(session, token)
  if (!handed && (named === undefined || problem !== undefined)) {
    const stored = problem === undefined ? '' : `, nor stored: ${problem}`
    return {
      is: 'failed',
      says: `A batch DR operation token was made on ${host} and could not be handed over${stored}. It can't be revoked: nobody has it, and it ends by itself at ${until} UTC`,
      next: ['Mend that, then run this again.'],
    }
  }
  if (problem !== undefined)
    return { is: 'failed', says: `The token was made and is an output, but could not be stored: ${problem}` }
  const stored = named === undefined ? '' : `, stored as the secret ${named}`
  return { is: 'done', says: `A batch DR operation token was made on ${host}, good until ${until} UTC${stored}` }
}

/** A DR operation token from key shares; it is the caller's from then on. */
async function generate(session: Session): Promise<Chore> {
  const run = await looked(session)
  const { inputs, vaults, lookout, tokens, deeds } = run
  const side = secondarySide(run)
  if (side === undefined) return blocked('No DR secondary is seen, and only a secondary generates DR operation tokens')
  const cluster = lookout.world[side]
  const lost = nowhere(session)
  if (lost !== undefined) return lost
  if (inputs['dry-run']) {
    const attempt = await again(() => vaults[side].attempt(tokens.forCeremony(cluster)))
    const problem = attempt.ok
      ? attemptProblem(cluster.host, attempt.value, inputs['key-shares'])
      : attempt.status === 403
        ? needsToken(cluster.host)
        : { because: attempt.because, fix: '' }
    return problem === undefined
      ? { is: 'planned', says: `It would generate a DR operation token on ${cluster.host}` }
      : blocked(problem.because, problem.fix)
  }
  const generated = await tokens.dr(side)
  if (!generated.ok) return blocked(generated.because, generated.fix ?? '')
  deeds.sent += 1
  deeds.accepted += 1
  if (!(await session.handOver(generated.token))) {
    const gone = await revoke(run, side, generated.token)
    const end =
      gone.kind === 'accepted'
        ? 'so it was revoked'
        : `and ${cluster.host} did not say that it is revoked: ${gone.because}`
    return {
      is: 'failed',
      says: `A DR operation token was generated on ${cluster.host} and could not be handed over, ${end}`,
      next: ['Mend that, then run this again.'],
    }
  }
  return {
    is: 'done',
    says: `A DR operation token was generated on ${cluster.host}; it is good for one use there`,
    next: ['It has no end of its own: use it, or revoke it with `operation: delete-operation-token`.'],
  }
}

/** Revoking twice does no harm: where the first one was applied, the second is told that the token is not valid. */
async function revoke({ vaults, tokens }: Run, side: Side, token: string): Promise<Answer<unknown>> {
  const answer = await vaults[side].deleteOperationToken(token, tokens.header)
  return answer.kind === 'unclear' || answer.kind === 'later'
    ? vaults[side].deleteOperationToken(token, tokens.header)
    : answer
}

/** No attempt is in progress, whoever began it: that is what the operator asks for here. */
async function cancel(session: Session): Promise<Chore> {
  const run = await looked(session)
  const { inputs, vaults, lookout, tokens, deeds } = run
  const sides = SIDES.filter((side) => role(lookout.world[side]) === 'secondary')
  if (sides.length === 0) return blocked('No DR secondary is seen')
  const ended: string[] = []
  for (const side of sides) {
    const cluster = lookout.world[side]
    const token = tokens.forCeremony(cluster)
    const attempt = await again(() => vaults[side].attempt(token))
    if (!attempt.ok)
      return blocked(
        attempt.status === 403 ? needsToken(cluster.host).because : `${cluster.host}: ${attempt.because}`,
        attempt.status === 403 ? needsToken(cluster.host).fix : '',
      )
    if (!attempt.value.started) continue
    if (inputs['dry-run']) return { is: 'planned', says: `It would cancel the attempt in progress on ${cluster.host}` }
    deeds.sent += 1
    const answer = await vaults[side].cancelAttempt(token)
    const after = await again(() => vaults[side].attempt(token))
    if (!after.ok || after.value.started)
      return {
        is: 'failed',
        says: `The attempt on ${cluster.host} is still there: ${answer.kind === 'accepted' ? 'somebody began another one' : answer.because}`,
      }
    deeds.accepted += 1
    ended.push(cluster.host)
  }
  return ended.length === 0
    ? { is: 'unchanged', says: 'No attempt was in progress' }
    : { is: 'done', says: `The attempt on ${ended.join(' and ')} was cancelled` }
}

/** A generated token is revoked. */
async function discard(session: Session): Promise<Chore> {
  const run = await looked(session)
  const { inputs, lookout, tokens, deeds } = run
  const token = inputs['dr-operation-token'] ?? ''
  if (isBatch(token)) return blocked('This is a batch token, which can not be revoked: it ends by itself')
  const side = secondarySide(run)
  if (side === undefined) return blocked('No DR secondary is seen')
  const { host } = lookout.world[side]
  if (inputs['dry-run']) return { is: 'planned', says: `It would revoke the token on ${host}` }
  deeds.sent += 1
  const answer = await revoke(run, side, token)
  if (answer.kind === 'accepted') {
    deeds.accepted += 1
    return { is: 'done', says: `The DR operation token was revoked on ${host}` }
  }
  const old = (compareVersions(lookout.world[side].health?.version, '2.0.0') ?? -1) < 0
  if (answer.kind === 'refused' && answer.status === 403 && (old || tokens.header !== undefined)) {
    return { is: 'unchanged', says: `The token is not valid on ${host}, or not any more` }
  }
  return {
    is: answer.kind === 'unclear' ? 'unclear' : 'failed',
    says: `${host} did not say that the token is revoked: ${answer.because}`,
  }
}

/** Puts the token where later runs find it; what went wrong in a sentence, or undefined. */
async function store({ inputs, deadline, cancelled }: Session, token: string): Promise<string | undefined> {
  // Octokit and libsodium are loaded by this operation alone.
  const { storeSecret } = await import('./store.ts')
  const stored = await storeSecret({
    token: inputs['github-token'] ?? '',
    repository: process.env.GITHUB_REPOSITORY ?? '',
    environment: inputs['store-environment'],
    name: inputs['store-secret'] ?? '',
    value: token,
    apiUrl: process.env.GITHUB_API_URL ?? 'https://api.github.com',
    deadline,
    cancelled,
  })
  return stored.ok ? undefined : `${stored.because}. ${stored.fix}`
}
