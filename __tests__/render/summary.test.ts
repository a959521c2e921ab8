import { describe, expect, test } from '@jest/globals'
import { noDeeds } from '../../src/bring.ts'
import type { Check } from '../../src/checks.ts'
import type { Role, Side } from '../../src/cluster.ts'
import { renderSummary } from '../../src/render/summary.ts'
import {
  type ClusterView,
  OUTCOMES,
  type Outcome,
  type Report,
  type Result,
  type StepReport,
} from '../../src/report.ts'

/** One direction, as far as the summary needs it: when nobody served. */
const leg = (outage: { from: number; until?: number }) => ({
  to: 'vault-dr.acme.example',
  rtoMs: undefined,
  rpoEntries: undefined,
  outage,
  changed: true,
})

const START = Date.parse('2026-11-20T14:02:09.200Z')
const HOSTS = { from: 'vault.acme.example', to: 'vault-dr.acme.example' }

const iso = (ms: number): string => new Date(START + ms).toISOString()

const look = (side: Side, role: Role, says: string, more: Partial<ClusterView> = {}): ClusterView => ({
  host: HOSTS[side],
  role,
  says,
  version: '1.21.1+ent',
  position: 48_291,
  heartbeatAge: 1200,
  readAt: iso(9000),
  ...more,
})

const BEFORE = {
  from: look('from', 'primary', 'primary, running', { readAt: iso(0) }),
  to: look('to', 'secondary', 'secondary, stream-wals', { readAt: iso(0) }),
}
const SWAPPED = {
  from: look('from', 'secondary', 'secondary, stream-wals'),
  to: look('to', 'primary', 'primary, running'),
}
const lost = (side: Side): ClusterView => ({
  host: HOSTS[side],
  role: 'unknown',
  says: 'no connection (ECONNREFUSED)',
  readAt: iso(60_000),
})

const step = (
  name: StepReport['name'],
  on: Side,
  state: StepReport['state'],
  times: readonly [number, number, number] | undefined = undefined,
  because: string | undefined = undefined,
): StepReport => ({
  name,
  on,
  host: HOSTS[on],
  state,
  because,
  since: times && START + times[0],
  sentAt: times && START + times[1],
  until: times && START + times[2],
})
const DEMOTED = step('demote', 'from', 'done', [240, 250, 2310], 'seen as secondary')
const PROMOTED = step('promote', 'to', 'done', [2310, 2410, 5430], `${HOSTS.to} serves`)
const FOLLOWS = step('follow', 'from', 'done', [5480, 5600, 7420])

const check = (name: Check['name'], state: Check['state'], evidence = 'as it should be', fix?: string): Check => ({
  name,
  state,
  evidence,
  fix,
})

const result = (outcome: Outcome, more: Partial<Result> = {}): Result => ({
  outcome,
  exitCode: OUTCOMES[outcome],
  changed: false,
  health: 'healthy',
  activeAddr: '',
  redundancy: 'protected',
  lag: undefined,
  rtoMs: undefined,
  rpoEntries: undefined,
  clusterId: '',
  verdict: '',
  reasons: [],
  next: [],
  ...more,
})

const report = (more: Partial<Report> = {}): Report => ({
  schema: 1,
  operation: 'failover',
  mode: 'planned',
  dryRun: false,
  startedAt: iso(0),
  endedAt: iso(9100),
  run: {
    actor: 'octo-operator',
    repository: 'acme/vault-ops',
    workflow: 'DR failover',
    runId: '4242',
    attempt: '2',
    url: 'https://github.example/acme/vault-ops/actions/runs/4242',
  },
  hosts: HOSTS,
  checks: [],
  steps: [],
  notes: [],
  activations: [],
  attempts: {},
  logins: [],
  deeds: noDeeds(),
  ...more,
})

/** The lines of a summary that are not empty. */
const lines = (of: Report): string[] =>
  renderSummary(of)
    .split('\n')
    .filter((line) => line !== '')

