/**
 * A raft snapshot of the primary, saved before anything is changed and proven to be whole while it comes in.
 *
 * Vault has sent 200 long before it knows whether the snapshot will succeed, so a file that merely arrived proves nothing
 * (facts 7). What is verified is what Vault's own restore would refuse: the gzip stream and the tar archive end properly,
 * the members are the four that Vault writes, the checksums are those of the contents, and the sealed checksums, which are
 * written last, are there. Nothing is held in memory but the small members; a bad snapshot never takes a good one's place.
 */
import { createHash } from 'node:crypto'
import { type FileHandle, lstat, mkdir, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createGunzip } from 'node:zlib'
import * as z from 'zod/mini'
import { type Deadline, sleep } from './clock.ts'
import { loopback } from './inputs.ts'
import { printable } from './printable.ts'
import type { Secrets } from './secrets.ts'
import { type Read, Vault } from './vault/client.ts'
import type { Http } from './vault/http.ts'
import { parseJson } from './vault/json.ts'
import * as schemas from './vault/schemas.ts'

export interface SnapshotSource {
  readonly http: Http
  /** The cluster's address as given, without /v1. */
  readonly addr: string
  readonly secrets: Secrets
}

/** `because` is a clause in our own words, fit for a log line; a server's words are quoted, redacted and shortened. */
export type Snapshot =
  | { readonly ok: true; readonly path: string; readonly bytes: number; readonly sha256: string }
  | { readonly ok: false; readonly because: string }

/** In ms. */
export interface Patience {
  /** How long a server may say nothing before the answer begins, and in the middle of it. */
  readonly head: number
  readonly idle: number
  /** Between two tries. */
  readonly pause: number
}
/**
 * One bad answer never ends a run, but a snapshot may be large: it is asked for twice at most. Before its first byte Vault reads the whole database once, to know its size (physical/raft/snapshot.go, openFromFSM):
 * that takes minutes where it has tens of GB. Afterwards it has no reason to pause.
 */
const PATIENCE: Patience = { head: 300_000, idle: 60_000, pause: 500 }

const PATH = 'sys/storage/raft/snapshot'
/** A look at who is active and which cluster that is: small answers. In ms. */
const LOOK_WITHIN = 5000
/** For meta.json, both lists of checksums, a pax header, and the padding at the end. In bytes. */
const LARGEST = 1024 * 1024
const PIECE = 64 * 1024

/** Why there is no snapshot. `mayPass`: asking once more may help. */
class Shortcoming extends Error {
  readonly because: string
  readonly mayPass: boolean

  constructor(because: string, mayPass: boolean) {
    super()
    this.because = because
    this.mayPass = mayPass
  }
}

/** Something in what was sent is wrong. The next try may be better: a seal or a link that failed may work again. */
const bad = (what: string) => new Shortcoming(what, true)

/**
 * Saves a snapshot of the cluster at `source` to `path`, by way of `<path>.part`. Never throws. Whatever happens, there is
 * either a verified snapshot at `path`, or what was there before.
 *
 * A redirect, which a standby always answers with, is followed once, and only to the active node of the same cluster.
 *
 * @param token may `read` sys/storage/raft/snapshot on that cluster
 * @param path folders above it are made; what is there is replaced if it is a regular file
 * @param until for everything, retry included
 * @param signal a cancel: ends within the moment and leaves nothing behind
 */
export async function saveSnapshot(
  source: SnapshotSource,
  token: string,
  path: string,
  until: Deadline,
  signal: AbortSignal,
  patience: Patience = PATIENCE,
): Promise<Snapshot> {
  let part: Part | undefined
  try {
    part = await Part.create(path)
    const request = { source, token, until, signal, patience }
    const saved = await twice(request, part)
    if (signal.aborted) throw new Shortcoming('the run was cancelled', false)
    await part.keep()
    return { ok: true, path, ...saved }
  } catch (error) {
    // Anything else is a mistake of ours, and its text may quote anything.
    const kind = error instanceof Error ? error.name : 'of no kind'
    return { ok: false, because: error instanceof Shortcoming ? error.because : `an unexpected error (${kind})` }
  } finally {
    await part?.drop()
  }
}

interface Request {
  readonly source: SnapshotSource
  readonly token: string
  readonly until: Deadline
  readonly signal: AbortSignal
  readonly patience: Patience
}

interface Saved {
  readonly bytes: number
  readonly sha256: string
}

