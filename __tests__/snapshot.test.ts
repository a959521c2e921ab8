import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, gzipSync } from 'node:zlib'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Deadline } from '../src/clock.ts'
import { Secrets } from '../src/secrets.ts'
import { makeCertificates } from '../src/simulator/certificates.ts'
import { startWorld } from '../src/simulator/world.ts'
import { type Patience, type Snapshot, saveSnapshot } from '../src/snapshot.ts'
import { Http, type Tls } from '../src/vault/http.ts'

const TOKEN = 'hvs.CAESIsnapshotTestTokenThatNobodyMaySee'
const SNAPSHOT = '/v1/sys/storage/raft/snapshot'
const CLUSTER = '1d2c7b1a-0000-4000-8000-00000000000a'
const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex')

/* ---- what a Vault makes ---- */

interface File {
  readonly name: string
  readonly data: Buffer
  readonly type?: string
  /** What the header says, where that is not so. */
  readonly size?: number
  readonly prefix?: string
  readonly binarySize?: boolean
}

function header({ name, data, type = '0', size = data.length, prefix = '', binarySize = false }: File): Buffer {
  const block = Buffer.alloc(512)
  block.write(name, 0)
  block.write('0000600\0', 100)
  block.write('0000000\0', 108)
  block.write('0000000\0', 116)
  if (binarySize) {
    block.writeUInt8(0x80, 124)
    block.writeBigUInt64BE(BigInt(size), 128)
  } else block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  block.write('14750000000\0', 136)
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  block.write(prefix, 345)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

const END = Buffer.alloc(1024)
const padding = (length: number) => Buffer.alloc((512 - (length % 512)) % 512)
const tar = (files: readonly File[], end = END) =>
  Buffer.concat([...files.flatMap((file) => [header(file), file.data, padding(file.data.length)]), end])

const STATE = randomBytes(300_000)
const metaOf = (size: number | undefined) =>
  Buffer.from(
    `${JSON.stringify({ Version: 1, ID: 'bolt-snapshot', Index: 42, Term: 3, Configuration: {}, Size: size })}\n`,
  )

/** The four members, each as it should be or as a test wants it. */
function members(change: Partial<Record<'meta' | 'state' | 'sums' | 'sealed', Buffer>> = {}): [File, File, File, File] {
  const { state = STATE } = change
  const { meta = metaOf(state.length) } = change
  // A Go map has no order, so either may be first.
  const { sums = Buffer.from(`${sha256(state)}  state.bin\n${sha256(meta)}  meta.json\n`) } = change
  return [
    { name: 'meta.json', data: meta },
    { name: 'state.bin', data: state },
    { name: 'SHA256SUMS', data: sums },
    { name: 'SHA256SUMS.sealed', data: change.sealed ?? randomBytes(220) },
  ]
}
const GOOD = gzipSync(tar(members()))

/** A snapshot that is made while it is sent. */
async function* flow(size: number, block: Buffer): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  const meta = metaOf(size)
  yield Buffer.concat([header({ name: 'meta.json', data: meta }), meta, padding(meta.length)])
  yield header({ name: 'state.bin', data: Buffer.alloc(0), size })
  for (let sent = 0; sent < size; sent += block.length) {
    hash.update(block)
    yield block
  }
  const sums = Buffer.from(`${sha256(meta)}  meta.json\n${hash.digest('hex')}  state.bin\n`)
  yield tar(members({ sums }).slice(2))
}

/* ---- who sends it ---- */

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown

/** A server that counts what comes in, from the first byte of a connection. */
class Node {
  readonly seen: { url: string; token: string | undefined }[] = []
  readonly routes = new Map<string, Answer>()
  readonly server: Server
  readonly #tls: boolean
  bytes = 0

  constructor(tls?: { key: string; cert: string }) {
    const listener: RequestListener = (request, response) => {
      const token = request.headers['x-vault-token']
      this.seen.push({ url: request.url ?? '', token: typeof token === 'string' ? token : undefined })
      const answer = this.routes.get(request.url ?? '')
      if (answer === undefined) response.writeHead(404).end('{"errors":[]}')
      else answer(request, response)
    }
    this.#tls = tls !== undefined
    this.server = tls ? createTlsServer(tls, listener) : createServer(listener)
    this.server.on('connection', (socket) => {
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.bytes += socket.bytesRead
      })
    })
  }

  get addr(): string {
    const at = this.server.address()
    return `${this.#tls ? 'https' : 'http'}://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`
  }

  get tokens() {
    return this.seen.filter(({ token }) => token !== undefined).length
  }

  async open(): Promise<this> {
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    return this
  }

  close() {
    this.server.closeAllConnections()
    this.server.close()
  }

  on(path: string, answer: Answer): this {
    this.routes.set(path, answer)
    return this
  }

  /** Answers what a node of a cluster answers about itself. */
  knows(leader: string, clusterId = CLUSTER): this {
    this.on('/v1/sys/leader', json({ ha_enabled: true, is_self: false, leader_address: leader }))
    const health = { initialized: true, sealed: false, standby: true, version: '1.21.1+ent', cluster_id: clusterId }
    return this.on('/v1/sys/health', json(health, 429))
  }
}

