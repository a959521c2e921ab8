/**
 * Vault's DR API: one method for each call, none of which decides anything. Reads come back as a value or as the reason
 * why there is none; writes as one of the four answers that a client can tell apart.
 *
 * Everything here lives in the root namespace, so no namespace header is ever sent.
 */
import type * as z from 'zod/mini'
import type { Deadline } from '../clock.ts'
import { printable } from '../printable.ts'
import type { Secrets } from '../secrets.ts'
import type { Http, Outcome } from './http.ts'
import { isObject } from './json.ts'
import * as schemas from './schemas.ts'

/** A read that came to nothing. `silent`: no HTTP answer of any kind came from there. */
export interface Unread {
  readonly ok: false
  readonly silent: boolean
  readonly status: number
  readonly because: string
  readonly errors: readonly string[]
}
export type Read<T> = { readonly ok: true; readonly status: number; readonly value: T } | Unread

/**
 * What a client can know of a write from its answer alone.
 *
 * - `accepted`: Vault says yes. The work may still be going on (facts 5), so only a look proves the effect.
 * - `refused`: Vault itself says no; it was not applied.
 * - `later`: Vault says not now; it was not applied, and may be sent again as it is. `stale`: it has not left at all.
 * - `unclear`: anything else: nobody knows but the cluster. Look before anything is sent again.
 */
export type Answer<T> =
  | { readonly kind: 'accepted'; readonly value: T }
  | { readonly kind: 'refused'; readonly because: string; readonly status: number }
  | { readonly kind: 'later'; readonly because: string; readonly afterMs: number; readonly stale?: true }
  | { readonly kind: 'unclear'; readonly because: string; readonly sent: boolean }

/**
 * Role changes answer before their work begins (facts 5), so an answer that takes longer has been lost on the way; what
 * the write did is then for looks to tell, which go on all the while. In ms.
 */
const WRITE_WITHIN = 8000
/** Keys and tokens are made at once. In ms. */
const MAKE_WITHIN = 5000
const READ_WITHIN = 10_000
const CEREMONY = 'sys/replication/dr/secondary/generate-operation-token'
/** Of a server's words no more is read. In characters. */
const LONGEST_ERROR = 2000
/** What is shown of the host that a redirect names. In characters. */
const LONGEST_HOST = 100
/** Whatever time is left: what is given less tells nothing of the cluster. In ms. */
const SHORTEST = 500
/** A server may ask for an hour; nobody waits that long without a primary. */
const LONGEST_PAUSE = 30_000

export class Vault {
  readonly addr: string
  readonly #http: Http
  readonly #secrets: Secrets
  readonly #left: () => number

  /**
   * @param addr without /v1 and without a slash at its end
   * @param left of the run's time, in ms: no call waits for its answer much longer
   */
  constructor(addr: string, http: Http, secrets: Secrets, left: () => number = () => Number.POSITIVE_INFINITY) {
    this.addr = addr
    this.#http = http
    this.#secrets = secrets
    this.#left = left
  }