describe('what is said first', () => {
  test('the first sentence of the verdict is the heading, what follows it is right below', () => {
    const verdict = `${HOSTS.to} is the DR primary. ${HOSTS.from} follows it and streams.`
    expect(lines(report({ result: result('done', { verdict }) })).slice(0, 2)).toEqual([
      '## ✅ `vault-dr.acme.example` is the DR primary',
      '`vault.acme.example` follows it and streams.',
    ])
  })

  test.each<[Outcome, string, string]>([
    ['done', '## ✅ Failover: done', ''],
    ['unchanged', '## ✅ Failover: nothing to do', ''],
    ['planned', '## ℹ️ Failover: it would go, nothing was changed', '> [!NOTE]'],
    ['invalid', '## ⚠️ Failover: an input is wrong, nothing was sent', '> [!WARNING]'],
    ['blocked', '## ⚠️ Failover: refused, nothing was changed', '> [!WARNING]'],
    ['failed', '## ⚠️ Failover: failed, the roles are as they were', '> [!WARNING]'],
    ['incomplete', '## ⚠️ Failover: something is still short', '> [!WARNING]'],
    ['restored', '## ⚠️ Failover: refused, the old primary serves again', '> [!WARNING]'],
    ['no-primary', '## 🛑 Failover: nobody is the DR primary', '> [!CAUTION]'],
    ['two-primaries', '## 🛑 Failover: two clusters claim to be primary', '> [!CAUTION]'],
    ['unknown', '## 🛑 Failover: it is not known what the last call changed', '> [!CAUTION]'],
  ])('%s without a verdict', (outcome, heading, kind) => {
    const [first, second] = lines(report({ result: result(outcome, { next: ['Look.'] }) }))
    expect(first).toBe(heading)
    if (kind === '') expect(second).toBe('**What to do now:** Look.')
    else expect(second).toBe(kind)
  })

  test.each<[Report['operation'], string]>([
    ['failover', 'Failover'],
    ['failback', 'Failback'],
    ['demote', 'Demotion'],
    ['promote', 'Promotion'],
    ['update-primary', 'Re-attachment'],
    [undefined, 'Run'],
  ])('operation %s', (operation, subject) => {
    expect(lines(report({ operation, result: result('unchanged') }))[0]).toBe(`## ✅ ${subject}: nothing to do`)
  })

  test('a first sentence that is too long for a heading goes below one of ours, in full', () => {
    const verdict = `It ${'went '.repeat(40)}well. And more.`
    const [heading, text] = lines(report({ result: result('done', { verdict }) }))
    expect(heading).toBe('## ✅ Failover: done')
    expect(text).toBe(verdict)
  })

  test('what to do is numbered, stands before the reasons, and keeps its code', () => {
    const all = lines(
      report({
        result: result('no-primary', {
          verdict: 'Nobody is the DR primary.',
          reasons: ['it broke'],
          next: [`Run it again: it promotes ${HOSTS.to}.`, 'Or run it with `operation: failback`.'],
        }),
      }),
    )
    expect(all.slice(0, 9)).toEqual([
      '## 🛑 Nobody is the DR primary',
      '> [!CAUTION]',
      '> Nobody can read or write a secret until one of the two is promoted.',
      '>',
      '> **What to do now:**',
      '>',
      '> 1. Run it again: it promotes `vault-dr.acme.example`.',
      '> 2. Or run it with `operation: failback`.',
      '**Why:** it broke',
    ])
  })

  test('invalid inputs: every mistake, at once and first', () => {
    const reasons = ['operation: must be one of status, failover', 'primary-addr: is missing']
    const invalid = report({
      operation: undefined,
      hosts: { from: '', to: '' },
      result: result('invalid', { verdict: 'Two inputs are wrong.', reasons, next: ['Mend them.'] }),
    })
    expect(lines(invalid).slice(0, 6)).toEqual([
      '## ⚠️ Two inputs are wrong',
      '> [!WARNING]',
      '> - operation: must be one of status, failover',
      '> - primary-addr: is missing',
      '>',
      '> **What to do now:** Mend them.',
    ])
    expect(renderSummary(invalid)).not.toContain('| before')
  })

  test('a refused run on a pair without a primary is as urgent as one that ended so', () => {
    expect(lines(report({ result: result('blocked', { health: 'critical' }) }))[0]).toBe(
      '## 🛑 Failover: refused, nothing was changed',
    )
  })

  test('the phase demote is done and still warns: nobody serves', () => {
    const done = report({
      operation: 'demote',
      steps: [DEMOTED],
      legs: [leg({ from: START + 240 })],
      result: result('done', {
        health: 'critical',
        redundancy: 'unprotected',
        verdict: `${HOSTS.from} is demoted. Nobody is primary until ${HOSTS.to} is promoted.`,
      }),
    })
    expect(lines(done).slice(0, 3)).toEqual([
      '## ⚠️ `vault.acme.example` is demoted',
      '> [!WARNING]',
      '> Nobody is primary until `vault-dr.acme.example` is promoted.',
    ])
    expect(renderSummary(done)).toContain('No primary since **14:02:09.4 UTC**, 8.9 s at the end of this run')
  })

  test('a report that is not final says so', () => {
    expect(lines(report())[0]).toBe('## ⚠️ Failover: not ended yet')
    expect(lines(report())[2]).toBe('> This was written before anything was changed.')
    const { endedAt: _, ...open } = report({
      steps: [DEMOTED, { ...PROMOTED, state: 'running', until: undefined, because: undefined }],
    })
    const text = renderSummary({ ...open, legs: [leg({ from: START + 240 })] })
    expect(text).toContain('> This was written in the middle of a change')
    expect(text).toContain('| promote | `vault-dr.acme.example` | 14:02:11.5 |  |  | **not ended** |')
    expect(text).toContain('No primary since **14:02:09.4 UTC**\n')
  })

  test('simulated clusters are named on the first line', () => {
    const before = { ...BEFORE, to: { ...BEFORE.to, version: '2.1.0+sim' } }
    expect(lines(report({ before }))[0]).toBe('**Simulated clusters:** no real Vault was asked or changed.')
  })
})

