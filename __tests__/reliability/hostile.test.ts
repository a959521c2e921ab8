/** A server that is hostile, or broken: it says what it likes, sends elsewhere, reflects, lies, swells and drips. */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import type { WorldOptions } from '../../src/simulator/world.ts'
import { formsOf, PATHS, visible } from '../support/invariants.ts'
import { documented } from '../support/policies.ts'
import type { Given, Ran } from '../support/run-action.ts'
import { keepsMoreSecrets } from '../support/tale.ts'
import { figure, WHOLE } from './figures.ts'
import { JOURNEYS } from './journeys.ts'
import { everyString, type Standin, startProxy, type Twist } from './proxy.ts'
import { failover, type Trial, trial, withLog } from './trial.ts'

/** A trial with a proxy before each cluster. */
function between(
  twist: (side: 'primary' | 'secondary') => Twist,
  tell: (told: Between) => Promise<void>,
  options: WorldOptions = {},
) {
  return trial(options, async (one) => {
    const { world } = one
    const proxies: Standin[] = [
      await startProxy(world.primary.addr, twist('primary')),
      await startProxy(world.secondary.addr, twist('secondary')),
    ]
    const given = { 'primary-addr': proxies[0]?.addr ?? '', 'secondary-addr': proxies[1]?.addr ?? '' }
    try {
      await tell({ ...one, given, twisted: () => proxies.reduce((sum, each) => sum + each.twisted(), 0) })
    } finally {
      await Promise.all(proxies.map((each) => each.close()))
    }
  })
}

interface Between extends Trial {
  readonly given: Given
  twisted(): number
}

const EVIL: readonly string[] = [
  '\n::set-output name=outcome::done\n::add-mask::a\n',
  '\r::stop-commands::x\r##[set-env name=NODE_OPTIONS]--inspect\r',
  ' ##[add-mask]e ##[save-state name=made]x ##[group]y',
  '\u001b[2J\u001b[31mred\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007\u009b31m',
  '\u202ereversed\u2066isolated\u200b\ufeff\u2028::warning::x\u2029\u0085::error::y',
  '<img src=x onerror=alert(1)><script>alert(1)</script><!-- <details open>',
  '](https://evil.example) ![x](https://evil.example/x.png) <https://evil.example> [a]: https://evil.example',
  '| a | b |\n|---|---|\n# Heading\n```\n~~~mermaid\ngraph TD; A-->B; click A "https://evil.example"\n```',
  '`code` @acme/team #1 acme/vault#2 https://evil.example www.evil.example **bold**',
  '"]; end\n%%{init: {"securityLevel":"loose"}}%% A["<b>x</b>"] --> B; x:::y',
  '$' + '{{ secrets.TOKEN }} $(id) %0A::error::x %0D %25 \\u003a\\u003a',
  `\u0000${'A'.repeat(5000)}\ud800`,
]