async function twice(request: Request, part: Part): Promise<Saved> {
  try {
    return await obtain(request, part)
  } catch (error) {
    const { until, signal, patience } = request
    if (!(error instanceof Shortcoming) || !error.mayPass || signal.aborted || until.left <= patience.pause) throw error
    await sleep(patience.pause)
    await part.restart()
    return obtain(request, part)
  }
}

async function obtain(request: Request, part: Part): Promise<Saved> {
  const { source, token, until, signal, patience } = request
  const ask = (addr: string) => {
    if (until.passed) throw new Shortcoming('no time is left for it', false)
    const { head, idle } = patience
    const call = { path: PATH, token, within: until.left, headWithin: Math.min(head, until.left), idle, signal }
    return source.http.download(addr, call, (pieces) => receive(pieces, part))
  }
  let answer = await ask(source.addr)
  if (answer.kind === 'answer' && answer.status === 307) {
    answer = await ask(await activeNode(request, answer.location))
    if (answer.kind === 'answer' && answer.status === 307)
      throw new Shortcoming('the node that it redirects to redirects once more, which is not followed', true)
  }
  if (answer.kind === 'taken') return answer.value
  if (answer.kind === 'none') throw new Shortcoming(answer.because, true)
  throw refusal(answer.status, answer.json, source.secrets)
}

/**
 * Where a standby's 307 may be followed to with the token: the node that the cluster itself names as its active one, and
 * that says without a token that it is of the same cluster. Until sys/leader has said so, not a byte goes there.
 *
 * Vault writes the Location from the leader's api_addr and the request's path (facts 5); only its origin is used.
 *
 * @returns the address to ask, without /v1
 */