describe('status', () => {
  const status = (more: Partial<Result>, views: Partial<Report> = {}) =>
    lines(report({ operation: 'status', after: BEFORE, ...views, result: result('done', more) }))

  test.each<[Result['health'], string[]]>([
    [
      'healthy',
      ['## ✅ Status: the pair is healthy', 'Health: **healthy** · Redundancy: **protected** (a secondary streams)'],
    ],
    [
      'degraded',
      [
        '## ⚠️ Status: the pair is degraded',
        '> [!WARNING]',
        '> Health: **degraded** · Redundancy: **protected** (a secondary streams)',
      ],
    ],
    [
      'critical',
      [
        '## 🛑 Status: the pair is critical',
        '> [!CAUTION]',
        '> Health: **critical** · Redundancy: **protected** (a secondary streams)',
      ],
    ],
  ])('%s', (health, first) => {
    expect(status({ health }).slice(0, first.length)).toEqual(first)
  })

  test('one row of roles, and findings that are open to the eye', () => {
    const all = status({ health: 'degraded' }, { before: BEFORE, checks: [check('lag', 'warned', '12 behind')] })
    expect(all).toContain('| **now** (14:02:09 UTC) | **primary**, running | secondary, stream-wals |')
    expect(all.some((line) => line.startsWith('| before'))).toBe(false)
    expect(all).toContain('<details open><summary>1 check: 1 warned</summary>')
    expect(all.at(-1)).toMatch(/ · status · outcome `done`/)
  })
})

