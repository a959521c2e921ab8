/**
 * The only file that knows HTTP. One request, one answer, under one deadline for the whole of it; no retry, no redirect,
 * no answer larger than 1 MiB (but for a download, which is handed on as it comes), and no foreign error text: Node's and
 * undici's messages can quote a header, so each failure is told in our own words.
 */
import { isNativeError } from 'node:util/types'
import type { buildConnector, Dispatcher } from 'undici'
import request from 'undici/lib/api/api-request.js'
import connector from 'undici/lib/core/connect.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import { type Deadline, monotonic, span } from '../clock.ts'
import { parseJson } from './json.ts'
import { Spares } from './spare.ts'

export interface Tls {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly serverName?: string | undefined
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below /v1/, with its query. */
  readonly path: string
  readonly token?: string | undefined
  readonly body?: Readonly<Record<string, unknown>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** For everything: connecting, TLS, the request and the last byte of the answer. In ms. */
  readonly within: number
  /** A connection of its own: a write must not meet a socket that the server is just closing. */
  readonly fresh?: boolean
  /** What has not left by then stays here: what it was decided by is too old, as after a machine has stood still. */
  readonly by?: Deadline | undefined
  /** Nothing more is asked there: the connection is closed after the answer. */
  readonly last?: boolean
}

/** What came back: an answer (of any status), or none. */
export type Outcome =
  | {
      readonly answered: true
      readonly status: number
      readonly json: unknown
      readonly retryAfter: string | undefined
      /** Where a redirect leads, as the server wrote it; nobody goes there. */
      readonly location: string | undefined
    }
  /** `stale`: it was not sent, since it had not left in time. */
  | { readonly answered: false; readonly because: string; readonly sent: boolean; readonly stale?: boolean }

/** A GET whose answer may be of any length: it is handed on piece by piece and never held as a whole. */
export interface Download {
  /** Below /v1/. */
  readonly path: string
  readonly token?: string | undefined
  /** For everything, to the last byte. In ms. */
  readonly within: number
  /** For connecting and the head of the answer, and for all of an answer that is not 200. In ms. */
  readonly headWithin: number
  /** For the next piece, once the answer has begun. Time that the taker needs does not count. In ms. */
  readonly idle: number
  /** Ends it at once, whatever it waits for. */
  readonly signal: AbortSignal
}

/** What came of a download: 200 and what the taker made of it, another answer, or none to the end. */
export type Downloaded<T> =
  | { readonly kind: 'taken'; readonly value: T }
  | { readonly kind: 'answer'; readonly status: number; readonly json: unknown; readonly location: string | undefined }
  | { readonly kind: 'none'; readonly because: string }

/** Answers are capped: a status is a few KiB, and a broken server must not take the runner's memory. */
const LARGEST = 1024 * 1024
/** An error is a sentence or two, and reading it costs a multiple of its size. */
const LARGEST_ERROR = 64 * 1024

/** Shorter than any write may take: a connection that comes later is never used for one. In ms. */
const CONNECT_WITHIN = 4000
/** A deadline that undici keeps by itself tells more of what happened. In ms. */
const GRACE = 20

/** More than an answer may have, with whatever stands around it; a server that pours in more is not read to the end. In bytes a second. */
const FLOOD = 2 * LARGEST

