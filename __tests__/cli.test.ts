/** The built program as a command, by somebody at a terminal or by a script, with no runner around it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { readFlags, variableOf } from '../src/cli.ts'
import { INPUTS, OPERATIONS, SECRET_INPUTS } from '../src/inputs.ts'
import { OUTCOMES } from '../src/report.ts'
import { startWorld, type World, type WorldOptions } from '../src/simulator/world.ts'
import { documented } from './support/policies.ts'
import { until } from './support/story.ts'
import { tunnels } from './support/tunnels.ts'

interface Ended {
  readonly code: number | null
  readonly out: string
  /** Of all that it has written beside: the report. */
  readonly files: string
  readonly ms: number
}

interface Going {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  out(): string
}

interface Person {
  readonly world: World
  readonly folder: string
  /** The flags of the pair. */
  readonly pair: readonly string[]
  /** The tokens of the pair. */
  readonly secrets: Readonly<Record<string, string>>
  start(words: readonly string[], env?: Readonly<Record<string, string>>): Going
  run(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>
  /** The same at a terminal. */
  sit(words: readonly string[], env?: Readonly<Record<string, string>>): Going
}

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
/** A terminal to sit at, as `script` makes one: that of util-linux (in every Debian), or that of macOS. */
const atTerminal = (words: readonly string[]): string[] =>
  process.platform === 'darwin'
    ? ['-q', '/dev/null', ...words]
    : ['-qec', words.map((word) => `'${word}'`).join(' '), '/dev/null']
const hasTerminal = spawnSync('script', atTerminal(['true']), { stdio: 'ignore' }).status === 0

function person(name: string, options: WorldOptions, tell: (person: Person) => Promise<void>): void {
  test.concurrent(name, async () => {
    const world = await startWorld(options)
    const folder = mkdtempSync(join(tmpdir(), 'terminal-'))
    const children: ChildProcess[] = []
    const ca = join(folder, 'ca.pem')
    writeFileSync(ca, world.ca)
    const begin = (command: string, args: readonly string[], env: Readonly<Record<string, string>>): Going => {
      const began = performance.now()
      const temporary = mkdtempSync(join(folder, 'tmp-'))
      const child = spawn(command, args, {
        stdio: 'pipe',
        cwd: folder,
        env: { PATH: process.env.PATH, TMPDIR: temporary, ...env },
      })
      children.push(child)
      let out = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          out += text
        })
      }
      const ended = new Promise<Ended>((resolve, reject) => {
        child.once('error', reject)
        child.once('close', (code) => {
          const files = readdirSync(temporary).map((file) => readFileSync(join(temporary, file), 'utf8'))
          resolve({ code, out, files: files.join('\n'), ms: performance.now() - began })
        })
      })
      return { child, ended, out: () => out }
    }
    const start: Person['start'] = (words, env = {}) => {
      const going = begin(process.execPath, [CLI, ...words], env)
      going.child.stdin?.end()
      return going
    }
    try {
      await tell({
        world,
        folder,
        pair: ['--primary-addr', world.primary.addr, '--secondary-addr', world.secondary.addr, '--ca-cert', ca],
        secrets: {
          VAULT_DR_VAULT_TOKEN: world.tokens.operator,
          VAULT_DR_DR_OPERATION_TOKEN: world.tokens.batch,
        },
        start,
        run: (words, env) => start(words, env).ended,
        sit: (words, env = {}) => {
          if (!hasTerminal) throw new Error('nobody can sit at a terminal here: install `script` (util-linux)')
          return begin('script', atTerminal([process.execPath, CLI, ...words]), env)
        },
      })
    } finally {
      for (const child of children) child.kill('SIGKILL')
      await world.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }, 60_000)
}

/** Says something once it is asked for. */
async function say(going: Going, question: RegExp, answer: string): Promise<void> {
  await until(`it asks ${question}`, () => question.test(going.out()) || going.child.exitCode !== null)
  if (!question.test(going.out())) throw new Error(`it ended without asking ${question}:\n${going.out()}`)
  going.child.stdin?.write(`${answer}\r`)
}

const hostOf = (addr: string) => new URL(addr).host
const keeps = (ended: Ended, secrets: readonly string[]) => {
  for (const secret of secrets) expect(ended.out + ended.files).not.toContain(secret)
}

