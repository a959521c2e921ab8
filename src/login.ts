/**
 * A Vault token of the run's own: by the id token that GitHub signs for the job (`jwt`), or by an AppRole. And its end.
 *
 * A login changes nothing but makes a lease, so one whose answer was lost is asked for again (an AppRole's secret id that
 * has a number of uses pays one more). Nothing here throws: what went wrong comes back as a sentence of ours, with what
 * a server said of it only behind that, redacted, on one line.
 */
import { setTimeout as timer } from 'node:timers/promises'
import { EnvHttpProxyAgent, request } from 'undici'
import * as z from 'zod/mini'
import { Deadline, span } from './clock.ts'
import { printable } from './printable.ts'
import type { Secrets } from './secrets.ts'
import type { Http, Outcome } from './vault/http.ts'
import { isObject, parseJson } from './vault/json.ts'
import * as schemas from './vault/schemas.ts'

/** The inputs of a login. */
export interface LoginBy {
  readonly method: 'jwt' | 'approle'
  /** Where the auth method is mounted, without `auth/` and outer slashes. */
  readonly mount: string
  /** `jwt`: the role to log in for; without one Vault takes the mount's `default_role`. */
  readonly role?: string | undefined
  /** `jwt`: the audience that GitHub is to write into the id token; its own choice is the URL of the owner. */
  readonly audience?: string | undefined
  readonly roleId?: string | undefined
  readonly secretId?: string | undefined
  /** Where the mount lives; the root namespace unless given. */
  readonly namespace?: string | undefined
}

/** What every call here needs of the run. */
export interface Surroundings {
  readonly secrets: Secrets
  /** Has the runner mask a secret too. */
  readonly mask: (secret: string) => void
  readonly deadline: Deadline
  readonly cancelled: AbortSignal
}

export interface Login {
  readonly ok: true
  readonly token: string
  /** A batch token can't be revoked: it ends when its time is up. */
  readonly batch: boolean
  /** As of the login; 0 is a token that never ends. */
  readonly ttlSeconds: number
  /** As below, of an earlier try. */
  readonly astray?: boolean
}

export interface NoLogin {
  readonly ok: false
  /** What is wrong, without a stop at its end. */
  readonly because: string
  /** What to do about it, as a sentence; empty where that follows from what is wrong. */
  readonly fix: string
  /** An answer of Vault was lost, or could not be read: it may have made a token that nobody holds. */
  readonly astray?: boolean
}

/** For one request, and for all of one question together with its pauses. In ms. */
const TRY_WITHIN = 5000
const LOGIN_WITHIN = 20_000
const ID_TOKEN_WITHIN = 15_000
const REVOKE_WITHIN = 6000
const LEAST = 1000
/** How long the answer to a login is still awaited when the run is cancelled: a token that is known can be revoked. In ms. */
const CANCEL_GRACE = 1500
const TRIES = 5
/** The first pause; each further one is twice as long. A server may ask for a longer one, within bounds. In ms. */
const PAUSE = 300
const LONGEST_PAUSE = 5000
/** An id token has some 2 KiB. In bytes. */
const LARGEST_ID_TOKEN_ANSWER = 65_536

/** The answer to a login (facts 8). With a second factor in the way there is a requirement and no token. */
const loggedIn = z.object({
  auth: z.object({
    client_token: schemas.vaultToken,
    lease_duration: z.int().check(z.nonnegative()),
    token_type: z.optional(z.string()),
  }),
})
const secondFactor = z.object({ auth: z.object({ mfa_requirement: z.object({}) }) })

/**
 * Gets a Vault token from the cluster at `addr`, which must be primary: a DR secondary has no logins (facts 8).
 *
 * The token, and the id token on the way to it, are redacted and masked from the moment they are known.
 */