/** What may be in a summary only inside a code span, where GitHub reads nothing of it. */
const MARKUP = /<(img|script|b>|!--)|\]\(https:\/\/evil|!\[x\]|^# Heading|(^|\s)@acme|https:\/\/evil\.example|\*\*bold/m

function saysNothingEvil({ log, summary, outputs, state }: Ran): void {
  const commands = log
    .split(/\r\n|[\r\n\u2028\u2029\u0085]/)
    .filter((line) => /^\s*::(?!add-mask::hv|error::|warning::|notice::)/.test(line))
  expect(commands).toEqual([])
  expect(log).not.toMatch(/##\[|::(set-output|stop-commands|save-state|set-env|add-path)/)
  const outside = summary.replace(/(`+)[^`].*?\1/g, '')
  expect(outside).not.toMatch(MARKUP)
  // A diagram is drawn from closed words: nothing of a server's is in one.
  for (const [block] of summary.matchAll(/```mermaid[\s\S]*?```/g))
    expect(block).not.toMatch(/evil|click|securityLevel|A{20}/)
  expect(Object.keys(outputs)).not.toContain('x')
  expect(Object.keys(state).filter((name) => !['report', 'made', 'isPost'].includes(name))).toEqual([])
}

for (const [at, evil] of EVIL.entries()) {
  for (const operation of at % 4 === 0 ? ['status', 'failover'] : ['failover']) {
    test.concurrent(`hostile words ${at + 1} in every field of every answer to ${operation}`, () =>
      between(
        () =>
          (_, { text }) => ({
            text: everyString(text, (value, key) => (isKept(value, key) ? value : `${value}${evil}`)),
          }),
        async ({ run, given, twisted }) => {
          const ran = await run({ operation, ...given, 'catch-up-timeout': '300ms', timeout: '8s' }, { untold: true })
          withLog(ran, () => saysNothingEvil(ran))
          expect(twisted()).toBeGreaterThan(3)
        },
      ))
  }
  test.concurrent(`hostile words ${at + 1} in what a refusal says`, () =>
    trial({}, async ({ world, run, fault }) => {
      const path = [PATHS.demote, PATHS.promote, PATHS.secondaryToken, PATHS.updatePrimary][at % 4] ?? ''
      fault({ path, kind: 'status', status: 400, errors: [evil, ...EVIL] })
      const ran = await run({ ...failover, timeout: '8s', 'catch-up-timeout': '2s' })
      withLog(ran, () => saysNothingEvil(ran))
      expect(world.writes().length).toBeGreaterThan(0)
    }))
}
/** Fields that a run can't go on without: with these kept, every other field is heard deep inside a run. */
const isKept = (value: string, key: string): boolean => /^-?\d+$/.test(value) || KEPT.includes(key)
const KEPT = ['mode', 'state', 'merkle_root', 'cluster_id', 'secondary_public_key', 'token', 'known_secondaries']

for (const place of ['every field', 'errors', 'warnings', 'keys'] as const) {
  test.concurrent(`tokens that come back in ${place} are told to nobody`, () =>
    between(
      () =>
        ({ token }, { text, status }) => {
          if (token === '') return undefined
          const forms = [
            ...formsOf(token),
            token.toUpperCase(),
            [...token].join(' '),
            token.replace(/(.{9})/g, '$1\u200b'),
          ]
          const pick = () => forms[Math.floor(text.length % forms.length)] ?? token
          if (place === 'errors') return { status: 400, text: JSON.stringify({ errors: forms }) }
          if (place === 'warnings')
            return {
              text: String(text)
                .replace(/"warnings":null|^\{/, `{"warnings":${JSON.stringify(forms)},`)
                .replace(',}', '}'),
            }
          if (place === 'keys')
            return {
              status,
              text: String(text).replace(/^\{/, `{${forms.map((form) => `${JSON.stringify(form)}:1`).join()},`),
            }
          return { text: everyString(text, (value, key) => (isKept(value, key) ? value : `${value} ${pick()}`)) }
        },
      async ({ run, given }) => {
        await run({ ...failover, ...given, 'catch-up-timeout': '300ms', timeout: '8s' }, { untold: true })
      },
    ))
}

/** Fields of calls and answers whose text is a secret, made on the way or given. */
const SECRET_FIELDS = /^(token|client_token|dr_operation_token|key|secret_id|jwt|otp|encoded_token)$/

/** Everything secret that went over the wire so far, either way. */
function overheard(seen: Set<string>, text: string | Buffer): void {
  everyString(text, (value, key) => {
    if (SECRET_FIELDS.test(key) && value.length >= 12) seen.add(value)
    return value
  })
}

/** Secrets that are not letters and digits alone look different in each dress. */
const AWKWARD = 'secret"id"\\%41&+/=<>`$0123456789'
const BETRAYED = ['key shares', 'an approle'] as const
for (const name of BETRAYED) {
  for (const place of ['errors of what is cleaned up', 'warnings', 'every field of what is made', 'headers'] as const) {
    test.concurrent(`${name}: whatever was given or made comes back in ${place}, and is told to nobody`, () => {
      const journey = JOURNEYS[name]
      if (journey === undefined) throw new Error(name)
      const approle = name === 'an approle'
      const options = approle
        ? { approle: { roleId: 'role-id-0123456789', secretId: AWKWARD, policy: documented('vault-token') } }
        : journey.options
      const seen = new Set<string>()
      return between(
        () => (heard, said) => {
          overheard(seen, heard.body)
          overheard(seen, said.text)
          if (heard.token !== '') seen.add(heard.token)
          const told = [...seen].flatMap((secret) => [...formsOf(secret), JSON.stringify(secret).slice(1, -1)])
          if (place === 'headers') return { headers: { ...said.headers, 'x-echo': told.map(encodeURIComponent) } }
          if (place === 'warnings')
            return { text: String(said.text).replace(/"warnings":null/, () => `"warnings":${JSON.stringify(told)}`) }
          if (place === 'every field of what is made')
            return heard.method === 'GET' || heard.path.endsWith('capabilities-self')
              ? undefined
              : {
                  text: everyString(said.text, (value, key) =>
                    isKept(value, key) || SECRET_FIELDS.test(key) || key === 'nonce'
                      ? value
                      : `${value} ${told.join(' ')}`,
                  ),
                }
          return /revoke-self$|operation-token\/delete$|update-primary$/.test(heard.path)
            ? { status: 400, text: JSON.stringify({ errors: told }) }
            : undefined
        },
        async ({ world, run, given }) => {
          const own = approle ? { 'approle-secret-id': AWKWARD } : {}
          const timing = { 'catch-up-timeout': '1s', timeout: '10s' }
          const ran = await run({ ...journey.given(world), ...own, ...given, ...timing }, { untold: true })
          withLog(ran, () => {
            keepsMoreSecrets(world, ran)
            const told = ran.log.split('\n').filter((line) => !line.startsWith('::add-mask::'))
            const sinks = [told.join('\n'), JSON.stringify(ran.outputs), JSON.stringify(ran.state)]
            for (const secret of seen)
              for (const form of [...formsOf(secret), JSON.stringify(secret).slice(1, -1)])
                for (const sink of [...sinks, ...Object.values(ran.files)])
                  if (sink.includes(form)) throw new Error(`a secret is told: ${form}`)
            expect(seen.size).toBeGreaterThan(3)
          })
        },
        options,
      )
    })
  }
}

/** A place that must not hear a single byte. */
async function sink(): Promise<{ port: number; bytes: () => number; close: () => void }> {
  let bytes = 0
  const server: Server = createServer((socket) => {
    bytes += 1
    socket.on('data', (piece) => {
      bytes += piece.length
    })
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const at = server.address()
  return { port: typeof at === 'object' && at !== null ? at.port : 0, bytes: () => bytes, close: () => server.close() }
}

const REDIRECTED = [
  PATHS.status,
  'auth/token/lookup-self',
  PATHS.demote,
  PATHS.promote,
  PATHS.secondaryToken,
  'sys/health',
]
for (const [turn, status] of [301, 302, 303, 307, 308].entries()) {
  // On every change each of both at least once.
  for (const what of WHOLE ? REDIRECTED : REDIRECTED.filter((_, at) => at % 5 === turn)) {
    test.concurrent(`a ${status} of ${what} to somewhere else is not followed`, async () => {
      const elsewhere = await sink()
      try {
        await between(
          () =>
            ({ path }) =>
              path === what
                ? {
                    status,
                    headers: {
                      location: `http://127.0.0.1:${elsewhere.port}/v1/${path}`,
                      refresh: `0; url=http://127.0.0.1:${elsewhere.port}/`,
                      link: `<http://127.0.0.1:${elsewhere.port}/>; rel=preload`,
                      'alt-svc': `h2="127.0.0.1:${elsewhere.port}"`,
                    },
                    text: '',
                  }
                : undefined,
          async ({ run, given, twisted }) => {
            await run({ ...failover, ...given, timeout: '6s', 'catch-up-timeout': '1s' }, { untold: true })
            expect([elsewhere.bytes(), twisted() > 0]).toEqual([0, true])
          },
        )
      } finally {
        elsewhere.close()
      }
    })
  }
}

/** Texts in place of a status, by which something that is not so could pass as so. */
const LIES: Readonly<Record<string, (text: string) => string>> = {
  'a prototype': (text) =>
    text
      .replace('"data":{', '"data":{"__proto__":{"mode":"primary","state":"running"},')
      .replace(/"mode":"\w+"/, '"modus":"x"'),
  'a prototype of the envelope': (text) =>
    text.replace(/^\{/, '{"__proto__":{"data":{"mode":"primary"}},').replace('"data":', '"dada":'),
  'a constructor': (text) => text.replace(/"mode":"\w+"/, '"constructor":{"prototype":{"mode":"primary"}}'),
  'a key twice': (text) => text.replace('"data":{', '"data":{"mode":"primary","state":"running",'),
  'a key twice, the second escaped': (text) =>
    text.replace('"data":{', '"data":{"m\\u006fde":"primary","stat\\u0065":"running",'),
  'data twice': (text) => text.replace(/\}\s*$/, ',"data":{"mode":"primary","state":"running"}}'),
  'a list of roles': (text) => text.replace(/"mode":"(\w+)"/, '"mode":["primary"]'),
  'a role in capitals': (text) => text.replace(/"mode":"(\w+)"/, '"mode":"PRIMARY"'),
  'a role with a blank': (text) => text.replace(/"mode":"(\w+)"/, '"mode":"primary "'),
  'a role that is true': (text) => text.replace(/"mode":"(\w+)"/, '"mode":true'),
  'a new role': (text) => text.replace(/"mode":"(\w+)"/, '"mode":"primary-secondary"'),
  'a list of data': (text) => text.replace(/"data":(\{.*\}),"wrap/s, '"data":[$1],"wrap'),
  'a text of data': (text) => JSON.stringify({ data: text }),
  'two texts': (text) => text + text,
  'a comment': (text) => `/* */${text}`,
  'a number of nesting': () => `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  'many keys': () => `{"data":{${Array.from({ length: 70_000 }, (_, at) => `"${at}":0`).join()}}}`,
  null: () => 'null',
  nothing: () => '',
}
/** What must not pass as caught up, whole or healthy. */
const HALF_TRUTHS: Readonly<Record<string, readonly [RegExp, string]>> = {
  'a position beyond 2^53': [/"last_(dr|remote)_wal":\d+/g, '"last_$1_wal":9007199254740993'],
  'a position that is a fraction': [/"last_remote_wal":\d+/g, '"last_remote_wal":1e400'],
  'a root that is a number': [/"merkle_root":"\w*"/g, '"merkle_root":0'],
  'a root that is a list': [/"merkle_root":"\w*"/g, '"merkle_root":["a"]'],
  'corruption as a word': [/"corrupted_merkle_tree":false/g, '"corrupted_merkle_tree":"true"'],
  'ids in an object': [/"known_secondaries":\[[^\]]*\]/g, '"known_secondaries":{"length":1}'],
  'a state that is a number': [/"state":"[\w-]+"/g, '"state":0'],
  'a state in capitals': [/"state":"[\w-]+"/g, '"state":"STREAM-WALS"'],
  'a connection of another word': [/"connection_state":"\w+"/g, '"connection_state":"Ready"'],
}

for (const [at, [what, lie]] of Object.entries(LIES).entries()) {
  for (const side of WHOLE
    ? (['primary', 'secondary'] as const)
    : ([at % 2 === 0 ? 'primary' : 'secondary'] as const)) {
    test.concurrent(`${what} in the status of the ${side} passes for nothing`, () =>
      between(
        (self) =>
          ({ path }, { text }) =>
            path === PATHS.status && self === side ? { text: lie(String(text)) } : undefined,
        async ({ world, run, given }) => {
          const looked = await run({ operation: 'status', ...given }, { untold: true })
          withLog(looked, () => expect(['degraded', 'critical']).toContain(looked.outputs.health))
          const ran = await run({ ...failover, ...given, timeout: '3s', 'catch-up-timeout': '300ms' }, { untold: true })
          withLog(ran, () => expect([ran.outcome, ran.outputs.changed]).toEqual(['blocked', 'false']))
          expect(visible(world, world.primary)).toBe('primary')
        },
      ))
  }
}

for (const [what, [pattern, text]] of Object.entries(HALF_TRUTHS)) {
  test.concurrent(`${what} is no reason to demote anybody`, () =>
    between(
      () =>
        ({ path }, { text: said }) =>
          path === PATHS.status ? { text: String(said).replace(pattern, text) } : undefined,
      async ({ world, run, given }) => {
        const ran = await run({ ...failover, ...given, timeout: '3s', 'catch-up-timeout': '300ms' }, { untold: true })
        withLog(ran, () => expect([ran.outcome, ran.outputs.changed]).toEqual(['blocked', 'false']))
        expect(world.writes()).toEqual([])
      },
    ))
}

test.concurrent('a promotion that did not happen does not pass for one by a lie', () =>
  between(
    (at) =>
      ({ path }, { text }) => {
        if (at !== 'secondary') return undefined
        if (path === PATHS.promote) return { status: 200, text: '{"warnings":["This cluster is being promoted"]}' }
        const lie = LIES['a prototype']
        return path === PATHS.status && asked > 0 ? { text: lie?.(String(text)) ?? '' } : undefined
      },
    async ({ world, run, given, fault }) => {
      asked = 0
      const watch = setInterval(() => {
        asked = world.writes().filter((one) => one.path === PATHS.promote).length
      }, 2)
      fault({ path: PATHS.promote, kind: 'status', status: 400 })
      const ran = await run({ ...failover, ...given, timeout: '6s' }, { untold: true })
      clearInterval(watch)
      withLog(ran, () => expect(['unknown', 'no-primary', 'restored']).toContain(ran.outcome))
    },
  ))
let asked = 0

/** The most that a process had in memory, in MiB, as the kernel counts it; looked at until it ends. */
async function peakOf(child: { pid?: number | undefined }, ended: Promise<Ran>): Promise<readonly [Ran, number]> {
  let peak = 0
  const look = setInterval(() => {
    try {
      const [, kib] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
      peak = Math.max(peak, Number(kib ?? 0) / 1024)
    } catch {
      // It has ended.
    }
  }, 10)
  try {
    return [await ended, peak]
  } finally {
    clearInterval(look)
  }
}

const MIB = 1024 * 1024
/** Packed once: it takes this process a second, in which nobody is answered. */
const PACKED = gzipSync(Buffer.alloc(200 * MIB, ' '))
const BOMBS: Readonly<Record<string, Twist>> = {
  'that never ends': () => (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const pour = () => {
      while (!response.destroyed && response.write('{"a":'.repeat(4096)));
    }
    response.on('drain', pour)
    pour()
  },
  'of a packed bomb': () => ({
    status: 200,
    headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
    text: PACKED,
  }),
  'of nearly a MiB that stops before its end': () => (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(4 * MIB) })
    response.write(Buffer.alloc(MIB - 1024, '{"a":'))
  },
  'of a MiB of keys': () => ({
    status: 200,
    text: `{"data":{${Array.from({ length: 60_000 }, (_, at) => `"key-${at}":${at}`).join()}}}`,
  }),
  'of a MiB of secondaries': () => ({
    status: 200,
    text: `{"data":{"mode":"primary","state":"running","secondaries":[${'{},'.repeat(340_000)}{}]}}`,
  }),
  'of a MiB of brackets': () => ({ status: 200, text: `${'['.repeat(500_000)}${']'.repeat(500_000)}` }),
  'whose first piece has a name without an end': () => (_, socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1;')
    const pour = () => {
      while (!socket.destroyed && socket.write('a'.repeat(65_536)));
    }
    socket.on('drain', pour)
    pour()
  },
  'of a MiB of errors': () => ({
    status: 400,
    text: JSON.stringify({ errors: Array.from({ length: 30_000 }, (_, at) => `an error of its own ${at}`) }),
  }),
  'of one long error': () => ({ status: 400, text: JSON.stringify({ errors: ['hvs. '.repeat(190_000)] }) }),
  'in drips': () => (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const timer = setInterval(() => response.write(' '), 50)
    response.on('close', () => clearInterval(timer))
  },
  'with a MiB of headers': () => (_, socket) => {
    socket.write(
      `HTTP/1.1 200 OK\r\n${Array.from({ length: 8000 }, (_, at) => `x-${at}: ${'v'.repeat(120)}\r\n`).join('')}\r\n`,
    )
  },
}
const FETCHED: Readonly<Record<string, Given>> = {
  status: { operation: 'status', 'catch-up-timeout': '1s', timeout: '4s' },
  failover: { ...failover, 'catch-up-timeout': '1s', timeout: '4s' },
}

test('no answer takes memory or time', async () => {
  const never: Twist = () => undefined
  const normal = await measure(never, failover)
  const grown: Record<string, number> = {}
  // One beside another, but not so many that they would starve each other.
  const open = Object.entries(BOMBS).flatMap(([what, twist]) =>
    Object.entries(FETCHED).flatMap(([name, given]) =>
      WHOLE || name === 'failover' ? [{ what, twist, name, given }] : [],
    ),
  )
  const work = async (): Promise<void> => {
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { what, twist, name, given } = next
      const { peak, ran } = await measure(twist, given)
      grown[`${name}, an answer ${what}`] = Math.round(peak - normal.peak)
      expect([what, ran.ms < 20_000]).toEqual([what, true])
      expect([what, ran.outputs.changed]).toEqual([what, 'false'])
    }
  }
  await Promise.all([work(), work(), work(), work()])
  figure('memory above a normal run, MiB at most', Math.max(...Object.values(grown)))
  expect(Object.entries(grown).filter(([, mib]) => mib > 32)).toEqual([])

  async function measure(twist: Twist, given: Given): Promise<{ peak: number; ran: Ran }> {
    let found: { peak: number; ran: Ran } | undefined
    await between(
      () => twist,
      async ({ start, given: addresses }) => {
        const { child, ended } = start({ ...given, ...addresses }, { untold: true })
        const [ran, peak] = await peakOf(child, ended)
        found = { ran, peak }
      },
    )
    if (found === undefined) throw new Error('nothing was measured')
    return found
  }
}, 240_000)
