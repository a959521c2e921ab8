/**
 * The checks before anything is changed. Each has a stable name, says what it saw, and, where it refuses, what would mend
 * it. Pure: what was read comes in, findings go out; a check that needs time (lag, streaming) is simply asked again.
 */
import { attemptProblem, distinct, needsToken } from './ceremony.ts'
import { span } from './clock.ts'
import {
  active,
  attached,
  type Cluster,
  compareVersions,
  describe,
  follows,
  heartbeatAge,
  joining,
  leftBehind,
  nobodyPrimary,
  oneCluster,
  outranked,
  position,
  role,
  SIDES,
  type Side,
  STALE,
  sameRoot,
  strangers,
  twoPrimaries,
  type World,
} from './cluster.ts'
import { type Credentials, PATHS, type TokenFacts } from './credentials.ts'
import { type Inputs, WAIVERS } from './inputs.ts'
import type { StepName } from './plan.ts'
import type { LoggedIn } from './tokens.ts'
import type { Read } from './vault/client.ts'
import type { Attempt, Performance } from './vault/schemas.ts'
import type { Canary } from './verify.ts'

export const CHECKS = [
  'tls-verification',
  'primary-reachable',
  'secondary-reachable',
  'different-clusters',
  'same-dr-set',
  'one-primary',
  'known-secondary',
  'unsealed',
  'active-node',
  'streaming',
  'heartbeat',
  'lag',
  'merkle',
  'version',
  'emergency-evidence',
  'vault-token',
  'dr-operation-token',
  'token-ttl',
  'capabilities',
  'key-shares',
  'secondary-id',
  'performance-replication',
  'verify-path',
  'snapshot',
] as const
export type CheckName = (typeof CHECKS)[number]

/** What a check says. `warned`: it is short, and that does not stop this run. `skipped`: it says nothing in this case. */
export interface Check {
  readonly name: CheckName
  readonly state: 'passed' | 'warned' | 'waived' | 'failed' | 'skipped'
  readonly evidence: string
  /** What would mend it, for a person to do. */
  readonly fix?: string | undefined
  /** It may pass by itself: worth asking again within `catch-up-timeout`. */
  readonly mayPass?: boolean | undefined
}

/** How far the secondary is behind a position of the primary that was read before (see `barrier`). */
export interface Barrier {
  readonly position: number | undefined
  readonly readAt: number
  readonly behind: number | undefined
  readonly passed: boolean
}

export interface Case extends Evidence {
  readonly inputs: Inputs
  readonly world: World
  readonly due: ReadonlySet<StepName>
  readonly barrier: Barrier
}

/** What was asked for beside the look itself; what could not be asked, or was not needed, is missing. */
export interface Evidence {
  readonly credentials: Credentials
  readonly login?: LoggedIn | undefined
  /** The attempt to generate a DR operation token on each side, where one is to be generated from key shares. */
  readonly attempts: Readonly<Record<Side, Read<Attempt> | undefined>>
  readonly performance?: Readonly<Record<Side, Read<Performance> | undefined>> | undefined
  /** What `verify-path` gave on the primary. */
  readonly canary?: Canary | undefined
}

/** Steps that need a Vault token of the primary, and steps that need a DR operation token. */
export const NEEDS_VAULT: readonly StepName[] = ['demote', 'follow', 'enable', 'enrol', 'revoke', 'disable']
export const NEEDS_DR: readonly StepName[] = ['promote', 'follow', 'detach']

interface Finding {
  readonly is: 'good' | 'bad' | 'short' | 'n/a'
  readonly evidence: string
  readonly fix?: string
  readonly mayPass?: boolean
}

const good = (evidence: string): Finding => ({ is: 'good', evidence })
const bad = (evidence: string, fix?: string): Finding => ({
  is: 'bad',
  evidence,
  ...(fix === undefined ? {} : { fix }),
})
/** Not as it should be, without being a reason to stop. */
const short = (evidence: string): Finding => ({ is: 'short', evidence })
const none = (evidence: string): Finding => ({ is: 'n/a', evidence })
const forNow = (finding: Finding): Finding => ({ ...finding, mayPass: true })