const json =
  (body: unknown, status = 200): Answer =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const refused = (status: number, ...errors: string[]) => json({ errors }, status)
/** Chunked, as Vault does it. */
const sends =
  (data: Buffer): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'application/gzip' })
    response.write(data.subarray(0, 1000))
    response.end(data.subarray(1000))
  }
const redirects =
  (to: string, status = 307): Answer =>
  (_, response) =>
    response.writeHead(status, { location: to }).end()

let folder: string
let path: string
const nodes: Node[] = []
const clients: Http[] = []
const ends: (() => Promise<void>)[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snapshot-'))
  path = join(folder, 'vault.snap')
})
afterEach(async () => {
  for (const node of nodes.splice(0)) node.close()
  for (const http of clients.splice(0)) await http.close()
  for (const end of ends.splice(0)) await end()
  await rm(folder, { recursive: true })
})

async function node(answer?: Answer, tls?: { key: string; cert: string }): Promise<Node> {
  const made = await new Node(tls).open()
  nodes.push(made)
  if (answer) made.on(SNAPSHOT, answer)
  return made
}

interface Options {
  readonly within?: number
  readonly signal?: AbortSignal
  readonly patience?: Partial<Patience>
  readonly tls?: Tls
  readonly to?: string
  readonly token?: string
}
async function save(from: Node | string, options: Options = {}): Promise<Snapshot> {
  const http = new Http(options.tls ?? {})
  clients.push(http)
  const secrets = new Secrets()
  secrets.add(TOKEN)
  const source = { http, addr: typeof from === 'string' ? from : from.addr, secrets }
  const until = new Deadline(options.within ?? 20_000)
  const { signal = new AbortController().signal } = options
  const patience = { head: 20_000, idle: 20_000, pause: 10, ...options.patience }
  const saved = await saveSnapshot(source, options.token ?? TOKEN, options.to ?? path, until, signal, patience)
  if (!saved.ok) expect(saved.because).not.toContain(TOKEN)
  return saved
}
const because = (what: string | RegExp) => ({
  ok: false,
  because: typeof what === 'string' ? expect.stringContaining(what) : expect.stringMatching(what),
})
const left = () => readdir(folder)

describe('a good snapshot', () => {
  test('is at its path, byte for byte, for this user alone', async () => {
    const primary = await node(sends(GOOD))
    expect(await save(primary)).toEqual({ ok: true, path, bytes: GOOD.length, sha256: sha256(GOOD) })
    expect((await readFile(path)).equals(GOOD)).toBe(true)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await left()).toEqual(['vault.snap'])
    expect(primary.seen).toEqual([{ url: SNAPSHOT, token: TOKEN }])
  })

  test('makes the folders above it, and takes the place of the one before', async () => {
    const primary = await node(sends(GOOD))
    const to = join(folder, 'a', 'b', 'vault.snap')
    expect(await save(primary, { to })).toMatchObject({ ok: true, path: to })
    await writeFile(to, 'the one before')
    expect(await save(primary, { to })).toMatchObject({ ok: true, bytes: GOOD.length })
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['vault.snap'])
  })

  test('what a killed run left behind is not in the way', async () => {
    await writeFile(`${path}.part`, 'half a snapshot')
    expect(await save(await node(sends(GOOD)))).toMatchObject({ ok: true, sha256: sha256(GOOD) })
    expect(await left()).toEqual(['vault.snap'])
  })

  const pax = (records: string, type = 'x'): File => ({ name: 'PaxHeaders.0/x', data: Buffer.from(records), type })
  const [meta, state, sums, sealed] = members()
  test.each<[string, Buffer]>([
    ['no Size in meta.json', tar(members({ meta: metaOf(undefined) }))],
    ['padded to a whole record', tar(members(), Buffer.alloc(10_240))],
    ['pax headers with times', tar([pax('27 mtime=1764000000.123456\n'), meta, state, sums, sealed])],
    ['the size in a pax header', tar([meta, pax('15 size=300000\n'), { ...state, size: 0 }, sums, sealed])],
    ['a global pax header', tar([pax('20 comment=abcdefgh\n', 'g'), meta, state, sums, sealed])],
    ['a size in GNU’s way', tar([meta, { ...state, binarySize: true }, sums, sealed])],
    ['old type of a plain file', tar([meta, { ...state, type: '\0' }, sums, sealed])],
    ['in another order', tar([sealed, sums, state, meta])],
  ])('%s', async (_, archive) => {
    expect(await save(await node(sends(gzipSync(archive))))).toMatchObject({ ok: true })
  })

  test('however its bytes are cut into pieces', async () => {
    const state = randomBytes(3000)
    const data = gzipSync(tar(members({ state })), { level: 0 })
    const primary = await node()
    const cuts = fc.array(fc.integer({ min: 1, max: data.length - 1 }), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        const places = [0, ...new Set(at.sort((a, b) => a - b)), data.length]
        const parts = places.slice(1).map((end, index) => data.subarray(places[index], end))
        primary.on(SNAPSHOT, (_, response) => pipeline(Readable.from(parts), response))
        expect(await save(primary)).toMatchObject({ ok: true, sha256: sha256(data) })
      }),
      { numRuns: 25 },
    )
  })
})