export class Http {
  readonly #dispatcher: (
    pipelining: number,
    bounded: boolean,
    connect?: buildConnector.connector,
  ) => Promise<Dispatcher>
  readonly #kept: Promise<Dispatcher>
  readonly #fresh: Promise<Dispatcher>
  readonly #spares: Spares | undefined

  /** @param connections to one origin at a time; without a bound a look that hangs holds up no other */
  constructor(tls: Tls, connections: number | null = null) {
    const tlsOptions = {
      timeout: CONNECT_WITHIN,
      // Said out loud, since NODE_TLS_REJECT_UNAUTHORIZED=0 of an earlier step would switch the default off.
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2' as const,
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls.key === undefined ? {} : { key: tls.key }),
      ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    }
    const proxied = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].some((name) => process.env[name])
    const dial = telling(connector({ ...tlsOptions, allowH2: false }))
    // What goes through a proxy is connected by undici itself.
    this.#spares = proxied ? undefined : new Spares(dial)
    this.#dispatcher = async (pipelining, bounded, connect = dial) => {
      // A deadline for the whole request stands above these, which only see idle time.
      const options = {
        connect: bounded ? metered(connect) : connect,
        connections,
        pipelining,
        allowH2: false,
        headersTimeout: 0,
        bodyTimeout: 0,
      }
      if (!proxied) return new Agent(options)
      // All of undici, which takes its time to load: only its index gives dispatchers the method by which a proxy is asked
      // for a tunnel.
      const { EnvHttpProxyAgent } = await import('undici')
      return new EnvHttpProxyAgent({ ...options, requestTls: tlsOptions, proxyTls: { allowH2: false } })
    }
    this.#kept = this.#dispatcher(1, true)
    // pipelining 0 closes the connection after each answer.
    this.#fresh = this.#dispatcher(0, true, this.#spares?.connect)
  }

  /** Opens a connection to `addr` for the next write, unless a young one is there. Nothing is sent on it. */
  ready(addr: string): void {
    this.#spares?.open(new URL(addr).origin)
  }

  /**
   * Sends one request to `addr` and reads its answer. Never throws.
   *
   * @param addr the cluster's address as given, without /v1
   */
  async send(addr: string, call: Call): Promise<Outcome> {
    const late: Outcome = { answered: false, because: `no answer within ${span(call.within)}`, sent: true }
    // undici gives a request up only once it has a connection; what is given up before is not sent any more after.
    let timer: NodeJS.Timeout | undefined
    const tooLate = new Promise<Outcome>((resolve) => {
      timer = setTimeout(resolve, call.within + GRACE, late)
    })
    const answer = await Promise.race([this.#send(addr, call), tooLate])
    clearTimeout(timer)
    return answer
  }

  async #send(addr: string, call: Call): Promise<Outcome> {
    try {
      const dispatcher = await (call.fresh ? this.#fresh : this.#kept)
      const answer = await request.call(call.by === undefined ? dispatcher : leavingBy(call.by, dispatcher), {
        ...target(addr, call.path),
        method: call.method,
        headers: {
          accept: 'application/json',
          'accept-encoding': 'identity',
          'user-agent': 'vault-dr-failover',
          // Vault Agent and Vault Proxy ask for it as a guard against forged requests.
          'x-vault-request': 'true',
          ...(call.token === undefined ? {} : { 'x-vault-token': call.token }),
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...call.headers,
        },
        reset: call.last ?? false,
        body: call.body === undefined ? null : JSON.stringify(call.body),
        signal: AbortSignal.timeout(Math.ceil(call.within)),
      })
      return await read(answer)
    } catch (error) {
      if (error instanceof TooLate)
        return {
          answered: false,
          because: 'it was not sent: too long after the look that it follows from',
          sent: false,
          stale: true,
        }
      return { answered: false, ...explain(error, call.within) }
    }
  }

  /**
   * Sends a GET to `addr` and hands the body of a 200 to `take`, which gets the next piece when it asks for it: meanwhile
   * the server waits. No redirect is followed; where it leads is told.
   *
   * @param addr as for `send`
   * @param take is called for a 200 alone. The pieces end by an error of ours where the body does, so that `take` must
   *   let errors through that it has not made; whatever else it throws comes out of here. It may leave early: the rest is
   *   not fetched then.
   */
  async download<T>(
    addr: string,
    call: Download,
    take: (pieces: AsyncIterable<Buffer>) => Promise<T>,
  ): Promise<Downloaded<T>> {
    const dispatcher = await this.#dispatcher(0, false)
    const stop = new AbortController()
    let because: string | undefined
    let taking = false
    const giveUp = (why: string): void => {
      because ??= why
      stop.abort()
    }
    const cancel = () => giveUp('the run was cancelled')
    if (call.signal.aborted) cancel()
    call.signal.addEventListener('abort', cancel)
    const whole = setTimeout(giveUp, call.within, `it was not complete within ${span(call.within)}`)
    const head = setTimeout(giveUp, call.headWithin, `no answer within ${span(call.headWithin)}`)
    try {
      const answer = await request.call(dispatcher, {
        ...target(addr, call.path),
        method: 'GET',
        headers: {
          'accept-encoding': 'identity',
          'user-agent': 'vault-dr-failover',
          'x-vault-request': 'true',
          ...(call.token === undefined ? {} : { 'x-vault-token': call.token }),
        },
        signal: stop.signal,
      })
      const { 'content-encoding': encoding } = answer.headers
      if (answer.statusCode !== 200 || (encoding !== undefined && encoding !== 'identity')) {
        const other = await read(answer)
        if (!other.answered) return { kind: 'none', because: other.because }
        const { status, json, location } = other
        return { kind: 'answer', status, json, location }
      }
      clearTimeout(head)
      taking = true
      const idle = `nothing more came for ${span(call.idle)}`
      const value = await take(pieces(answer.body, () => setTimeout(giveUp, call.idle, idle)))
      return { kind: 'taken', value }
    } catch (error) {
      if (error instanceof CutShort) return { kind: 'none', because: because ?? 'its answer was cut short' }
      if (taking) throw error
      return { kind: 'none', because: because ?? explain(error, call.within).because }
    } finally {
      clearTimeout(whole)
      clearTimeout(head)
      call.signal.removeEventListener('abort', cancel)
      void dispatcher.destroy()
    }
  }

  /** Closes every connection, also those whose answer is still awaited. */
  async close(): Promise<void> {
    this.#spares?.close()
    await Promise.all([this.#kept, this.#fresh].map(async (dispatcher) => (await dispatcher).destroy()))
  }
}

/**
 * Since TLS 1.3 a server refuses a client's certificate, or the want of one, after the handshake, and hangs up: undici
 * tells of the last error, which is the hanging up, so the first one has to end the connection.
 */
function telling(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...got) => {
      const [, socket] = got
      socket?.on('error', (error) => {
        if (causes(error).some(({ code }) => code.startsWith('ERR_SSL_'))) socket.destroy(error)
      })
      callback(...got)
    })
}

/**
 * Ends a connection on which a server pours in what is no part of an answer, and so is counted nowhere: an extension of a
 * chunk that has no end, or one interim answer after another.
 */
function metered(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...got) => {
      const [, socket] = got
      let [since, from] = [monotonic(), 0]
      socket?.on('readable', () => {
        if (monotonic() - since > 1000) [since, from] = [monotonic(), socket.bytesRead]
        else if (socket.bytesRead - from > FLOOD) socket.destroy(Object.assign(new Error('flood'), { code: 'FLOOD' }))
      })
      callback(...got)
    })
}

