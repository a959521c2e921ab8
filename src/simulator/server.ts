import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { ClusterName } from './cluster.ts'
import { type Fault, type Faults, isApplied, type SnapshotFlaw } from './faults.ts'
import { type ApiAnswer, type ApiRequest, refuse } from './route.ts'
import { type Fields, isFields } from './status.ts'

/** One request that reached a cluster, whatever became of it. */
export interface RecordedRequest {
  /** When its head was there, ms epoch. */
  readonly at: number
  readonly cluster: ClusterName
  /** Which node of it: `standby` for the address in `SimulatedCluster.standbyAddr`. */
  readonly node: 'active' | 'standby'
  /** As sent: PUT is PUT. */
  readonly method: string
  /** Without /v1/, with the query. */
  readonly path: string
  /** X-Vault-Token or the bearer token; '' if there was none. */
  readonly token: string
  /** X-Vault-Namespace; '' if there was none. */
  readonly namespace: string
  /** Parsed JSON; undefined if there was none, or none that parses. */
  body: unknown
  /** Status of the answer that was begun; 0 for a reset or for silence. */
  status: number
  /** Whether the cluster did what was asked: it came to an answer of its own below 300, sent or not. */
  applied: boolean
  /** Equal for requests on the same connection, counted over the whole world. */
  readonly connection: number
}

export interface ServerTls {
  readonly cert: string
  readonly key: string
  readonly ca: string
  readonly demandClientCertificate: boolean
}

export interface ServerOptions {
  readonly name: ClusterName
  readonly node: 'active' | 'standby'
  readonly tls: ServerTls | undefined
  readonly faults: Faults
  readonly log: RecordedRequest[]
  readonly nextConnection: () => number
  readonly now: () => number
  readonly answer: (request: ApiRequest) => ApiAnswer
  readonly isHung: () => boolean
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly record: RecordedRequest
}

const noAnswer = { kind: 'answer', status: 200, body: {} } as const
const tooLarge = refuse(413, 'http: request body too large')
const notFound: ApiAnswer = {
  kind: 'answer',
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: '404 page not found\n',
}
const maxBodyBytes = 1_048_576
const endlessChunk = `${JSON.stringify('x'.repeat(16_382))},`

/** The API socket of one node of a cluster, on loopback only. */
export class ClusterServer {
  readonly #options: ServerOptions
  readonly #sockets = new Set<Socket>()
  /** The TCP socket under a TLS one, which is the one that can be reset, by the client's port. */
  readonly #byPort = new Map<number, Socket>()
  readonly #connections = new WeakMap<object, number>()
  #server: Server | undefined
  #port: number | undefined

  constructor(options: ServerOptions) {
    this.#options = options
  }

  get addr(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.#port ?? 0}`
  }

