/**
 * What stands between the action and a cluster in these tests: it passes every call on, and what comes back as it is told.
 * A hostile or broken server is a true one behind a proxy that lies.
 */
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface Heard {
  readonly method: string
  /** Without /v1/ and without the query. */
  readonly path: string
  readonly token: string
  /** As it was sent. */
  readonly body: string
}

export interface Said {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /** Whatever is to go over the wire in place of the answer. */
  readonly text: string | Buffer
}

/** @returns the answer as it is to be given; undefined leaves it as it is; a function takes the connection over */
export type Twist = (
  heard: Heard,
  said: Said,
) => Partial<Said> | undefined | ((response: ServerResponse, socket: Socket) => void)

export interface Standin {
  readonly addr: string
  /** How many calls it changed. */
  readonly twisted: () => number
  close(): Promise<void>
}

export async function startProxy(target: string, twist: Twist): Promise<Standin> {
  let twisted = 0
  const server = createServer(async (incoming, response) => {
    const url = new URL(incoming.url ?? '/', target)
    const body = await bytesOf(incoming)
    const heard = {
      body: body.toString('utf8'),
      method: incoming.method ?? '',
      path: url.pathname.replace(/^\/v1\//, ''),
      token: String(incoming.headers['x-vault-token'] ?? ''),
    }
    try {
      const said = await passOn(incoming, url, body)
      const other = twist(heard, said)
      if (other !== undefined) twisted += 1
      if (typeof other === 'function') {
        other(response, incoming.socket)
        return
      }
      const { status, headers, text } = { ...said, ...other }
      const { 'content-length': _, 'transfer-encoding': __, ...kept } = headers
      response.writeHead(status, { ...(kept as OutgoingHttpHeaders), 'content-length': Buffer.byteLength(text) })
      response.end(text)
    } catch {
      // The cluster hung up on it: so does it.
      incoming.socket.destroy()
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    addr: `http://127.0.0.1:${port}`,
    twisted: () => twisted,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function passOn(incoming: IncomingMessage, url: URL, body: Buffer): Promise<Said> {
  return new Promise((resolve, reject) => {
    const { host: _, connection: __, ...headers } = incoming.headers
    const outgoing = request(url, { method: incoming.method, headers, agent: false }, (answer) => {
      bytesOf(answer).then(
        (text) => resolve({ status: answer.statusCode ?? 500, headers: answer.headers as Said['headers'], text }),
        reject,
      )
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

/** Every string of a JSON text changed; keys stay. */
export function everyString(text: string | Buffer, change: (value: string, key: string) => string): string {
  const visit = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return change(value, key)
    if (Array.isArray(value)) return value.map((each) => visit(each, key))
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, visit(each, name)]))
    return value
  }
  try {
    return JSON.stringify(visit(JSON.parse(String(text)), ''))
  } catch {
    return String(text)
  }
}
