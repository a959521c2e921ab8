/**
 * A DR operation token made from key shares on a DR secondary: begin, submit shares until there are enough, decode
 * (facts 4.1). The server holds one attempt at a time; somebody else's is never touched.
 */
import { Deadline, sleep } from './clock.ts'
import type { Secrets } from './secrets.ts'
import type { Answer, Vault } from './vault/client.ts'
import { vaultToken } from './vault/schemas.ts'

export type Generated =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly because: string; readonly fix?: string }

/** After a role change a cluster answers badly for a moment; beginning is asked for again that long. In ms. */
const PATIENCE = 15_000
const PAUSE = 250
const TRIES = 3

export interface Ceremony {
  readonly vault: Vault
  readonly host: string
  readonly shares: readonly string[]
  /** For Vault 2.0 and newer, which want a Vault token beside the shares. */
  readonly token: string | undefined
  readonly secrets: Secrets
  /** For all of it. */
  readonly deadline: Deadline
  readonly cancelled: AbortSignal
  /**
   * Told of the attempt that this run has begun, by its nonce, and of its end (undefined): the post step must know whose it
   * is. An empty nonce is told before the call that begins one: until its answer is there it may be anybody's.
   */
  readonly began: (nonce: string | undefined) => void
}

/**
 * Makes a DR operation token. Its attempt is cancelled where it comes to nothing.
 *
 * @returns the token, or why there is none; a wrong share shows only when enough of them are there
 */
export async function generate(ceremony: Ceremony): Promise<Generated> {
  const { host } = ceremony
  let last: Generated = { ok: false, because: `${host} gave no DR operation token` }
  for (let tries = 0; tries < TRIES && !over(ceremony); tries += 1) {
    const begun = await begin(ceremony)
    if (!begun.ok) return begun
    const submitted = await submit(ceremony, begun.nonce)
    if (submitted.ok) {
      ceremony.began(undefined)
      const token = decode(submitted.encoded, begun.otp)
      if (token === undefined)
        return { ok: false, because: `${host} gave a DR operation token that can not be decoded` }
      ceremony.secrets.add(token)
      return { ok: true, token }
    }
    await cancelOwn(ceremony, begun.nonce)
    last = { ok: false, because: submitted.because }
    if (!submitted.lost) return last
  }
  return last
}

const over = ({ deadline, cancelled }: Ceremony): boolean => deadline.passed || cancelled.aborted

/** Shares that are the same key, however each is written (hex or base64), count once. */
export function distinct(shares: readonly string[]): string[] {
  const keys = new Map(
    shares.map((share) => [
      /^([0-9a-f]{2})+$/i.test(share) ? share.toLowerCase() : Buffer.from(share, 'base64').toString('hex'),
      share,
    ]),
  )
  return [...keys.values()]
}

type Begun = { readonly ok: true; readonly nonce: string; readonly otp: string } | (Generated & { readonly ok: false })

async function begin(ceremony: Ceremony): Promise<Begun> {
  const { vault, host, shares, token, deadline, cancelled, began } = ceremony
  const until = new Deadline(Math.min(PATIENCE, deadline.left))
  let lost = false
  for (;;) {
    const read = await vault.attempt(token)
    // The pad was in the answer that got lost, so an attempt that began is of no use, and nobody can tell whose it is.
    if (lost && read.ok && read.value.started) return { ok: false, ...lostStart(host, 'and an attempt is in progress') }
    const refusal = read.ok
      ? attemptProblem(host, read.value, shares)
      : read.status === 403
        ? needsToken(host)
        : undefined
    if (refusal !== undefined) return { ok: false, ...refusal }
    if (read.ok) {
      began('')
      const answer = await vault.startAttempt(token)
      if (answer.kind === 'accepted') {
        const { nonce, otp } = answer.value
        began(nonce)
        if (otp !== undefined && otp !== '' && nonce !== '') return { ok: true, nonce, otp }
        if (nonce !== '') await cancelOwn(ceremony, nonce)
        return { ok: false, because: `${host} began an attempt without a one-time pad` }
      }
      lost ||= answer.kind === 'unclear' && answer.sent
      if (!lost) began(undefined)
      if (answer.kind === 'refused')
        return {
          ok: false,
          because: `${host} began no attempt: ${answer.because}`,
          ...(answer.status === 403 ? { fix: needsToken(host).fix } : {}),
        }
      // Looked at once, also after a cancel.
      if (lost && !until.passed) {
        const after = await vault.attempt(token)
        if (after.ok && after.value.started) return { ok: false, ...lostStart(host, 'and an attempt is in progress') }
      }
    }
    if (until.passed || cancelled.aborted) {
      if (lost) return { ok: false, ...lostStart(host, 'so an attempt may be in progress') }
      return { ok: false, because: `${host} began no attempt: ${read.ok ? 'no answer' : read.because}` }
    }
    await sleep(PAUSE)
  }
}

type Problem = { readonly because: string; readonly fix: string }

const lostStart = (host: string, what: string): Problem => ({
  because: `the answer of ${host} to the start of an attempt to generate a DR operation token got lost, ${what}`,
  fix: 'If nobody else began it, run `operation: cancel-operation-token`, then this again.',
})