  /** Listens on the given port (0: any), or on the port it had before. */
  async listen(port: number): Promise<void> {
    if (this.#server !== undefined) return
    const server = this.#create()
    server.on('connection', (socket: Socket) => this.#track(socket))
    // A client that gives up, or speaks another protocol, is no concern of a server.
    server.on('clientError', (_error, socket) => socket.destroy())
    // Longer than any client keeps an idle connection: a reset that no fault asked for would only puzzle.
    server.keepAliveTimeout = 120_000
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port ?? port, '127.0.0.1', () => {
        server.off('error', reject)
        resolve()
      })
    })
    this.#port = portOf(server.address())
    this.#server = server
  }

  /** Ends every connection at once; from then on connections are refused. */
  async close(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #create(): Server {
    const { tls } = this.#options
    const listener = (request: IncomingMessage, response: ServerResponse): void => this.#receive(request, response)
    if (tls === undefined) return createServer(listener)
    return createTlsServer(
      {
        cert: tls.cert,
        key: tls.key,
        ca: tls.ca,
        requestCert: tls.demandClientCertificate,
        rejectUnauthorized: tls.demandClientCertificate,
      },
      listener,
    )
  }

  #track(socket: Socket): void {
    const port = socket.remotePort ?? 0
    this.#sockets.add(socket)
    this.#byPort.set(port, socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      this.#sockets.delete(socket)
      if (this.#byPort.get(port) === socket) this.#byPort.delete(port)
    })
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const below = url.pathname.replace(/^\/v1\//, '')
    // A list is of a folder, with a slash at its end or without; every other path is another one with it.
    const path = url.searchParams.get('list') === 'true' ? below.replace(/\/$/, '') : below
    const method = request.method ?? 'GET'
    const record: RecordedRequest = {
      at: this.#options.now(),
      cluster: this.#options.name,
      node: this.#options.node,
      method,
      path: `${path}${url.search}`,
      token: tokenOf(request),
      namespace: headerOf(request, 'x-vault-namespace'),
      body: undefined,
      status: 0,
      applied: false,
      connection: this.#connectionOf(request.socket),
    }
    this.#options.log.push(record)
    // The client may be gone by the time it is answered; that is its own affair.
    response.on('error', () => request.socket.destroy())
    const fault = this.#options.isHung()
      ? undefined
      : this.#options.faults.next({ cluster: this.#options.name, node: this.#options.node, method, path })
    if (fault?.kind === 'refuse-connection') {
      this.#reset(request.socket)
      return
    }
    const whenRead = (raw: string): void => {
      const parsed = parse(raw)
      record.body = parsed.sent
      // Asked when the request is complete: a server that froze in between does not act on it, nor does it after a thaw.
      if (this.#options.isHung()) return
      const act = (): ApiAnswer => {
        if (!url.pathname.startsWith('/v1/')) return notFound
        const answer = this.#options.answer({
          method: method === 'PUT' ? 'POST' : method === 'HEAD' && path === 'sys/health' ? 'GET' : method,
          path,
          query: url.searchParams,
          search: url.search,
          token: record.token,
          namespace: record.namespace,
          node: this.#options.node,
          noForwarding: headerOf(request, 'x-vault-no-request-forwarding') !== '',
          body: parsed.body,
          problem: parsed.problem,
        })
        record.applied = answer.kind !== 'reset' && answer.status < 300
        return answer
      }
      const exchange: Exchange = { request, response, record }
      if (fault === undefined) this.#send(act(), exchange)
      else this.#spoil(fault, isApplied(fault) ? act() : undefined, exchange)
    }
    readBody(request, whenRead, () => this.#send(tooLarge, { request, response, record }, { connection: 'close' }))
  }

  #send(answer: ApiAnswer, { request, response, record }: Exchange, headers: Record<string, string> = {}): void {
    if (answer.kind === 'reset') {
      this.#reset(request.socket)
      return
    }
    record.status = answer.status
    if (answer.kind === 'stream') {
      this.#stream(answer, { request, response, record }, { headers })
      return
    }
    const text = textOf(answer)
    response.writeHead(answer.status, { ...headersFor(text), ...answer.headers, ...headers })
    response.end(request.method === 'HEAD' ? '' : text)
  }

  /** Sends a body as it is made; one that is cut ends in a reset, halfway. */
  #stream(
    answer: Extract<ApiAnswer, { kind: 'stream' }>,
    { request, response }: Exchange,
    how: { headers?: Readonly<Record<string, string>>; flaw?: SnapshotFlaw; isCut?: boolean },
  ): void {
    response.writeHead(answer.status, { ...answer.headers, ...how.headers })
    const body: Readable = answer.open(how.isCut === true ? 'snapshot-short' : how.flaw)
    body.on('error', () => request.socket.destroy())
    response.once('close', () => body.destroy())
    body.pipe(response, { end: how.isCut !== true })
    // A reset throws away what the client has not read yet, and it is to have read this much.
    if (how.isCut === true) body.once('end', () => later(response, 20, () => this.#reset(request.socket)))
  }

  /** `answer` is Vault's own, if the request was applied. */
  #spoil(fault: Fault, answer: ApiAnswer | undefined, exchange: Exchange): void {
    const { request, response, record } = exchange
    const begin = (status: number, headers: Record<string, string>): void => {
      record.status = status
      response.writeHead(status, { ...headers, ...fault.headers })
    }
    const json = { 'content-type': 'application/json', 'cache-control': 'no-store' }
    switch (fault.kind) {
      case 'refuse-connection':
      case 'reset-before':
      case 'reset-after':
        this.#reset(request.socket)
        return
      case 'silence-before':
      case 'silence-after':
        return
      case 'status':
        begin(fault.status ?? 500, json)
        response.end(`${JSON.stringify({ errors: fault.errors ?? [] })}\n`)
        return
      case 'html':
        begin(fault.status ?? 502, { 'content-type': 'text/html' })
        response.end(fault.html ?? '<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>\n')
        return
      case 'redirect':
        begin(fault.status ?? 307, { location: fault.location ?? `${this.addr}${request.url ?? '/'}` })
        response.end()
        return
      case 'garbage':
        begin(fault.status ?? 200, json)
        response.end('{"request_id":"\u0000\u0007,,]}')
        return
      case 'endless':
        begin(fault.status ?? 200, json)
        response.write('{"data":{"known_secondaries":[')
        pour(response)
        return
      case 'delay-answer':
        later(response, fault.delayMs ?? 1000, () => this.#send(answer ?? noAnswer, exchange, fault.headers))
        return
      case 'snapshot-short':
      case 'snapshot-no-seal':
      case 'snapshot-corrupt':
        if (answer?.kind === 'stream') {
          record.status = answer.status
          this.#stream(answer, exchange, { ...fault, flaw: fault.kind })
        } else this.#send(answer ?? noAnswer, exchange, fault.headers)
        return
      case 'truncated':
      case 'drip': {
        if (answer?.kind === 'reset') {
          this.#reset(request.socket)
          return
        }
        if (answer?.kind === 'stream') {
          record.status = answer.status
          // Dripping a snapshot byte by byte would take days: it is as good as one that stops.
          this.#stream(answer, exchange, { ...fault, isCut: true })
          return
        }
        const text = textOf(answer ?? noAnswer)
        begin(answer?.status ?? noAnswer.status, headersFor(text))
        response.flushHeaders()
        if (fault.kind === 'drip') drip(response, Buffer.from(text), fault.delayMs ?? 100)
        else {
          response.write(text.slice(0, Math.floor(text.length / 2)))
          // A reset throws away what the client has not read yet, and it is to have read this much.
          later(response, 20, () => this.#reset(request.socket))
        }
      }
    }
  }

  #connectionOf(socket: Socket): number {
    const known = this.#connections.get(socket)
    if (known !== undefined) return known
    const number = this.#options.nextConnection()
    this.#connections.set(socket, number)
    return number
  }

  /** RST instead of FIN. A TLS socket has none of its own, the TCP socket under it has. */
  #reset(socket: Socket): void {
    const plain = this.#byPort.get(socket.remotePort ?? 0)
    if (plain === undefined) socket.destroy()
    else plain.resetAndDestroy()
  }
}