describe('the clusters', () => {
  const table = (more: Partial<Report>) => lines(report(more)).filter((line) => line.startsWith('|'))

  test('before and now', () => {
    expect(table({ before: BEFORE, after: SWAPPED })).toEqual([
      '|  | `vault.acme.example` | `vault-dr.acme.example` |',
      '| :-- | :-- | :-- |',
      '| before | **primary**, running | secondary, stream-wals |',
      '| **now** (14:02:18 UTC) | secondary, stream-wals | **primary**, running |',
      '| version | 1.21.1+ent | 1.21.1+ent |',
      '| WAL position | 48,291 | 48,291 |',
      '| last heartbeat | 1.2 s ago | 1.2 s ago |',
    ])
  })

  test('one row where nothing changed', () => {
    expect(table({ before: BEFORE, after: BEFORE })[2]).toBe(
      '| before and **now** (14:02:09 UTC) | **primary**, running | secondary, stream-wals |',
    )
  })

  test('a cluster that does not answer any more: what was known is said to be old', () => {
    expect(table({ before: BEFORE, after: { ...SWAPPED, from: lost('from') } }).slice(3)).toEqual([
      '| **now** (14:03:09 UTC) | unknown: no connection (ECONNREFUSED) | **primary**, running |',
      '| version | 1.21.1+ent | 1.21.1+ent |',
      '| WAL position | 48,291 before | 48,291 |',
      '| last heartbeat | – | 1.2 s ago |',
    ])
  })

  test('only one look, or none', () => {
    expect(table({ before: BEFORE })[2]).toBe('| before | **primary**, running | secondary, stream-wals |')
    expect(table({ after: SWAPPED })[2]).toBe(
      '| **now** (14:02:18 UTC) | secondary, stream-wals | **primary**, running |',
    )
    expect(table({})).toEqual([])
  })
})

describe('time and loss', () => {
  test.each<[Partial<Result>, string]>([
    [{ rtoMs: 5190, rpoEntries: 0 }, '**5.2 s** without a primary (RTO) · **0** WAL entries lost (RPO)'],
    [
      { rtoMs: 130_000, rpoEntries: 1234 },
      '**2 min 10 s** without a primary (RTO) · at most **1,234 WAL entries** lost (RPO)',
    ],
    [{ rpoEntries: 1 }, 'at most **1 WAL entry** lost (RPO)'],
    [
      { rpoEntries: 'unknown', redundancy: 'unprotected' },
      'Loss **unknown** (RPO) · Redundancy: **unprotected** (no secondary streams)',
    ],
    [{ lag: 7 }, 'Redundancy: **protected** (a secondary streams) · lag 7 WAL entries'],
  ])('%j', (more, expected) => {
    expect(renderSummary(report({ result: result('done', more) }))).toContain(expected)
  })

  test('the diagram counts from the first moment, and only the outage is red', () => {
    const text = renderSummary(
      report({ steps: [DEMOTED, PROMOTED, FOLLOWS], legs: [leg({ from: START + 240, until: START + 5430 })] }),
    )
    const diagram = /```mermaid\n([\s\S]*?)\n```/.exec(text)?.[1]?.split('\n')
    expect(diagram?.slice(1)).toEqual([
      'gantt',
      '  dateFormat x',
      '  axisFormat %s s',
      '  tickInterval 1second',
      '  todayMarker off',
      '  section vault.acme.example',
      '  demote :done, 0, 2070',
      '  follow the new primary :done, 5240, 7180',
      '  section vault-dr.acme.example',
      '  promote :done, 2070, 5190',
      '  section service',
      '  no primary :crit, 0, 5190',
    ])
  })

  test.each<[number, string, string]>([
    [300, '%Q ms', '50millisecond'],
    [1800, '%Q ms', '250millisecond'],
    [45_000, '%s s', '5second'],
    [250_000, '%s s', '30second'],
    [600_000, '%s s', '1minute'],
    [7_200_000, '%s s', '30minute'],
    [90_000_000, '%s s', '3hour'],
  ])('over %d ms', (length, format, every) => {
    const text = renderSummary(report({ steps: [step('demote', 'from', 'done', [0, 0, length])] }))
    expect(text).toContain(`  axisFormat ${format}\n  tickInterval ${every}\n`)
  })

  test('no diagram where no step has begun', () => {
    expect(renderSummary(report({ steps: [step('demote', 'from', 'due')] }))).not.toContain('mermaid')
  })
})