describe('a bad snapshot is none, and the one before stays', () => {
  beforeEach(() => writeFile(path, 'the one before'))
  afterEach(async () => {
    expect(await readFile(path, 'utf8')).toBe('the one before')
    expect(await left()).toEqual(['vault.snap'])
  })

  const files = members()
  const [meta, state, sums, sealed] = files
  const other = Buffer.from(STATE)
  other[123_456] = ~(other[123_456] ?? 0) & 0xff
  const damaged = Buffer.from(GOOD)
  damaged[200_000] = ~(damaged[200_000] ?? 0) & 0xff
  const withName = (name: string, prefix = '') => gzipSync(tar([...files, { name, data: Buffer.from('x'), prefix }]))
  const twoSums = (text: string) => gzipSync(tar(members({ sums: Buffer.from(text) })))
  const right = sums.data.toString()

  test.each<[string, Buffer, string]>([
    ['nothing at all', Buffer.alloc(0), 'its gzip stream does not end'],
    ['HTML', Buffer.from('<html>Log in to the hotel’s network</html>'), 'not gzip'],
    ['JSON', Buffer.from('{"data":{}}'), 'not gzip'],
    ['gzip of nothing', gzipSync(''), 'tar archive does not end'],
    ['gzip of something else', gzipSync(randomBytes(5000)), 'a tar header is not valid'],
    ['cut at half', GOOD.subarray(0, GOOD.length / 2), 'its gzip stream does not end'],
    ['the last byte missing', GOOD.subarray(0, -1), 'its gzip stream does not end'],
    ['a byte of the stream changed', damaged, 'the snapshot is damaged'],
    ['its gzip checksum wrong', Buffer.concat([GOOD.subarray(0, -8), Buffer.alloc(8)]), 'gzip stream is not valid'],
    ['zeros behind it', Buffer.concat([GOOD, Buffer.alloc(512)]), 'follows the end of its gzip'],
    [
      'an error text behind it',
      Buffer.concat([GOOD, Buffer.from('{"errors":["seal"]}')]),
      'follows the end of its gzip',
    ],
    ['another gzip behind it', Buffer.concat([GOOD, GOOD]), 'follows the end of its gzip'],
    ['no end of the archive', gzipSync(tar(files, Buffer.alloc(0))), 'tar archive does not end'],
    ['half an end of the archive', gzipSync(tar(files, Buffer.alloc(512))), 'tar archive does not end'],
    ['the archive cut in a member', gzipSync(tar(files).subarray(0, 100_000)), 'tar archive does not end'],
    ['a member behind the end', gzipSync(Buffer.concat([tar(files), tar([sealed])])), 'the end of its tar archive'],
    ['zeros without end', gzipSync(Buffer.concat([tar(files), Buffer.alloc(2_000_000)])), 'the end of its tar archive'],
    ['the seal failed', gzipSync(tar([meta, state, sums])), 'SHA256SUMS.sealed, which Vault writes last'],
    ['the seal failed quietly', gzipSync(tar(members({ sealed: Buffer.alloc(0) }))), 'SHA256SUMS.sealed'],
    ['no state.bin', gzipSync(tar([meta, sums, sealed])), 'it has no state.bin'],
    ['no meta.json', gzipSync(tar([state, sums, sealed])), 'it has no meta.json'],
    ['no SHA256SUMS', gzipSync(tar([meta, state, sealed])), 'it has no SHA256SUMS'],
    ['a header changed', gzipSync(tar(files).fill('7', 136, 137)), 'a tar header is not valid'],
    ['an empty archive', gzipSync(END), 'it has no meta.json, no state.bin, no SHA256SUMS'],
    ['an empty state.bin', gzipSync(tar(members({ state: Buffer.alloc(0) }))), 'state.bin is empty'],
    [
      'other bytes in state.bin',
      gzipSync(tar([meta, { ...state, data: other }, sums, sealed])),
      'state.bin has another',
    ],
    [
      'other bytes in meta.json',
      gzipSync(tar([{ ...meta, data: metaOf(undefined) }, state, sums, sealed])),
      'meta.json has another',
    ],
    [
      'another Size',
      gzipSync(tar(members({ meta: metaOf(7) }))),
      'meta.json tells a Size of 7 bytes, and state.bin has 300000',
    ],
    [
      'another Size, told late',
      gzipSync(tar([...members({ meta: metaOf(7) })].reverse())),
      'meta.json tells a Size of 7',
    ],
    ['meta.json is no JSON', gzipSync(tar(members({ meta: Buffer.from('{') }))), 'meta.json is not what'],
    [
      'meta.json says two things',
      gzipSync(tar(members({ meta: Buffer.from('{"Size":1,"Size":300000}') }))),
      'meta.json is not what',
    ],
    ['SHA256SUMS empty', twoSums(''), 'not a list'],
    ['SHA256SUMS with one line', twoSums(`${right.split('\n')[0]}\n`), 'does not name meta.json'],
    ['SHA256SUMS with a third', twoSums(`${right}${sha256('')}  other\n`), 'not a list'],
    ['SHA256SUMS right and wrong', twoSums(`${right}${sha256('')}  meta.json\n`), 'meta.json has another'],
    ['a member twice', gzipSync(tar([meta, state, state, sums, sealed])), 'holds state.bin twice'],
    ['a path', withName('../../etc/passwd'), 'a member with a path'],
    ['a path to a known name', withName('./meta.json'), 'a member with a path'],
    ['a prefix to a known name', withName('meta.json', '/tmp'), 'a member with a path'],
    ['a stranger', withName('notes.txt'), 'a member of a name that no Vault writes'],
    ['a link', gzipSync(tar([{ ...meta, type: '2' }, state, sums, sealed])), 'other than plain files'],
    [
      'a long name in GNU’s way',
      gzipSync(tar([{ name: '././@LongLink', data: Buffer.from('meta.json'), type: 'L' }, ...files])),
      'other than plain files',
    ],
    [
      'another name by pax',
      gzipSync(tar([{ name: 'p', data: Buffer.from('18 path=state.bin\n'), type: 'x' }, ...files])),
      'another name or form',
    ],
    [
      'nonsense in pax',
      gzipSync(tar([{ name: 'p', data: Buffer.from('999 size=1\n'), type: 'x' }, ...files])),
      'a pax header is not valid',
    ],
    [
      'a size for all by pax',
      gzipSync(tar([{ name: 'p', data: Buffer.from('9 size=1\n'), type: 'g' }, ...files])),
      'a pax header is not valid',
    ],
    [
      'a large pax header',
      gzipSync(tar([{ name: 'p', data: Buffer.alloc(2_000_000), type: 'x' }, ...files])),
      'a pax header is not valid',
    ],
    [
      'a large meta.json',
      gzipSync(tar(members({ meta: Buffer.alloc(1024 * 1024 + 1, ' ') }))),
      'meta.json of the snapshot is larger than 1 MiB',
    ],
    [
      'a state.bin of petabytes',
      gzipSync(tar([meta, { ...state, size: 2 ** 52, binarySize: true }])),
      'meta.json tells a Size',
    ],
  ])('%s', async (_, data, sentence) => {
    const primary = await node(sends(data))
    expect(await save(primary)).toEqual(because(sentence))
    // Once more, since one bad answer never ends a run; and no more than that.
    expect(primary.seen).toHaveLength(2)
  })

  test('cut anywhere', async () => {
    const data = gzipSync(tar(members({ state: randomBytes(2000) })))
    const primary = await node()
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: data.length - 1 }), async (length) => {
        primary.on(SNAPSHOT, sends(data.subarray(0, length)))
        // No time for a second try.
        expect(await save(primary, { patience: { pause: 60_000 } })).toEqual(because(/cut short/))
      }),
      { numRuns: 40 },
    )
  })

  test.each<[string, number, string[], string, number]>([
    ['no policy', 403, ['permission denied'], 'its policy lacks read on sys/storage/raft/snapshot', 1],
    ['no raft', 400, ['raft storage is not in use'], 'does not use raft (integrated) storage', 1],
    ['a DR secondary', 400, ['path disabled in replication DR secondary mode'], '"path disabled', 1],
    ['sealed', 503, ['Vault is sealed'], 'HTTP 503, "Vault is sealed"', 2],
    ['too many', 429, [], 'HTTP 429', 2],
    ['no Vault', 404, [], 'there is no such path', 1],
    ['our own token', 500, [`no seal for ${TOKEN}\n::error::x`], 'HTTP 500, "no seal for [redacted] : :error: :x"', 2],
  ])('%s', async (_, status, errors, sentence, times) => {
    const primary = await node(refused(status, ...errors))
    expect(await save(primary)).toEqual(because(sentence))
    expect(primary.seen).toHaveLength(times)
  })

  test('an answer without a body, and one that is encoded once more', async () => {
    expect(await save(await node((_, response) => response.writeHead(204).end()))).toEqual(because('HTTP 204 without'))
    const encoded = await node((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(GOOD))
    expect(await save(encoded)).toEqual(because('compressed answer'))
  })

  test('reset half way, and shorter than it said', async () => {
    const half: Answer = (_, response) => {
      response.writeHead(200)
      response.write(GOOD.subarray(0, GOOD.length / 2), () => response.socket?.resetAndDestroy())
    }
    expect(await save(await node(half))).toEqual(because('cut short'))
    const short: Answer = (_, response) => {
      response.writeHead(200, { 'content-length': GOOD.length })
      response.write(GOOD.subarray(0, GOOD.length / 2), () => response.socket?.end())
    }
    expect(await save(await node(short))).toEqual(because('cut short'))
  })

  test('nobody there', async () => {
    const gone = await node()
    const { addr } = gone
    gone.close()
    expect(await save(addr)).toEqual(because(/connection (refused|failed)/))
  })

  test('a drip ends with the deadline', async () => {
    let at = 0
    const primary = await node((_, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write(GOOD.subarray(at, ++at)), 20)
      response.on('close', () => clearInterval(drip))
    })
    const from = performance.now()
    expect(await save(primary, { within: 700 })).toEqual(because(/not complete within (700|69\d) ms/))
    expect(performance.now() - from).toBeLessThan(4000)
  })

  test('silence before the answer, and in the middle of it', async () => {
    const patience = { head: 300, idle: 200 }
    expect(await save(await node(() => undefined), { patience })).toEqual(because('no answer within 300 ms'))
    const stuck = await node((_, response) => response.writeHead(200).write(GOOD.subarray(0, 5000)))
    expect(await save(stuck, { patience })).toEqual(because('nothing more came for 200 ms'))
  })

  test('a cancel ends it at once, whatever it waits for', async () => {
    const silent: Answer = () => undefined
    const stuck: Answer = (_, response) => response.writeHead(200).write(GOOD.subarray(0, 5000))
    const looking = await node()
    looking
      .knows(looking.addr)
      .on(SNAPSHOT, redirects(`${looking.addr}${SNAPSHOT}`))
      .on('/v1/sys/leader', silent)
    for (const from of [await node(silent), await node(stuck), looking]) {
      const cancel = new AbortController()
      setTimeout(() => cancel.abort(), 200)
      const began = performance.now()
      expect(await save(from, { signal: cancel.signal })).toEqual(because('the run was cancelled'))
      expect(performance.now() - began).toBeLessThan(4000)
    }
    const before = await node(sends(GOOD))
    expect(await save(before, { signal: AbortSignal.abort() })).toEqual(because('the run was cancelled'))
    expect(before.seen).toEqual([])
    expect(await save(before, { within: 0 })).toEqual(because('no time is left'))
    expect(before.seen).toEqual([])
  })
})