/** Checks that stop an emergency too; the others only warn there, since waiting for a healthy pair would be no emergency. */
const STOPS_EMERGENCY: ReadonlySet<CheckName> = new Set([
  'tls-verification',
  'secondary-reachable',
  'different-clusters',
  'same-dr-set',
  'one-primary',
  'unsealed',
  'active-node',
  'merkle',
  'emergency-evidence',
  'dr-operation-token',
  'key-shares',
  'secondary-id',
  'performance-replication',
])

/**
 * The one check that comes before any connection. This program verifies certificates whatever the variable says, but a
 * job in which somebody switched that off is no place for these tokens.
 *
 * @param variable NODE_TLS_REJECT_UNAUTHORIZED
 */
export function checkTls(variable: string | undefined): Check {
  return variable === '0'
    ? {
        name: 'tls-verification',
        state: 'failed',
        evidence: 'NODE_TLS_REJECT_UNAUTHORIZED is 0 in this job',
        fix: 'Take NODE_TLS_REJECT_UNAUTHORIZED out of the job, and give the CA as `ca-cert`.',
      }
    : { name: 'tls-verification', state: 'passed', evidence: 'certificates are verified' }
}

/** All checks for what is due, in a fixed order. */
export function check(now: Case): Check[] {
  const waivable: ReadonlySet<string> = new Set(WAIVERS)
  const judged = CHECKS.filter((name): name is Judged => name in JUDGES)
  return judged.map((name) => {
    const { is, evidence, fix, mayPass } = JUDGES[name](now)
    const state = () => {
      if (is === 'good') return 'passed'
      if (is === 'n/a') return 'skipped'
      if (is === 'short') return 'warned'
      if (waivable.has(name) && (now.inputs.override as readonly string[]).includes(name)) return 'waived'
      return now.inputs.mode === 'emergency' && !STOPS_EMERGENCY.has(name) ? 'warned' : 'failed'
    }
    return { name, state: state(), evidence, fix, mayPass }
  })
}

/**
 * The lag barrier: a position of the primary is read, and the secondary must pass it. Two reads are never of one moment,
 * so their difference says little on a busy pair; having passed a position that is at most 5 s old does. An older one is
 * taken anew, so a secondary that is always a minute behind does not count as caught up.
 *
 * @param maxLag WAL entries that it may be behind
 */
export function barrier(before: Barrier | undefined, world: World, maxLag: number): Barrier {
  const { from, to } = world
  const now = { position: position(from), readAt: from.at }
  const { position: wanted, readAt } = before?.position === undefined ? now : before
  const reached = to.dr?.state === 'stream-wals' ? to.dr.last_remote_wal : undefined
  if (role(from) === 'primary' && role(to) === 'secondary' && sameRoot(world))
    return { ...now, behind: 0, passed: true }
  if (wanted === undefined || reached === undefined) return { ...now, behind: undefined, passed: false }
  const behind = Math.max(0, wanted - reached)
  if (behind > maxLag) return { position: wanted, readAt, behind, passed: false }
  return from.at - readAt <= 5000
    ? { position: wanted, readAt, behind, passed: true }
    : { ...now, behind, passed: false }
}

/** Checks that are done by making something, right before the first change. */
type Judged = Exclude<CheckName, 'tls-verification' | 'snapshot'>

/** What helps where a cluster is there, and only the way to it is wrong; undefined where something else is the matter. */
function way({ host, because = '' }: Cluster): string | undefined {
  if (because.includes('it redirects'))
    return `Give the address of the active node of ${host}, or of a load balancer that leads to it: nothing is lost, this node only forwards nothing.`
  if (because.includes('client-cert'))
    return `Give a client certificate that ${host} accepts as \`client-cert\`, with its key as \`client-key\`.`
  return /certificate|TLS/.test(because)
    ? `Give the CA of ${host} as \`ca-cert\`, or its name as \`tls-server-name\`: nothing is lost, it is only not trusted.`
    : undefined
}