/** Why an attempt can't be begun, from what the server tells of it; undefined where it can. */
export function attemptProblem(
  host: string,
  attempt: { readonly started: boolean; readonly required: number },
  shares: readonly string[],
): Problem | undefined {
  if (attempt.started) {
    return {
      because: `somebody else's attempt to generate a DR operation token is in progress on ${host}`,
      fix: 'Let them end it, or, if it was left behind, run `operation: cancel-operation-token`.',
    }
  }
  const given = distinct(shares).length
  // An idle server of some versions tells 1 here, whatever it takes: then the shares themselves will show.
  if (attempt.required > given) {
    return {
      because: `${host} takes ${attempt.required} different key shares, and ${given} ${given === 1 ? 'is' : 'are'} given`,
      fix: `Give ${attempt.required} different shares in \`key-shares\`, one per line.`,
    }
  }
  return undefined
}

export const needsToken = (host: string): Problem => ({
  because: `${host} wants a Vault token for generating a DR operation token (Vault 2.0 and newer do)`,
  fix: 'Give a batch `vault-token` whose policy allows sys/replication/dr/secondary/generate-operation-token/*, or a batch `dr-operation-token`, which needs no key shares.',
})

type Submitted =
  | { readonly ok: true; readonly encoded: string }
  | { readonly ok: false; readonly because: string; readonly lost: boolean }

async function submit(ceremony: Ceremony, nonce: string): Promise<Submitted> {
  const { vault, host, shares, token } = ceremony
  for (const share of distinct(shares)) {
    let answer: Answer<{ complete: boolean; encoded_token?: string | undefined }> = await vault.submitShare(
      token,
      nonce,
      share,
    )
    while (answer.kind === 'later' && !over(ceremony)) {
      await sleep(Math.min(answer.afterMs, ceremony.deadline.left))
      answer = await vault.submitShare(token, nonce, share)
    }
    if (answer.kind === 'refused') {
      const wrong = /aborted|invalid|combine|compute|cipher|authentication/i.test(answer.because)
      return {
        ok: false,
        lost: false,
        because: wrong
          ? `the key shares are wrong (${host}: ${answer.because})`
          : `${host} takes no share: ${answer.because}`,
      }
    }
    // Whether it was counted can't be told from outside, and the last one's answer holds the token: begin anew.
    if (answer.kind === 'later')
      return { ok: false, lost: false, because: `${host} put the key shares off: ${answer.because}` }
    if (answer.kind === 'unclear') return { ok: false, lost: true, because: `${host}: ${answer.because}` }
    if (answer.value.complete) {
      const encoded = answer.value.encoded_token ?? ''
      return encoded === ''
        ? { ok: false, lost: false, because: `${host} gave no token for the shares` }
        : { ok: true, encoded }
    }
  }
  return {
    ok: false,
    lost: false,
    because: `${host} wants more key shares than the ${distinct(shares).length} that are given`,
  }
}

/**
 * Whether an attempt is in progress whose beginning was asked for and never answered: it is named and left, since it may be
 * somebody else's by now.
 *
 * @param within for the one look at it, in ms
 * @returns what there is to say of it, as a sentence; undefined where there is none
 */
export async function unanswered(
  { vault, host, token }: Pick<Ceremony, 'vault' | 'host' | 'token'>,
  within?: number,
): Promise<string | undefined> {
  const read = await vault.attempt(token, within)
  if (read.ok && !read.value.started) return undefined
  const is = read.ok ? 'is' : 'may be'
  return `An attempt to generate a DR operation token ${is} in progress on ${host}, which did not answer this run's call to begin one: if nobody else began it, run \`operation: cancel-operation-token\`.`
}

/** Ends this run's attempt, and only this run's. */
export async function cancelOwn(
  { vault, token, began }: Pick<Ceremony, 'vault' | 'token' | 'began'>,
  nonce: string,
): Promise<boolean> {
  const read = await vault.attempt(token)
  if (!read.ok) return false
  if (read.value.started && read.value.nonce === nonce) {
    const answer = await vault.cancelAttempt(token)
    if (answer.kind !== 'accepted') return false
  }
  began(undefined)
  return true
}

/**
 * The token from what the server gave: base64 without padding, XOR with the one-time pad; with pads of 26 (before 1.10)
 * and 28 characters byte by byte, with the oldest kind as two base64 texts of a UUID.
 */
export function decode(encoded: string, otp: string): string | undefined {
  const bytes = Buffer.from(encoded.replace(/=+$/, ''), 'base64')
  const plain = Buffer.from(otp)
  const pad = plain.length === bytes.length ? plain : Buffer.from(otp, 'base64')
  if (bytes.length === 0 || pad.length !== bytes.length) return undefined
  const clear = bytes.map((byte, at) => byte ^ (pad[at] ?? 0))
  if (pad !== plain)
    return Buffer.from(clear)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const token = Buffer.from(clear).toString('latin1')
  return vaultToken.safeParse(token).success ? token : undefined
}