test('one bad answer alone does not end it', async () => {
  let times = 0
  const primary = await node((request, response) => {
    times += 1
    const answer = times === 1 ? sends(GOOD.subarray(0, GOOD.length / 2)) : sends(GOOD)
    return answer(request, response)
  })
  expect(await save(primary)).toEqual({ ok: true, path, bytes: GOOD.length, sha256: sha256(GOOD) })
  expect((await readFile(path)).equals(GOOD)).toBe(true)
})

describe('where it goes', () => {
  test.each<[string, (at: string) => Promise<string>, string]>([
    ['a folder', async (at) => at, 'snapshot-path is a folder'],
    ['through a file', (at) => writeFile(join(at, 'f'), '').then(() => join(at, 'f', 'x')), 'not a folder'],
    ['a link', (at) => symlink('/dev/null', join(at, 'l')).then(() => join(at, 'l')), 'not a regular file'],
    ['a part that is a folder', (at) => mkdir(join(at, 'p.part')).then(() => join(at, 'p')), 'snapshot-path'],
    ['a name that no system takes', async (at) => join(at, 'x'.repeat(300)), 'snapshot-path is too long'],
    ['a file system without files', async () => '/proc/vault.snap', 'snapshot-path'],
  ])('%s', async (_, make, sentence) => {
    const primary = await node(sends(GOOD))
    expect(await save(primary, { to: await make(folder) })).toEqual(because(sentence))
    // Found out before anything is asked of Vault.
    expect(primary.seen).toEqual([])
  })

  test('two runs at once: what is in place is whole', async () => {
    const { promise: asked, resolve: begin } = Promise.withResolvers<void>()
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    // The first is in the middle of it when the second begins, and ends while the second is in the middle of it.
    const halfUntil =
      (moment: Promise<void>, then: () => void): Answer =>
      async (_, response) => {
        response.writeHead(200).write(GOOD.subarray(0, 100_000))
        then()
        await moment
        response.end(GOOD.subarray(100_000))
      }
    const { promise: midway, resolve: reached } = Promise.withResolvers<void>()
    const first = save(await node(halfUntil(asked, reached)))
    await midway
    const second = save(await node(halfUntil(over, begin)))
    expect(await first).toEqual(because('another run writes to the same snapshot-path'))
    expect(await left()).toEqual(['vault.snap.part'])
    end()
    expect(await second).toMatchObject({ ok: true })
    expect((await readFile(path)).equals(GOOD)).toBe(true)
    expect(await left()).toEqual(['vault.snap'])
  })
})

