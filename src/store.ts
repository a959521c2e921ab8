/**
 * Puts a value into the Actions secrets of a repository or of one of its environments: sealed for GitHub's public key
 * with libsodium (https://docs.github.com/rest/guides/encrypting-secrets-for-the-rest-api), so only GitHub can open it.
 *
 * libsodium is loaded here alone, and only when something is stored. Nothing here throws, and nothing that GitHub says is
 * repeated: its messages can quote a request.
 */
import * as z from 'zod/mini'
import { Deadline } from './clock.ts'
import { type Answer, again, connect, isApiUrl, isRepository } from './github.ts'

/** What GitHub takes as the name of a secret; names that begin with GITHUB_ are its own. */
export const SECRET_NAME = /^(?!GITHUB_)[A-Z_][A-Z0-9_]{0,254}$/i

export interface ToStore {
  /** Of a GitHub App or fine-grained: the workflow's own GITHUB_TOKEN can't write secrets. */
  readonly token: string
  /** `owner/name`, as in GITHUB_REPOSITORY. */
  readonly repository: string
  /** Stored for this environment's jobs alone; without one, for the whole repository. */
  readonly environment?: string | undefined
  readonly name: string
  readonly value: string
  /** As in GITHUB_API_URL: https://api.github.com, or that of a GitHub Enterprise Server. */
  readonly apiUrl: string
  readonly deadline: Deadline
  readonly cancelled: AbortSignal
}

export type Stored =
  | { readonly ok: true; readonly created: boolean }
  | {
      readonly ok: false
      /** What is wrong, without a stop at its end. */
      readonly because: string
      /** What to do about it, as a sentence. */
      readonly fix: string
    }

/** For both requests with their pauses. In ms. */
const STORE_WITHIN = 30_000

/** A Curve25519 key, as GitHub hands it out for sealing. */
const publicKey = z.object({
  key_id: z.string().check(z.regex(/^[\w-]{1,100}$/)),
  key: z.pipe(
    z.string().check(z.regex(/^[A-Za-z0-9+/]{43}=$/)),
    z.transform((text) => Buffer.from(text, 'base64')),
  ),
})

/** Stores `value` as the secret `name`, over what it held before. Asking again is harmless: the same value is stored. */
export async function storeSecret(to: ToStore): Promise<Stored> {
  const mistake = mistakeIn(to)
  if (mistake !== undefined) return mistake
  const { repository, environment, name, value, cancelled } = to
  const until = new Deadline(Math.min(STORE_WITHIN, to.deadline.left))
  const [owner = '', repo = ''] = repository.split('/')
  const place = environment === undefined ? 'actions/secrets' : 'environments/{environment_name}/secrets'
  const where = { owner, repo, ...(environment === undefined ? {} : { environment_name: environment }) }
  try {
    const [github, seal] = await Promise.all([connect(to), sealer()])
    try {
      const ask = (route: string, more: Record<string, string>) =>
        again(until, cancelled, (signal) => github.ask(route, { ...where, ...more }, signal))
      const asked = await ask(`GET /repos/{owner}/{repo}/${place}/public-key`, {})
      if (asked.status !== 200) return refused(to, asked)
      const key = publicKey.safeParse(asked.data)
      if (!key.success) return { ok: false, because: 'GitHub gave no public key to seal the secret for', fix: RETRY }
      const written = await ask(`PUT /repos/{owner}/{repo}/${place}/{secret_name}`, {
        secret_name: name,
        encrypted_value: seal(value, key.data.key),
        key_id: key.data.key_id,
      })
      return [201, 204].includes(written.status) ? { ok: true, created: written.status === 201 } : refused(to, written)
    } finally {
      await github.close()
    }
  } catch {
    // Octokit's and libsodium's errors hold what they were given: the token, and the value.
    return { ok: false, because: 'the secret could not be sealed or sent', fix: RETRY }
  }
}