const JUDGES: Record<Judged, (now: Case) => Finding> = {
  'primary-reachable': ({ world: { from }, inputs }) => {
    if (role(from) !== 'unknown') return good(`${from.host} is ${describe(from)}`)
    return inputs.mode === 'emergency'
      ? none(`${from.host} does not tell its role: ${describe(from)}; see emergency-evidence`)
      : bad(
          `${from.host} does not tell its role: ${describe(from)}`,
          way(from) ?? `Make ${from.host} answer, or, if it is lost, run with \`mode: emergency\` and \`confirm\`.`,
        )
  },

  'secondary-reachable': ({ world: { to }, inputs, due }) => {
    if (inputs.operation === 'revoke-secondary') return none('not needed for what is due')
    if (role(to) !== 'unknown') return good(`${to.host} is ${describe(to)}`)
    const evidence = `${to.host} does not tell its role: ${describe(to)}`
    // Taking the role from a returned old primary needs nothing of the other side.
    if (inputs.mode === 'emergency' && !due.has('promote') && !due.has('follow')) return short(evidence)
    return bad(
      evidence,
      way(to) ?? `Make ${to.host} answer: nothing is changed while the cluster that is to take over can not be seen.`,
    )
  },

  'different-clusters': ({ world }) => {
    const { from, to } = world
    if (oneCluster(world))
      return bad(
        `${from.host} and ${to.host} are two addresses of one cluster`,
        'Give the address of the other cluster.',
      )
    if (from.health?.cluster_id === undefined || to.health?.cluster_id === undefined)
      return none('not both clusters tell their own id')
    return good('two addresses, two clusters')
  },

  'same-dr-set': ({ world, inputs, due }) => {
    const { from, to } = world
    if (due.has('enable') || due.has('enrol')) return none('the DR set is being made')
    if (inputs.operation === 'revoke-secondary') return none('not needed for what is due')
    if (due.has('revoke') || due.has('disable'))
      return strangers(world)
        ? bad('the two clusters belong to different DR sets (cluster_id)', 'Check primary-addr and secondary-addr.')
        : good('no other DR set is involved')
    if (strangers(world))
      return bad(
        'the two clusters belong to different DR sets (cluster_id)',
        'Check primary-addr and secondary-addr: they do not replicate to each other.',
      )
    if (from.dr?.cluster_id !== undefined && to.dr?.cluster_id !== undefined) return good('one cluster_id on both')
    if (role(from) === 'unknown' || role(to) === 'unknown') return none('only one side tells its cluster_id')
    const missing = SIDES.map((side) => world[side]).find((cluster) => cluster.dr?.cluster_id === undefined)
    const evidence = `${missing?.host} shows no DR set (${missing ? describe(missing) : ''})`
    return inputs.mode === 'emergency'
      ? short(evidence)
      : bad(evidence, 'Enable DR replication between the two clusters first.')
  },

  'one-primary': ({ world, inputs, due }) => {
    const { from, to } = world
    if (twoPrimaries(world)) {
      if (inputs.mode === 'planned') {
        return bad(
          'both clusters claim the primary role',
          `Decide which one holds the data to keep. To keep ${to.host}: run again with \`mode: emergency\` and \`confirm: ${to.host}\`.`,
        )
      }
      return outranked(world)
        ? bad(
            `${to.host} has the lower ssct_generation_counter (${counters(world)}): ${from.host} was promoted after it`,
            `Keep ${from.host} instead: run the operation in the other direction.`,
          )
        : short(`both are primary; ${to.host} is confirmed and is kept, what only ${from.host} took since is discarded`)
    }
    if (inputs.operation === 'promote' && role(from) === 'primary') {
      return bad(`${from.host} is primary`, 'Run `operation: demote` first, or `operation: failover`, which does both.')
    }
    if (inputs.operation === 'update-primary' && role(to) !== 'primary') {
      return bad(
        `${to.host} is not primary`,
        'Run `operation: promote` first, or `operation: failover`, which does all.',
      )
    }
    if (due.has('enable')) return good('no primary yet')
    if (leftBehind(world) && due.has('promote')) {
      const evidence = `nobody is primary, ${from.host} was promoted after ${to.host} (ssct_generation_counter: ${counters(world)}), and ${to.host} has not followed it`
      return inputs.mode === 'emergency'
        ? short(evidence)
        : bad(
            evidence,
            `Make ${from.host} primary, which holds what was written last: run the operation in the other direction. To lose that, run this one with \`mode: emergency\` and \`confirm: ${to.host}\`.`,
          )
    }
    if (nobodyPrimary(world)) return short('nobody is primary: this run goes on from there')
    return good(`${role(to) === 'primary' ? to.host : from.host} is the primary`)
  },

  'known-secondary': (now) => {
    const { from, to } = now.world
    if (!switching(now)) return none('no secondary is attached to a primary here')
    if (attached(to, from)) return good(`${from.host} knows the id of ${to.host}`)
    const attaches = now.inputs.from === now.inputs['primary-addr'] ? 'failback' : 'failover'
    return bad(
      `${from.host} does not know the secondary id of ${to.host}`,
      `It was never attached, its id was revoked, or it follows another primary. To attach it, run \`operation: ${attaches}\`: ${from.host} is primary already, and stays so.`,
    )
  },

  unsealed: ({ world: { from, to }, inputs }) => {
    const sealed = [from, to].filter((cluster) => cluster.health?.sealed)
    if (sealed.includes(to)) return bad(`${to.host} is sealed`, `Unseal ${to.host}.`)
    // A sealed primary is one that is lost, until somebody unseals it.
    if (sealed.includes(from) && inputs.mode === 'emergency') return short(`${from.host} is sealed`)
    if (sealed.includes(from))
      return bad(
        `${from.host} is sealed`,
        `Unseal ${from.host}, or, if it is lost, run with \`mode: emergency\` and \`confirm\`.`,
      )
    return good('no cluster is sealed')
  },

  'active-node': ({ world: { from, to }, inputs }) => {
    const without = [from, to].filter((cluster) => role(cluster) !== 'unknown' && !active(cluster))
    // In an emergency only the cluster that takes over has to have one.
    const matters = inputs.mode === 'emergency' ? without.filter((cluster) => cluster === to) : without
    const [first] = matters
    if (first === undefined)
      return without.length === 0 ? good('each cluster has an active node') : short(`${from.host} has no active node`)
    return forNow(
      bad(
        `${first.host} has no active node behind its address (sys/health ${first.healthCode || 'unread'})`,
        `Check the nodes of ${first.host}, and that its address leads to the active one.`,
      ),
    )
  },

  streaming: (now) => {
    const { from, to } = now.world
    if (!switching(now)) return none('nothing streams while nobody, or both, are primary')
    const fix = `Look at ${to.host}: a healthy DR secondary is in state stream-wals with connection ready.`
    if ((from.dr?.state ?? 'running') !== 'running') return bad(`${from.host} is ${describe(from)}, not running`, fix)
    if (from.dr?.reindex_in_progress || to.dr?.reindex_in_progress)
      return bad('a reindex is in progress', 'Wait until it has ended.')
    if (follows(to, from)) return good(`${to.host} streams from ${from.host}, connected`)
    const finding = bad(`${to.host} is not streaming from ${from.host}: ${describe(to)}`, fix)
    // On its way it may arrive within catch-up-timeout; one that is idle or cut off will not.
    const onItsWay = to.dr?.state !== 'stream-wals' || to.dr.connection_state === 'connecting'
    return joining(to, from) && onItsWay ? forNow(finding) : finding
  },

  heartbeat: (now) => {
    if (!switching(now)) return none('no heartbeats while nobody, or both, are primary')
    const { from, to } = now.world
    const ofTo = from.dr?.secondaries?.filter((peer) => peer.node_id === to.dr?.secondary_id)
    const ages = [heartbeatAge(from, ofTo), heartbeatAge(to, to.dr?.primaries)].filter((age) => age !== undefined)
    const canary = canaryAge(to)
    if (ages.length === 0 && canary === undefined) return none('no heartbeat is reported')
    const oldest = Math.max(...ages, canary ?? 0)
    return oldest > STALE
      ? bad(
          `the last heartbeat is ${span(oldest)} old`,
          `Look at the link between the clusters (cluster port 8201) and at ${to.host}.`,
        )
      : good(`the last heartbeat is ${span(oldest)} old`)
  },

  lag: (now) => {
    if (!switching(now)) return none('nothing to catch up with while nobody, or both, are primary')
    const { position: wanted, behind, passed } = now.barrier
    const most = now.inputs['max-lag']
    if (passed)
      return good(
        wanted === undefined || behind === 0
          ? `0 behind ${at(wanted)}`
          : `${behind} behind ${at(wanted)}, ${most} allowed`,
      )
    return forNow(
      bad(
        behind === undefined
          ? 'how far the secondary is behind can not be told'
          : `${behind} WAL entries behind ${at(wanted)}, ${most} allowed`,
        'Let the secondary catch up, or allow more with max-lag or catch-up-timeout.',
      ),
    )
  },

  merkle: ({ world: { from, to } }) => {
    const corrupt = [to, from].filter((cluster) => cluster.dr?.corrupted_merkle_tree)
    return corrupt.length === 0
      ? good('no corrupt merkle tree is reported')
      : bad(
          `the merkle tree of ${corrupt.map((cluster) => cluster.host).join(' and ')} is corrupt`,
          'Repair it first (sys/replication/merkle-check, reindex), with HashiCorp support.',
        )
  },

  version: ({ world: { from, to }, due }) => {
    const [theirs, ours] = [from.health?.version, to.health?.version]
    const order = compareVersions(ours, theirs)
    if (order === undefined) return none('not both versions are known')
    if (order === 0) return good(`${ours} on both`)
    if (order < 0 && (due.has('promote') || due.has('demote') || due.has('enrol'))) {
      return bad(
        `${to.host} runs ${ours}, older than ${theirs} on ${from.host}`,
        `Upgrade ${to.host} first: data of a newer Vault must not be served by an older one.`,
      )
    }
    return short(
      `${to.host} runs ${ours}, newer than ${theirs} on ${from.host}: ${from.host} may have to be upgraded before it can follow`,
    )
  },

  'emergency-evidence': ({ world: { from, to }, inputs, due }) => {
    if (inputs.mode !== 'emergency' || !due.has('promote')) return none('asked for in an emergency promotion only')
    if (role(from) === 'secondary' || role(from) === 'none') return good(`${from.host} is seen and is not primary`)
    if (role(from) === 'primary') {
      return bad(`${from.host} answers as primary: it is not lost`, 'Run with `mode: planned`, which demotes it first.')
    }
    return loss(from, to)
  },

  'vault-token': (now) => {
    if (!NEEDS_VAULT.some((name) => now.due.has(name))) return none('not needed for what is due')
    const { login } = now
    const own = now.credentials.ofSecondary?.lookup
    // Enrolling comes last, and must not fail on a token after the primary has been enabled.
    if (own?.ok === false) {
      return bad(
        `${now.world.to.host} does not accept the secondary-vault-token: ${own.because}`,
        'Give a token of the cluster that is to be enrolled as `secondary-vault-token`; it knows its own tokens alone.',
      )
    }
    if (login?.ok === false) return { ...bad(`the login failed: ${login.because}`), fix: login.fix ?? '' }
    return token('vault-token', now.credentials.vaultToken)
  },

  'dr-operation-token': (now) => {
    if (!NEEDS_DR.some((name) => now.due.has(name))) return none('not needed for what is due')
    return drToken(now)
  },

  'token-ttl': ({ credentials, inputs }) => {
    const lives = [credentials.vaultToken, credentials.drOperationToken].flatMap((facts) =>
      facts?.lookup?.ok ? [facts.lookup.value] : [],
    )
    if (lives.length === 0) return none('no lifetime could be asked for')
    const used = lives.find(({ num_uses }) => num_uses !== undefined && num_uses !== 0)
    // A token in its last use tells -1.
    if (used)
      return bad(`a token has only ${Math.max(0, used.num_uses ?? 0)} uses left`, 'Use a token without num_uses.')
    const mortal = lives.map(({ ttl }) => ttl * 1000).filter((ttl) => ttl > 0)
    if (mortal.length === 0) return good('the tokens do not expire')
    const least = Math.min(...mortal)
    return least < inputs.timeout
      ? bad(
          `a token ends in ${span(least)}, and the run may take ${span(inputs.timeout)}`,
          'Use a token that lives longer, or a shorter timeout.',
        )
      : good(`the tokens live for ${span(least)} more`)
  },

  capabilities: ({ credentials, due, inputs }) => {
    const wanted: [TokenFacts | undefined, string, string][] = []
    if (due.has('demote')) wanted.push([credentials.vaultToken, PATHS.demote, 'update'])
    if (due.has('enable')) wanted.push([credentials.vaultToken, PATHS.enablePrimary, 'update'])
    if (due.has('revoke')) wanted.push([credentials.vaultToken, PATHS.revokeSecondary, 'update'])
    if (due.has('disable')) wanted.push([credentials.vaultToken, PATHS.disablePrimary, 'update'])
    if (due.has('detach')) wanted.push([credentials.drOperationToken, PATHS.disableSecondary, 'update'])
    if (due.has('enrol')) {
      wanted.push([credentials.ofSecondary, PATHS.enableSecondary, 'update'])
      wanted.push(
        [credentials.vaultToken, PATHS.secondaryToken, 'update'],
        [credentials.vaultToken, PATHS.secondaryToken, 'sudo'],
      )
    }
    if (due.has('promote')) wanted.push([credentials.drOperationToken, PATHS.promote, 'update'])
    if (due.has('follow')) {
      wanted.push(
        [credentials.vaultToken, PATHS.secondaryToken, 'update'],
        [credentials.vaultToken, PATHS.secondaryToken, 'sudo'],
      )
      wanted.push([credentials.drOperationToken, PATHS.updatePrimary, 'update'])
      if (inputs.activation === 'public-key')
        wanted.push([credentials.drOperationToken, PATHS.generatePublicKey, 'update'])
    }
    const asked = wanted.filter(([facts]) => facts?.capabilities?.ok)
    if (asked.length === 0) return none('no policy could be asked')
    const lacking = asked.filter(([facts, path, capability]) => {
      const held = facts?.capabilities?.ok ? (facts.capabilities.value.get(path) ?? []) : []
      return !held.includes('root') && !held.includes(capability)
    })
    if (lacking.length === 0) return good('the policies allow every call')
    return bad(
      `the policy of the ${owner(lacking[0]?.[0], credentials)} lacks ${lacking.map(([, path, capability]) => `${capability} on ${path}`).join(', ')}`,
      'Add it to the policy (see the policies in the README) and make a new token.',
    )
  },

  'key-shares': ({ attempts, world, inputs, due }) => {
    if (inputs['dr-operation-token'] !== undefined || !NEEDS_DR.some((name) => due.has(name)))
      return none('no token is to be made from key shares')
    for (const side of SIDES) {
      const [attempt, { host }] = [attempts[side], world[side]]
      if (attempt === undefined) continue
      const problem = attempt.ok
        ? attemptProblem(host, attempt.value, inputs['key-shares'])
        : attempt.status === 403
          ? needsToken(host)
          : {
              because: `${host} does not tell whether it can generate a DR operation token: ${attempt.because}`,
              fix: 'Run again when it answers.',
            }
      if (problem !== undefined) return bad(problem.because, problem.fix)
    }
    return good(`${distinct(inputs['key-shares']).length} different key shares`)
  },

  'performance-replication': ({ performance, world, due }) => {
    if (!due.has('promote') || performance === undefined) return none('asked for in a promotion only')
    const mode = (side: Side) => (performance[side]?.ok ? performance[side].value.mode : 'unknown')
    const inOne = SIDES.filter((side) => ['primary', 'secondary'].includes(mode(side)))
    if (mode('from') === 'primary' && mode('to') === 'primary') {
      return bad(
        'both clusters are performance primaries',
        'Promoting would make a second performance primary: disable or demote one first.',
      )
    }
    if (inOne.length === 0) {
      const asked = SIDES.some((side) => performance[side]?.ok)
      return asked ? good('no performance replication is seen') : none('it could not be asked')
    }
    const [side] = inOne
    return short(
      `${world[side ?? 'from'].host} is a performance ${mode(side ?? 'from')}: that role moves with the promotion; performance secondaries that can't reach ${world.to.host} have to be pointed to it`,
    )
  },

  'verify-path': ({ inputs, canary }) => {
    if (inputs['verify-path'] === undefined) return none('no verify-path is given')
    if (canary === undefined) return short('it can not be read before: no old primary is there to ask')
    return canary.ok
      ? good('read on the old primary; compared by digest afterwards')
      : bad(
          `it can not be read: ${canary.because}`,
          'Give a path that the vault-token may read, below /v1/, like secret/data/canary.',
        )
  },

  'secondary-id': ({ inputs, due, world: { to, from } }) => {
    const id = inputs['secondary-id']
    if (!due.has('follow') && !due.has('enrol')) return none('not needed for what is due')
    if (id === undefined) return good('an id of its own for this run')
    return [to, from].some((cluster) => cluster.dr?.known_secondaries?.includes(id))
      ? bad(
          `the id ${id} is already known`,
          'Leave secondary-id empty for an id of its own, or revoke the old one first.',
        )
      : good(`${id} is not known yet`)
  },
}