export async function login(http: Http, addr: string, by: LoginBy, around: Surroundings): Promise<Login | NoLogin> {
  for (const secret of [by.roleId, by.secretId]) around.secrets.add(secret ?? '')
  const jwt = by.method === 'jwt' ? await githubIdToken(by.audience, around) : undefined
  if (jwt?.ok === false) return jwt
  // A cancelled run starts nothing new, and least of all what it would have to clean up.
  if (around.cancelled.aborted) return { ok: false, because: 'the run was cancelled', fix: '' }
  const body =
    jwt === undefined
      ? { role_id: by.roleId ?? '', ...(by.secretId === undefined ? {} : { secret_id: by.secretId }) }
      : { ...(by.role === undefined ? {} : { role: by.role }), jwt: jwt.token }
  let lost = false
  let astray = false
  let awaited = false
  const told = await ask(around, LOGIN_WITHIN, async (within): Promise<Told<Login>> => {
    awaited = true
    const answer = await http.send(addr, { ...to(by, 'login'), body, within, fresh: true })
    awaited = false
    if (!answer.answered) {
      lost ||= answer.sent
      astray ||= answer.sent
      return { retry: true, because: answer.because, fix: '' }
    }
    const read = loggedIn.safeParse(answer.json)
    if (answer.status === 200 && read.success) {
      const { client_token: token, lease_duration: ttlSeconds, token_type: type } = read.data.auth
      hide(token, around)
      return {
        done: {
          ok: true,
          token,
          batch: type === 'batch' || /^(hvb|b)\./.test(token),
          ttlSeconds,
          ...(astray ? { astray } : {}),
        },
      }
    }
    astray ||= answer.status >= 500 || (answer.status < 300 && !secondFactor.safeParse(answer.json).success)
    return refusal(answer, by, jwt?.token, around.secrets)
  })
  if ('done' in told) return told.done
  // Given up after a cancel: what it comes to is not known.
  astray ||= awaited
  const spent = lost && by.method === 'approle' && /role or secret ID/.test(told.because)
  return {
    ok: false,
    ...(astray ? { astray } : {}),
    because: `no login at auth/${printable(by.mount, 100)}: ${told.because}`,
    fix: spent
      ? `An answer to this login was lost on the way: if the secret id was for one use, that spent it. ${told.fix}`
      : told.fix,
  }
}

/**
 * Revokes the run's own token, so that nothing of it is left behind; on the cluster that is primary by now, since tokens
 * move with a promotion (POST auth/token/revoke-self, facts 8). May be asked again at any time.
 *
 * @returns what is left behind and why, as a sentence; undefined where nothing is
 */
export async function revoke(
  http: Http,
  addr: string,
  { token, batch, ttlSeconds }: Omit<Login, 'ok' | 'astray'>,
  namespace: string | undefined,
  around: Surroundings,
): Promise<string | undefined> {
  if (batch) {
    const until = ttlSeconds > 0 ? `, at most ${span(ttlSeconds * 1000)} after the login` : ''
    return `The Vault token of this run is a batch token, which can't be revoked: it ends by itself${until}.`
  }
  let lost = false
  // The run's own time may be up; what it leaves behind is still to be taken away.
  const its = { ...around, deadline: new Deadline(Math.max(LEAST, around.deadline.left)) }
  const told = await ask(its, REVOKE_WITHIN, async (within): Promise<Told<undefined>> => {
    const call = { method: 'POST', path: 'auth/token/revoke-self', token, within, fresh: true } as const
    const answer = await http.send(addr, { ...call, headers: inNamespace(namespace) })
    if (!answer.answered) {
      lost ||= answer.sent
      return { retry: true, because: answer.because, fix: '' }
    }
    const words = wordsOf(answer.json, around.secrets)
    if (answer.status === 204 || (answer.status === 200 && isObject(answer.json))) return { done: undefined }
    if (answer.status === 200) {
      // Somebody else's page: whether Vault was asked at all is not known, and asking again does no harm.
      lost = true
      return { retry: true, because: 'HTTP 200 with an answer that is not one that Vault gives', fix: '' }
    }
    // A token that Vault does not know any more needs no revoking. After a lost answer that was this run's own doing.
    if (answer.status === 403 && (lost || /invalid token|bad token/.test(words))) return { done: undefined }
    return { retry: passing(answer.status), because: said(answer.status, words), fix: '', afterMs: afterMs(answer) }
  })
  if ('done' in told) return undefined
  const until = ttlSeconds > 0 ? `: it ends by itself, at most ${span(ttlSeconds * 1000)} after the login` : ''
  return `The Vault token of this run could not be revoked (${told.because})${until}.`
}

/**
 * The id token that GitHub signs for this job. Asked for here and not through `@actions/core`, whose ten retries end at
 * no deadline and follow redirects with the request token in hand.
 *
 * @returns the token, redacted and masked; or why there is none
 */
