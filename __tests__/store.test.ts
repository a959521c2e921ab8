import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import sodium from 'libsodium-wrappers'
import { Deadline, monotonic } from '../src/clock.ts'
import { SECRET_NAME, storeSecret, type ToStore } from '../src/store.ts'

interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly json: Record<string, unknown>
}
interface Reply {
  readonly status: number
  readonly json?: unknown
  readonly headers?: Record<string, string>
}
/** What the stand-in for GitHub's API says to a request; undefined: nothing, ever. */
type Says = (asked: Asked, times: number) => Reply | undefined

const TOKEN = 'github_pat_0123456789abcdefghij'
const VALUE = 'hvb.AAAAAQJ-the-dr-operation-token'
const KEY_ID = '568250167242549743'

let pair: { publicKey: Uint8Array; privateKey: Uint8Array }
beforeAll(async () => {
  await sodium.ready
  pair = sodium.crypto_box_keypair()
})

let server: Server | undefined
afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)))
  server = undefined
})

async function github(says: Says): Promise<{ apiUrl: string; asked: Asked[] }> {
  const asked: Asked[] = []
  const listening = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const text = Buffer.concat(chunks).toString()
      const one: Asked = { method, url, headers, json: text === '' ? {} : JSON.parse(text) }
      asked.push(one)
      const reply = says(one, asked.length)
      if (reply === undefined) return
      response.writeHead(reply.status, { 'content-type': 'application/json; charset=utf-8', ...reply.headers })
      response.end(reply.json === undefined ? '' : JSON.stringify(reply.json))
    })
  })
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const address: AddressInfo | string | null = listening.address()
  return { apiUrl: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, asked }
}

const publicKey = () => ({
  status: 200,
  json: { key_id: KEY_ID, key: Buffer.from(pair.publicKey).toString('base64') },
})
const kind =
  (stored: Reply): Says =>
  ({ method }) =>
    method === 'GET' ? publicKey() : stored

const toStore = (apiUrl: string, more: Partial<ToStore> = {}): ToStore => ({
  token: TOKEN,
  repository: 'acme/dr',
  name: 'DR_OPERATION_TOKEN',
  value: VALUE,
  apiUrl,
  deadline: new Deadline(20_000),
  cancelled: new AbortController().signal,
  ...more,
})

function unsealed(asked: Asked | undefined): string {
  const sealed = Buffer.from(String(asked?.json.encrypted_value), 'base64')
  return Buffer.from(sodium.crypto_box_seal_open(sealed, pair.publicKey, pair.privateKey)).toString()
}