/** The input that a token came from. */
function owner(facts: TokenFacts | undefined, { vaultToken, ofSecondary }: Credentials): string {
  if (facts === ofSecondary) return 'secondary-vault-token'
  return facts === vaultToken ? 'vault-token' : 'dr-operation-token'
}

/** The ordinary case: one primary gives its role to a secondary that it feeds. */
const switching = ({ world: { from, to }, due }: Case): boolean =>
  due.has('demote') && role(from) === 'primary' && role(to) !== 'primary'

const at = (wanted: number | undefined): string => (wanted === undefined ? 'the primary' : `position ${wanted}`)

/** Age of the canary that the primary writes, as the secondary last saw it; in ms. */
function canaryAge(secondary: Cluster): number | undefined {
  const ages = (secondary.dr?.primaries ?? [])
    .map((peer) => peer.replication_primary_canary_age_ms)
    .filter((age) => age !== undefined)
  return ages.length === 0 ? undefined : Math.min(...ages)
}

/** Connection states of a secondary whose link is down (facts 1.6). */
const LOST: ReadonlySet<string> = new Set(['transient_failure', 'shutdown', 'idle', 'connecting'])

/**
 * Is the primary really lost, or only out of this runner's sight? Told from the secondary's side alone: everything that
 * it reports of the link must say so, and something must be reported.
 */
