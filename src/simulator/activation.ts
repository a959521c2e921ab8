import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto'
import type { Attachment, Cluster } from './cluster.ts'
import { tail } from './tokens.ts'

export interface Activation {
  readonly token: string
  readonly accessor: string
  readonly createdAt: number
  readonly ttlSeconds: number
}

interface Issued extends Attachment {
  readonly expiresAt: number
  /** The public key it was encrypted to; undefined for the wrapped kind. */
  readonly publicKey: string | undefined
  used: boolean
}

/**
 * Secondary activation tokens of a DR set, in the form of captured ones and of vault/wrapping.go. The wrapped kind is a
 * JWT signed with ES512 around a single-use wrapping token; the secondary has to fetch its content from the primary's
 * API. The public-key kind carries its content encrypted to one secondary's key, and its format is not public: here it
 * is opaque base64.
 */
export class Activations {
  readonly #issued = new Map<string, Issued>()
  #key: KeyObject | undefined

  issue(primary: Cluster, id: string, ttlSeconds: number, publicKey: string | undefined, now: number): Activation {
    const token =
      publicKey === undefined ? this.#wrapped(primary.apiAddr, ttlSeconds, now) : randomBytes(640).toString('base64')
    this.#issued.set(token, {
      primary: primary.name,
      id,
      expiresAt: now + ttlSeconds * 1000,
      publicKey,
      used: false,
    })
    return { token, accessor: tail(24), createdAt: now, ttlSeconds }
  }

  /** What the token stands for, if this cluster can use it now. */
  open(token: string, by: Cluster, now: number): Attachment | undefined {
    const issued = this.#issued.get(token)
    if (issued === undefined || issued.expiresAt <= now) return undefined
    if (issued.publicKey !== undefined) return by.publicKeys.has(issued.publicKey) ? issued : undefined
    return issued.used ? undefined : issued
  }

  /** Whether the secondary must fetch the content from the primary's API. */
  isWrapped(token: string): boolean {
    return this.#issued.get(token)?.publicKey === undefined
  }

  /** A wrapped token is good for one fetch, whatever comes of it. */
  burn(token: string): void {
    const issued = this.#issued.get(token)
    if (issued !== undefined) issued.used = true
  }

  #wrapped(addr: string, ttlSeconds: number, now: number): string {
    this.#key ??= generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey
    const seconds = Math.floor(now / 1000)
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = {
      accessor: '',
      addr,
      exp: seconds + ttlSeconds,
      iat: seconds,
      jti: `hvs.${tail(24)}`,
      nbf: seconds - 5,
      type: 'wrapping',
    }
    const signed = `${part({ alg: 'ES512', kid: '', typ: 'JWT' })}.${part(claims)}`
    const signature = sign('sha512', Buffer.from(signed), { key: this.#key, dsaEncoding: 'ieee-p1363' })
    return `${signed}.${signature.toString('base64url')}`
  }
}

/** The public half of the key pair a secondary makes for its activation token; only its uniqueness matters here. */
export function newPublicKey(): string {
  return Buffer.from(`${randomUUID()}${randomUUID()}`).toString('base64')
}
