/**
 * Which token opens which door. The Vault token is for whichever cluster is primary: given, or from a login there. The DR
 * operation token is for whichever is a secondary: given, or made there from key shares. A made one belongs to one cluster
 * and, as far as is known, to one use, so each side gets its own, as late as it can be.
 */
import { type Generated, generate } from './ceremony.ts'
import type { Deadline } from './clock.ts'
import { type Cluster, compareVersions, type Side, type World } from './cluster.ts'
import { isBatch } from './credentials.ts'
import type { Inputs } from './inputs.ts'
import type { Journal } from './journal.ts'
import type { Secrets } from './secrets.ts'
import type { Answer, Vault } from './vault/client.ts'

/** What came of a login. */
export type LoggedIn =
  | {
      readonly ok: true
      readonly token: string
      readonly batch: boolean
      readonly ttlSeconds: number
      readonly astray?: boolean
    }
  | { readonly ok: false; readonly because: string; readonly fix?: string | undefined; readonly astray?: boolean }

export interface TokenSources {
  readonly inputs: Inputs
  readonly vaults: Readonly<Record<Side, Vault>>
  readonly world: () => World
  readonly secrets: Secrets
  readonly journal: Journal
  readonly deadline: Deadline
  readonly cancelled: AbortSignal
  /** Logs in at one of the clusters; undefined where a token was given. */
  readonly login: ((vault: Vault) => Promise<LoggedIn>) | undefined
  /** Keeps a token that this run made, so that the post step can revoke it after a crash. */
  readonly keep: (made: MadeToken) => Promise<void>
}

/** A token that this run made, and must not leave behind. */
export interface MadeToken {
  readonly kind: 'login' | 'operation'
  /** The cluster it was made on. */
  readonly addr: string
  readonly token: string
  /** A batch token can't be revoked: it is named at the end instead. */
  readonly batch?: boolean
  readonly ttlSeconds?: number
}

export class Tokens {
  readonly #sources: TokenSources
  readonly #generated = new Map<Side, { readonly token: string; uses: number }>()
  #vault: string

  constructor(sources: TokenSources) {
    this.#sources = sources
    this.#vault = sources.inputs['vault-token'] ?? ''
  }

  /** The token for the primary, or '' where there is none yet. */
  get vault(): string {
    return this.#vault
  }

  /** What the main step made: the post step cleans up with its login. */
  adopt(made: readonly MadeToken[]): void {
    this.#vault ||= made.find(({ kind }) => kind === 'login')?.token ?? ''
  }

  /** Takes over what another leg of the same run holds, so that a login or a token is not made twice. */
  inherit(other: Tokens): void {
    this.#vault = other.#vault
  }

  /**
   * A token that a DR secondary accepts in the header: a batch token, or undefined. A generated one is never put there:
   * it might be used up by it.
   */
  get header(): string | undefined {
    return [this.#sources.inputs['dr-operation-token'], this.#vault].find(
      (token) => token !== undefined && isBatch(token),
    )
  }

  /** The Vault token, where it is one that may be sent about: a generated DR operation token in its place is sent nowhere. */
  get onPrimary(): string | undefined {
    const borrowed = this.#vault === this.#sources.inputs['dr-operation-token'] && !isBatch(this.#vault)
    return borrowed || this.#vault === '' ? undefined : this.#vault
  }

  /** The Vault token that goes with the shares: Vault 2.0 and newer want one; older ones are not sent any (facts 4.1). */
  forCeremony(cluster: Cluster): string | undefined {
    const order = compareVersions(cluster.health?.version, '2.0.0')
    return (order !== undefined && order < 0) || this.#vault === '' ? undefined : this.#vault
  }

  /** Logs in on this cluster, where no token was given and none is held yet. A DR secondary takes no login (facts 8). */
  async login(side: Side): Promise<LoggedIn | undefined> {
    const { login, vaults, journal } = this.#sources
    if (login === undefined || this.#vault !== '') return undefined
    const { host } = this.#sources.world()[side]
    journal.loginAsked(host)
    const answer = await login(vaults[side])
    if (answer.ok) {
      this.#vault = answer.token
      const { token, batch, ttlSeconds } = answer
      await this.#sources.keep({ kind: 'login', addr: vaults[side].addr, token, batch, ttlSeconds })
      journal.say(`${host}: logged in`)
    }
    // Only now: until the token is kept for the post step, nobody could revoke it.
    journal.loginAnswered(host, answer.astray === true)
    return answer
  }

  /** Makes a call with the Vault token; where it came from a login and is refused (the other cluster is primary now), logs in anew. */
  async asVault<T>(side: Side, call: (token: string) => Promise<Answer<T>>): Promise<Answer<T>> {
    const first = await this.login(side)
    if (first?.ok === false) return { kind: 'refused', because: first.because, status: 0 }
    const answer = await call(this.#vault)
    if (answer.kind !== 'refused' || answer.status !== 403 || this.#sources.login === undefined || first !== undefined)
      return answer
    this.#vault = ''
    const again = await this.login(side)
    return again?.ok ? call(this.#vault) : answer
  }

  /** A DR operation token for this side, made now if none is given or at hand. */
  async dr(side: Side): Promise<Generated> {
    const { inputs, vaults, world, secrets, journal } = this.#sources
    const given = inputs['dr-operation-token']
    if (given !== undefined) return { ok: true, token: given }
    const held = this.#generated.get(side)
    if (held !== undefined) return { ok: true, token: held.token }
    const cluster = world()[side]
    const generated = await generate({
      vault: vaults[side],
      host: cluster.host,
      shares: inputs['key-shares'],
      token: this.forCeremony(cluster),
      secrets,
      deadline: this.#sources.deadline,
      cancelled: this.#sources.cancelled,
      began: (nonce) => journal.attempt(cluster.host, nonce),
    })
    if (generated.ok) {
      this.#generated.set(side, { token: generated.token, uses: 0 })
      await this.#sources.keep({ kind: 'operation', addr: vaults[side].addr, token: generated.token })
      journal.say(`${cluster.host}: a DR operation token was made from the key shares`)
    }
    return generated
  }

  /**
   * Makes a call with a DR operation token. Whether a failed use spends a generated token is not known (facts 10), so one
   * that was used before and is refused now is replaced; the answer is `later` then, since that took time.
   */
  async use<T>(side: Side, call: (token: string) => Promise<Answer<T>>): Promise<Answer<T>> {
    const generated = await this.dr(side)
    if (!generated.ok) return { kind: 'refused', because: generated.because, status: 0 }
    const answer = await call(generated.token)
    const held = this.#generated.get(side)
    if (held === undefined) return answer
    held.uses += 1
    if (answer.kind !== 'refused' || held.uses < 2) return answer
    this.#generated.delete(side)
    const anew = await this.dr(side)
    return anew.ok ? { kind: 'later', because: answer.because, afterMs: 0 } : answer
  }
}