/**
 * Reads a body of at most `maxBodyBytes`. What is beyond is taken in and thrown away, so that the client gets its
 * answer.
 */
function readBody(request: IncomingMessage, whenRead: (raw: string) => void, whenTooLarge: () => void): void {
  const chunks: Buffer[] = []
  let size = 0
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= maxBodyBytes) chunks.push(chunk)
    else chunks.length = 0
  })
  request.once('end', () => (size > maxBodyBytes ? whenTooLarge() : whenRead(Buffer.concat(chunks).toString('utf8'))))
}

function textOf(answer: Extract<ApiAnswer, { kind: 'answer' }>): string {
  const { body } = answer
  if (typeof body === 'string') return body
  return body === undefined ? '' : `${JSON.stringify(body)}\n`
}

/** What was sent, what Vault takes it for (nothing and null are an empty object), and what it says if it takes it for none. */
function parse(raw: string): { sent?: unknown; body: Fields; problem?: ApiAnswer } {
  const trimmed = raw.trim()
  if (trimmed === '') return { body: {} }
  const unread = (words: string): ApiAnswer => refuse(400, `error parsing JSON: failed to parse JSON input: ${words}`)
  let sent: unknown
  try {
    sent = JSON.parse(trimmed)
  } catch {
    // Braces and brackets are counted before it is parsed, and what comes of that is no answer to a client's mistake.
    const problem = /^[{[]/.test(trimmed)
      ? refuse(500, 'malformed JSON, unclosed containers')
      : unread(`invalid character '${trimmed.charAt(0)}' looking for beginning of value`)
    return { body: {}, problem }
  }
  if (sent === null) return { sent, body: {} }
  if (isFields(sent)) return { sent, body: sent }
  const kind = Array.isArray(sent) ? 'array' : typeof sent === 'boolean' ? 'bool' : typeof sent
  const problem = unread(`json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`)
  return { sent, body: {}, problem }
}

function headersFor(text: string): Record<string, string> {
  return text === ''
    ? { 'cache-control': 'no-store' }
    : {
        'cache-control': 'no-store',
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(text)),
      }
}

function headerOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name]
  return typeof value === 'string' ? value : ''
}

function tokenOf(request: IncomingMessage): string {
  const authorization = headerOf(request, 'authorization')
  const bearer = authorization.startsWith('Bearer ') ? authorization.slice('Bearer '.length).trim() : ''
  return headerOf(request, 'x-vault-token') || bearer
}

/** A timer that does not outlive the connection, nor keeps the process alive by itself. */
function later(response: ServerResponse, ms: number, run: () => void): void {
  const timer = setTimeout(() => {
    if (!response.destroyed) run()
  }, ms)
  response.once('close', () => clearTimeout(timer))
}

function drip(response: ServerResponse, bytes: Buffer, delayMs: number): void {
  let position = 0
  const timer = setInterval(() => {
    if (position < bytes.length) response.write(bytes.subarray(position, position + 1))
    else response.end()
    position += 1
  }, delayMs)
  response.once('close', () => clearInterval(timer))
}

/** As fast as the client reads, until it hangs up. */
function pour(response: ServerResponse): void {
  if (response.destroyed) return
  // A pause even when the buffer has room: an endless answer must not starve the other clusters of this process.
  if (response.write(endlessChunk)) setTimeout(() => pour(response), 1).unref()
  else response.once('drain', () => pour(response))
}

function portOf(address: AddressInfo | string | null): number {
  return address !== null && typeof address === 'object' ? address.port : 0
}