function loss(from: Cluster, to: Cluster): Finding {
  const { connection_state: state, primaries = [] } = to.dr ?? {}
  const fix = `If you know that ${from.host} is lost and stays away, run again with \`override: emergency-evidence\`.`
  // Only words that Vault documents prove anything: whatever could mean a live link, in any spelling, is none that is lost.
  const statuses = primaries.map((peer) => peer.connection_status ?? '')
  const live = [state ?? '', ...statuses].some((word) => /^(ready|connected)$/i.test(word))
  const cut: boolean =
    (state !== undefined && LOST.has(state)) ||
    (statuses.length > 0 && statuses.every((word) => word === 'disconnected'))
  const sight = `${from.host} does not answer here (${describe(from)})`
  if (live)
    return bad(`${sight}, but ${to.host} is still connected to it: it may only be out of this runner's sight`, fix)
  // The canary's age comes with the heartbeats and stands still without them, so it counts only where there are none.
  const age = heartbeatAge(to, primaries) ?? canaryAge(to)
  if (age !== undefined && age <= STALE) {
    return forNow(
      bad(`${sight}, but ${to.host} heard from it ${span(age)} ago (lost counts from ${span(STALE)} on)`, fix),
    )
  }
  if (!cut) return bad(`${sight}, and ${to.host} does not say that its link is down`, fix)
  const heard = age === undefined ? '' : `, last heard of ${span(age)} ago`
  return good(
    `${sight}, and ${to.host} has lost it too: ${state === undefined ? 'not connected' : `connection ${state.replace(/[^a-z_]/g, '')}`}${heard}`,
  )
}

