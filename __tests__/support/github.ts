/** GitHub as far as the action asks it: id tokens for a job, and the secrets of a repository or an environment. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import sodium from 'libsodium-wrappers'

export interface GitHub {
  /** For the environment of a run. */
  readonly env: Readonly<Record<string, string>>
  readonly asked: { readonly method: string; readonly path: string; readonly authorization: string }[]
  /** What was stored, opened, by path. */
  readonly stored: Map<string, string>
  /** From now on every call about secrets is answered so. */
  refuse(status: number): void
  close(): Promise<void>
}

export const ISSUER = 'https://token.actions.githubusercontent.com'
export const AUDIENCE = 'https://vault.example'
export const CLAIMS = { sub: 'repo:acme/vault:environment:dr', repository: 'acme/vault' }
const REQUEST_TOKEN = 'request-token-of-this-job-0123456789'

/** Signs the id tokens: one for all stories, since a world wants its half before anything runs. */
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const SIGNED_BY = publicKey.export({ type: 'spki', format: 'pem' }).toString()

export async function startGitHub(): Promise<GitHub> {
  await sodium.ready
  const box = sodium.crypto_box_keypair()
  const asked: { method: string; path: string; authorization: string }[] = []
  const stored = new Map<string, string>()
  let refused: number | undefined

  const idToken = (audience: string): string => {
    const now = Math.floor(Date.now() / 1000)
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = { iss: ISSUER, aud: audience, iat: now, nbf: now - 5, exp: now + 300, ...CLAIMS }
    const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`
  }
  const answer = (method: string, url: URL, body: string): readonly [number, unknown] => {
    if (url.pathname === '/id')
      return [200, { value: idToken(url.searchParams.get('audience') ?? 'https://github.com/acme') }]
    if (refused !== undefined) return [refused, { message: 'Resource not accessible by integration' }]
    if (url.pathname.endsWith('/public-key')) {
      return [200, { key_id: '42', key: Buffer.from(box.publicKey).toString('base64') }]
    }
    if (method !== 'PUT') return [404, { message: 'Not Found' }]
    const { encrypted_value: sealed = '' } = JSON.parse(body)
    const opened = sodium.crypto_box_seal_open(Buffer.from(sealed, 'base64'), box.publicKey, box.privateKey)
    stored.set(url.pathname, Buffer.from(opened).toString())
    return [201, {}]
  }
  const server = createServer(async (request, response) => {
    const { method = '', headers } = request
    const url = new URL(request.url ?? '', 'http://github')
    asked.push({ method, path: url.pathname + url.search, authorization: headers.authorization ?? '' })
    const [status, body] = answer(method, url, await textOf(request))
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const base = `http://127.0.0.1:${port}`
  return {
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${base}/id?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
      GITHUB_API_URL: base,
    },
    asked,
    stored,
    refuse: (status) => {
      refused = status
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of request) text += String(piece)
  return text
}

/** What a story needs of GitHub, for as long as it goes on. */
export async function withGitHub(tell: (github: GitHub) => Promise<void>): Promise<void> {
  const github = await startGitHub()
  try {
    await tell(github)
  } finally {
    await github.close()
  }
}