/** A request did not leave in time, and does not leave any more. */
class TooLate extends Error {}

/** Asks once more at the last moment at which a request can be held back: when its connection is there and nothing is written. */
function leavingBy(by: Deadline, dispatcher: Dispatcher): Dispatcher {
  // The monotonic clock stands still with a machine that is suspended; the one on the wall does not.
  const wall = Date.now() + by.left
  const guarded: Pick<Dispatcher, 'dispatch'> = {
    dispatch(options, handler) {
      const start = handler.onRequestStart?.bind(handler)
      handler.onRequestStart = (controller, context) => {
        start?.(controller, context)
        if (by.passed || Date.now() > wall) controller.abort(new TooLate())
      }
      return dispatcher.dispatch(options, handler)
    },
  }
  return guarded as Dispatcher
}

/** The body of a download did not come to its end; why is known to `download` alone. */
class CutShort extends Error {}

/**
 * The pieces of a body, each when it is asked for.
 *
 * @param idle starts the clock for the next piece
 * @throws CutShort
 */
async function* pieces(body: Dispatcher.ResponseData['body'], idle: () => NodeJS.Timeout): AsyncGenerator<Buffer> {
  let timer = idle()
  try {
    for await (const piece of body) {
      clearTimeout(timer)
      yield piece
      timer = idle()
    }
  } catch {
    throw new CutShort()
  } finally {
    clearTimeout(timer)
    body.on('error', () => undefined).destroy()
  }
}

/** Where a request goes, as undici takes it. */
function target(addr: string, path: string): { origin: string; path: string } {
  const { origin, pathname, search } = new URL(`${addr}/v1/${path}`)
  return { origin, path: `${pathname}${search}` }
}

async function read(answer: Dispatcher.ResponseData): Promise<Outcome> {
  const { statusCode, headers, body } = answer
  const failed = (because: string): Outcome => {
    // Nobody reads the rest, and undici reports the destruction as an error event of its own.
    body.on('error', () => undefined).destroy()
    return { answered: false, because, sent: true }
  }
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    return failed('it sent a compressed answer, which nobody asked for')
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    const bytes: Buffer = chunk
    size += bytes.length
    const largest = statusCode < 300 ? LARGEST : LARGEST_ERROR
    if (size > largest) return failed(`its answer is larger than ${largest / 1024} KiB, which no Vault sends here`)
    chunks.push(bytes)
  }
  const { 'retry-after': retryAfter, location } = headers
  return {
    answered: true,
    status: statusCode,
    json: parseJson(Buffer.concat(chunks).toString('utf8')),
    retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
    location: typeof location === 'string' ? location : undefined,
  }
}

