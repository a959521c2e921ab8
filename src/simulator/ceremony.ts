import { randomUUID } from 'node:crypto'
import { type ApiAnswer, bare, empty, isAtLeast, refuse, text } from './route.ts'
import type { Fields } from './status.ts'
import type { KeyShares } from './storage.ts'
import { tail } from './tokens.ts'

/** What the ceremony depends on, as the cluster is at the moment. */
export interface CeremonyContext {
  readonly version: string
  readonly keys: KeyShares
}

interface Attempt {
  readonly nonce: string
  readonly otp: string
  /** Shares that were given, as hex. */
  progress: string[]
}

// Lengths of a share: the barrier key's own (16 to 32 bytes), and one byte more for the point it stands for.
const minShareBytes = 16
const maxShareBytes = 33

const wrongShares =
  'root generation aborted: unable to authenticate: unable to retrieve stored keys: invalid key: failed to decrypt keys from storage: error decrypting seal wrapped value; error decrypting using seal shamir: cipher: message authentication failed'

/**
 * The DR operation token of one cluster and the ceremony that makes it (vault/generate_root.go, whose slot and words the
 * DR form shares). One attempt at a time, held in memory by the active node; one token at a time, at
 * core/dr-operation-token.
 */
export class OperationTokens {
  #attempt: Attempt | undefined
  #token: string | undefined

  get token(): string | undefined {
    return this.#token
  }

  get isInProgress(): boolean {
    return this.#attempt !== undefined
  }

  status(context: CeremonyContext): ApiAnswer {
    return bare(this.#describe(context))
  }

  start(context: CeremonyContext, body: Fields): ApiAnswer {
    const given = text(body.otp)
    if (text(body.pgp_key) !== '') return refuse(400, 'error parsing PGP key: not simulated')
    if (given !== '' && given.length !== tokenLength(context.version)) {
      return refuse(400, 'OTP string is wrong length')
    }
    if (this.#attempt !== undefined) return refuse(400, 'root generation already in progress')
    const otp = given === '' ? tail(tokenLength(context.version)) : given
    this.#attempt = { nonce: randomUUID(), otp, progress: [] }
    // Shown this once, and not at all to a caller who brought it.
    return bare({ ...this.#describe(context), otp: given === '' ? otp : '' })
  }

  cancel(): ApiAnswer {
    this.#attempt = undefined
    return empty()
  }

  update(context: CeremonyContext, body: Fields): ApiAnswer {
    const given = text(body.key)
    if (given === '') return refuse(400, "'key' must be specified in request body as JSON")
    const share = decode(given)
    if (share === undefined) return refuse(400, "'key' must be a valid hex or base64 string")
    if (share.length < minShareBytes) return refuse(400, `key is shorter than minimum ${minShareBytes} bytes`)
    if (share.length > maxShareBytes) return refuse(400, `key is longer than maximum ${maxShareBytes} bytes`)
    const attempt = this.#attempt
    if (attempt === undefined) return refuse(400, 'no root generation in progress')
    if (text(body.nonce) !== attempt.nonce) {
      return refuse(400, `incorrect nonce supplied; nonce for this root generation operation is "${attempt.nonce}"`)
    }
    const hex = share.toString('hex')
    if (attempt.progress.includes(hex)) {
      return refuse(400, 'given key has already been provided during this generation operation')
    }
    attempt.progress.push(hex)
    if (attempt.progress.length < context.keys.threshold) return bare(this.#describe(context))

    const shares = attempt.progress
    attempt.progress = []
    // The attempt itself stays: the next share begins a new round of it.
    const unfit = shares.length > 1 ? unfitTogether(shares) : undefined
    if (unfit !== undefined) return refuse(400, `failed to compute root key: ${unfit}`)
    if (!shares.every((each) => context.keys.shares.includes(each))) return refuse(400, wrongShares)
    this.#attempt = undefined
    const token = `${isAtLeast(context.version, 1, 10) ? 'hvs' : 's'}.${tail(24)}`
    this.#token = token
    return bare({
      ...this.#describe(context),
      nonce: attempt.nonce,
      started: true,
      progress: context.keys.threshold,
      complete: true,
      encoded_token: encode(token, attempt.otp),
    })
  }

  /** The token is used up, deleted, or lost with what it was for. */
  dropToken(): void {
    this.#token = undefined
  }

  /** The active node went down or gave up its role: the attempt was in its memory alone. */
  dropAttempt(): void {
    this.#attempt = undefined
  }

  #describe({ version, keys }: CeremonyContext): Fields {
    return {
      nonce: this.#attempt?.nonce ?? '',
      started: this.#attempt !== undefined,
      progress: this.#attempt?.progress.length ?? 0,
      required: keys.threshold,
      complete: false,
      encoded_token: '',
      encoded_root_token: '',
      pgp_fingerprint: '',
      otp: '',
      otp_length: tokenLength(version),
    }
  }
}

/** Why shares can't be put together at all (shamir/shamir.go), as hex; undefined where they give some key, right or not. */
function unfitTogether(shares: readonly string[]): string | undefined {
  if (new Set(shares.map((share) => share.length)).size > 1) return 'all parts must be the same length'
  const points = shares.map((share) => share.slice(-2))
  return new Set(points).size < points.length ? 'duplicate part detected' : undefined
}

/** `hvs.` and 24 letters; `s.` and 24 letters before 1.10. */
function tokenLength(version: string): number {
  return isAtLeast(version, 1, 10) ? 28 : 26
}

/** Hex is tried first, then standard base64, as Vault does it. */
function decode(share: string): Buffer | undefined {
  if (/^(?:[0-9a-f]{2})+$/i.test(share)) return Buffer.from(share, 'hex')
  const isBase64 = share.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(share)
  return isBase64 ? Buffer.from(share, 'base64') : undefined
}

/** Standard base64 without padding of token XOR one-time password. */
function encode(token: string, otp: string): string {
  const mask = Buffer.from(otp)
  const mixed = Buffer.from(token).map((byte, index) => byte ^ (mask[index] ?? 0))
  return Buffer.from(mixed).toString('base64').replace(/=+$/, '')
}