export async function githubIdToken(
  audience: string | undefined,
  around: Surroundings,
): Promise<{ readonly ok: true; readonly token: string } | NoLogin> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: base = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer = '' } = process.env
  around.secrets.add(bearer)
  if (base === '' || bearer === '') return { ok: false, because: 'GitHub gives this job no id token', fix: GRANT }
  if (!trusted(base)) {
    return {
      ok: false,
      because: 'ACTIONS_ID_TOKEN_REQUEST_URL is not an https address, so nothing was sent there',
      fix: 'The runner sets it; look for a step before this one that changes it.',
    }
  }
  const query =
    audience === undefined ? '' : `${base.includes('?') ? '&' : '?'}audience=${encodeURIComponent(audience)}`
  // A proxy of the environment is used, and the machine's own CAs: `ca-cert` is for the clusters.
  const dispatcher = new EnvHttpProxyAgent({
    connect: { rejectUnauthorized: true },
    requestTls: { rejectUnauthorized: true },
    maxResponseSize: LARGEST_ID_TOKEN_ANSWER,
  })
  try {
    const told = await ask(around, ID_TOKEN_WITHIN, async (within): Promise<Told<string>> => {
      try {
        const { statusCode, body } = await request(base + query, {
          dispatcher,
          headers: { accept: 'application/json', authorization: `Bearer ${bearer}`, 'user-agent': 'vault-dr-failover' },
          signal: AbortSignal.timeout(within),
        })
        const read = statusCode === 200 ? idToken.safeParse(parseJson(await body.text())) : undefined
        if (read?.success) return { done: read.data.value }
        if (read === undefined) await body.dump()
        const because = read === undefined ? `HTTP ${statusCode}` : 'its answer holds no id token'
        const refused = statusCode >= 300 && statusCode < 500 && !passing(statusCode)
        return { retry: !refused, because, fix: refused ? GRANT : '' }
      } catch {
        // The library's words may quote the request, which holds a token.
        return { retry: true, because: `the connection failed, or took longer than ${span(within)}`, fix: '' }
      }
    })
    if ('done' in told) {
      hide(told.done, around)
      return { ok: true, token: told.done }
    }
    const fix = told.fix || 'Run it again; see https://www.githubstatus.com if it stays so.'
    return { ok: false, because: `GitHub gave no id token: ${told.because}`, fix }
  } finally {
    await dispatcher.destroy()
  }
}

const GRANT =
  'Give the job `permissions: id-token: write` (a pull request from a fork never gets an id token), or use auth-method approle or token.'

/** Three parts of base64url, as GitHub signs it. */
const idToken = z.object({
  value: z.string().check(z.maxLength(16_384), z.regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)),
})

/** Only to https, or to a stand-in on this machine, goes a token. */
function trusted(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(hostname))
}

/** Redacts and masks a token; of an id token also its parts, since what it says and its signature are shown alone too. */
function hide(token: string, { secrets, mask }: Surroundings): void {
  for (const secret of [token, ...(/^ey[\w-]*\./.test(token) ? token.split('.').slice(1) : [])]) secrets.add(secret)
  mask(token)
}

/** How one try ended: with what was wanted, or with why not and whether it may pass. */
type Told<T> =
  | { readonly done: T }
  | { readonly retry: boolean; readonly because: string; readonly fix: string; readonly afterMs?: number | undefined }

/** Tries until it is done or refused for good, the tries or the time are used up, or the run is cancelled. */
async function ask<T>(
  { deadline, cancelled }: Surroundings,
  longest: number,
  attempt: (within: number) => Promise<Told<T>>,
): Promise<Told<T>> {
  const until = new Deadline(Math.min(longest, deadline.left))
  let last: Told<T> = { retry: false, because: 'the time for it is up', fix: '' }
  for (let tries = 1; tries <= TRIES && !until.passed; tries += 1) {
    last = await patient(attempt(Math.ceil(Math.min(TRY_WITHIN, until.left))), cancelled)
    if ('done' in last || !last.retry) return last
    const pause = last.afterMs ?? PAUSE * 2 ** (tries - 1)
    if (cancelled.aborted || tries === TRIES || pause >= until.left) break
    await rest(pause, cancelled)
    if (cancelled.aborted) break
  }
  return last
}

