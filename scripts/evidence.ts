/**
 * What this project relies on Vault for, and how anybody knows: the rows of docs/fidelity.md. And what nobody knows before
 * two real Enterprise clusters were asked: the questions that scripts/enterprise.ts answers.
 */

/** Where the code relies on it: a file, and a word that stands in it. */
export type Place = readonly [file: string, word: string]

export type Evidence =
  /** Names of contract tests (`__tests__/vault`), which pass on a real Vault 1.21.1. */
  | { readonly kind: 'seen'; readonly tests: readonly string[]; readonly inPart?: string }
  | { readonly kind: 'documented'; readonly where: string }
  | { readonly kind: 'inferred'; readonly from: string }
  /** Tests that show that the code lives with either. */
  | { readonly kind: 'unknown'; readonly how: string; readonly tests: readonly string[] }

export interface Row {
  readonly what: string
  readonly where: Place
  readonly evidence: readonly [Evidence, ...Evidence[]]
  /** The question of `QUESTIONS` that would settle it. */
  readonly asks?: keyof typeof QUESTIONS
}

/** To be asked of a real pair. An answer that is known is written here, with the version that gave it. */
export const QUESTIONS = {
  H1: 'Are `merkle_root` and the WAL position of a demoted cluster still readable, and do they compare with those of its old secondary?',
  H2: 'Does `last_start` tell when a secondary last changed its role or its primary?',
  H3: 'What do a repeated demotion, a repeated promotion and a second `update-primary` with one token answer, and which tokens does `generate-public-key` take on a DR secondary?',
  H4: 'What does `secondary-token` answer to an id that is known, and does a new id for each run stay in `known_secondaries`?',
  H5: 'How long do refusals and silence last after a demotion, a promotion and an `update-primary`, and what are they?',
  H6: 'Does the answer to a change of role come before the new role can be seen?',
  H7: 'Which fields of `dr/status` and `sys/health` are numbers, and which are strings?',
  H8: 'Can a promotion whose client hung up still be applied?',
} as const
export type Question = keyof typeof QUESTIONS
export const ANSWERS: Readonly<Partial<Record<Question, { readonly version: string; readonly answer: string }>>> = {}

const seen = (...tests: string[]): Evidence => ({ kind: 'seen', tests })
const seenInPart = (inPart: string, ...tests: string[]): Evidence => ({ kind: 'seen', tests, inPart })
const documented = (where: string): Evidence => ({ kind: 'documented', where })
const inferred = (from: string): Evidence => ({ kind: 'inferred', from })
const unknown = (how: string, ...tests: string[]): Evidence => ({ kind: 'unknown', how, tests })

/** Short names of what is public. */
const API = 'API documentation, `system/replication/replication-dr`'
const OPENAPI = 'OpenAPI description of Vault Enterprise 2.1.0'
const HARNESS = "HashiCorp's own test harness (`sdk/helper/testcluster/replication.go`)"
const ENOS = "HashiCorp's own scenario (`enos-scenario-dr-replication.hcl`)"
const SHARED = 'with `generate-root`, which shares its code with the DR one'