  #atMost(within: number): number {
    return Math.min(within, Math.max(SHORTEST, this.#left()))
  }

  /** GET sys/replication/dr/status: needs no token, answers in every role (facts 1.1). */
  status(within: number): Promise<Read<schemas.Replication>> {
    return this.#get('sys/replication/dr/status', schemas.enveloped(schemas.replication), { within })
  }

  /** GET sys/health: every status code that carries the body is data, also 429, 472, 473, 501 and 503 (facts 2.1). */
  health(within: number, last = false): Promise<Read<schemas.Health>> {
    return this.#get('sys/health', schemas.health, { within, anyStatus: true, last })
  }

  /** GET sys/leader: who is the active node of this cluster (facts 2.2). */
  leader(within: number): Promise<Read<z.output<typeof schemas.leader>>> {
    return this.#get('sys/leader', schemas.leader, { within })
  }

  /** GET auth/token/lookup-self; on the primary it answers for batch tokens too. */
  lookupSelf(token: string): Promise<Read<schemas.Token>> {
    return this.#get('auth/token/lookup-self', schemas.enveloped(schemas.token), { token })
  }

  /** POST sys/capabilities-self: what this token may do with each path. A question, though Vault wants it as a POST. */
  async capabilitiesSelf(
    token: string,
    paths: readonly string[],
  ): Promise<Read<ReadonlyMap<string, readonly string[]>>> {
    const answer = await this.#http.send(this.addr, {
      method: 'POST',
      path: 'sys/capabilities-self',
      token,
      body: { paths },
      within: this.#atMost(READ_WITHIN),
    })
    const read = this.#read(answer, schemas.enveloped(schemas.capabilities), false)
    if (!read.ok) return read
    const value = new Map(Object.entries(read.value))
    // Vault tells of each path that it was asked about, and of one that is denied too.
    return paths.every((path) => value.has(path))
      ? { ...read, value }
      : {
          ok: false,
          silent: false,
          status: read.status,
          because: 'it left paths out that it was asked about',
          errors: [],
        }
  }

  /**
   * GET sys/storage/raft/autopilot/state with the DR operation token as the header's token: the one read by which a DR
   * secondary can prove that a batch token is alive, where its policy has the path (facts 3.5).
   */
  autopilotState(drOperationToken: string): Promise<Read<unknown>> {
    return this.#get('sys/storage/raft/autopilot/state', schemas.anything, { token: drOperationToken })
  }

  /** Opens a connection for the next write, which then need not wait for one. */
  ready(): void {
    this.#http.ready(this.addr)
  }

  /**
   * POST dr/primary/demote: becomes a secondary that connects to nobody; nothing is erased (facts 3.1).
   *
   * @param by it is not sent after that, and may be decided anew: `later`
   */
  demote(token: string, by?: Deadline): Promise<Answer<unknown>> {
    return this.#write('sys/replication/dr/primary/demote', schemas.anything, {}, token, WRITE_WITHIN, by)
  }

  /**
   * POST dr/secondary/promote; `force` is never sent. The token in the body is the whole credential (facts 3.2).
   *
   * @param by it is not sent after that, and may be decided anew: `later`
   */
  promote(drOperationToken: string, primaryClusterAddr: string | undefined, by?: Deadline): Promise<Answer<unknown>> {
    const body = {
      dr_operation_token: drOperationToken,
      ...(primaryClusterAddr === undefined ? {} : { primary_cluster_addr: primaryClusterAddr }),
    }
    return this.#write('sys/replication/dr/secondary/promote', schemas.anything, body, undefined, WRITE_WITHIN, by)
  }

  /** POST dr/secondary/generate-public-key: harmless to repeat, changes no role (facts 3.2). */
  async generatePublicKey(token: string): Promise<Answer<string>> {
    const answer = await this.#write(
      'sys/replication/dr/secondary/generate-public-key',
      schemas.enveloped(schemas.publicKey),
      {},
      token,
      MAKE_WITHIN,
    )
    return answer.kind === 'accepted' ? { kind: 'accepted', value: answer.value.secondary_public_key } : answer
  }

  /** POST dr/primary/secondary-token: an activation token for a secondary that will be known as `id` (facts 3.1). */
  async secondaryToken(token: string, id: string, publicKey: string | undefined): Promise<Answer<string>> {
    const answer = await this.#write(
      'sys/replication/dr/primary/secondary-token',
      schemas.activation,
      { id, ...(publicKey === undefined ? {} : { secondary_public_key: publicKey }) },
      token,
      MAKE_WITHIN,
    )
    // It stands for the whole data of the primary: whoever unwraps it can replicate it.
    if (answer.kind === 'accepted') this.#secrets.add(answer.value)
    return answer
  }

  /** POST dr/primary/revoke-secondary: the id may not connect any more (facts 3.1). */
  revokeSecondary(token: string, id: string): Promise<Answer<unknown>> {
    return this.#write('sys/replication/dr/primary/revoke-secondary', schemas.anything, { id }, token)
  }

  /** POST dr/secondary/update-primary with an activation token; nothing is erased (facts 3.2). */
  updatePrimary(
    drOperationToken: string,
    activationToken: string,
    primaryApiAddr: string | undefined,
  ): Promise<Answer<unknown>> {
    return this.#write('sys/replication/dr/secondary/update-primary', schemas.anything, {
      dr_operation_token: drOperationToken,
      token: activationToken,
      ...(primaryApiAddr === undefined ? {} : { primary_api_addr: primaryApiAddr }),
    })
  }

  /** POST dr/primary/enable: a cluster without DR replication becomes a primary (facts 3.1). */
  enablePrimary(token: string, primaryClusterAddr: string | undefined): Promise<Answer<unknown>> {
    const body = primaryClusterAddr === undefined ? {} : { primary_cluster_addr: primaryClusterAddr }
    return this.#write('sys/replication/dr/primary/enable', schemas.anything, body, token)
  }

  /** POST dr/primary/disable: a later secondary of this cluster starts from nothing (facts 3.1). */
  disablePrimary(token: string): Promise<Answer<unknown>> {
    return this.#write('sys/replication/dr/primary/disable', schemas.anything, {}, token)
  }

  /** POST dr/secondary/enable: erases the cluster and makes it a secondary (facts 3.2). */
  enableSecondary(
    token: string,
    activationToken: string,
    primaryApiAddr: string | undefined,
  ): Promise<Answer<unknown>> {
    const body = {
      token: activationToken,
      ...(primaryApiAddr === undefined ? {} : { primary_api_addr: primaryApiAddr }),
    }
    return this.#write('sys/replication/dr/secondary/enable', schemas.anything, body, token)
  }

  /** POST dr/secondary/disable: to follow again it would have to be erased (facts 3.2). */
  disableSecondary(drOperationToken: string): Promise<Answer<unknown>> {
    return this.#write('sys/replication/dr/secondary/disable', schemas.anything, {
      dr_operation_token: drOperationToken,
    })
  }

  /** GET sys/policies/acl/<name>: the HCL of a policy; 404 where there is none. */
  policy(token: string, name: string): Promise<Read<{ policy: string }>> {
    return this.#get(`sys/policies/acl/${name}`, schemas.enveloped(schemas.policy), { token })
  }

  /** POST sys/policies/acl/<name>. */
  writePolicy(token: string, name: string, policy: string): Promise<Answer<unknown>> {
    return this.#write(`sys/policies/acl/${name}`, schemas.anything, { policy }, token, MAKE_WITHIN)
  }

  /** GET auth/token/roles/<role>; 404 where there is none. */
  tokenRole(token: string, role: string): Promise<Read<z.output<typeof schemas.tokenRole>>> {
    return this.#get(`auth/token/roles/${role}`, schemas.enveloped(schemas.tokenRole), { token })
  }

  /** POST auth/token/roles/<role>: orphan batch tokens with one policy, as a DR secondary accepts them (facts 4.2). */
  writeTokenRole(token: string, role: string, policy: string): Promise<Answer<unknown>> {
    const body = { allowed_policies: [policy], orphan: true, renewable: false, token_type: 'batch' }
    return this.#write(`auth/token/roles/${role}`, schemas.anything, body, token, MAKE_WITHIN)
  }

  /** POST auth/token/create/<role>. @param ttl in seconds */
  async createToken(token: string, role: string, ttl: number): Promise<Answer<z.output<typeof schemas.createdToken>>> {
    const answer = await this.#write(
      `auth/token/create/${role}`,
      schemas.createdToken,
      { ttl: `${ttl}s` },
      token,
      MAKE_WITHIN,
    )
    if (answer.kind === 'accepted') this.#secrets.add(answer.value.client_token)
    return answer
  }

  /** GET autopilot/state, for how the nodes of a cluster are; on a DR secondary with a batch token in the header (facts 3.5). */
  nodes(token: string): Promise<Read<z.output<typeof schemas.autopilot>>> {
    return this.#get('sys/storage/raft/autopilot/state', schemas.enveloped(schemas.autopilot), { token })
  }

  /** GET sys/replication/performance/status: whether the pair is in a performance replication set too (facts 1.1). */
  performance(within: number): Promise<Read<schemas.Performance>> {
    return this.#get('sys/replication/performance/status', schemas.enveloped(schemas.performance), { within })
  }

  /** GET of a secret, for a comparison by digest: only its `data` says anything, ids and leases differ each time. */
  secret(path: string, token: string, namespace: string | undefined): Promise<Read<unknown>> {
    const headers = namespace === undefined ? {} : { 'x-vault-namespace': namespace }
    return this.#get(path, schemas.enveloped(schemas.anything), { token, headers })
  }

  /** GET generate-operation-token/attempt: who is at it, and how many shares it takes. A token is needed since 2.0 (facts 4.1). */
  attempt(token: string | undefined, within = READ_WITHIN): Promise<Read<schemas.Attempt>> {
    return this.#get(`${CEREMONY}/attempt`, schemas.attempt, { within, ...(token === undefined ? {} : { token }) })
  }

  /** POST generate-operation-token/attempt: begins one; its one-time pad is in this answer and in no other. */
  async startAttempt(token: string | undefined): Promise<Answer<schemas.Attempt>> {
    const answer = await this.#write(`${CEREMONY}/attempt`, schemas.attempt, {}, token, MAKE_WITHIN)
    if (answer.kind === 'accepted') this.#secrets.add(answer.value.otp ?? '')
    return answer
  }

  /** POST generate-operation-token/update: one share; the last one's answer holds the encoded token. */
  async submitShare(token: string | undefined, nonce: string, key: string): Promise<Answer<schemas.Attempt>> {
    const answer = await this.#write(`${CEREMONY}/update`, schemas.attempt, { key, nonce }, token, MAKE_WITHIN)
    if (answer.kind === 'accepted') this.#secrets.add(answer.value.encoded_token ?? '')
    return answer
  }

  /** DELETE generate-operation-token/attempt: ends whatever attempt there is; 204 also where there is none. */
  cancelAttempt(token: string | undefined): Promise<Answer<unknown>> {
    return this.#write(`${CEREMONY}/attempt`, schemas.anything, undefined, token, MAKE_WITHIN)
  }

  /** POST dr/secondary/operation-token/delete: revokes a generated token, which has no end of its own (facts 3.2). */
  deleteOperationToken(drOperationToken: string, token: string | undefined): Promise<Answer<unknown>> {
    const body = { dr_operation_token: drOperationToken }
    return this.#write(
      'sys/replication/dr/secondary/operation-token/delete',
      schemas.anything,
      body,
      token,
      MAKE_WITHIN,
    )
  }

  async #get<T extends z.ZodMiniType>(
    path: string,
    schema: T,
    options: { within?: number; token?: string; anyStatus?: boolean; last?: boolean; headers?: Record<string, string> },
  ): Promise<Read<z.output<T>>> {
    const { token, anyStatus = false, last = false, headers } = options
    const within = this.#atMost(options.within ?? READ_WITHIN)
    const answer = await this.#http.send(this.addr, { method: 'GET', path, token, within, headers, last })
    return this.#read(answer, schema, anyStatus)
  }

  #read<T extends z.ZodMiniType>(answer: Outcome, schema: T, anyStatus: boolean): Read<z.output<T>> {
    if (!answer.answered) return { ok: false, silent: true, status: 0, because: answer.because, errors: [] }
    const good = answer.status === 200
    const parsed = good || anyStatus ? schema.safeParse(answer.json) : undefined
    if (parsed?.success) return { ok: true, status: answer.status, value: parsed.data }
    const errors = this.#errors(answer.json)
    const because = good
      ? 'its answer is not one that Vault gives in a settled state'
      : (this.#redirected(answer) ?? said(answer.status, errors))
    return { ok: false, silent: false, status: answer.status, because, errors }
  }

  async #write<T extends z.ZodMiniType>(
    path: string,
    schema: T,
    body: Record<string, unknown> | undefined,
    token?: string,
    within = WRITE_WITHIN,
    by?: Deadline,
  ): Promise<Answer<z.output<T>>> {
    const method = body === undefined ? 'DELETE' : 'POST'
    const answer = await this.#http.send(this.addr, {
      method,
      path,
      token,
      body,
      within: this.#atMost(within),
      fresh: true,
      by,
    })
    if (!answer.answered && answer.stale) return { kind: 'later', because: answer.because, afterMs: 0, stale: true }
    if (!answer.answered) return { kind: 'unclear', because: answer.because, sent: answer.sent }
    const { status, json, retryAfter } = answer
    if (status === 200 || status === 204) {
      const parsed = status === 204 || isObject(json) ? schema.safeParse(json) : undefined
      if (parsed?.success) return { kind: 'accepted', value: parsed.data }
      return { kind: 'unclear', because: `HTTP ${status} with an answer that is not one that Vault gives`, sent: true }
    }
    const errors = this.#errors(json)
    const because = said(status, errors)
    const catchingUp = status === 503 && errors.some((error) => /catching up/i.test(error))
    if (status === 429 || status === 412 || catchingUp) return { kind: 'later', because, afterMs: pause(retryAfter) }
    // An earlier one of ours or of somebody else's may have landed: that is for a look to say.
    const landed = errors.some((error) => /not a dr secondary/i.test(error))
    const redirected = this.#redirected(answer)
    if (redirected !== undefined) return { kind: 'refused', because: redirected, status }
    if (status >= 400 && status < 500 && schemas.errors.safeParse(json).success && !landed)
      return { kind: 'refused', because, status }
    return { kind: 'unclear', because, sent: true }
  }

  /**
   * What is said of a redirect: a standby answers so where it must not forward a request, or can not (facts 5). It is
   * never followed, since the token would go with it to whomever the answer names.
   */
  #redirected({ status, location }: { readonly status: number; readonly location: string | undefined }) {
    if (status < 300 || status >= 400) return undefined
    const to = location === undefined || !URL.canParse(location, this.addr) ? '' : new URL(location, this.addr).host
    const where = to === '' ? 'elsewhere' : `to ${printable(this.#secrets.redactForeign(to), LONGEST_HOST)}`
    return `HTTP ${status}: it redirects ${where}, which is not followed: give the address of the active node, or of a load balancer that leads to it`
  }

  #errors(json: unknown): string[] {
    const parsed = schemas.errors.safeParse(json)
    // Vault's own are short and few; looking for secrets in a MiB of somebody's words would cost memory.
    return parsed.success
      ? parsed.data.errors.slice(0, 5).map((error) => this.#secrets.redactForeign(error.slice(0, LONGEST_ERROR)))
      : []
  }
}

/** `Retry-After` in seconds; a date or nonsense counts as one second. In ms, within bounds. */
function pause(retryAfter: string | undefined): number {
  const seconds = retryAfter !== undefined && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : 0.5
  return Math.min(Math.max(seconds * 1000, 250), LONGEST_PAUSE)
}

/** What an HTTP status of Vault's means to an operator, where it means something (facts 3.6). */
const MEANINGS: Record<number, string> = {
  403: 'the token is wrong, expired, or its policy does not allow this',
  404: 'there is no such path: is this Vault Enterprise, and the address right?',
  405: 'this path takes no such call: is this Vault Enterprise, and the address right?',
  412: 'a node that has not caught up yet answered',
  429: 'too many requests, by a quota of this Vault',
  431: 'a header is too large',
  501: 'Vault is not initialized',
}

function said(status: number, errors: readonly string[]): string {
  const words = errors.map((error) => printable(error)).filter((error) => error !== '')
  if (words.length > 0) return `HTTP ${status}, ${JSON.stringify(words.join('; '))}`
  return `HTTP ${status}${MEANINGS[status] ? ` (${MEANINGS[status]})` : ''}`
}
