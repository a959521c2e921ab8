/** `status` with `issue: true`, against a stand-in for GitHub's issues. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { issueOf, keep, LABEL, type Told, type Where } from '../src/issue.ts'
import { Secrets } from '../src/secrets.ts'
import { newReport } from '../src/session.ts'
import { expectRun, story } from './support/story.ts'

const TOKEN = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz'

interface Issue {
  readonly number: number
  title: string
  body: string
  labels: { name: string }[]
  state: string
  readonly comments: string[]
  readonly pull_request?: object
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

interface GitHub {
  readonly env: Readonly<Record<string, string>>
  readonly issues: Issue[]
  readonly asked: Asked[]
  /** What the next calls get instead of an answer; `undefined` for silence. */
  refuse(status: number | undefined, which?: RegExp, message?: string): void
  /** As for a token without push access: labels are dropped without a word. */
  dropLabels(): void
  open(body: string, more?: Partial<Issue>): Issue
}

const written = z.object({
  title: z.string().optional(),
  body: z.string().optional(),
  state: z.string().optional(),
  labels: z.array(z.string()).optional(),
})

async function withGitHub(tell: (github: GitHub) => Promise<void>): Promise<void> {
  const issues: Issue[] = []
  const asked: Asked[] = []
  let refusal: { status: number | undefined; which: RegExp; message: string } | undefined
  let drops = false
  const open: GitHub['open'] = (body, more = {}) => {
    const issue: Issue = {
      number: issues.length + 1,
      title: 't',
      body,
      labels: [{ name: LABEL }],
      state: 'open',
      comments: [],
      ...more,
    }
    issues.push(issue)
    return issue
  }
  const answer = (method: string, url: URL, text: string): readonly [number, unknown] => {
    const [, rest = ''] = /^\/repos\/acme\/vault\/issues(.*)$/.exec(url.pathname) ?? []
    const [, number, part] = /^\/(\d+)(?:\/(\w+))?$/.exec(rest) ?? []
    const issue = issues.find((one) => one.number === Number(number))
    const { title = '', body = '', state, labels = [] } = text === '' ? {} : written.parse(JSON.parse(text))
    if (method === 'GET' && rest === '') {
      const [label, wanted] = ['labels', 'state'].map((name) => url.searchParams.get(name))
      const page = Number(url.searchParams.get('page') ?? 1)
      const found = issues.filter((one) => one.state === wanted && one.labels.some(({ name }) => name === label))
      return [200, found.toReversed().slice(100 * (page - 1), 100 * page)]
    }
    if (method === 'POST' && rest === '') {
      return [201, open(body, { title, labels: drops ? [] : labels.map((name) => ({ name })) })]
    }
    if (issue === undefined) return [404, { message: 'Not Found' }]
    if (method === 'PATCH') return [200, Object.assign(issue, { title, body, state: state ?? issue.state })]
    if (part === 'comments') return [201, { id: issue.comments.push(body) }]
    if (part === 'labels') return [200, issue.labels.push(...(drops ? [] : labels.map((name) => ({ name }))))]
    return [404, { message: 'Not Found' }]
  }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request) text += String(piece)
    const { method = '', url: path = '', headers } = request
    asked.push({ method, path, headers, text })
    if (refusal?.which.test(`${method} ${path}`) === true) {
      if (refusal.status === undefined) return
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        ...(refusal.status < 400 ? { location: 'http://127.0.0.1:9/elsewhere' } : {}),
      }
      response.writeHead(refusal.status, headers).end(JSON.stringify({ message: refusal.message }))
      return
    }
    const [status, body] = answer(method, new URL(path, 'http://github'), text)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    await tell({
      env: { GITHUB_API_URL: `http://127.0.0.1:${port}` },
      issues,
      asked,
      open,
      refuse: (status, which = /./, message = '::error::<b>hostile</b> @all') => {
        refusal = { status, which, message }
      },
      dropLabels: () => {
        drops = true
      },
    })
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const LOOK = { operation: 'status', issue: 'true', 'github-token': TOKEN, 'catch-up-timeout': '1s' }
const calls = ({ asked }: GitHub) => asked.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`)

story('one issue, from the first trouble to the last', { version: '1.21.1+ent' }, ({ world, run }) =>
  withGitHub(async (github) => {
    const { env, issues, asked } = github
    expectRun(await run(LOOK, { env }), { health: 'healthy', code: 0 })
    expect(issues).toEqual([])

    world.cutLink()
    const first = await run({ ...LOOK, 'vault-token': world.tokens.operator }, { env })
    expectRun(first, { health: 'degraded', code: 0 })
    expect(first.log).toContain('issue: opened #1')
    expect(issues).toHaveLength(1)
    const [issue] = issues
    const hosts = [world.primary, world.secondary].map(({ addr }) => new URL(addr).host)
    expect(issue).toMatchObject({ title: `Vault DR pair ${hosts.join(' / ')}: degraded`, labels: [{ name: LABEL }] })
    // The same words as in the job summary, under a mark that nobody sees.
    expect(issue?.body).toMatch(/^<!-- vault-dr-failover: [0-9a-f]{32} -->\n/)
    const [head = ''] = first.summary.split('\n\nFull report')
    expect(issue?.body).toContain(head.trim())

    // Again, and worse: the same issue says so, and nobody is told twice.
    await world.primary.stop()
    const second = await run(LOOK, { env })
    expectRun(second, { health: 'critical', code: 1 })
    expect(second.log).toContain('issue: updated #1')
    expect(issues).toHaveLength(1)
    expect(issue).toMatchObject({ state: 'open', comments: [] })
    expect(issue?.title).toMatch(/: critical$/)

    await world.primary.start()
    world.healLink()
    const third = await run(LOOK, { env })
    expectRun(third, { health: 'healthy', code: 0 })
    expect(third.log).toContain('issue: closed #1')
    expect(issue).toMatchObject({ state: 'closed' })
    expect(issue?.comments).toEqual([
      expect.stringMatching(
        /^Healthy again, as seen at \S+ \S+ UTC in \[run 4711\]\(https:\/\/github\.example\/[\w/]+\)\.$/,
      ),
    ])
    expectRun(await run(LOOK, { env }), { health: 'healthy', code: 0 })
    expect(issues).toHaveLength(1)
    expect(issue?.comments).toHaveLength(1)

    // The token goes to GitHub's address in its header, and nowhere else; no Vault token goes there.
    for (const { headers, text, path } of asked) {
      expect(headers.authorization).toBe(`token ${TOKEN}`)
      for (const secret of [TOKEN, world.tokens.operator, world.tokens.batch]) expect(text + path).not.toContain(secret)
    }
    expect(world.requests.some(({ token }) => token === TOKEN)).toBe(false)
  }),
)

for (const [what, status, which, said] of [
  ['the token may not', 403, /./, 'issues: write'],
  ['the token is unknown', 401, /./, 'HTTP 401'],
  ['GitHub is broken', 502, /GET/, 'HTTP 502'],
  ['issues are switched off', 410, /./, 'has no issues'],
  ['GitHub redirects', 301, /./, 'redirects elsewhere'],
  ['GitHub says nothing', undefined, /./, 'did not answer'],
  ['opening it is answered by nothing good', 500, /POST/, 'HTTP 500'],
] as const) {
  story(`a warning, and the outcome as it is: ${what}`, {}, ({ world, run }) =>
    withGitHub(async (github) => {
      world.cutLink()
      github.refuse(status, which)
      const ran = await run(LOOK, { env: github.env })
      expectRun(ran, { outcome: 'done', health: 'degraded', code: 0 })
      expect(ran.log).toMatch(new RegExp(`^::warning::The issue was not kept up to date: .*${said}`, 'm'))
      expect(ran.log).not.toContain('hostile')
      expect(ran.ms).toBeLessThan(40_000)
      // What would be done twice if it was done after all is not sent again.
      expect(calls(github).filter((call) => call.startsWith('POST')).length).toBeLessThanOrEqual(1)
    }),
  )
}

story('what is asked for is told when it can not be', {}, ({ run }) =>
  withGitHub(async ({ env, asked }) => {
    const without = await run({ ...LOOK, 'github-token': '' }, { env })
    expectRun(without, { outcome: 'invalid', code: 2 })
    expect(without.log).toContain('github-token is missing: issue needs')
    expectRun(await run({ ...LOOK, operation: 'failover' }, { env }), { outcome: 'invalid' })
    expectRun(await run({ ...LOOK, issue: 'perhaps' }, { env }), { outcome: 'invalid' })
    expect(asked).toEqual([])
    const nowhere = await run(LOOK, { env: { ...env, GITHUB_REPOSITORY: '' } })
    expectRun(nowhere, { outcome: 'done', code: 0 })
    expect(nowhere.log).toContain('GITHUB_REPOSITORY')
  }),
)

story('what a server says becomes no mention, link or markup of the issue', {}, ({ world, run }) =>
  withGitHub(async ({ env, issues }) => {
    world.secondary.setHealth({ version: '1.0.0 @everyone <img src=x> #1 [x](https://evil.example) <!-- x -->' })
    world.secondary.set({ state: 'idle\n# @everyone -->' })
    expectRun(await run(LOOK, { env }), { health: 'degraded' })
    const text = (issues[0]?.body ?? '').replace(/^<!--.*-->\n/, '').replaceAll(/`[^`\n]*`/g, '')
    expect(text).not.toMatch(/@everyone|<img|evil\.example|<!--|^# /m)
  }),
)