person('a failover through a proxy, as in a job', {}, async ({ world, pair, secrets, run }) => {
  const proxy = await tunnels()
  try {
    const ended = await run(['failover', ...pair, '--yes'], { ...secrets, HTTPS_PROXY: proxy.addr })
    expect(ended.out).toContain('outcome: done')
    // A machine that is busy may keep a look waiting; what may not be is a proxy that is never asked.
    expect(ended.out).not.toContain('the connection failed')
    expect(new Set(proxy.asked)).toEqual(new Set(world.clusters.map(({ addr }) => hostOf(addr))))
  } finally {
    await proxy.close()
  }
})

person('a failover, for a script that means it', {}, async ({ world, pair, secrets, run }) => {
  const ended = await run(['failover', ...pair, '--yes'], secrets)
  expect(ended.out).toContain('outcome: done')
  expect(ended.code).toBe(0)
  expect(world.secondary.role()).toBe('primary')
  expect(world.primariesAtOnceMs()).toBe(0)
  const [, summary = ''] = ended.out.split(/^-{20,}$/m)
  const [to, from] = [hostOf(world.secondary.addr), hostOf(world.primary.addr)]
  expect(summary).toContain(`DONE  ${to} is the DR primary. ${from} follows it and streams.`)
  expect(summary).toMatch(/ {2}now +secondary, stream-wals +primary, running\n/)
  expect(summary).toMatch(/without a primary \(RTO\) +\d/)
  // Text, not Markdown and no command of a runner.
  expect(ended.out).not.toMatch(/^::|[`]|\*\*|^\|/m)
  keeps(ended, [world.tokens.operator, world.tokens.batch])
  // Again: it is so already, and nothing is sent.
  const writes = world.writes().length
  const again = await run(['failover', ...pair, '--yes'], secrets)
  expect(again.out).toContain('outcome: unchanged')
  expect([again.code, world.writes().length]).toEqual([0, writes])
})

person('status needs no token, asks nothing, and has the same exit codes', {}, async ({ world, pair, run }) => {
  expect(await run(['status', ...pair])).toMatchObject({ code: 0, out: expect.stringContaining('HEALTHY  127.0.0.1') })
  world.cutLink()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await run(['status', ...pair, '--fail-on=degraded'])).toMatchObject({ code: 1 })
  await world.primary.stop()
  expect(await run(['status', ...pair])).toMatchObject({ code: 1, out: expect.stringContaining('CRITICAL') })
  expect(world.writes()).toEqual([])
})

person('a refusal, a dry run, and what is wrong', {}, async ({ world, pair, secrets, run }) => {
  const planned = await run(['failover', ...pair, '--dry-run'], secrets)
  expect(planned).toMatchObject({ code: 0, out: expect.stringContaining('PLANNED  It would go') })
  expect(planned.out).toMatch(/promote +127\S+ +would be done/)
  expect(await run(['failover', ...pair], { ...secrets })).toMatchObject({
    code: 2,
    out: expect.stringMatching(/nobody is here to be asked[\s\S]*Nothing was sent/),
  })
  const without = await run(['failover', ...pair, '--yes'])
  expect(without.code).toBe(2)
  expect(without.out).toContain('outcome: invalid')
  expect(without.out).toContain('VAULT_DR_DR_OPERATION_TOKEN')
  expect(world.writes()).toEqual([])
  const wrong = { ...secrets, VAULT_DR_DR_OPERATION_TOKEN: 'hvb.not-a-token-of-any-cluster' }
  expect(await run(['failover', ...pair, '--yes'], wrong)).toMatchObject({ code: OUTCOMES.blocked })
  expect(world.writes()).toEqual([])
})

person('--yes=false is no yes, and a wrong confirm is none either', {}, async ({ world, pair, secrets, run }) => {
  expect(await run(['failover', ...pair, '--yes=false'], secrets)).toMatchObject({
    code: 2,
    out: expect.stringContaining('nobody is here to be asked'),
  })
  const ended = await run(['failover', ...pair, '--yes', '--confirm', 'wrong.example'], secrets)
  expect(ended).toMatchObject({ code: 2, out: expect.stringContaining('confirm does not name the right cluster') })
  expect(world.requests).toEqual([])
  const right = ['--confirm', hostOf(world.secondary.addr)]
  expect(await run(['failover', ...pair, '--yes', ...right], secrets)).toMatchObject({ code: 0 })
})

person('a login by jwt where GitHub signs no id token: refused before anything is sent', {}, async (someone) => {
  const { world, pair, secrets, run } = someone
  const { VAULT_DR_DR_OPERATION_TOKEN } = secrets
  const words = ['failover', ...pair, '--yes', '--auth-method=jwt', '--auth-role=failover']
  expect(await run(words, { VAULT_DR_DR_OPERATION_TOKEN: VAULT_DR_DR_OPERATION_TOKEN ?? '' })).toMatchObject({
    code: 2,
    out: expect.stringMatching(/auth-method jwt [\s\S]*approle[\s\S]*Nothing was sent/),
  })
  expect(world.requests).toEqual([])
})

person('a secret is never taken from a flag, nor shown again', {}, async ({ world, pair, run }) => {
  const secret = 'hvs.AN-OTHERWISE-GOOD-SECRET'
  for (const name of SECRET_INPUTS) {
    for (const words of [[`--${name}`, secret], [`--${name}=${secret}`]]) {
      const ended = await run(['failover', ...pair, '--yes', ...words])
      expect(ended.code).toBe(2)
      expect(ended.out).toContain(`--${name} is no flag`)
      expect(ended.out).toContain(variableOf(name))
      keeps(ended, [secret])
    }
  }
  for (const words of [[secret], [`--${secret}`], ['--vault-tokn', secret], [`--token=${secret}`]]) {
    const ended = await run(['failover', ...pair, '--yes', ...words])
    expect(ended.code).toBe(2)
    keeps(ended, [secret])
  }
  expect(world.requests).toEqual([])
})

person('the plan is shown, and the host has to be typed', {}, async ({ world, pair, secrets, sit }) => {
  const host = hostOf(world.secondary.addr)
  const no = sit(['failover', ...pair], secrets)
  await say(no, /type \S+ \(anything else stops\): $/, 'yes')
  const stopped = await no.ended
  expect(stopped.out).toMatch(/PLANNED {2}It would go: demote [\s\S]*Stopped: nothing was changed/)
  expect(stopped.code).toBe(OUTCOMES.blocked)
  expect(world.writes()).toEqual([])

  const yes = sit(['failover', ...pair], secrets)
  await say(yes, new RegExp(`type ${host} `), host)
  const done = await yes.ended
  expect(done.out).toContain(`DONE  ${host} is the DR primary`)
  expect(done.code).toBe(0)
  keeps(done, Object.values(secrets))
  // What is so already is not asked about.
  const again = await sit(['failover', ...pair], secrets).ended
  expect(again.out).toContain('UNCHANGED')
  expect(again.out).not.toContain('anything else stops')
})

person('what is missing is asked for, and not shown', {}, async ({ world, pair, sit }) => {
  const going = sit(['failover', ...pair])
  await say(going, /vault-token \(.*\): $/, world.tokens.operator)
  await say(going, /dr-operation-token \(.*\): $/, world.tokens.batch)
  await say(going, /anything else stops\): $/, hostOf(world.secondary.addr))
  const ended = await going.ended
  expect(ended.code).toBe(0)
  expect(world.secondary.role()).toBe('primary')
  keeps(ended, [world.tokens.operator, world.tokens.batch])
})

person('one token for both, or key shares', {}, async ({ world, pair, sit }) => {
  const one = sit(['failover', ...pair])
  await say(one, /vault-token \(.*\): $/, '')
  await say(one, /dr-operation-token \(.*\): $/, world.tokens.batch)
  await say(one, /anything else stops\): $/, hostOf(world.secondary.addr))
  expect(await one.ended).toMatchObject({ code: 0 })

  const shares = sit(['failback', ...pair], { VAULT_DR_VAULT_TOKEN: world.tokens.operator })
  await say(shares, /dr-operation-token \(.*\): $/, '')
  // Three of the five, pasted at once, and an empty line.
  await say(shares, /key-shares \(.*\): $/, `${world.keyShares.slice(0, 3).join('\r')}\r`)
  await say(shares, /anything else stops\): $/, hostOf(world.primary.addr))
  const ended = await shares.ended
  expect(ended.out).toContain('outcome: done')
  expect(ended.code).toBe(0)
  keeps(ended, world.keyShares)
  expect(world.leftovers()).toEqual([])
})

person('an emergency: what is typed is the confirmation', {}, async ({ world, pair, secrets, sit, run }) => {
  await world.primary.stop({ heartbeatAgeSeconds: 60 })
  const flags = ['failover', ...pair, '--mode', 'emergency']
  // Nobody typed it: then a script has to.
  expect(await run([...flags, '--yes'], secrets)).toMatchObject({
    code: 2,
    out: expect.stringContaining('confirm is missing'),
  })
  const going = sit(flags, secrets)
  await say(going, /anything else stops\): $/, hostOf(world.secondary.addr))
  const ended = await going.ended
  expect(ended.out).toContain('DONE')
  expect(ended.code).toBe(0)
  expect(world.secondary.role()).toBe('primary')
})

person('Ctrl-C at a question stops everything', {}, async ({ world, pair, secrets, sit }) => {
  for (const [env, question] of [
    [{}, /vault-token \(.*\): $/],
    [secrets, /anything else stops\): $/],
  ] as const) {
    const going = sit(['failover', ...pair], env)
    await say(going, question, '\u0003')
    const ended = await going.ended
    expect(ended.code).not.toBe(0)
    expect(ended.out).toMatch(/stopped before|Stopped/)
  }
  expect(world.writes()).toEqual([])
})

person(
  'Ctrl-C is a cancel: after the demotion the promotion is still made',
  { windows: { demote: 300, promote: 300, attach: 400 } },
  async ({ world, pair, secrets, start, run }) => {
    const going = start(['failover', ...pair, '--yes'], secrets)
    await until('the demotion is applied', () => world.writes().some(({ applied }) => applied))
    const at = performance.now()
    going.child.kill('SIGINT')
    const ended = await going.ended
    expect(performance.now() - at).toBeLessThan(6000)
    expect(ended.out).toContain('outcome: incomplete')
    expect(ended.code).toBe(OUTCOMES.incomplete)
    expect(world.secondary.role()).toBe('primary')
    expect(await run(['failover', ...pair, '--yes'], secrets)).toMatchObject({ code: 0 })
    expect(world.primary.state()).toBe('stream-wals')
  },
)

person('Ctrl-C ends it, whatever hangs', {}, async ({ world, pair, secrets, start }) => {
  world.secondary.hang()
  const going = start(['failover', ...pair, '--yes', '--catch-up-timeout', '60s'], secrets)
  await until('it has asked', () => world.requests.length > 1)
  const at = performance.now()
  going.child.kill('SIGINT')
  const ended = await going.ended
  expect(performance.now() - at).toBeLessThan(6000)
  expect(ended.code).toBeGreaterThan(0)
  expect(world.writes()).toEqual([])
})

person('key shares, cancelled: what was made is taken away', {}, async ({ world, pair, start }) => {
  const env = { VAULT_DR_VAULT_TOKEN: world.tokens.operator, VAULT_DR_KEY_SHARES: world.keyShares.join('\n') }
  world.fault({ path: /generate-operation-token\/update/, kind: 'delay-answer', delayMs: 700, nth: 2 })
  const going = start(['failover', ...pair, '--yes'], env)
  await until('an attempt has begun', () => world.requests.some(({ path }) => path.endsWith('/update')))
  going.child.kill('SIGINT')
  const ended = await going.ended
  expect(ended.code).not.toBe(0)
  expect(world.leftovers()).toEqual([])
  keeps(ended, world.keyShares)
})

person('a token that is made goes into a file of its owner', {}, async ({ world, folder, pair, run }) => {
  const policy = documented('issue-operation-token')
  const env = { VAULT_DR_VAULT_TOKEN: world.mintToken({ type: 'service', policy }) }
  const words = ['issue-operation-token', ...pair, '--yes']
  expect(await run(words, env)).toMatchObject({ code: 2, out: expect.stringContaining('--token-path') })
  expect(world.requests).toEqual([])
  const path = join(folder, 'token')
  const ended = await run([...words, '--token-path', path], env)
  expect(ended.code).toBe(0)
  const token = readFileSync(path, 'utf8').trim()
  expect(token).toMatch(/^hvb\./)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  keeps(ended, [token])
})

for (const operation of ['issue-operation-token', 'generate-operation-token']) {
  person(`${operation}: where its token can't go is found before anything is sent`, {}, async (someone) => {
    const { world, folder, pair, run } = someone
    writeFileSync(join(folder, 'there'), 'of somebody else')
    symlinkSync(join(folder, 'nothing'), join(folder, 'link'))
    const env = { VAULT_DR_VAULT_TOKEN: world.tokens.operator, VAULT_DR_KEY_SHARES: world.keyShares.join('\n') }
    for (const place of ['there', 'link', '.', 'missing/token', 'there/token', '']) {
      const path = place === '' ? '' : join(folder, place)
      const ended = await run([operation, ...pair, '--yes', `--token-path=${path}`], env)
      expect(ended).toMatchObject({ code: 2, out: expect.stringMatching(/token-path[\s\S]*Nothing was sent/) })
    }
    expect(world.requests).toEqual([])
    expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('of somebody else')
  })
}

person(
  'a file that comes up where the token is to go: it is not written to, and the token is revoked',
  {},
  async (someone) => {
    const { world, folder, pair, start } = someone
    const path = join(folder, 'token')
    world.fault({ path: /generate-operation-token\/update/, kind: 'delay-answer', delayMs: 300 })
    const env = { VAULT_DR_KEY_SHARES: world.keyShares.slice(0, 3).join('\n') }
    const going = start(['generate-operation-token', ...pair, '--yes', '--token-path', path], env)
    await until('a share is given', () => world.requests.some((one) => one.path.endsWith('/update')))
    writeFileSync(path, 'of somebody else')
    const ended = await going.ended
    expect(ended.out).toMatch(/could not be handed over, so it was revoked/)
    expect(ended.code).toBe(OUTCOMES.failed)
    expect(readFileSync(path, 'utf8')).toBe('of somebody else')
    expect(world.leftovers()).toEqual([])
  },
)

test('by the link that npm makes, it is the command and never the action', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bin-'))
  try {
    const link = join(folder, 'vault-dr-failover')
    symlinkSync(CLI, link)
    const { status, stdout } = spawnSync(process.execPath, [link, '--help'], { encoding: 'utf8' })
    expect([status, stdout.split('\n').length > 50]).toEqual([0, true])
    expect(stdout).toContain('Usage: ')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('--help tells of every operation, input, variable and exit code', () => {
  const { status, stdout } = spawnSync(process.execPath, [CLI, '--help'], { encoding: 'utf8' })
  expect(status).toBe(0)
  const secret: readonly string[] = SECRET_INPUTS
  for (const operation of OPERATIONS) expect(stdout).toContain(operation)
  for (const name of Object.keys(INPUTS)) {
    if (name === 'operation') continue
    if (secret.includes(name)) {
      expect(stdout).toContain(`  ${variableOf(name)}\n      `)
      expect(stdout).not.toContain(`--${name} `)
    } else expect(stdout).toMatch(new RegExp(`^ {2}--${name}\\b.*\\n {6}\\S`, 'm'))
  }
  for (const [outcome, code] of Object.entries(OUTCOMES))
    expect(stdout.replace(/\s+/g, ' ')).toContain(`${code} ${outcome}`)
  expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100)
  expect(spawnSync(process.execPath, [CLI], { encoding: 'utf8' }).status).toBe(2)
})

test('flags, in every way they are written', () => {
  const words = ['failover', '--primary-addr=https://a', '--secondary-addr', 'https://b', '--dry-run', '-y']
  const { values, yes, mistakes } = readFlags([...words, '--override', 'lag', '--override=version'])
  expect(Object.fromEntries(values)).toEqual({
    operation: 'failover',
    'primary-addr': 'https://a',
    'secondary-addr': 'https://b',
    'dry-run': 'true',
    override: 'lag\nversion',
  })
  expect([yes, mistakes]).toEqual([true, []])
  expect(Object.fromEntries(readFlags(['--operation', 'status', '--dry-run=false']).values)).toEqual({
    operation: 'status',
    'dry-run': 'false',
  })
  for (const name of ['yes', 'help'] as const) {
    expect(readFlags([`--${name}=false`])[name]).toBe(false)
    expect(readFlags([`--${name}=True`])[name]).toBe(true)
    expect(readFlags([`--${name}=perhaps`]).mistakes).toEqual([`--${name} must be true or false`])
  }
  const wrong = ['status', 'failover', 'x', '--timeout', '--max-lag', '1', '--max-lag', '2', '--nonsense', 'y']
  expect(readFlags(wrong).mistakes).toEqual([
    'operation is given twice',
    expect.stringContaining('argument 3 is neither'),
    '--timeout needs a value',
    'max-lag is given twice',
    'there is no flag --nonsense',
  ])
  expect(existsSync(CLI)).toBe(true)
})