/** Error codes of Node, OpenSSL and undici: what happened in our words, and whether a byte of the request can have left. */
const UNSENT: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'its host name does not resolve',
  EAI_AGAIN: 'its host name does not resolve at the moment',
  EHOSTUNREACH: 'its host is unreachable',
  ENETUNREACH: 'its network is unreachable',
  EADDRNOTAVAIL: 'its address can not be reached from here',
  UND_ERR_CONNECT_TIMEOUT: 'connecting took too long',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name (see tls-server-name)',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate has been revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not known here (see ca-cert)',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from a CA that is not known here (see ca-cert)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from a CA that is not known here (see ca-cert)',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate comes from a CA that is not known here (see ca-cert)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from a CA that is not known here (see ca-cert)',
  CERT_SIGNATURE_FAILURE: 'its certificate is not signed by the CA that it names (see ca-cert)',
  INVALID_CA: 'its CA certificate is not valid (see ca-cert)',
  CERT_UNTRUSTED: 'its certificate is not trusted (see ca-cert)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS (is the address https, and the port right?)',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS (is the address https, and the port right?)',
  ERR_SSL_HTTP_REQUEST: 'it does not speak TLS (is the address https, and the port right?)',
  UND_ERR_PRX_TLS: 'TLS with the proxy failed',
  UND_ERR_ABORTED: 'the proxy refused to connect to it',
}
/** What a server says of a handshake; OpenSSL has changed the middle of these names more than once. */
const ALERTS: readonly (readonly [RegExp, string])[] = [
  [/^ERR_SSL_.*ALERT_CERTIFICATE_REQUIRED$/, 'it asks for a client certificate (see client-cert)'],
  [
    /^ERR_SSL_.*ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(UNKNOWN|EXPIRED|REVOKED))$/,
    'it does not accept the client certificate (see client-cert)',
  ],
  // Up to TLS 1.2 the want of a certificate has no name of its own.
  [
    /^ERR_SSL_.*ALERT_HANDSHAKE_FAILURE$/,
    'it refused the TLS handshake (if it asks for a client certificate, see client-cert)',
  ],
]
const PERHAPS_SENT: Record<string, string> = {
  ECONNRESET: 'it closed the connection without an answer',
  EPIPE: 'it closed the connection without an answer',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_SOCKET: 'it closed the connection without an answer',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its answer was cut short',
  FLOOD: 'it sends more than any Vault does',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of its answer are too large',
}

function explain(error: unknown, within: number): { because: string; sent: boolean } {
  for (const { code, name } of causes(error)) {
    if (name === 'TimeoutError') return { because: `no answer within ${span(within)}`, sent: true }
    const unsent = UNSENT[code]
    if (unsent !== undefined) return { because: unsent, sent: false }
    const sent = PERHAPS_SENT[code]
    if (sent !== undefined) return { because: sent, sent: true }
    const alert = ALERTS.find(([words]) => words.test(code))
    if (alert !== undefined) return { because: alert[1], sent: true }
    if (code.startsWith('HPE_')) return { because: 'its answer is not HTTP', sent: true }
    if (code.startsWith('ERR_SSL_'))
      return { because: `TLS failed (${code.slice(8).toLowerCase().replaceAll('_', ' ')})`, sent: true }
  }
  return { because: 'the connection failed', sent: true }
}

/** An error, what caused it, and what several connection attempts (IPv4, IPv6) caused each, as their codes. */
function causes(error: unknown): { code: string; name: string }[] {
  const found: { code: string; name: string }[] = []
  const visit = (at: unknown, depth: number): void => {
    if (!isNativeError(at) || depth > 5) return
    found.push({ code: 'code' in at && typeof at.code === 'string' ? at.code : '', name: at.name })
    visit(at.cause, depth + 1)
    if ('errors' in at && Array.isArray(at.errors)) for (const inner of at.errors) visit(inner, depth + 1)
  }
  visit(error, 0)
  return found
}