describe('a redirect', () => {
  const to = (target: Node | string, at = SNAPSHOT) =>
    redirects(`${typeof target === 'string' ? target : target.addr}${at}`)

  test('of a standby is followed to the active node of the same cluster', async () => {
    const active = await node(sends(GOOD))
    active.knows(active.addr)
    const standby = await node(to(active))
    standby.knows(active.addr)
    expect(await save(standby)).toMatchObject({ ok: true, sha256: sha256(GOOD) })
    // The token goes there only after the node has said, without one, who it is.
    expect(active.seen).toEqual([
      { url: '/v1/sys/health', token: undefined },
      { url: SNAPSHOT, token: TOKEN },
    ])
    expect(standby.seen.filter(({ url }) => url !== SNAPSHOT).every(({ token }) => token === undefined)).toBe(true)
  })

  test('through a base path at the given address', async () => {
    const active = await node(sends(GOOD))
    active.knows(active.addr)
    const standby = (await node()).knows(active.addr).on(`/vault${SNAPSHOT}`, to(active))
    for (const path of ['/v1/sys/leader', '/v1/sys/health']) {
      const answer = standby.routes.get(path)
      if (answer) standby.on(`/vault${path}`, answer)
    }
    expect(await save(`${standby.addr}/vault`)).toMatchObject({ ok: true })
  })

  test('elsewhere than sys/leader says: not a byte goes there', async () => {
    const [evil, active] = [await node(sends(GOOD)), await node(sends(GOOD))]
    evil.knows(evil.addr)
    active.knows(active.addr)
    const standby = (await node(to(evil))).knows(active.addr)
    expect(await save(standby)).toEqual(because('sys/leader names another active node than the Location'))
    for (const sink of [evil, active]) {
      sink.close()
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect([sink.seen, sink.bytes]).toEqual([[], 0])
    }
    expect(await left()).toEqual([])
  })

  test.each<[string, (evil: string) => string]>([
    ['another path', (evil) => `${evil}/v1/sys/storage/raft/snapshot-force`],
    ['a path that tidies up to the right one', (evil) => `${evil}/v1/x/../sys/storage/raft/snapshot`],
    ['a base path', (evil) => `${evil}/base${SNAPSHOT}`],
    ['a query', (evil) => `${evil}${SNAPSHOT}?x=1`],
    ['a fragment', (evil) => `${evil}${SNAPSHOT}#x`],
    ['a user name', (evil) => `${evil.replace('//', '//vault@')}${SNAPSHOT}`],
    ['back slashes', (evil) => `${evil}\\v1\\sys\\storage\\raft\\snapshot`],
    ['no host', () => SNAPSHOT],
    ['nothing', () => ''],
    ['a file', () => `file://${SNAPSHOT}`],
    ['another host over http', () => `http://192.0.2.1:8200${SNAPSHOT}`],
    ['a host that looks like loopback', () => `http://127.0.0.1.example.com${SNAPSHOT}`],
  ])('%s is not followed, whatever sys/leader says', async (_, location) => {
    const evil = await node(sends(GOOD))
    evil.knows(evil.addr)
    const target = location(evil.addr)
    const standby = (await node(redirects(target))).knows(
      target.startsWith('http') ? new URL(target).origin : evil.addr,
    )
    expect(await save(standby)).toEqual(because('redirects to another node, which is not followed: the Location'))
    expect([evil.seen, evil.bytes]).toEqual([[], 0])
  })

  test.each([301, 302, 303, 308])('with %i, which no Vault sends, is not followed', async (status) => {
    const active = await node(sends(GOOD))
    active.knows(active.addr)
    const standby = (await node(redirects(`${active.addr}${SNAPSHOT}`, status))).knows(active.addr)
    expect(await save(standby)).toEqual(because(`HTTP ${status}: it redirects elsewhere`))
    expect(active.seen).toEqual([])
  })

  test('to a node of another cluster, or of none: it gets no token', async () => {
    const other = await node(sends(GOOD))
    const standby = (await node(to(other))).knows(other.addr)
    for (const id of ['another', '']) {
      other.knows(other.addr, id)
      expect(await save(standby)).toEqual(because('not one of the same cluster'))
    }
    other.on('/v1/sys/health', refused(500))
    expect(await save(standby)).toEqual(because('sys/health could not be read'))
    // Two that say nothing do not say the same.
    other.knows(other.addr, '')
    standby.knows(other.addr, '')
    expect(await save(standby)).toEqual(because('not one of the same cluster'))
    expect(other.tokens).toBe(0)
  })

  test('while nobody is active, or sys/leader can not be read', async () => {
    const active = await node(sends(GOOD))
    const standby = (await node(to(active))).knows('')
    expect(await save(standby)).toEqual(because('names no active node at the moment'))
    standby.on('/v1/sys/leader', refused(500, 'internal'))
    expect(await save(standby)).toEqual(because('sys/leader gave no answer (HTTP 500, "internal")'))
    expect(active.seen).toEqual([])
  })

  test('is followed once', async () => {
    const third = await node(sends(GOOD))
    third.knows(third.addr)
    const second = (await node(to(third))).knows(third.addr)
    const first = (await node(to(second))).knows(second.addr)
    expect(await save(first)).toEqual(because('redirects once more'))
    const itself = await node()
    itself.knows(itself.addr).on(SNAPSHOT, to(itself))
    expect(await save(itself)).toEqual(because('redirects once more'))
    expect(third.seen).toEqual([])
  })

  describe('over https', () => {
    let certificates: Awaited<ReturnType<typeof makeCertificates>>
    beforeAll(async () => {
      certificates = await makeCertificates(2)
    })
    const secure = (index: number, answer?: Answer) => {
      const identity = certificates.servers[index]
      return node(answer, identity && { key: identity.key, cert: identity.certificate })
    }

    test('stays https', async () => {
      const active = await secure(0, sends(GOOD))
      active.knows(active.addr)
      const standby = (await secure(1, to(active))).knows(active.addr)
      expect(await save(standby, { tls: { ca: certificates.ca } })).toMatchObject({ ok: true })

      const plain = await node(sends(GOOD))
      plain.knows(plain.addr)
      standby.knows(plain.addr).on(SNAPSHOT, to(plain))
      expect(await save(standby, { tls: { ca: certificates.ca } })).toEqual(because('the Location is http'))
      expect([plain.seen, plain.bytes]).toEqual([[], 0])
    })

    test('to a certificate that is not known', async () => {
      const stranger = (await makeCertificates(1)).servers[0]
      const active = await node(sends(GOOD), stranger && { key: stranger.key, cert: stranger.certificate })
      active.knows(active.addr)
      const standby = (await secure(0, to(active))).knows(active.addr)
      expect(await save(standby, { tls: { ca: certificates.ca } })).toEqual(because('sys/health could not be read'))
      expect(active.seen).toEqual([])
    })
  })
})