describe('the steps', () => {
  const rows = (more: Partial<Report>) => lines(report(more)).filter((line) => line.startsWith('|'))

  test('a table with the time that Vault took', () => {
    expect(rows({ steps: [DEMOTED, PROMOTED, FOLLOWS] })).toEqual([
      '| step | on | began (UTC) | took | of which Vault | result |',
      '| :-- | :-- | :-- | --: | --: | :-- |',
      '| demote | `vault.acme.example` | 14:02:09.4 | 2.1&nbsp;s | 2.1&nbsp;s | seen as secondary |',
      '| promote | `vault-dr.acme.example` | 14:02:11.5 | 3.1&nbsp;s | 3.0&nbsp;s | `vault-dr.acme.example` serves |',
      '| follow the new primary | `vault.acme.example` | 14:02:14.6 | 1.9&nbsp;s | 1.8&nbsp;s | done |',
    ])
  })

  test('how often a write was sent, where that is more than once', () => {
    expect(rows({ steps: [{ ...DEMOTED, sends: 2 }, step('promote', 'to', 'due')] })).toEqual([
      '| step | on | began (UTC) | took | of which Vault | sends | result |',
      '| :-- | :-- | :-- | --: | --: | --: | :-- |',
      '| demote | `vault.acme.example` | 14:02:09.4 | 2.1&nbsp;s | 2.1&nbsp;s | 2 | seen as secondary |',
      '| promote | `vault-dr.acme.example` |  |  |  |  | not begun |',
    ])
  })

  test.each<[StepReport['state'], boolean, string]>([
    ['so', false, 'was so already: x'],
    ['due', false, 'not begun: x'],
    ['due', true, 'would be done: x'],
    ['waived', false, 'waived: x'],
    ['blocked', false, '**blocked**: x'],
    ['running', false, '**not ended**: x'],
    ['done', false, 'x'],
    ['failed', false, '**failed**: x'],
    ['interrupted', false, '**interrupted**: x'],
  ])('%s (dry run: %s)', (state, dryRun, text) => {
    expect(rows({ dryRun, steps: [step('promote', 'to', state, undefined, 'x')] })[2]).toBe(
      `| promote | \`vault-dr.acme.example\` | ${text} |`,
    )
  })
})

describe('the checks', () => {
  test('worst first, counted, open where one failed, with what mends it', () => {
    const checks = [
      check('heartbeat', 'skipped'),
      check('lag', 'passed'),
      check('version', 'waived', '1.21 against 1.20'),
      check('streaming', 'warned', 'merkle-sync'),
      check('vault-token', 'failed', 'not accepted', 'Store `vault-token` again.'),
    ]
    const all = lines(report({ checks }))
    expect(all).toContain('**Waived by `override`:** `version`')
    expect(
      all.slice(
        all.findIndex((line) => line.startsWith('<details')),
        -1,
      ),
    ).toEqual([
      '<details open><summary>5 checks: 1 failed, 1 warned, 1 waived, 1 passed, 1 skipped</summary>',
      '| check |  | what it saw |',
      '| :-- | :-- | :-- |',
      '| `vault-token` | **failed** | not accepted<br>→ Store `vault-token` again. |',
      '| `streaming` | warned | merkle-sync |',
      '| `version` | waived | 1.21 against 1.20 |',
      '| `lag` | passed | as it should be |',
      '| `heartbeat` | skipped | as it should be |',
      '</details>',
    ])
  })

  test('folded where none failed', () => {
    expect(renderSummary(report({ checks: [check('lag', 'passed')] }))).toContain(
      '<details><summary>1 check: 1 passed</summary>',
    )
  })
})