/** What an attempt comes to; when the run is cancelled, only what it comes to within a moment. */
async function patient<T>(attempt: Promise<Told<T>>, cancelled: AbortSignal): Promise<Told<T>> {
  const over = new AbortController()
  const left = async (): Promise<Told<T>> => {
    await rest(2 ** 31 - 1, AbortSignal.any([cancelled, over.signal]))
    await rest(CANCEL_GRACE, over.signal)
    return { retry: false, because: 'the run was cancelled', fix: '' }
  }
  try {
    return await Promise.race([attempt, left()])
  } finally {
    over.abort()
  }
}

/** Sleeps for `ms`, or until the signal. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await timer(ms, undefined, { signal }).catch(() => undefined)
}

function to(by: LoginBy, call: string) {
  const mount = by.mount.split('/').map(encodeURIComponent).join('/')
  return { method: 'POST', path: `auth/${mount}/${call}`, headers: inNamespace(by.namespace) } as const
}

const inNamespace = (namespace: string | undefined): Record<string, string> =>
  namespace === undefined ? {} : { 'x-vault-namespace': namespace }

type Answered = Extract<Outcome, { answered: true }>

/** What may be otherwise in a moment: a node that starts, changes its role, has not caught up, or has too much to do. */
const passing = (status: number): boolean => [408, 412, 429].includes(status) || status >= 500

/** `Retry-After` in whole seconds; anything else says nothing. In ms. */
function afterMs({ retryAfter }: Answered): number | undefined {
  if (retryAfter === undefined || !/^\d{1,9}$/.test(retryAfter)) return undefined
  return Math.min(Math.max(Number(retryAfter) * 1000, PAUSE), LONGEST_PAUSE)
}

/** A server's reasons on one line, without our secrets. */
function wordsOf(json: unknown, secrets: Secrets): string {
  const parsed = schemas.errors.safeParse(json)
  return parsed.success ? printable(parsed.data.errors.map((error) => secrets.redact(error)).join('; ')) : ''
}

const said = (status: number, words: string): string =>
  words === '' ? `HTTP ${status}` : `HTTP ${status}, ${JSON.stringify(words)}`

/** An answer that is no login, in our words: what is wrong, and what to change where. */
function refusal(answer: Answered, by: LoginBy, jwt: string | undefined, secrets: Secrets): Told<Login> {
  const { status, json } = answer
  const words = wordsOf(json, secrets)
  if (status === 200) {
    if (secondFactor.safeParse(json).success) {
      const fix = 'Exempt this role from the MFA enforcement: a workflow has no second factor.'
      return { retry: false, because: 'Vault asks for a second factor', fix }
    }
    return { retry: true, because: 'its answer is not one that Vault gives to a login', fix: '' }
  }
  if (status >= 300 && status < 400) {
    return {
      retry: false,
      because: `HTTP ${status}: it redirects elsewhere, which is not followed`,
      fix: 'Give the address of the active node, or of a load balancer that leads to it.',
    }
  }
  if (/path disabled in replication DR secondary mode/.test(words)) {
    return {
      retry: false,
      because: `it is a DR secondary, which has no logins (${said(status, words)})`,
      fix: 'Log in on the primary: look again which cluster that is.',
    }
  }
  const meaning = by.method === 'jwt' ? jwtMeaning(words, by, jwt, secrets) : approleMeaning(words)
  const found = meaning ?? (status === 403 || status === 404 ? nowhere(by) : undefined)
  const because = found === undefined ? said(status, words) : `${found[0]} (${said(status, words)})`
  // Vault fetches GitHub's keys at a login, and has no second try of its own.
  const retry = /fetching keys/.test(words) || (meaning === undefined && passing(status))
  return { retry, because, fix: found?.[1] ?? '', afterMs: afterMs(answer) }
}

/** What is wrong, and what to do. */
type Meaning = readonly [because: string, fix: string]

/** Vault answers so to a mount that does not exist, too; it does not tell strangers which exist. */
const nowhere = (by: LoginBy): Meaning => [
  `Vault knows no such login, or it is locked for now`,
  `Check auth-mount (${printable(by.mount, 100)}) and namespace (${by.namespace === undefined ? 'root' : printable(by.namespace, 100)})${by.method === 'approle' ? '; after several wrong secret ids Vault locks a role for some minutes' : ''}.`,
]