test('from the simulator, with a policy that has nothing but this', async () => {
  const at = 'sys/storage/raft/snapshot'
  const world = await startWorld()
  ends.push(() => world.close())
  const token = world.mintToken({ type: 'batch', policy: { [at]: ['read'] } })
  const options = { token, tls: { ca: world.ca } }
  const good = { ok: true, path }
  expect(await save(world.primary.addr, options)).toMatchObject(good)
  expect(await save(world.primary.standbyAddr, options)).toMatchObject(good)
  expect(await save(world.secondary.addr, options)).toEqual(because('HTTP 400'))
  const nothing = world.mintToken({ type: 'batch', policy: { 'sys/health': ['read'] } })
  expect(await save(world.primary.addr, { ...options, token: nothing })).toEqual(because('its policy lacks read on'))
  for (const [kind, sentence] of [
    ['truncated', 'cut short'],
    ['snapshot-short', 'its gzip stream does not end'],
    ['snapshot-no-seal', 'SHA256SUMS.sealed'],
    ['snapshot-corrupt', 'state.bin has another SHA-256'],
  ] as const) {
    world.fault({ path: at, kind })
    expect(await save(world.primary.addr, options)).toEqual(because(sentence))
    world.clearFaults()
    world.fault({ path: at, kind, times: 1 })
    expect(await save(world.primary.addr, options)).toMatchObject(good)
    world.clearFaults()
  }
  expect(await left()).toEqual(['vault.snap'])
})