/** A token that was looked up on the primary, or why it wasn't. */
function token(name: string, facts: TokenFacts | undefined): Finding {
  if (facts?.lookup === undefined) return short('could not be looked up: only a primary answers that')
  const { lookup } = facts
  if (lookup.ok)
    return good(
      `valid${lookup.value.type === undefined ? '' : `, a ${lookup.value.type === 'batch' ? 'batch' : 'service'} token`}`,
    )
  if (lookup.status === 403) {
    return bad(
      'the primary does not accept it (HTTP 403)',
      `Store a valid ${name}. Its policy must allow auth/token/lookup-self, as the default policy does.`,
    )
  }
  return bad(`could not be looked up: ${lookup.because}`, 'Run again when the primary answers.')
}

function drToken({ credentials: { drOperationToken: facts }, due, inputs, world }: Case): Finding {
  if (facts === undefined) return none('none given')
  if (inputs['dr-operation-token'] === undefined) return none('none is given; see key-shares')
  const fix = 'Make a new batch DR operation token on the primary (see "Tokens" in the README) and store it.'
  if (facts.onSecondary?.ok) return good('a batch token; the DR secondary accepts it')
  if (facts.lookup?.ok) {
    const { type, policies = [] } = facts.lookup.value
    if (facts.batch || type === 'batch') return good('a valid batch token')
    if (policies.includes('root')) {
      const old = (compareVersions(world.to.health?.version, '2.0.0') ?? -1) < 0
      return old
        ? bad('a root token, which a DR secondary accepts from Vault 2.0 on only', fix)
        : good('a root token, which Vault 2.0 and newer accept')
    }
    return bad('an ordinary service token, which a DR secondary does not accept', fix)
  }
  if (facts.batch) {
    if (facts.lookup?.status === 403)
      return bad('the primary does not accept it (HTTP 403): expired, wrong, or without the default policy', fix)
    if (facts.lookup !== undefined)
      return bad(`could not be looked up: ${facts.lookup.because}`, 'Run again when the primary answers.')
    const invalid =
      facts.onSecondary?.ok === false && facts.onSecondary.errors.some((error) => /invalid token/i.test(error))
    if (invalid) return bad('the DR secondary does not accept it: expired or wrong', fix)
    return short('a batch token that could not be proven: nobody is primary to look it up')
  }
  // One that the primary does not know may have been generated on the secondary: good for one use on that cluster.
  if (due.has('promote') && due.has('follow') && !(inputs.mode === 'emergency' && facts.lookup === undefined)) {
    return bad(
      'not a batch token: a generated DR operation token is good for one use on one cluster, and this operation needs one on each',
      `${fix} Or run the phases (promote, then update-primary) with a token of each cluster.`,
    )
  }
  return short('not a batch token: a generated one can only be proven by using it')
}

/** The new primary's counter of promotions against the old one's. */
const counters = ({ from, to }: World): string =>
  `${to.dr?.ssct_generation_counter} against ${from.dr?.ssct_generation_counter}`