async function activeNode({ source, until, signal }: Request, location: string | undefined): Promise<string> {
  const { http, addr, secrets } = source
  const refuse = (why: string, mayPass = false) =>
    new Shortcoming(`it redirects to another node, which is not followed: ${why}`, mayPass)
  const [from, to] = [urlOf(addr), urlOf(location)]
  // On the text, since a URL that has been read has its dots and slashes tidied up. No user name, no query.
  if (!to || !/^https?:\/\/[^/\\?#@\s]+\/v1\/sys\/storage\/raft\/snapshot$/i.test(location ?? ''))
    throw refuse('the Location is not the address of a raft snapshot')
  const plain = from?.protocol === 'http:' && to.protocol === 'http:'
  if (to.protocol !== 'https:' && !(plain && loopback(from.hostname) && loopback(to.hostname)))
    throw refuse('the Location is http, and tokens are sent over https only')

  const within = () => Math.min(LOOK_WITHIN, until.left)
  const given = new Vault(addr, http, secrets)
  const leader = known(await unlessCancelled(given.leader(within()), signal), 'sys/leader gave no answer')
  const named = urlOf(leader.leader_address)
  if (!named) throw refuse('sys/leader names no active node at the moment', true)
  if (named.origin !== to.origin) throw refuse('sys/leader names another active node than the Location', true)

  const target = new Vault(to.origin, http, secrets)
  const both = Promise.all([given.health(within()), target.health(within())])
  const [here, there] = (await unlessCancelled(both, signal)).map((read) =>
    known(read, 'sys/health could not be read on both nodes'),
  )
  if (here?.cluster_id === undefined || here.cluster_id === '' || here.cluster_id !== there?.cluster_id)
    throw refuse('the node there is not one of the same cluster by its sys/health')
  return to.origin

  function known<T>(read: Read<T>, otherwise: string): T {
    if (read.ok) return read.value
    throw refuse(`${otherwise} (${read.because})`, true)
  }
}

const urlOf = (text: string | undefined): URL | undefined =>
  text !== undefined && URL.canParse(text) ? new URL(text) : undefined

/** A short look goes on by itself; only nobody waits for it any more. */
async function unlessCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const cancelled = Promise.withResolvers<never>()
  const cancel = () => cancelled.reject(new Shortcoming('the run was cancelled', false))
  if (signal.aborted) cancel()
  signal.addEventListener('abort', cancel)
  try {
    return await Promise.race([cancelled.promise, work])
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** What an answer other than 200 means here (facts 7). */
function refusal(status: number, json: unknown, secrets: Secrets): Shortcoming {
  const parsed = schemas.errors.safeParse(json)
  const words = parsed.success ? printable(parsed.data.errors.map((error) => secrets.redact(error)).join('; ')) : ''
  const quoted = words === '' ? '' : `, ${JSON.stringify(words)}`
  const mayPass = status >= 500 || status === 429 || status === 412
  if (/raft storage is not in use/i.test(words))
    return new Shortcoming(
      `HTTP ${status}: this Vault does not use raft (integrated) storage, so that there is nothing to take a snapshot of; back its storage up by other means and leave snapshot-path empty`,
      false,
    )
  if (status === 403)
    return new Shortcoming(
      `HTTP 403${quoted}: the token is wrong or expired, or its policy lacks read on ${PATH}`,
      false,
    )
  if (status >= 300 && status < 400)
    return new Shortcoming(`HTTP ${status}: it redirects elsewhere, which is not followed`, false)
  if (status === 404 || status === 405)
    return new Shortcoming(`HTTP ${status}${quoted}: there is no such path: is the address right?`, false)
  if (status < 300) return new Shortcoming(`HTTP ${status} without a snapshot`, false)
  return new Shortcoming(`HTTP ${status}${quoted}`, mayPass)
}

/** Writes the pieces down and verifies them; returns when both are through. */
async function receive(pieces: AsyncIterable<Buffer>, part: Part): Promise<Saved> {
  const hash = createHash('sha256')
  const archive = new Archive()
  const unpacking = new Unpacking((piece) => archive.take(piece))
  let bytes = 0
  try {
    for await (const piece of pieces) {
      bytes += piece.length
      hash.update(piece)
      await part.write(piece)
      await unpacking.write(piece)
    }
    await unpacking.end()
    archive.verify()
    return { bytes, sha256: hash.digest('hex') }
  } finally {
    unpacking.close()
  }
}

/** gunzip as a step that can be waited for: what comes out has been taken when a write is over, so nothing piles up. */
class Unpacking {
  // One gzip member and nothing behind it: Vault's restore reads on and fails at anything that follows.
  readonly #gunzip = createGunzip({ chunkSize: PIECE, rejectGarbageAfterEnd: true })
  readonly #failed = Promise.withResolvers<never>()
  readonly #ended = Promise.withResolvers<void>()
  #written = 0
  #unpacked = 0

  /** @param take may throw a Shortcoming, which ends the unpacking */
  constructor(take: (piece: Buffer) => void) {
    // It is raced with below; on its own it must not end the process.
    this.#failed.promise.catch(() => undefined)
    this.#gunzip.on('error', (error) => this.#failed.reject(this.#told(error)))
    this.#gunzip.on('end', () => this.#ended.resolve())
    this.#gunzip.on('data', (piece: Buffer) => {
      this.#unpacked += piece.length
      try {
        take(piece)
      } catch (error) {
        this.#failed.reject(error)
        this.#gunzip.destroy()
      }
    })
  }

  async write(piece: Buffer): Promise<void> {
    this.#written += piece.length
    // Where a write is never over (its stream ended early, or was destroyed), one of the other two tells.
    const written = new Promise<void>((resolve) => this.#gunzip.write(piece, () => resolve()))
    await Promise.race([this.#failed.promise, this.#ended.promise, written])
    // A write that failed is over too; why is told by the event that follows it.
    if (this.#gunzip.destroyed) await this.#failed.promise
  }

  async end(): Promise<void> {
    this.#gunzip.end()
    await Promise.race([this.#failed.promise, this.#ended.promise])
    if (this.#gunzip.bytesWritten !== this.#written) throw bad(GARBAGE)
  }

  close(): void {
    this.#gunzip.destroy()
  }

  #told(error: unknown): Shortcoming {
    const code = codeOf(error)
    if (code === 'Z_BUF_ERROR') return bad('the snapshot was cut short: its gzip stream does not end')
    if (code === 'ERR_TRAILING_JUNK_AFTER_STREAM_END') return bad(GARBAGE)
    if (this.#unpacked === 0) return bad('what it sent is not a snapshot: it is not gzip')
    return bad('the snapshot is damaged: its gzip stream is not valid')
  }
}
const GARBAGE = 'the snapshot is damaged: something follows the end of its gzip stream'

/** What Vault puts into a snapshot, in this order (github.com/hashicorp/raft-snapshot, archive.go). */
const MEMBERS = ['meta.json', 'state.bin', 'SHA256SUMS', 'SHA256SUMS.sealed'] as const
type MemberName = (typeof MEMBERS)[number]

class Member {
  readonly size: number
  readonly #hash = createHash('sha256')
  /** One buffer of its own: pieces of a byte each would take a hundred times their size. */
  readonly #kept: Buffer
  #length = 0

  /** @param kept whether its contents are to be looked at */
  constructor(size: number, kept: boolean) {
    this.size = size
    this.#kept = Buffer.alloc(kept ? size : 0)
  }

  take(piece: Buffer): void {
    this.#hash.update(piece)
    this.#length += piece.copy(this.#kept, this.#length)
  }

  /** Of everything that came; to be asked once. */
  digest(): string {
    return this.#hash.digest('hex')
  }

  text(encoding: 'utf8' | 'latin1' = 'utf8'): string {
    return this.#kept.toString(encoding)
  }
}

const BLOCK = 512

/**
 * Reads the tar archive of a snapshot as it comes and keeps only what the verification needs. It takes what Go's and
 * other writers make of four plain files (ustar, GNU and pax headers, sizes beyond 8 GiB) and refuses everything else.
 */
class Archive {
  readonly #members = new Map<MemberName, Member>()
  readonly #header = Buffer.alloc(BLOCK)
  /** Of the header block that is being read. */
  #filled = 0
  /** Of the current member's contents, and of the padding up to the next block. */
  #left = 0
  #padding = 0
  /** Who gets the contents, and what happens after them. */
  #reader: Member | undefined
  #whenRead: (() => void) | undefined
  /** Of the member that a pax header precedes. */
  #paxSize: number | undefined
  /** An archive ends by two blocks of zeros. */
  #zeroBlocks = 0
  #behind = 0

  /** @throws Shortcoming */
  take(piece: Buffer): void {
    for (let at = 0; at < piece.length; ) {
      const rest = piece.length - at
      if (this.#zeroBlocks === 2) {
        this.#behindEnd(piece.subarray(at))
        return
      }
      if (this.#left > 0) {
        const length = Math.min(this.#left, rest)
        this.#reader?.take(piece.subarray(at, at + length))
        this.#left -= length
        at += length
        if (this.#left === 0) this.#whenRead?.()
      } else if (this.#padding > 0) {
        const length = Math.min(this.#padding, rest)
        this.#padding -= length
        at += length
      } else {
        const length = Math.min(BLOCK - this.#filled, rest)
        piece.copy(this.#header, this.#filled, at, at + length)
        this.#filled += length
        at += length
        if (this.#filled === BLOCK) {
          this.#filled = 0
          this.#open()
        }
      }
    }
  }

  /** To be called when nothing more comes. @throws Shortcoming */
  verify(): void {
    const [meta, state, sums, sealed] = MEMBERS.map((name) => this.#members.get(name))
    if (this.#zeroBlocks < 2) throw bad('the snapshot was cut short: its tar archive does not end')
    if (!meta || !state || !sums) {
      const missing = MEMBERS.filter((name) => !this.#members.has(name))
      throw bad(`the snapshot is incomplete: it has no ${missing.join(', no ')}`)
    }
    if (!sealed || sealed.size === 0)
      throw bad('the snapshot is incomplete: SHA256SUMS.sealed, which Vault writes last, is missing or empty')
    if (state.size === 0) throw bad('the snapshot is incomplete: state.bin is empty')
    this.#checkSize(meta, state.size)
    checkSums(sums.text(), { 'meta.json': meta.digest(), 'state.bin': state.digest() })
  }

  /** A header block is complete. */
  #open(): void {
    const header = this.#header
    if (header.every((byte) => byte === 0)) {
      this.#zeroBlocks += 1
      return
    }
    if (this.#zeroBlocks > 0 || !sumIsRight(header)) throw bad('the snapshot is damaged: a tar header is not valid')
    const type = String.fromCharCode(header[156] ?? 0)
    const size = numberAt(header, 124, 12)
    if (type === 'x' || type === 'g') this.#openPax(size, type === 'g')
    else if (type === '0' || type === '\0') this.#openMember(nameIn(header), this.#paxSize ?? size)
    else throw bad('the snapshot holds something other than plain files, which no Vault writes')
  }

  #openMember(name: string, size: number): void {
    this.#paxSize = undefined
    const known = MEMBERS.find((member) => member === name)
    if (known === undefined)
      throw bad(`the snapshot holds a member ${/[/\\]/.test(name) ? 'with a path' : 'of a name'} that no Vault writes`)
    if (this.#members.has(known)) throw bad(`the snapshot holds ${known} twice`)
    if (known !== 'state.bin' && size > LARGEST) throw bad(`${known} of the snapshot is larger than 1 MiB`)
    // Told by now rather than after terabytes of nothing that a few MB unpack to.
    const meta = this.#members.get('meta.json')
    if (known === 'state.bin' && meta) this.#checkSize(meta, size)
    const member = new Member(size, known === 'meta.json' || known === 'SHA256SUMS')
    this.#members.set(known, member)
    this.#contents(member, undefined)
  }

  /** A pax header, in which Go writes a size beyond 8 GiB, and others what nobody needs here (times, owners). */
  #openPax(size: number, forAll: boolean): void {
    if (size > LARGEST) throw bad('the snapshot is damaged: a pax header is not valid')
    const records = new Member(size, true)
    this.#contents(records, () => {
      const told = paxSize(records.text('latin1'))
      if (forAll && told !== undefined) throw bad('the snapshot is damaged: a pax header is not valid')
      this.#paxSize = told
    })
  }

  #contents(reader: Member, whenRead: (() => void) | undefined): void {
    this.#reader = reader
    this.#whenRead = whenRead
    this.#left = reader.size
    this.#padding = (BLOCK - (reader.size % BLOCK)) % BLOCK
    if (this.#left === 0) whenRead?.()
  }

  /** Writers pad an archive with zeros to a whole record (GNU: 10 KiB). */
  #behindEnd(rest: Buffer): void {
    this.#behind += rest.length
    if (this.#behind > LARGEST || rest.some((byte) => byte !== 0))
      throw bad('the snapshot is damaged: something follows the end of its tar archive')
  }

  #checkSize(meta: Member, size: number): void {
    const told = metadata.safeParse(parseJson(meta.text()))
    if (!told.success) throw bad('the snapshot is damaged: its meta.json is not what Vault writes')
    const { Size } = told.data
    if (Size !== undefined && Size !== null && Size !== size)
      throw bad(`the snapshot is damaged: meta.json tells a Size of ${Size} bytes, and state.bin has ${size}`)
  }
}

const metadata = z.object({ Size: z.nullish(z.int().check(z.nonnegative())) })

/** Every line must be right, and there must be one for each: so does Vault's restore. */
function checkSums(list: string, digests: Readonly<Record<string, string>>): void {
  const wrong = (what: string) => bad(`the snapshot is damaged: ${what}`)
  const seen = new Set<string>()
  for (const line of list.replace(/\n$/, '').split('\n')) {
    const [, sum = '', name = ''] = /^([0-9a-f]{64}) [ *](meta\.json|state\.bin)$/i.exec(line) ?? []
    if (name === '') throw wrong('its SHA256SUMS is not a list of the sums of meta.json and state.bin')
    if (digests[name] !== sum.toLowerCase()) throw wrong(`${name} has another SHA-256 than its SHA256SUMS says`)
    seen.add(name)
  }
  for (const name of Object.keys(digests)) if (!seen.has(name)) throw wrong(`its SHA256SUMS does not name ${name}`)
}

/** A header's own checksum: the sum of its bytes, with the field of the sum itself taken as spaces. */
function sumIsRight(header: Buffer): boolean {
  let sum = 8 * 0x20
  for (const [at, byte] of header.entries()) if (at < 148 || at >= 156) sum += byte
  return sum === numberAt(header, 148, 8)
}

/** A number field: octal digits, or (GNU, from 8 GiB) big-endian with the first bit set. @throws Shortcoming */
function numberAt(header: Buffer, at: number, length: number): number {
  const field = header.subarray(at, at + length)
  let value: number
  if (field[0] === 0x80) {
    value = 0
    for (const byte of field.subarray(1)) value = value * 256 + byte
  } else {
    const digits = field
      .toString('latin1')
      .replace(/[\0 ]+$/, '')
      .trimStart()
    value = /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN
  }
  if (!Number.isSafeInteger(value)) throw bad('the snapshot is damaged: a tar header is not valid')
  return value
}

/** The name, with the prefix that ustar keeps apart from it. */
function nameIn(header: Buffer): string {
  const field = (at: number, length: number) =>
    header
      .subarray(at, at + length)
      .toString('latin1')
      .replace(/\0.*$/s, '')
  const prefix = field(345, 155)
  return prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`
}

/**
 * The size in pax records (`<length> <key>=<value>\n`, the length that of the whole record in bytes), if there is one.
 *
 * @throws Shortcoming also where a record gives another name, or makes a sparse file of it
 */
function paxSize(records: string): number | undefined {
  let size: number | undefined
  for (let at = 0; at < records.length; ) {
    const [start = '', length = ''] = /^(\d{1,7}) /.exec(records.slice(at, at + 8)) ?? []
    const end = at + Number(length)
    const record = records.slice(at + start.length, end)
    const [, key = '', value = ''] = /^([^=]+)=(.*)\n$/s.exec(record) ?? []
    if (start === '' || key === '' || end > records.length)
      throw bad('the snapshot is damaged: a pax header is not valid')
    if (key === 'path' || key === 'linkpath' || key.startsWith('GNU.sparse'))
      throw bad('the snapshot holds a member with another name or form than Vault writes')
    if (key === 'size') {
      size = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
      if (Number.isNaN(size)) throw bad('the snapshot is damaged: a pax header is not valid')
    }
    at = end
  }
  return size
}

/** What stands in the way of a file, by Node's error code. */
const ON_DISK: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is larger than this system allows',
  EACCES: 'snapshot-path is not writable',
  EPERM: 'snapshot-path is not writable',
  EROFS: 'snapshot-path is on a read-only file system',
  ENOTDIR: 'snapshot-path leads through something that is not a folder',
  EEXIST: 'snapshot-path leads through something that is not a folder, or another run writes there',
  EISDIR: 'snapshot-path is a folder',
  ENAMETOOLONG: 'snapshot-path is too long',
  ELOOP: 'snapshot-path leads through links in a circle',
}

/** Node's code of an error, whose text may quote anything. */
const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : ''

async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const code = codeOf(error)
    throw new Shortcoming(ON_DISK[code] ?? `snapshot-path can not be written (${code})`, false)
  }
}

/** `<path>.part`: the file while nobody knows yet whether it is any good. */
class Part {
  readonly #path: string
  readonly #part: string
  readonly #file: FileHandle
  #position = 0

  private constructor(path: string, part: string, file: FileHandle) {
    this.#path = path
    this.#part = part
    this.#file = file
  }

  /**
   * Nobody but this user may read it: what is in a snapshot is encrypted, but for the names of its members.
   *
   * @throws Shortcoming
   */
  static async create(path: string): Promise<Part> {
    const part = `${path}.part`
    await onDisk(mkdir(dirname(path), { recursive: true }))
    const there = await lstat(path).catch(() => undefined)
    if (there?.isDirectory()) throw new Shortcoming('snapshot-path is a folder', false)
    // A rename would put a file in the place of a device or of a link.
    if (there && !there.isFile()) throw new Shortcoming('snapshot-path is not a regular file', false)
    // What a killed run left behind is worth nothing and must not be in the way. Should a run still be writing it, that
    // one finds out before it renames.
    await unlink(part).catch(() => undefined)
    return new Part(path, part, await onDisk(open(part, 'wx', 0o600)))
  }

  /** All of it: a write may take less than it was given. @throws Shortcoming */
  async write(piece: Buffer): Promise<void> {
    for (let at = 0; at < piece.length; ) {
      const { bytesWritten } = await onDisk(this.#file.write(piece, at, piece.length - at, this.#position))
      at += bytesWritten
      this.#position += bytesWritten
    }
  }

  /** Empty again, for another try. @throws Shortcoming */
  async restart(): Promise<void> {
    await onDisk(this.#file.truncate(0))
    this.#position = 0
  }

  /** On the disk, and then in its place, in one step. @throws Shortcoming */
  async keep(): Promise<void> {
    await onDisk(this.#file.sync())
    if (!(await this.#isOurs())) throw new Shortcoming('another run writes to the same snapshot-path', false)
    await onDisk(rename(this.#part, this.#path))
    // The name survives a crash only when the folder is on the disk too; not every system can do that.
    const folder = await open(dirname(this.#path)).catch(() => undefined)
    await folder?.sync().catch(() => undefined)
    await folder?.close()
  }

  /** The file is closed, and gone unless it was kept: then it is there by another name. */
  async drop(): Promise<void> {
    if (await this.#isOurs()) await unlink(this.#part).catch(() => undefined)
    await this.#file.close().catch(() => undefined)
  }

  async #isOurs(): Promise<boolean> {
    try {
      const [ours, there] = await Promise.all([this.#file.stat({ bigint: true }), lstat(this.#part, { bigint: true })])
      return ours.ino === there.ino && ours.dev === there.dev
    } catch {
      return false
    }
  }
}