describe('however large it is', () => {
  const MB = 1024 * 1024
  /**
   * Saves from one address and then from another, in a process of its own, and tells by how much the second made its
   * memory grow at the most: over what the first took, and over what it was before. In bytes.
   */
  async function elsewhere(first: string, second: string, limit = '') {
    const script = `
      const [clock, secrets, snapshot, http] = await Promise.all(['clock', 'secrets', 'snapshot', 'vault/http']
        .map((name) => import(${JSON.stringify(new URL('../src/', import.meta.url).href)} + name + '.ts')))
      const client = new http.Http({})
      const save = (addr) => snapshot.saveSnapshot({ http: client, addr, secrets: new secrets.Secrets() }, 'hvs.token',
        ${JSON.stringify(path)}, new clock.Deadline(30000), new AbortController().signal)
      const most = () => process.resourceUsage().maxRSS * 1024
      const cold = most()
      await save(${JSON.stringify(first)})
      const warm = most()
      const saved = await save(${JSON.stringify(second)})
      await client.close()
      console.log(JSON.stringify({ saved, overWarm: most() - warm, overCold: most() - cold }))`
    // A shell in between can set a limit, which Node can not.
    const child = spawn(
      'sh',
      ['-c', `${limit} exec "$0" --no-warnings --input-type=module -e "$1"`, process.execPath, script],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let said = ''
    for await (const piece of child.stdout) said += piece
    const result: { saved: Snapshot; overWarm: number; overCold: number } = JSON.parse(said)
    return result
  }
  const streams =
    (size: number, block: Buffer, level: number): Answer =>
    (_, response) => {
      response.writeHead(200)
      return pipeline(Readable.from(flow(size, block)), createGzip({ level }), response).catch(() => undefined)
    }

  test.each<[string, Buffer, number]>([
    ['on the wire', randomBytes(MB), 0],
    ['only when it is unpacked', Buffer.alloc(MB), 9],
  ])(
    '300 MB take no more memory than 40 MB: %s',
    async (_, block, level) => {
      const small = await node(streams(40 * MB, block, level))
      const large = await node(streams(300 * MB, block, level))
      const { saved, overWarm, overCold } = await elsewhere(small.addr, large.addr)
      expect(saved).toMatchObject({ ok: true, bytes: (await stat(path)).size })
      expect(overWarm).toBeLessThan(64 * MB)
      // What V8 lets lie about until it collects it, which does not depend on the size.
      expect(overCold).toBeLessThan(160 * MB)
    },
    60_000,
  )

  test('larger than there is room for: nothing is left of it', async () => {
    const { addr } = await node(streams(8 * MB, randomBytes(MB), 0))
    const { saved } = await elsewhere(addr, addr, 'trap "" XFSZ; ulimit -f 4096;')
    expect(saved).toEqual(because('the file is larger than this system allows'))
    expect(await left()).toEqual([])
  })

  test('a stream that never ends does, and leaves nothing', async () => {
    const endless = await node(streams(2 ** 32, randomBytes(MB), 0))
    expect(await save(endless, { within: 1500 })).toEqual(because('not complete within 1.5 s'))
    expect(await left()).toEqual([])
  })

  test('a server is not read from faster than the disk takes it', async () => {
    // The taker sleeps; what the server could send meanwhile is what the sockets on both sides hold.
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        const pour = () => {
          while (socket.writable && socket.write(Buffer.alloc(64 * 1024))) sent += 64 * 1024
        }
        socket.on('drain', pour)
        pour()
      })
    })
    let sent = 0
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const at = server.address()
    const http = new Http({})
    clients.push(http)
    const call = { path: 'x', within: 5000, headWithin: 5000, idle: 200, signal: new AbortController().signal }
    const addr = `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`
    const taken = await http.download(addr, call, async (pieces) => {
      for await (const piece of pieces) {
        // Longer than `idle`, which is the server's time alone.
        await new Promise((resolve) => setTimeout(resolve, 600))
        return piece.length > 0
      }
      return false
    })
    expect(taken).toEqual({ kind: 'taken', value: true })
    expect(sent).toBeLessThan(32 * MB)
    server.close()
  })
})
