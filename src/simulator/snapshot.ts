import { createHash, randomBytes } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { SnapshotFlaw } from './faults.ts'
import type { ApiAnswer } from './route.ts'

const blockBytes = 512
const pieceBytes = 65_536

/**
 * GET sys/storage/raft/snapshot (raft API docs; member names, order and sums as in HashiCorp's raft-snapshot format): a
 * gzip of a tar, made while it is read, so that its size costs no memory.
 */
export function snapshotAnswer(stateBytes: number, index: number, now: number): ApiAnswer {
  return {
    kind: 'stream',
    status: 200,
    headers: {
      'cache-control': 'no-store',
      'content-type': 'application/gzip',
      'content-disposition': 'attachment',
    },
    open: (flaw) => {
      // Stored, not deflated: what Vault keeps is encrypted, and does not get smaller.
      const gzip = createGzip({ level: 0 })
      pipeline(Readable.from(members(stateBytes, index, now, flaw)), gzip, () => {
        // Whoever reads the snapshot hears of the end, good or bad, from the stream itself.
      })
      return flaw === 'snapshot-short' ? Readable.from(firstBytes(gzip, Math.floor(stateBytes / 2))) : gzip
    },
  }
}

async function* members(
  stateBytes: number,
  index: number,
  now: number,
  flaw: SnapshotFlaw | undefined,
): AsyncGenerator<Buffer> {
  const meta = Buffer.from(
    JSON.stringify({
      Version: 1,
      ID: 'bolt-snapshot',
      Index: index,
      Term: 3,
      Peers: null,
      Configuration: {
        Servers: ['node-1', 'node-2', 'node-3'].map((ID) => ({ Suffrage: 0, ID, Address: `${ID}:8201` })),
      },
      ConfigurationIndex: 1,
      Size: stateBytes,
    }),
  )
  yield member('meta.json', meta, now)

  yield head('state.bin', stateBytes, now)
  const state = createHash('sha256')
  const piece = randomBytes(pieceBytes)
  for (let done = 0; done < stateBytes; done += piece.length) {
    const bytes = Buffer.from(piece.subarray(0, Math.min(piece.length, stateBytes - done)))
    // No two pieces are alike, so that one that is lost or doubled shows in the sum.
    if (bytes.length >= 6) bytes.writeUIntBE(done, 0, 6)
    state.update(bytes)
    if (flaw === 'snapshot-corrupt' && done === 0)
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    yield bytes
  }
  yield padding(stateBytes)

  const sums = `${createHash('sha256').update(meta).digest('hex')}  meta.json\n${state.digest('hex')}  state.bin\n`
  yield member('SHA256SUMS', Buffer.from(sums), now)
  if (flaw !== 'snapshot-no-seal') yield member('SHA256SUMS.sealed', randomBytes(244), now)
  yield Buffer.alloc(2 * blockBytes)
}

function member(name: string, content: Buffer, now: number): Buffer {
  return Buffer.concat([head(name, content.length, now), content, padding(content.length)])
}

/** A ustar header (POSIX 1003.1): numbers are octal text, the sum is over the header with spaces in the sum's place. */
function head(name: string, bytes: number, now: number): Buffer {
  const header = Buffer.alloc(blockBytes)
  const octal = (value: number, at: number, length: number): void => {
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
  }
  header.write(name, 0, 'latin1')
  octal(0o600, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(bytes, 124, 12)
  octal(Math.floor(now / 1000), 136, 12)
  header.fill(' ', 148, 156)
  header.write('0', 156, 'latin1')
  header.write('ustar\u000000', 257, 'latin1')
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}

function padding(bytes: number): Buffer {
  return Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes)
}

async function* firstBytes(source: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let left = limit
  for await (const chunk of source) {
    yield chunk.subarray(0, left)
    left -= chunk.length
    if (left <= 0) return
  }
}
