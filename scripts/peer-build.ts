/**
 * Builds the programs of others that this project is tested with, each from its published Go module and pinned by go.sum,
 * into a cache outside the checkout. Test peers only: the binaries are never committed and never shipped.
 *
 *     node scripts/peer-build.ts [--minutes 45] vault | act
 *
 * Ends with 0 where the server is there, with 2 where it can't be had here (no Go, no module proxy, not in time), and
 * with 1 where something is wrong with the peer itself.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { constants, homedir, setPriority } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A program of which a wrapper module is kept in peer/. */
export interface Peer {
  readonly name: string
  readonly version: string
  readonly folder: string
  /** Where its binary is, or will be. */
  readonly binary: string
}

const PEERS = join(import.meta.dirname, '..', 'peer')
/** `minimal` is Vault's own tag for a build with the plugins that this project talks to and without cloud SDKs. */
const FLAGS = ['-mod=readonly', '-trimpath', '-tags=minimal', '-ldflags=-s -w']
const MINUTES = 45
/** What go says where a module can't be had, whatever the reason. */
const UNREACHABLE =
  /40[34] |410 Gone|no such host|could not resolve|connection refused|i\/o timeout|proxyconnect|TLS handshake|network is unreachable|module lookup disabled|reading https?:/i
const TOO_OLD = /requires go >= ([0-9.]+)/

/** The cache folder of a peer is named by all that its bytes depend on in here. */
export function peer(name: 'vault' | 'act'): Peer {
  const folder = join(PEERS, name)
  const hash = createHash('sha256').update(FLAGS.join(' '))
  for (const file of ['go.mod', 'go.sum', 'main.go']) hash.update(readFileSync(join(folder, file)))
  const version = new RegExp(`^(?:require|\\s)\\s*github\\.com/\\w+/${name} v(\\S+)$`, 'm').exec(
    readFileSync(join(folder, 'go.mod'), 'utf8'),
  )?.[1]
  if (version === undefined) throw new Error(`${join(folder, 'go.mod')} names no version of ${name}`)
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const key = `${name}-${version}-${hash.digest('hex').slice(0, 12)}`
  return { name, version, folder, binary: join(cache, 'vault-dr-failover', key, name) }
}

/** What can't be had on this machine, as opposed to what is wrong with the peer. */
class Unavailable extends Error {}

async function build({ name, version, folder, binary }: Peer, minutes: number): Promise<void> {
  if (existsSync(binary)) {
    console.log(`${name} ${version}: already built`)
    console.log(binary)
    return
  }
  const go = goVersion()
  console.log(`${name} ${version}: building with ${go}; the first time, its modules are downloaded as well.`)
  console.log(
    `It has the lowest priority (act takes a minute, Vault ten or more), and ends after ${minutes} min at the latest.`,
  )
  const began = Date.now()
  const cache = join(binary, '..', '..')
  mkdirSync(cache, { recursive: true })
  // In a folder of its own until it has proven itself: a build that was cut short must not look like a program.
  const attempt = mkdtempSync(join(cache, '.building-'))
  try {
    const made = join(attempt, name)
    await compile(folder, made, minutes)
    const said = execFileSync(made, ['--version'], { encoding: 'utf8' }).trim()
    if (!said.includes(version)) throw new Error(`what was built calls itself "${said}", not ${version}`)
    rmSync(join(binary, '..'), { recursive: true, force: true })
    renameSync(attempt, join(binary, '..'))
    const size = Math.round(statSync(binary).size / 1024 / 1024)
    console.log(`${said}: built in ${Math.round((Date.now() - began) / 1000)} s, ${size} MiB`)
    console.log(binary)
  } finally {
    rmSync(attempt, { recursive: true, force: true })
  }
}

function goVersion(): string {
  try {
    return execFileSync('go', ['version'], { encoding: 'utf8' }).trim()
  } catch {
    throw new Unavailable('go is not on the PATH: install Go, or give one of your own as VAULT_BIN or ACT_BIN')
  }
}

async function compile(folder: string, made: string, minutes: number): Promise<void> {
  const child = spawn('go', ['build', '-v', ...FLAGS, '-o', made, '.'], {
    cwd: folder,
    // Without C, so that the same bytes come out with and without a C compiler. No workspace of a parent folder.
    env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' },
    stdio: ['ignore', 'inherit', 'pipe'],
    // A group of its own, so that the compilers end with it.
    detached: true,
  })
  let late = false
  const stop = (): void => end(child)
  const limit = setTimeout(() => {
    late = true
    stop()
  }, minutes * 60_000)
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const told: string[] = []
  let packages = 0
  const progress = setInterval(() => console.log(`… ${packages} packages compiled`), 60_000)
  const output = createInterface({ input: child.stderr })
  output.on('line', (line) => {
    // With -v each compiled package is a line that is nothing but its path.
    if (/^[\w.~/-]+$/.test(line)) packages += 1
    else if (!line.startsWith('go: downloading ')) {
      told.push(line)
      console.error(line)
    }
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).finally(() => {
    clearTimeout(limit)
    clearInterval(progress)
    process.off('SIGINT', stop).off('SIGTERM', stop)
  })
  if (late) throw new Unavailable(`it took more than ${minutes} min; what is compiled is kept, so another run goes on`)
  if (code === 0) return
  const old = TOO_OLD.exec(told.join('\n'))?.[1]
  if (old !== undefined) throw new Unavailable(`Go ${old} or newer is needed`)
  if (told.some((line) => UNREACHABLE.test(line))) {
    throw new Unavailable('a module could not be downloaded: is there a Go module proxy (go env GOPROXY)?')
  }
  throw new Error(code === null ? 'go was ended by a signal' : `go build ended with ${code}`)
}

function end(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid)
  } catch {
    // It is gone already, which is what was wanted.
  }
}

async function main(args: readonly string[]): Promise<number> {
  const at = args.indexOf('--minutes')
  const minutes = Number((at >= 0 ? args[at + 1] : undefined) || MINUTES)
  const [name, ...more] = args.filter((_, index) => at < 0 || (index !== at && index !== at + 1))
  if (!(minutes > 0) || (name !== 'vault' && name !== 'act') || more.length > 0) {
    console.error('usage: peer-build.ts [--minutes 45] vault | act')
    return 1
  }
  // Nobody waits at the keyboard for it, and others may be at work on this machine.
  setPriority(constants.priority.PRIORITY_LOW)
  const wanted = peer(name)
  try {
    await build(wanted, minutes)
    return 0
  } catch (error) {
    console.error(`${wanted.name} ${wanted.version} was not built: ${error instanceof Error ? error.message : error}`)
    return error instanceof Unavailable ? 2 : 1
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
