import { request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import type { SimulatedCluster, World } from '../../src/simulator/world.ts'

/** What a client sees that knows Vault from its documentation and the simulator not at all. */
export interface Seen {
  /** 0 if there was no answer. */
  status: number
  headers: Record<string, unknown>
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into JSON of any shape, and fails loudly where it is wrong
  body: any
  /** The code of the socket's error, '' if the answer was complete. */
  error: string
  /** 'read' for a reset, undefined for a connection that was merely closed too early. */
  syscall: string | undefined
}

export interface Sent {
  token?: string
  body?: unknown
  raw?: string
  headers?: Record<string, string>
  cert?: string
  key?: string
  ca?: string
  /** Give up after so many ms; then `error` is 'TIMEOUT'. */
  timeout?: number
}

export function call(
  world: World,
  cluster: SimulatedCluster,
  method: string,
  path: string,
  sent: Sent = {},
): Promise<Seen> {
  const url = new URL(`/v1/${path}`, cluster.addr)
  const payload = sent.raw ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body))
  const options = {
    method,
    agent: false,
    ca: sent.ca ?? world.ca,
    ...(sent.cert === undefined ? {} : { cert: sent.cert, key: sent.key }),
    headers: { ...(sent.token === undefined ? {} : { 'X-Vault-Token': sent.token }), ...sent.headers },
  }
  return new Promise((resolve) => {
    const seen: Seen = { status: 0, headers: {}, text: '', body: undefined, error: '', syscall: undefined }
    const done = (): void => {
      try {
        seen.body = seen.text === '' ? undefined : JSON.parse(seen.text)
      } catch {
        // Some answers are not JSON on purpose; the text is there to be looked at.
      }
      resolve(seen)
    }
    const request = (url.protocol === 'https:' ? tlsRequest : plainRequest)(url, options, (response) => {
      seen.status = response.statusCode ?? 0
      seen.headers = response.headers
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        seen.text += chunk
      })
      response.once('end', done)
      response.once('error', (error: NodeJS.ErrnoException) => {
        seen.error ||= error.code ?? error.message
        seen.syscall ??= error.syscall
        done()
      })
    })
    request.once('error', (error: NodeJS.ErrnoException) => {
      seen.error ||= error.code ?? error.message
      seen.syscall ??= error.syscall
      done()
    })
    if (sent.timeout !== undefined) {
      request.setTimeout(sent.timeout, () => {
        seen.error = 'TIMEOUT'
        request.destroy()
      })
    }
    request.end(payload)
  })
}

/** `data` of dr/status, asked until there is one with a settled mode. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of any shape, as what `call` gives
export async function status(world: World, cluster: SimulatedCluster): Promise<any> {
  for (let tries = 0; tries < 400; tries += 1) {
    const seen = await call(world, cluster, 'GET', 'sys/replication/dr/status')
    const mode = seen.body?.data?.mode
    if (seen.status === 200 && mode !== undefined && mode !== 'bootstrapping') return seen.body.data
    await pause(5)
  }
  throw new Error(`${cluster.name} never settled`)
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (await condition()) return
    await pause(4)
  }
  throw new Error('it never came true')
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

export const dr = {
  demote: 'sys/replication/dr/primary/demote',
  secondaryToken: 'sys/replication/dr/primary/secondary-token',
  revoke: 'sys/replication/dr/primary/revoke-secondary',
  promote: 'sys/replication/dr/secondary/promote',
  updatePrimary: 'sys/replication/dr/secondary/update-primary',
  publicKey: 'sys/replication/dr/secondary/generate-public-key',
  status: 'sys/replication/dr/status',
}
