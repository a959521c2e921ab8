/**
 * A real Vault server as a test peer: one or two nodes on loopback, raft storage, TLS by a CA of their own, five key
 * shares of which three unseal. Nothing here is of the server; everything goes through its command and its HTTP API.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { generate } from 'selfsigned'
import { Http } from '../../src/vault/http.ts'

export interface Identity {
  readonly cert: string
  readonly key: string
}

/** The one name in the certificate of the listener that is not to be reached by its address. */
export const OTHER_NAME = 'vault.internal.example'
const STARTS_WITHIN = 30_000
const STOPS_WITHIN = 10_000

export class RealVault {
  readonly ca: string
  readonly client: Identity
  readonly nodes: readonly Node[]
  readonly #folder: string
  readonly #http: Http
  #shares: readonly string[] = []
  #root = ''

  private constructor(folder: string, ca: string, client: Identity, nodes: readonly Node[]) {
    this.#folder = folder
    this.ca = ca
    this.client = client
    this.nodes = nodes
    this.#http = new Http({ ca })
  }

  /** Starts its nodes, neither initialized nor unsealed. */
  static async start(count = 1): Promise<RealVault> {
    const folder = mkdtempSync(join(tmpdir(), 'vault-peer-'))
    const certificates = await makeCertificates()
    for (const [name, text] of Object.entries(certificates.files)) writeFileSync(join(folder, name), text)
    const nodes: Node[] = []
    for (let at = 1; at <= count; at += 1) nodes.push(await Node.prepare(folder, at, nodes[0]))
    const vault = new RealVault(folder, certificates.ca, certificates.client, nodes)
    try {
      await Promise.all(nodes.map((node) => node.start(vault.#http)))
    } catch (error) {
      await vault.close()
      throw error
    }
    return vault
  }

  /** The first node's address. */
  get addr(): string {
    return this.node(0).addr
  }

  node(at: number): Node {
    const node = this.nodes[at]
    if (node === undefined) throw new RangeError(`there is no node ${at}`)
    return node
  }

  /** The key shares, hex, as Vault printed them. */
  get shares(): readonly string[] {
    return this.#shares
  }

  get root(): string {
    return this.#root
  }

  async initialize(): Promise<void> {
    const body = { secret_shares: 5, secret_threshold: 3 }
    const json = await this.call('POST', 'sys/init', { body })
    this.#shares = strings(json.keys)
    this.#root = String(json.root_token)
  }

  /** Gives a node three shares, and waits until it is of use: active, or a standby with a leader. */
  async unseal(node: Node = this.node(0)): Promise<void> {
    for (const key of this.#shares.slice(0, 3)) await this.call('POST', 'sys/unseal', { body: { key }, node })
    let last = ''
    await until(
      async () => {
        const leader = await this.#http.send(node.addr, { method: 'GET', path: 'sys/leader', within: 5000 })
        const health = await this.#http.send(node.addr, { method: 'GET', path: 'sys/health', within: 5000 })
        last = JSON.stringify([leader, health])
        const led = leader.answered && !['', undefined].includes(text(fields(leader.json).leader_address))
        return led && health.answered && [200, 429].includes(health.status)
      },
      `${node.addr} was not of use after unsealing`,
      () => `${last}\n${node.said}`,
    )
  }

  /** Waits until a node has joined the first one: it does by itself, and is sealed then. */
  async joined(node: Node): Promise<void> {
    await until(
      async () => (await this.call('GET', 'sys/seal-status', { node })).initialized === true,
      'it did not join',
    )
  }

  /** A call of the test's own, by which it arranges things. Throws unless Vault says yes. */
  async call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { body, token, node }: { body?: Record<string, unknown>; token?: string; node?: Node } = {},
  ): Promise<Record<string, unknown>> {
    const given = token ?? (this.#root === '' ? undefined : this.#root)
    const addr = (node ?? this.node(0)).addr
    const answer = await this.#http.send(addr, { method, path, body, token: given, within: 20_000 })
    if (!answer.answered) throw new Error(`${method} ${path}: ${answer.because}`)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.json)}`)
    return fields(answer.json)
  }

  /** Ends every node and leaves nothing behind. */
  async close(): Promise<void> {
    await this.#http.close()
    await Promise.all(this.nodes.map((node) => node.stop()))
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

export class Node {
  readonly addr: string
  /** The same server behind a listener that demands a client certificate. */
  readonly mutualAddr: string
  /** The same server behind a certificate for OTHER_NAME alone. */
  readonly otherNameAddr: string
  readonly #config: string
  #child: ChildProcess | undefined
  #said = ''

  private constructor(ports: readonly number[], config: string) {
    const [addr = '', mutual = '', other = ''] = ports.map((port) => `https://127.0.0.1:${port}`)
    this.addr = addr
    this.mutualAddr = mutual
    this.otherNameAddr = other
    this.#config = config
  }

  /** The end of its log. */
  get said(): string {
    return this.#said
  }

  /** Writes its configuration; one that is not the first joins the first. */
  static async prepare(folder: string, at: number, first: Node | undefined): Promise<Node> {
    const [port, mutual, other, cluster] = await freePorts(4)
    const data = join(folder, `data-${at}`)
    mkdirSync(data)
    const file = (name: string): string => join(folder, name)
    const listener = (listen: number | undefined, certificate: string, more: Record<string, unknown> = {}) => ({
      tcp: {
        address: `127.0.0.1:${listen}`,
        tls_cert_file: file(`${certificate}.crt`),
        tls_key_file: file(`${certificate}.key`),
        ...more,
      },
    })
    const join_ =
      first === undefined ? {} : { retry_join: [{ leader_api_addr: first.addr, leader_ca_cert_file: file('ca.crt') }] }
    const config = file(`node-${at}.json`)
    writeFileSync(
      config,
      JSON.stringify({
        storage: { raft: { path: data, node_id: `node-${at}`, performance_multiplier: 1, ...join_ } },
        listener: [
          listener(port, 'server', { cluster_address: `127.0.0.1:${cluster}` }),
          listener(mutual, 'server', {
            cluster_address: '127.0.0.1:0',
            tls_require_and_verify_client_cert: true,
            tls_client_ca_file: file('ca.crt'),
          }),
          listener(other, 'other', { cluster_address: '127.0.0.1:0' }),
        ],
        api_addr: `https://127.0.0.1:${port}`,
        cluster_addr: `https://127.0.0.1:${cluster}`,
        disable_mlock: true,
        ui: false,
        log_level: 'info',
      }),
    )
    return new Node([port ?? 0, mutual ?? 0, other ?? 0], config)
  }

  /** Starts it, and waits until it answers; as it was, if it ran before. */
  async start(http: Http): Promise<void> {
    const binary = process.env.VAULT_BIN
    if (binary === undefined) throw new Error('VAULT_BIN is not set: start these tests with npm run test:vault')
    const child = spawn(binary, ['server', `-config=${this.#config}`], {
      // Nothing of this environment is for it: no VAULT_…, no proxy.
      env: { HOME: dirname(this.#config), PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    const keep = (chunk: Buffer): void => {
      this.#said = (this.#said + chunk.toString('utf8')).slice(-20_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => keep(Buffer.from(error.message)))
    let last = ''
    await until(
      async () => {
        if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${this.#said}`)
        const answer = await http.send(this.addr, { method: 'GET', path: 'sys/seal-status', within: 2000 })
        if (!answer.answered) last = answer.because
        return answer.answered
      },
      'the server did not answer',
      () => `${last}\n${this.#said}`,
    )
  }

  /** Ends it: as asked, or at once as if its machine were gone. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const closed = new Promise((resolve) => child.once('close', resolve))
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN)
    await closed
    clearTimeout(late)
  }
}

/** Asks until it is so. */
export async function until(so: () => Promise<boolean>, otherwise: string, more = () => ''): Promise<void> {
  const end = Date.now() + STARTS_WITHIN
  while (!(await so())) {
    if (Date.now() > end) throw new Error(`${otherwise} within ${STARTS_WITHIN} ms\n${more()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export const fields = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}

export const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

/**
 * Ports that were free a moment ago. Below those that systems give to outgoing connections: one of them could be taken by
 * whoever connects to anything before the server listens.
 */
async function freePorts(count: number): Promise<number[]> {
  const free: number[] = []
  while (free.length < count) {
    const port = randomInt(20_000, 32_000)
    if (!free.includes(port) && (await isFree(port))) free.push(port)
  }
  return free
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
  })
  if (listens) await new Promise((resolve) => server.close(resolve))
  return listens
}

interface Certificates {
  readonly ca: string
  readonly client: Identity
  readonly files: Readonly<Record<string, string>>
}

export async function makeCertificates(): Promise<Certificates> {
  const common = {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 3_600_000),
  } as const
  const ca = await generate([{ name: 'commonName', value: 'Test peer CA' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  })
  const leaf = async (name: string, use: 'serverAuth' | 'clientAuth', loopback: boolean): Promise<Identity> => {
    const pems = await generate([{ name: 'commonName', value: name }], {
      ...common,
      ca: { key: ca.private, cert: ca.cert },
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        { name: 'extKeyUsage', [use]: true },
        {
          name: 'subjectAltName',
          altNames: [{ type: 2, value: name }, ...(loopback ? [{ type: 7 as const, ip: '127.0.0.1' }] : [])],
        },
      ],
    })
    return { cert: pems.cert, key: pems.private }
  }
  const [server, other, client] = await Promise.all([
    leaf('localhost', 'serverAuth', true),
    leaf(OTHER_NAME, 'serverAuth', false),
    leaf('test-client', 'clientAuth', false),
  ])
  return {
    ca: ca.cert,
    client,
    files: {
      'ca.crt': ca.cert,
      'server.crt': server.cert,
      'server.key': server.key,
      'other.crt': other.cert,
      'other.key': other.key,
    },
  }
}