describe('the last line', () => {
  test('who, where, what and when', () => {
    expect(lines(report({ mode: 'emergency', dryRun: true, result: result('planned') })).at(-1)).toBe(
      'Run by `octo-operator` in `acme/vault-ops` · `DR failover` · ' +
        '[run 4242](https://github.example/acme/vault-ops/actions/runs/4242) · attempt 2 · ' +
        'failover, **emergency**, dry run · outcome `planned`, exit code 0 · 2026-11-20 14:02:09 UTC · took 9.1 s',
    )
  })

  test('notes stand before it', () => {
    expect(lines(report({ notes: ['one', `two of ${HOSTS.to}`] })).slice(-4, -1)).toEqual([
      '**Also:**',
      '- one',
      '- two of `vault-dr.acme.example`',
    ])
  })

  test('what is no plain address becomes no link', () => {
    const { run } = report()
    for (const url of [
      'javascript:alert(1)',
      'https://x/) [y](https://z',
      '',
      'https://x/?a=<b>',
      'https://evil.example/',
    ]) {
      expect(lines(report({ run: { ...run, url } })).at(-1)).toContain(' · run 4242 · ')
    }
  })
})

describe('hostile strings', () => {
  const HOSTILE = [
    '| a | b |',
    '\\| a \\',
    '`` `code` ```',
    '`',
    'one\n\n# two\r\n> three\u2028- four',
    '<img src=x onerror=alert(1)>',
    '</details><script>alert(1)</script><!--',
    '&lt;b&gt; &#64;user',
    '[a](http://x)',
    '![a](http://x)',
    '[a][b] [^1] [ ] x',
    '@user and @org/team, mail@evil.example',
    'https://evil.example',
    'see(https://evil.example/a_b?c=d&e=f)',
    'www.evil.example xmpp:a mailto:b WWW.evil.example',
    '##[add-mask]hello',
    '::error::hello',
    '\u001b[31mred\u001b[0m',
    'abc\u202edef\u2066ghi\u200b',
    'x :crit, 0, 1; section y\n  click z href "https://evil.example"',
    '%%{init: {"theme": "x"}}%%',
    '```\n# out\n```mermaid',
    '*b* _i_ ~~s~~ **b** __b__',
    '$x$ $$y$$ $`z`$',
    '#1 GH-1 acme/vault-ops#1 acme/vault@deadbeef deadbeefcafe',
    ':smile: :+1:',
    '1. x',
    '- x',
    '+ x',
    '--- ===',
    'https://vault.acme.example/v1/sys',
    '@vault.acme.example@vault-dr.acme.example',
    `a${'\u0300'.repeat(400)}`,
    '\ud800',
    '',
    ' ',
  ]

  /** A report with the same string everywhere that one can stand. */
  function everywhere(text: string): Report {
    const seen = { host: text, says: text, version: text }
    const steps = (['so', 'due', 'waived', 'blocked', 'running', 'done', 'failed', 'interrupted'] as const).map(
      (state) => ({
        ...step('promote', 'to', state, [0, 1, 2], text),
        host: text,
      }),
    )
    return report({
      run: { actor: text, repository: text, workflow: text, runId: text, attempt: text, url: text },
      hosts: { from: text, to: text },
      before: { from: look('from', 'primary', text, seen), to: look('to', 'unknown', text, seen) },
      after: { from: look('from', 'primary', `primary${text}`, seen), to: look('to', 'none', text, seen) },
      checks: (['passed', 'warned', 'waived', 'failed', 'skipped'] as const).map((state) =>
        check('lag', state, text, text),
      ),
      steps,
      notes: [text, text],
      legs: [leg({ from: START })],
      result: result('no-primary', { verdict: `${text}. ${text}`, reasons: [text, text], next: [text, text] }),
    })
  }

  /** What is left of a summary when our own diagram, elements and code spans are taken away: only this is ever read as markup. */
  const outside = (markdown: string): string =>
    markdown
      .replace(/^```mermaid\n[\s\S]*?\n```$/m, '')
      .replace(/^<details open><summary>[\w ,:]+<\/summary>$/m, '')
      .replace(/^<\/details>$/m, '')
      .replaceAll(/<br>→ |&nbsp;|^> \[!CAUTION\]$|^> ?|^## |^\| | \|$| \| |\*\*/gm, ' ')
      .replaceAll(/`[^`\n]+`/g, '')

  test.each(HOSTILE)('%j', (text) => {
    const markdown = renderSummary(everywhere(text))
    expect(outside(markdown)).not.toMatch(
      /[<>[\]@#$`*_~|\\&^{}]|:\/\/|www\.|mailto:|xmpp:|deadbeef|GH-1|:smile:|:\+1:/i,
    )
    expect(markdown).not.toMatch(/##\[|^\s*::|[^\P{C}\n]/mu)
    const diagram = /^```mermaid\n%%\{init: \{"gantt": \{"leftPadding": \d+\}\}\}%%\n([\s\S]*?)\n```$/m.exec(
      markdown,
    )?.[1]
    for (const line of diagram?.split('\n') ?? ['none']) {
      expect(line).toMatch(
        /^(gantt| {2}(dateFormat x|axisFormat %Q ms|axisFormat %s s|tickInterval \d+[a-z]+|todayMarker off|section [A-Za-z0-9 .-]+|[a-z ]+ :(done|active|crit), \d+, \d+))$/,
      )
    }
    // Every line begins as one of ours, and every table keeps its columns.
    for (const line of markdown.split('\n')) {
      if (line.startsWith('|')) expect([4, 7]).toContain(line.split('|').length - 1)
      else
        expect(line).toMatch(
          /^($|## 🛑 |>($| (\[!|\d\. |\*\*What|Nobody can))|- (?![-+=[]|\d+[.)] )|\*\*\w|No primary|<\/?details|Run by |Run outside |`{3}(mermaid)?$|%%\{init| {2}|gantt$)/,
        )
    }
  })

  test('words that only look odd stay readable', () => {
    const text = renderSummary(
      report({ notes: ['the (cluster_id) of <both>, and "last_dr_wal".', 'take https://evil.example now'] }),
    )
    expect(text).toContain('- the (`cluster_id`) of `<both>`, and "`last_dr_wal`".\n')
    expect(text).toContain('- take `https://evil.example` now\n')
  })

  test('one host that begins like another is not taken for it', () => {
    const hosts = { from: 'vault', to: 'vault:8200' }
    const text = renderSummary(report({ hosts, notes: ['vault and vault:8200, not vault-token or myvault.'] }))
    expect(text).toContain('`vault` and `vault:8200`, not vault-token or myvault.')
  })
})

test('a report that grew without bounds stays far below what GitHub takes', () => {
  const long = 'a_b '.repeat(10_000)
  const many = Array.from({ length: 5000 }, () => long)
  const text = renderSummary(
    report({
      hosts: { from: long, to: `${long}2` },
      notes: many,
      checks: many.map((evidence) => check('lag', 'failed', evidence, evidence)),
      steps: many.map((because) => step('promote', 'to', 'done', [0, 1, 2], because)),
      result: result('failed', { verdict: long, reasons: many, next: many }),
    }),
  )
  expect(Buffer.byteLength(text)).toBeLessThan(200_000)
  expect(text.match(/… and \d+ more/g)).toEqual([
    '… and 4980 more',
    '… and 4980 more',
    '… and 4960 more',
    '… and 4980 more',
    '… and 4940 more',
  ])
})

test('times that are none do not keep the rest from being told', () => {
  const text = renderSummary(
    report({
      startedAt: 'x',
      endedAt: 'y',
      legs: [leg({ from: Number.NaN })],
      result: result('done', { verdict: 'It is done.' }),
    }),
  )
  expect(text).toContain('## ✅ It is done\n')
  expect(text).toContain('exit code 0\n')
})