test('a fleet has one issue, which tells of the pairs that are not well', async () => {
  const pair = (at: number, health: 'healthy' | 'critical') => ({
    name: `pair-${at}`,
    health,
    primary: '',
    secondary: '',
    lag: undefined,
    reasons: ['No primary answers.'],
  })
  const report = {
    ...newReport(undefined),
    operation: 'status' as const,
    fleet: Array.from({ length: 5000 }, (_, at) => pair(at, at % 2 === 0 ? 'critical' : 'healthy')),
    result: { ...RESULT, health: 'critical' as const },
  }
  const told = issueOf(report, 'fleet.yml', new Secrets())
  expect(told).toMatchObject({ healthy: false, title: 'Vault DR fleet: critical' })
  expect(told?.body).toContain('pair-0')
  expect(told?.body).not.toContain('pair-1 ')
  expect(told?.body.length).toBeLessThan(65_536)
  expect(told?.body).toContain('and 2400 more that are not healthy')
  expect(told?.body).toMatch(/This issue is kept by [^\n]*\n$/)
  expect(issueOf(report, 'other.yml', new Secrets())?.mark).not.toBe(told?.mark)
})

test('a body that would be too long for GitHub is cut at a line, and still says what it is', () => {
  const long = {
    name: 'n'.repeat(100),
    health: 'critical',
    primary: 'p'.repeat(250),
    secondary: 's'.repeat(250),
  } as const
  const fleet = Array.from({ length: 100 }, () => ({ ...long, lag: undefined, reasons: ['r'.repeat(300)] }))
  const result = { ...RESULT, health: 'critical' as const }
  const told = issueOf({ ...newReport(undefined), operation: 'status', fleet, result }, 'fleet.yml', new Secrets())
  expect(told?.body.length).toBeGreaterThan(55_000)
  expect(told?.body.length).toBeLessThan(65_536)
  expect(told?.body).toMatch(/\|\n\n… the rest stands in the job summary\.\n\nThis issue is kept by [^\n]*\n$/)
})