/** The failures of `auth/<approle>/login` (facts 8, and Vault's source for the ones with an address). */
function approleMeaning(words: string): Meaning | undefined {
  const cases: readonly [RegExp, Meaning][] = [
    [
      /invalid role or secret ID|invalid role_id|invalid secret_id/,
      [
        'invalid role or secret ID',
        'Check approle-role-id, and make a new secret id: it may have expired, been used up or been destroyed.',
      ],
    ],
    [/missing role_id/, ['no role id was given', 'Set approle-role-id.']],
    [/missing secret_id/, ['the role wants a secret id', 'Set approle-secret-id.']],
    [...ELSEWHERE],
  ]
  return cases.find(([pattern]) => pattern.test(words))?.[1]
}

const ELSEWHERE: readonly [RegExp, Meaning] = [
  /CIDR/,
  [
    "the role does not take logins from this runner's address",
    "Run on a runner inside the role's bound CIDRs, or widen them.",
  ],
]

/** The failures of `auth/<jwt>/login` (facts 8, and the words of its token library in older and newer releases). */
function jwtMeaning(words: string, by: LoginBy, jwt: string | undefined, secrets: Secrets): Meaning | undefined {
  const mount = printable(by.mount, 100)
  const role = by.role === undefined ? 'the default role' : `the role ${JSON.stringify(printable(by.role, 100))}`
  const claims = claimsOf(jwt)
  const shown = (name: string) => {
    const value = claims[name]
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return text === undefined ? '' : `: this run has ${name} = ${JSON.stringify(printable(secrets.redact(text), 200))}`
  }
  const clock = 'Check the clocks of the Vault servers: GitHub signs an id token for a few minutes.'
  const [, claim = ''] = /claim "([\w./-]{1,60})"|"([\w./-]{1,60})" claim/.exec(words)?.filter(Boolean) ?? []
  const cases: readonly [RegExp, Meaning][] = [
    [
      /could not be found/,
      [
        `${role} does not exist at auth/${mount}`,
        `Set auth-role to a role that \`vault list auth/${mount}/role\` names, or make it.`,
      ],
    ],
    [/missing role/, [`auth/${mount} has no default role`, 'Set auth-role.']],
    [
      /oidc role_type/,
      [`${role} is for logins in a browser`, 'Make a role with role_type=jwt, and name it in auth-role.'],
    ],
    [
      /could not load configuration/,
      [
        `auth/${mount} is not configured`,
        `Write oidc_discovery_url and bound_issuer (https://token.actions.githubusercontent.com) to auth/${mount}/config.`,
      ],
    ],
    [
      /no audiences bound/,
      [
        `${role} names no audience, and an id token of GitHub's always has one${shown('aud')}`,
        'Set bound_audiences of the role.',
      ],
    ],
    [
      /\baud(ience)?\b.*claim|audience/,
      [
        `the audience of the id token is not one that ${role} takes${shown('aud')}`,
        "Set auth-audience to one of the role's bound_audiences, or add this one there.",
      ],
    ],
    [/token is expired/, ['the id token has expired, by the clock of Vault', clock]],
    [/not yet valid|issued in the future/, ['the id token is not valid yet, by the clock of Vault', clock]],
    [
      /\(iss\)|issuer/,
      [
        `the id token comes from an issuer that auth/${mount} does not take${shown('iss')}`,
        `Set bound_issuer in auth/${mount}/config to it.`,
      ],
    ],
    [
      /signature|known key|signing algorithm/,
      [
        'Vault could not verify who signed the id token',
        `Check oidc_discovery_url in auth/${mount}/config, and that Vault can reach it.`,
      ],
    ],
    [...ELSEWHERE],
    [
      /\(sub\)|sub claim|bound subject/,
      [`${role} is bound to another subject${shown('sub')}`, "Change the role's bound_subject, or run from there."],
    ],
    [
      /validating claims|claim "|" claim/,
      [
        `${role} is bound to other claims than this run has${shown(claim)}`,
        "Run from where the role's bound_claims say (repository, ref, environment), or change them.",
      ],
    ],
  ]
  return cases.find(([pattern]) => pattern.test(words))?.[1]
}

/** What an id token says, unverified: only to tell a person which claim did not fit. */
function claimsOf(jwt: string | undefined): Record<string, unknown> {
  const payload = parseJson(Buffer.from(jwt?.split('.')[1] ?? '', 'base64url').toString('utf8'))
  return typeof payload === 'object' && payload !== null ? { ...payload } : {}
}