const RETRY = 'Run it again, or store the token by hand (`gh secret set`).'

/** What can be seen to be wrong before anything is sent. */
function mistakeIn({ name, repository, apiUrl, token, value }: ToStore): Stored | undefined {
  const no = (because: string, fix: string): Stored => ({ ok: false, because, fix })
  if (!SECRET_NAME.test(name)) {
    const fix =
      'Use letters, digits and underscores, not beginning with a digit or with GITHUB_, like DR_OPERATION_TOKEN.'
    return no('this is not a name that GitHub takes for a secret', fix)
  }
  if (!isRepository(repository)) {
    return no(
      'the repository is not known (owner/name)',
      'The runner sets GITHUB_REPOSITORY; look for what changes it.',
    )
  }
  if (!isApiUrl(apiUrl)) {
    return no("GitHub's API has no https address", 'The runner sets GITHUB_API_URL; look for what changes it.')
  }
  if (token === '') return no('no github-token was given', NEEDED)
  return value === '' ? no('there is nothing to store', 'Run it again.') : undefined
}

/** A sealed box: whoever holds the public key can make it, and only GitHub can open it. In base64. */
async function sealer(): Promise<(value: string, key: Uint8Array) => string> {
  const { default: sodium } = await import('libsodium-wrappers')
  await sodium.ready
  return (value, key) => Buffer.from(sodium.crypto_box_seal(value, key)).toString('base64')
}

const NEEDED =
  "Give a GitHub App's or a fine-grained personal access token as github-token: the workflow's own GITHUB_TOKEN can never write secrets."

/** Anything but a yes, in our words. GitHub's message only tells apart who asked; it is not repeated. */
function refused({ environment, repository, cancelled }: ToStore, { status, data }: Answer): Stored {
  const no = (because: string, fix: string): Stored => ({ ok: false, because, fix })
  const message = typeof data === 'string' ? data : ''
  const permission =
    environment === undefined
      ? '`Secrets: Read and write` (secrets: write) on this repository'
      : '`Environments: Read and write` (environments: write) on this repository'
  if (cancelled.aborted) return no('the run was cancelled', RETRY)
  if (status === 0) return no('GitHub did not answer', 'See https://www.githubstatus.com, and run it again.')
  if (status === 401) return no('GitHub does not know this github-token (HTTP 401)', `It may have expired. ${NEEDED}`)
  if (status === 429 || (status === 403 && /rate limit/i.test(message)))
    return no(`GitHub's rate limit is used up (HTTP ${status})`, 'Run it again in an hour.')
  if (status === 403 && /SAML|SSO/.test(message))
    return no('the organization wants single sign-on for this github-token (HTTP 403)', 'Authorize the token for SSO.')
  if (status === 403) {
    const because = /by integration/.test(message)
      ? 'this github-token may not write secrets (HTTP 403): it is the GITHUB_TOKEN of the workflow, or an App without the permission'
      : 'this github-token may not write secrets (HTTP 403)'
    return no(because, `${NEEDED} It needs ${permission}.`)
  }
  if (status === 404 && environment !== undefined) {
    const fix = `Make it under Settings, Environments; the token needs ${permission} to see it.`
    return no(
      `${repository} has no environment of the name in store-environment, or the token can't see it (HTTP 404)`,
      fix,
    )
  }
  if (status === 404) {
    return no(`${repository} does not exist for this github-token (HTTP 404)`, `Give the token ${permission}.`)
  }
  if (status >= 300 && status < 400) {
    const fix = 'Was the repository renamed or moved? Run the workflow again, so that it knows its name.'
    return no(`GitHub redirects elsewhere, which is not followed (HTTP ${status})`, fix)
  }
  if (status === 422)
    return no('GitHub refused the secret (HTTP 422)', 'Is it a name that GitHub takes, and not too many?')
  return no(`GitHub answered HTTP ${status}`, status >= 500 ? 'See https://www.githubstatus.com.' : RETRY)
}