test('a look that came to no end tells nothing', () => {
  const report = { ...newReport(undefined), operation: 'status' as const, result: RESULT }
  expect(issueOf(report, undefined, new Secrets())).toBeDefined()
  expect(issueOf({ ...report, cancelled: true }, undefined, new Secrets())).toBeUndefined()
  expect(issueOf({ ...report, result: { ...RESULT, outcome: 'blocked' } }, undefined, new Secrets())).toBeUndefined()
})

const RESULT = {
  outcome: 'done',
  exitCode: 0,
  changed: false,
  health: 'healthy',
  activeAddr: '',
  redundancy: 'unprotected',
  lag: undefined,
  rtoMs: undefined,
  rpoEntries: undefined,
  clusterId: '',
  verdict: 'All is said.',
  reasons: [],
  next: [],
} as const

describeKeep()
function describeKeep(): void {
  const TOLD: Told = { healthy: false, mark: '<!-- m -->', title: 'T', body: '<!-- m -->\nB', farewell: 'F' }
  const where = ({ env }: GitHub, said: string[]): Where => ({
    token: TOKEN,
    repository: 'acme/vault',
    apiUrl: String(env.GITHUB_API_URL),
    cancelled: new AbortController().signal,
    say: (line) => said.push(line),
  })

  test('issues of others, pull requests and closed ones are left alone', () =>
    withGitHub(async (github) => {
      github.open('somebody asks about vault-dr')
      github.open(TOLD.body, { labels: [{ name: 'bug' }] })
      github.open(TOLD.body, { pull_request: {} })
      github.open(TOLD.body, { state: 'closed' })
      const before = JSON.stringify(github.issues)
      expect(await keep({ ...TOLD, healthy: true }, where(github, []))).toBeUndefined()
      expect(JSON.stringify(github.issues)).toBe(before)
      expect(await keep(TOLD, where(github, []))).toBeUndefined()
      expect(github.issues).toHaveLength(5)
      expect(github.issues[4]).toMatchObject({ title: 'T', state: 'open' })
    }))

  test('of two that were opened at once the older stays; both are found behind many others', () =>
    withGitHub(async (github) => {
      const [first, second] = [github.open(TOLD.body), github.open(TOLD.body)]
      for (let at = 0; at < 150; at += 1) github.open('another')
      expect(await keep(TOLD, where(github, []))).toBeUndefined()
      expect([first.state, second.state]).toEqual(['open', 'closed'])
      expect([first.comments, second.comments]).toEqual([[], []])
      expect(github.issues.filter(({ state }) => state === 'open')).toHaveLength(151)
    }))

  test('among more issues than are looked through none is opened, since it may be there already', () =>
    withGitHub(async (github) => {
      github.open(TOLD.body)
      for (let at = 0; at < 500; at += 1) github.open('another')
      expect(await keep(TOLD, where(github, []))).toContain('500 or more open issues have the label vault-dr')
      expect(github.issues).toHaveLength(501)
      expect(calls(github).filter((call) => !call.startsWith('GET '))).toEqual([])
    }))

  for (const [status, message, said] of [
    [403, 'Repository was archived so is read-only.', 'archived'],
    [403, 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.', 'rate limit'],
    [429, 'API rate limit exceeded for installation ID 1.', 'rate limit'],
    [410, 'Issues has been disabled in this repository.', 'has no issues'],
    [403, 'Resource not accessible by integration', 'issues: write'],
  ] as const) {
    test(`why it may not be opened: ${message}`, () =>
      withGitHub(async (github) => {
        github.refuse(status, /^POST/, message)
        const because = await keep(TOLD, where(github, []))
        expect(because).toContain(said)
        expect(because).not.toContain(message)
        expect(calls(github)).toHaveLength(2)
      }))
  }

  test('a label that GitHub drops is told', () =>
    withGitHub(async (github) => {
      github.dropLabels()
      github.refuse(403, /labels$/)
      expect(await keep(TOLD, where(github, []))).toContain('did not get the label vault-dr')
    }))

  test('nothing is asked in a cancelled run, or of a place that is none', () =>
    withGitHub(async (github) => {
      const cancelled = AbortSignal.abort()
      expect(await keep(TOLD, { ...where(github, []), cancelled })).toContain('did not answer')
      expect(await keep(TOLD, { ...where(github, []), repository: '../x' })).toContain('GITHUB_REPOSITORY')
      expect(await keep(TOLD, { ...where(github, []), apiUrl: 'http://evil.example' })).toContain('GITHUB_API_URL')
      expect(await keep(TOLD, { ...where(github, []), token: '' })).toContain('github-token')
      expect(github.asked).toEqual([])
    }))
}