export const ROWS: readonly Row[] = [
  // What a cluster says of itself.
  {
    what: '`sys/health` carries its body with every status code, and 503 means sealed',
    where: ['src/vault/client.ts', 'anyStatus: true'],
    evidence: [
      seen(
        'answers sys/health with 503 and the body all the same',
        'initialized and sealed: 503, with the version and without an id',
      ),
      documented('API documentation, `system/health`'),
    ],
  },
  {
    what: '`sys/health` is 200 on an active node and 429 on a standby, 474 on one that has lost its leader',
    where: ['src/cluster.ts', 'export function active'],
    evidence: [
      seen(
        'is healthy with 200',
        'is told by 429, and by other codes where they are wished for',
        'a standby: 429, it knows the leader, and answers by it',
        'a standby that says 474 is not active',
      ),
    ],
  },
  {
    what: '`sys/health` is 472 on a DR secondary, standbys of it included',
    where: ['src/cluster.ts', 'export function active'],
    evidence: [
      documented('API documentation, `system/health`'),
      inferred('the order of the codes in `http/sys_health.go`, as to standbys'),
    ],
  },
  {
    what: 'A cluster serves as long as its leader is known: `sys/leader` has an empty address otherwise',
    where: ['src/vault/schemas.ts', 'export const leader'],
    evidence: [
      seenInPart(
        'a lone node that was unsealed goes on naming its old leader for a while, so it is not believed alone',
        'is its own leader',
        'a node that comes back alone and is unsealed still names the leader of old, and knows no role',
      ),
    ],
  },
  {
    what: '`dr/status` needs no token, answers in every role, and puts what it says into `data`',
    where: ['src/vault/client.ts', "'sys/replication/dr/status'"],
    evidence: [documented(`${API}; ${OPENAPI}`), seenInPart('of other answers', 'puts other answers into an envelope')],
  },
  {
    what: 'A free edition answers DR paths with 404, and nothing else is to be concluded from it',
    where: ['src/cluster.ts', 'export function describe'],
    evidence: [
      seen(
        'DR status is 404 without a token, with any token, and the client says what that means',
        'the status of both kinds together is 200 on a free edition as well: nothing is to be decided by it',
      ),
    ],
  },
  {
    what: 'WAL positions are numbers; ages, skew and epochs are strings, and numbers elsewhere',
    where: ['src/vault/schemas.ts', 'const count'],
    evidence: [
      documented(`${API}, samples`),
      unknown('either is taken', 'a count is a number or a string of digits, whichever Vault writes'),
    ],
    asks: 'H7',
  },
  {
    what: 'Every field of `dr/status` but `mode` may be missing, and an empty list may be null',
    where: ['src/vault/schemas.ts', 'const absent'],
    evidence: [
      documented(`${API} of several versions, which differ`),
      unknown(
        'what is not told proves nothing',
        'of a status nothing but its mode has to be there, and an empty list may be null',
        'what an old server does not report says nothing against it',
        'a secondary that tells no position is not taken for one that has caught up',
      ),
    ],
    asks: 'H7',
  },
  {
    what: '`cluster_id` of `dr/status` is that of the set, the same on both sides; `sys/health` has one of the cluster’s own',
    where: ['src/cluster.ts', 'export const strangers'],
    evidence: [documented(`${API}, samples`)],
  },
  {
    what: '`state: stream-wals` stays though the link is lost; `connection_state`, `connection_status` and heartbeats tell',
    where: ['src/cluster.ts', 'export function connected'],
    evidence: [
      inferred('captured outputs of Vault 1.2 whose primary had died'),
      unknown('all of them have to agree', 'a secondary follows by its id, its state and its connection, all of them'),
    ],
  },
  {
    what: 'A primary lists every id that it issued in `known_secondaries`, used or not, until it is revoked',
    where: ['src/attach.ts', 'export async function tidy'],
    evidence: [
      documented(API),
      unknown('an id of its own for each run', 'activation tokens that nobody used are revoked at the end'),
    ],
    asks: 'H4',
  },
  {
    what: 'Equal `merkle_root`: both hold the same data at that instant',
    where: ['src/cluster.ts', 'export function sameRoot'],
    evidence: [documented(`${API}; the tutorial on monitoring replication`)],
  },
  {
    what: '`last_remote_wal` is 0 after a resync until an entry has been streamed',
    where: ['src/cluster.ts', 'export function lag'],
    evidence: [
      inferred(`${HARNESS}, which writes first and then waits for more than 0`),
      unknown('0 proves nothing without equal roots', 'without equal roots a last_remote_wal of 0 proves nothing'),
    ],
  },
  {
    what: '`merkle_root` and position of a demoted cluster may be unreadable or not comparable',
    where: ['src/checks.ts', 'export function barrier'],
    evidence: [
      unknown(
        'what was read before the demotion is the bar',
        'max-lag is how far it may be behind; what is on its way still arrives before the promotion',
        'a demoted cluster shows of its data what it will',
      ),
    ],
    asks: 'H1',
  },
  {
    what: '`last_start` is decided by nowhere',
    where: ['src/vault/schemas.ts', 'export const replication'],
    evidence: [unknown('nobody reads it', 'last_start is read nowhere')],
    asks: 'H2',
  },
  {
    what: 'A promotion raises `ssct_generation_counter` by one, so of two primaries the higher one is the younger',
    where: ['src/vault/schemas.ts', 'ssct_generation_counter'],
    evidence: [
      inferred('`vault/token_store.go`, whose only sync point is a DR promotion'),
      unknown(
        'it keeps the confirmed one from being kept where it is the lower, and where nobody is primary it keeps one that has not followed since from being promoted over a newer history',
        'an ssct_generation_counter that tells nothing keeps nobody from keeping the confirmed one',
        'an ssct_generation_counter that misleads costs nothing: the confirmed one goes on as soon as the other is shut down',
      ),
    ],
  },
  // Changes of a role.
  {
    what: 'The calls of a change exist in 2.1 with these paths, methods and fields',
    where: ['src/vault/client.ts', 'export class Vault'],
    evidence: [documented(`${OPENAPI}: each call is held against it by \`__tests__/api.test.ts\``)],
  },
  {
    what: 'A change of role is answered, with 200 and a warning, before its work is done',
    where: ['src/bring.ts', 'export async function bring'],
    evidence: [
      documented(`${API}: "unavailable for a brief period"`),
      unknown(
        'only a look proves the effect',
        'the answer comes before the work: meanwhile a cluster answers anything, but no new role',
      ),
    ],
    asks: 'H6',
  },
  {
    what: 'During a change a cluster may answer 500, 503, 412, nothing, or a status without a mode',
    where: ['src/lookout.ts', 'export class Lookout'],
    evidence: [
      inferred(`${ENOS}, which waits up to 120 s`),
      unknown(
        'bad looks are no role, and are waited out',
        'a reading without a status is no role',
        'a bad answer makes no bad health',
      ),
    ],
    asks: 'H5',
  },
  {
    what: 'A promotion of a secondary that is behind is 503 "still catching up", and may be sent again',
    where: ['src/vault/client.ts', 'catchingUp'],
    evidence: [
      inferred(`${HARNESS}, a comment`),
      unknown(
        'other words for it end after `catch-up-timeout`',
        'a secondary that never catches up enough to be promoted is given up after catch-up-timeout',
      ),
    ],
  },
  {
    what: 'A second promotion says "Not a DR secondary.", and changes nothing',
    where: ['src/vault/client.ts', 'not a dr secondary'],
    evidence: [
      inferred('a public issue with the same call on a primary'),
      unknown(
        'after any answer that is no yes, a look decides',
        'a lost answer and then a refusal is still a lost answer',
      ),
    ],
    asks: 'H3',
  },
  {
    what: 'A promotion that was given up on may still be applied',
    where: ['src/bring.ts', 'export async function bring'],
    evidence: [
      unknown(
        'nobody else is made primary until it is known not to have been',
        'after a lost answer to the promotion nobody is made primary again on a guess',
        'a promotion that was never answered is looked at before the end',
      ),
    ],
    asks: 'H8',
  },
  {
    what: 'A demoted cluster keeps its set and its data, is `idle`, and looks for nobody',
    where: ['src/plan.ts', 'export const plan'],
    evidence: [
      documented(API),
      inferred('lab notes that expect `idle`'),
      unknown(
        'nothing else about it is relied on',
        'a newly demoted cluster follows nobody, whatever its new primary knows',
      ),
    ],
  },
  {
    what: 'A demoted cluster that is promoted again gets its secondaries back by itself',
    where: ['src/plan.ts', 'export const restore'],
    evidence: [
      inferred('`known_secondaries` being a list of its own'),
      unknown(
        'a look decides; else it ends unprotected',
        'a promotion that is refused: the old primary serves again, and its secondary streams again',
      ),
    ],
  },
  {
    what: 'An old primary that comes back says that it is primary, and knows of no other',
    where: ['src/cluster.ts', 'export const twoPrimaries'],
    evidence: [
      inferred('captured outputs of Vault 1.2'),
      unknown(
        'either way it is asked what it is',
        'the old primary comes back: two primaries, nothing sent, until an emergency keeps the confirmed one',
      ),
    ],
  },
  {
    what: '`update-primary` attaches without erasing, and `secondary/enable` erases',
    where: ['src/vault/client.ts', 'updatePrimary('],
    evidence: [documented(API)],
  },
  {
    what: 'A used activation token is good for nothing more; what a second use answers is not known',
    where: ['src/attach.ts', 'export async function attach'],
    evidence: [
      documented('API documentation: a wrapping token, one use, 30 minutes'),
      unknown(
        'another token under another id',
        'a token that the follower can not use is followed by another, under another id',
      ),
    ],
    asks: 'H3',
  },
  {
    what: 'An id may be used once for `secondary-token`',
    where: ['src/attach.ts', 'export async function attach'],
    evidence: [
      documented(`${API}: must be unique`),
      unknown('no id is used twice', 'ids are never used twice, whatever the run is called'),
    ],
    asks: 'H4',
  },
  {
    what: '`secondary-token` with a public key answers `data.token`, without one `wrap_info.token`',
    where: ['src/vault/schemas.ts', 'export const activation'],
    evidence: [
      inferred(`${HARNESS} and ${ENOS}`),
      seenInPart('of wrapped answers in general', 'holds nothing but its wrapping'),
      unknown(
        'either is taken',
        'public-key on a server without public keys ends with the new primary serving, and auto mends it',
      ),
    ],
  },
  {
    what: '`generate-public-key` on a DR secondary takes a batch or root token in the header',
    where: ['src/attach.ts', 'export async function publicKey'],
    evidence: [
      inferred(`${ENOS} (root) and public scripts (batch)`),
      unknown(
        'refused, the wrapped token is taken',
        'auto falls back to the wrapped token where the policy lacks the public key',
      ),
    ],
    asks: 'H3',
  },
  {
    what: 'Nodes that are not active may come back sealed after an enrolment',
    where: ['src/nodes.ts', 'export async function sickNodes'],
    evidence: [
      inferred(HARNESS),
      unknown(
        'they are named where they are seen',
        'after a setup the nodes of the new secondary are named the same way',
      ),
    ],
  },
  // Tokens.
  {
    what: '`lookup-self` tells kind, time, policies and uses of a token, batch tokens included',
    where: ['src/vault/schemas.ts', 'export const token ='],
    evidence: [
      seen(
        'of a service token and of a batch token',
        'of a root token: it has no end',
        'tells how many uses are left after this one',
      ),
    ],
  },
  {
    what: 'It is 403 to a wrong token, one that has run out, and one without the default policy, and which is not told',
    where: ['src/credentials.ts', 'export async function examine'],
    evidence: [
      seen(
        'is refused to a token without the default policy, and to one that is none',
        'of a token that has run out is that of one that never was',
        'of a wrong one: every question is refused, once',
      ),
    ],
  },
  {
    what: '`capabilities-self` tells what the policies allow, path by path, also of paths that do not exist',
    where: ['src/vault/client.ts', "'sys/capabilities-self'"],
    evidence: [
      seen(
        'of other tokens is what their policies say, in order; deny where they say nothing',
        'of a root token is root, of every path, also of one that there is not',
      ),
    ],
  },
  {
    what: 'Writes of a primary take `update`, and no `create` alone will do',
    where: ['src/checks.ts', 'CHECKS'],
    evidence: [
      documented(OPENAPI),
      seenInPart(
        'on the paths of a free edition',
        'those of a primary ask for a token first, and then for what its policy says',
      ),
    ],
  },
  {
    what: 'A policy, a role of orphan batch tokens, and a token by it: as written, and as often as asked',
    where: ['src/chores.ts', 'CHORES'],
    evidence: [
      seen(
        'they are written, more than once, and read again as they were written',
        'a token is made: an orphan, of the batch kind, for as long as asked, with that policy',
        'neither the policy nor the role is there: 404, without a word',
      ),
    ],
  },
  {
    what: 'A batch token promotes a DR secondary and attaches a demoted cluster later, by its policy on each path',
    where: ['src/policy.ts', 'ISSUED_POLICY'],
    evidence: [documented('changelog of 1.4.0; tutorial on DR failover'), inferred(ENOS)],
  },
  {
    what: 'A DR secondary knows batch tokens, from 2.0 on root tokens too, and no other',
    where: ['src/checks.ts', 'CHECKS'],
    evidence: [documented('important changes of 2.0'), inferred('`vault/token_store.go` of 1.14')],
  },
  {
    what: 'Which answer a wrong `dr_operation_token` gets is not known',
    where: ['src/vault/client.ts', "kind: 'refused'"],
    evidence: [
      unknown('any 4xx with errors is a no', 'a wrong token that was waived is refused by Vault, and the roles stay'),
    ],
  },
  {
    what: '`autopilot/state` on a DR secondary answers a DR operation token in the header',
    where: ['src/vault/client.ts', 'autopilotState('],
    evidence: [
      inferred("HashiCorp's Go client (`RaftAutopilotStateWithDRToken`), a captured output"),
      seenInPart('its form, on a primary', 'tells of the nodes, to whoever may read it'),
      unknown(
        'the primary’s word will do',
        'a batch token whose policy lacks autopilot is proven on the primary alone',
      ),
    ],
  },
  {
    what: '`revoke-self` ends a service token, and a second time is 403; batch tokens can not be revoked',
    where: ['src/login.ts', 'export async function revoke'],
    evidence: [
      seen(
        'gives a token, which works, and which is revoked at the end',
        'of a used, revoked, and batch token, by what revoke-self says',
      ),
    ],
  },
  {
    what: 'Logins by JWT and AppRole are refused with 400 and words that name what is wrong',
    where: ['src/login.ts', 'function jwtMeaning'],
    evidence: [seen('%s: is refused, in words of ours', 'a signature that is not right: is refused, in words of ours')],
  },
  // The ceremony.
  {
    what: 'The ceremony: `attempt`, `update`, bare answers, the one-time password told once, the nonce in each share',
    where: ['src/ceremony.ts', 'export async function generate'],
    evidence: [
      seenInPart(
        SHARED,
        'step by step: what the server tells, and what it refuses',
        'nothing is in progress, and it takes three',
      ),
      documented(`${API}; ${OPENAPI}`),
    ],
  },
  {
    what: 'The encoded token is the token XOR the password, base64 without padding',
    where: ['src/ceremony.ts', 'export function decode'],
    evidence: [seenInPart(SHARED, 'three shares make a token that works; in base64 too, and whatever is given twice')],
  },
  {
    what: 'Wrong shares are found with the last one; an attempt of somebody else is told by its nonce and left alone',
    where: ['src/ceremony.ts', 'export function attemptProblem'],
    evidence: [
      seenInPart(
        SHARED,
        'wrong shares show with the last one, and leave no attempt behind',
        "somebody else's attempt is left alone",
      ),
    ],
  },
  {
    what: 'From 2.0 on the ceremony asks for a token, unless the server was told otherwise',
    where: ['src/ceremony.ts', 'export const needsToken'],
    evidence: [
      documented('important changes of 2.0'),
      unknown(
        'both are asked for',
        'Vault 2.1 that opened the ceremony for all takes an ordinary token beside the shares',
      ),
    ],
  },
  {
    what: 'A generated token may be used up by its first use, or not; and has no end of its own',
    where: ['src/tokens.ts', 'export class Tokens'],
    evidence: [
      inferred('two public courses'),
      unknown(
        'one for each use, deleted afterwards',
        'a token that outlives its use is deleted',
        'one that is still catching up keeps its token until it is promoted',
      ),
    ],
  },
  {
    what: '`operation-token/delete` may want a token in the header (documentation) or not (OpenAPI)',
    where: ['src/vault/client.ts', 'deleteOperationToken('],
    evidence: [
      unknown(
        'one is sent where there is one',
        'what is sent with a token though none is asked for is said so, with a reason',
      ),
    ],
  },
  // Everything else.
  {
    what: 'A raft snapshot: gzip of a tar, four members, sums; what our code refuses, Vault refuses too',
    where: ['src/snapshot.ts', 'export async function saveSnapshot'],
    evidence: [
      seen(
        'taken in the middle of writes, it is whole, and Vault restores it',
        'what our code refuses, Vault refuses too',
      ),
    ],
  },
  {
    what: 'A standby forwards what it is asked; where it must not, or can not, it redirects with 307, as it was asked',
    where: ['src/vault/client.ts', '#redirected('],
    evidence: [
      seen(
        'forwards what it is asked, refusals included',
        'sends away what it must not forward, as it was asked, and before anything of it is looked at',
        'that is what the client says of it, and it goes nowhere',
        'the leader is lost, and the majority with it: 307 to it, and after a while 474',
      ),
    ],
  },
  {
    what: 'A standby sends whoever wants a snapshot to the active node with 307',
    where: ['src/snapshot.ts', 'async function activeNode'],
    evidence: [seen('asked of a standby, it comes from the node that the standby redirects to')],
  },
  {
    what: 'Errors are `{"errors": […]}`; 404, 405 and 403 by what is wrong, to whoever has a token',
    where: ['src/vault/client.ts', 'const MEANINGS'],
    evidence: [
      seen(
        'a path that there is not is 404, a method that it does not take is 405: to whoever has a token',
        'without a token, or with a wrong one, neither is told',
      ),
    ],
  },
  {
    what: 'TLS: an own CA, a wrong name, a demanded client certificate',
    where: ['src/vault/http.ts', 'rejectUnauthorized: true'],
    evidence: [
      seen('by its own CA alone', 'by the name in its certificate alone', 'a client certificate where one is demanded'),
    ],
  },
  {
    what: 'A newer secondary may follow an older primary, and never the other way',
    where: ['src/cluster.ts', 'export function compareVersions'],
    evidence: [documented('upgrade documentation of replication')],
  },
]
