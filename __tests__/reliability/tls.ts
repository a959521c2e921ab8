/** What stands between the action and a cluster and speaks TLS, well or badly, as it is told from moment to moment. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type SecureContextOptions } from 'node:tls'
import { generate } from 'selfsigned'

export const TLS_FAULTS = [
  'expired',
  'not valid yet',
  'another name',
  'an unknown CA',
  'an old protocol',
  'no TLS at all',
  'no handshake',
  'a reset handshake',
  'a reset in the middle of an answer',
] as const
export type TlsFault = (typeof TLS_FAULTS)[number]

export interface Front {
  readonly addr: string
  /** How many requests went through to the cluster. */
  readonly passed: () => number
  /** From now on, for new connections and those that are open; undefined speaks as it should. */
  speak(fault: TlsFault | undefined): void
  close(): void
}

export interface Authority {
  readonly ca: string
  front(target: string): Promise<Front>
}

const DAY = 86_400_000
/** Of an answer, before the connection is reset. In bytes. */
const PIECE = 120

/** A CA, and certificates of it that are good or bad. EC keys, since RSA keys would take longer to make than the tests. */
export async function openAuthority(): Promise<Authority> {
  const [good, foreign] = [await newCa('The CA'), await newCa('Another CA')]
  const identities: Partial<Record<TlsFault, SecureContextOptions>> & { readonly good: SecureContextOptions } = {
    good: await leaf(good),
    expired: await leaf(good, { from: -3 * DAY, to: -DAY }),
    'not valid yet': await leaf(good, { from: DAY, to: 3 * DAY }),
    'another name': await leaf(good, { name: 'vault.elsewhere.example' }),
    'an unknown CA': await leaf(foreign),
  }
  return { ca: good.cert, front: (target) => openFront(target, identities) }
}

interface Issuer {
  readonly key: string
  readonly cert: string
}
const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const

async function newCa(name: string): Promise<Issuer> {
  const made = await generate([{ name: 'commonName', value: name }], {
    ...common,
    notBeforeDate: new Date(Date.now() - 9 * DAY),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  })
  return { key: made.private, cert: made.cert }
}

async function leaf(
  ca: Issuer,
  { from = -DAY, to = 30 * DAY, name }: { from?: number; to?: number; name?: string } = {},
): Promise<SecureContextOptions> {
  const made = await generate([{ name: 'commonName', value: name ?? 'localhost' }], {
    ...common,
    ca,
    notBeforeDate: new Date(Date.now() + from),
    notAfterDate: new Date(Date.now() + to),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      {
        name: 'subjectAltName',
        altNames: name === undefined ? [{ type: 7, ip: '127.0.0.1' }] : [{ type: 2, value: name }],
      },
    ],
  })
  return { cert: made.cert, key: made.private }
}

async function openFront(
  target: string,
  identities: Partial<Record<TlsFault, SecureContextOptions>> & { readonly good: SecureContextOptions },
): Promise<Front> {
  const sockets = new Set<Socket>()
  let fault: TlsFault | undefined
  let passed = 0
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
    return socket
  }
  const tls = createTlsServer(identities.good, (secure) => {
    const behind = keep(connect(Number(new URL(target).port), '127.0.0.1'))
    let told = 0
    secure.on('error', () => behind.destroy())
    secure.on('data', (bytes: Buffer) => {
      if (/^(GET|POST|PUT|DELETE) /.test(bytes.toString('latin1'))) passed += 1
      behind.write(bytes)
    })
    secure.once('close', () => behind.destroy())
    behind.on('data', (bytes: Buffer) => {
      const most = fault === 'a reset in the middle of an answer' ? Math.max(0, PIECE - told) : bytes.length
      told += bytes.length
      secure.write(bytes.subarray(0, most), () => {
        if (most < bytes.length) secure.destroy()
      })
    })
    behind.once('close', () => secure.destroy())
  })
  tls.on('tlsClientError', () => undefined)
  const server = createServer((socket) => {
    keep(socket)
    if (fault === 'no handshake') return
    if (fault === 'a reset handshake') socket.once('data', () => socket.resetAndDestroy())
    else if (fault === 'no TLS at all') socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    else tls.emit('connection', socket)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    addr: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed: () => passed,
    speak: (now) => {
      fault = now
      const old = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' } as const
      const identity = (now && identities[now]) ?? identities.good
      tls.setSecureContext(now === 'an old protocol' ? { ...identity, ...old } : identity)
      // What was open was opened under other circumstances.
      if (now !== undefined) for (const socket of [...sockets]) socket.destroy()
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