describe('storing a secret', () => {
  test('in the repository: sealed for the key that GitHub gives, and only GitHub can open it', async () => {
    const { apiUrl, asked } = await github(kind({ status: 201, json: {} }))
    expect(await storeSecret(toStore(apiUrl))).toEqual({ ok: true, created: true })
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /repos/acme/dr/actions/secrets/public-key',
      'PUT /repos/acme/dr/actions/secrets/DR_OPERATION_TOKEN',
    ])
    expect(asked[1]?.json).toEqual({ encrypted_value: expect.any(String), key_id: KEY_ID })
    expect(unsealed(asked[1])).toBe(VALUE)
    for (const { headers } of asked) expect(headers.authorization).toBe(`token ${TOKEN}`)
    expect(JSON.stringify(asked)).not.toContain(VALUE)
  })

  test('in an environment, over what was there, below the path of an Enterprise Server', async () => {
    const { apiUrl, asked } = await github(kind({ status: 204 }))
    const to = toStore(`${apiUrl}/api/v3/`, { environment: 'prod/eu west' })
    expect(await storeSecret(to)).toEqual({ ok: true, created: false })
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /api/v3/repos/acme/dr/environments/prod%2Feu%20west/secrets/public-key',
      'PUT /api/v3/repos/acme/dr/environments/prod%2Feu%20west/secrets/DR_OPERATION_TOKEN',
    ])
    expect(unsealed(asked[1])).toBe(VALUE)
  })

  test('is tried again after a bad answer to either', async () => {
    const { apiUrl, asked } = await github(({ method }, times) =>
      times % 2 === 1
        ? { status: 502, json: { message: 'Server Error' } }
        : method === 'GET'
          ? publicKey()
          : { status: 204 },
    )
    expect(await storeSecret(toStore(apiUrl))).toEqual({ ok: true, created: false })
    expect(asked.map(({ method }) => method)).toEqual(['GET', 'GET', 'PUT', 'PUT'])
  })

  test('tells the log nothing, also of what a server calls deprecated', async () => {
    const told = (['log', 'info', 'warn', 'error'] as const).map((name) => jest.spyOn(console, name))
    const deprecated = {
      deprecation: 'true',
      sunset: '::error::x',
      link: '<https://elsewhere.test>; rel="deprecation"',
    }
    const { apiUrl } = await github(({ method }) => ({
      ...(method === 'GET' ? publicKey() : { status: 204 }),
      headers: deprecated,
    }))
    expect(await storeSecret(toStore(apiUrl))).toMatchObject({ ok: true })
    for (const spy of told) expect(spy).not.toHaveBeenCalled()
    jest.restoreAllMocks()
  })

  const integration = { message: 'Resource not accessible by integration' }
  const personal = { message: 'Resource not accessible by personal access token' }
  test.each<[string, Reply, Partial<ToStore>, RegExp, RegExp]>([
    [
      'the GITHUB_TOKEN',
      { status: 403, json: integration },
      {},
      /GITHUB_TOKEN of the workflow, or an App/,
      /GitHub App.*fine-grained.*never write secrets\. .*secrets: write/,
    ],
    [
      'a token without the permission',
      { status: 403, json: personal },
      {},
      /may not write secrets \(HTTP 403\)$/,
      /Secrets: Read and write/,
    ],
    [
      'the same for an environment',
      { status: 403, json: personal },
      { environment: 'prod' },
      /HTTP 403/,
      /Environments: Read and write/,
    ],
    [
      'an environment that is not there',
      { status: 404 },
      { environment: 'prod' },
      /acme\/dr has no environment/,
      /Settings, Environments/,
    ],
    ['a repository out of sight', { status: 404 }, {}, /acme\/dr does not exist for this/, /secrets: write/],
    ['an expired token', { status: 401, json: { message: 'Bad credentials' } }, {}, /HTTP 401/, /expired/],
    [
      'a rate limit',
      { status: 403, json: { message: 'API rate limit exceeded for installation' } },
      {},
      /rate limit/,
      /in an hour/,
    ],
    [
      'single sign-on',
      { status: 403, json: { message: 'Resource protected by organization SAML enforcement.' } },
      {},
      /single sign-on/,
      /SSO/,
    ],
    ['a moved repository', { status: 301, headers: { location: 'http://127.0.0.1:9/x' } }, {}, /redirects/, /renamed/],
    ['a key that is none', { status: 200, json: { key_id: KEY_ID, key: 'AAAA' } }, {}, /no public key/, /again/],
  ])('%s: a sentence, one request, and nothing of the value', async (_, reply, more, because, fix) => {
    const { apiUrl, asked } = await github(() => reply)
    const stored = await storeSecret(toStore(apiUrl, more))
    expect(stored).toEqual({ ok: false, because: expect.stringMatching(because), fix: expect.stringMatching(fix) })
    expect(asked).toHaveLength(1)
    for (const secret of [TOKEN, VALUE]) expect(JSON.stringify(stored)).not.toContain(secret)
  })

  test('a write that is refused is told too', async () => {
    const { apiUrl } = await github(kind({ status: 403, json: personal }))
    expect(await storeSecret(toStore(apiUrl))).toMatchObject({ ok: false, because: expect.stringMatching(/HTTP 403/) })
  })

  test('an answer without end is not read', async () => {
    const { apiUrl } = await github(() => ({ status: 200, json: { padding: 'x'.repeat(2_000_000) } }))
    expect(await storeSecret(toStore(apiUrl, { deadline: new Deadline(2500) }))).toMatchObject({ ok: false })
  })

  test('ends with the deadline, and at once in a cancelled run', async () => {
    const { apiUrl } = await github(() => undefined)
    let start = monotonic()
    const because = 'GitHub did not answer'
    expect(await storeSecret(toStore(apiUrl, { deadline: new Deadline(500) }))).toMatchObject({ ok: false, because })
    expect(monotonic() - start).toBeLessThan(1500)
    const cancel = new AbortController()
    setTimeout(() => cancel.abort(), 200)
    start = monotonic()
    expect(await storeSecret(toStore(apiUrl, { cancelled: cancel.signal }))).toMatchObject({
      ok: false,
      because: 'the run was cancelled',
    })
    expect(monotonic() - start).toBeLessThan(1500)
  })

  test.each<[Partial<ToStore>, RegExp]>([
    [{ name: 'GITHUB_DR' }, /not a name/],
    [{ name: '1ST' }, /not a name/],
    [{ repository: 'acme' }, /repository is not known/],
    [{ repository: 'acme/../dr' }, /repository is not known/],
    [{ apiUrl: 'http://api.acme.test' }, /no https address/],
    [{ apiUrl: 'nowhere' }, /no https address/],
    [{ token: '' }, /no github-token/],
    [{ value: '' }, /nothing to store/],
  ])('%j is told before anything is sent', async (more, because) => {
    const { apiUrl, asked } = await github(() => ({ status: 500 }))
    const stored = await storeSecret(toStore(apiUrl, more))
    expect(stored).toMatchObject({ ok: false, because: expect.stringMatching(because) })
    expect(asked).toEqual([])
  })
})

test('names that GitHub takes for a secret', () => {
  for (const name of ['DR', '_x', 'Dr_Token_2', 'GITHUBX']) expect(name).toMatch(SECRET_NAME)
  for (const name of ['', '2X', 'A-B', 'A B', 'github_x', 'GITHUB_', 'A\n', 'É', 'A'.repeat(256)])
    expect(name).not.toMatch(SECRET_NAME)
})
