/**
 * The job summary: the report as GitHub Markdown, for a person who was just woken up. The verdict first, then what to do,
 * then who holds which role, then how long it took, then the proof. Pure.
 *
 * Most strings of a report were touched by a server or an input. So a word that Markdown or GitHub could read as anything
 * but a word is shown as a code span, where nothing is read: no link, mention, image, HTML, emoji or table cell.
 */
import type { Check } from '../checks.ts'
import { span } from '../clock.ts'
import { SIDES, type Side } from '../cluster.ts'
import type { Operation } from '../inputs.ts'
import { worstFirst } from '../outcome.ts'
import type { StepName } from '../plan.ts'
import { code, printable } from '../printable.ts'
import type { ClusterView, Health, Outcome, Report, Result, StepReport } from '../report.ts'

/** The most that is shown of each list; a report that holds more is still in the JSON file in full. */
const MOST = { sentences: 20, steps: 40, checks: 60, pairs: 1000 }
/** The longest sentence of ours, and the longest piece of evidence or name, in characters. */
const LONGEST = { sentence: 600, evidence: 300, name: 100, heading: 140 }

export function renderSummary(report: Report): string {
  const { operation, result } = report
  const prose = writer(report)
  const tone = toneOf(report)
  const [headline, more] = headlineOf(report)
  const reasons = result?.reasons ?? []
  // Here the mistakes are all that there is to do.
  const invalid = result?.outcome === 'invalid'
  const parts = [
    simulated(report) ? '**Simulated clusters:** no real Vault was asked or changed.' : '',
    `## ${MARKS[tone]} ${prose(headline, LONGEST.heading)}`,
    alert(tone, [
      prose(more),
      operation === 'status' && report.fleet === undefined ? facts(report) : '',
      invalid ? bullets(reasons, prose) : '',
      nextSteps(report, prose),
    ]),
    invalid ? '' : list('Why', reasons, prose),
    clusters(report),
    fleet(report, prose),
    operation === 'status' ? '' : facts(report),
    gantt(report),
    timeline(report, prose),
    list('Also', report.notes, prose),
    waivers(report.checks),
    evidence(report, prose),
    colophon(report),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/* ------------------------------------------------------------------------------------------------ what is said first */

type Tone = 'good' | 'plain' | 'bad' | 'worst'
const MARKS: Record<Tone, string> = { good: '✅', plain: 'ℹ️', bad: '⚠️', worst: '🛑' }
const ALERTS: Record<Tone, string | undefined> = { good: undefined, plain: 'NOTE', bad: 'WARNING', worst: 'CAUTION' }

const TONES: Record<Outcome, Tone> = {
  done: 'good',
  unchanged: 'good',
  planned: 'plain',
  invalid: 'bad',
  blocked: 'bad',
  failed: 'bad',
  incomplete: 'bad',
  restored: 'bad',
  'no-primary': 'worst',
  'two-primaries': 'worst',
  unknown: 'worst',
}

const HEALTH_TONES: Record<Health, Tone> = { healthy: 'good', degraded: 'bad', critical: 'worst' }

function toneOf({ operation, result }: Report): Tone {
  if (result === undefined) return 'bad'
  const tone = TONES[result.outcome]
  if (operation === 'status') return tone === 'good' && result.health !== '' ? HEALTH_TONES[result.health] : tone
  // The phase `demote` means to end without a primary; it must not look like an end all the same.
  if (tone === 'good' && result.health !== 'healthy') return 'bad'
  return ['blocked', 'failed'].includes(result.outcome) && result.health === 'critical' ? 'worst' : tone
}

const OPERATIONS: Record<Operation, string> = {
  status: 'Status',
  failover: 'Failover',
  failback: 'Failback',
  demote: 'Demotion',
  promote: 'Promotion',
  'update-primary': 'Re-attachment',
  drill: 'Drill',
  setup: 'Setup',
  'revoke-secondary': 'Revocation',
  disable: 'Taking apart',
  'issue-operation-token': 'Issuing a token',
  'generate-operation-token': 'Generating a token',
  'cancel-operation-token': 'Cancelling an attempt',
  'delete-operation-token': 'Revoking a token',
}

/** What an outcome means, for where the verdict is missing or too long for a heading. */
const MEANINGS: Record<Outcome, string> = {
  done: 'done',
  unchanged: 'nothing to do',
  planned: 'it would go, nothing was changed',
  invalid: 'an input is wrong, nothing was sent',
  blocked: 'refused, nothing was changed',
  failed: 'failed, the roles are as they were',
  incomplete: 'something is still short',
  restored: 'refused, the old primary serves again',
  'no-primary': 'nobody is the DR primary',
  'two-primaries': 'two clusters claim to be primary',
  unknown: 'it is not known what the last call changed',
}

/** What the worst ones mean for whoever reads them. */
const CONSEQUENCES: Partial<Record<Outcome, string>> = {
  'no-primary': 'Nobody can read or write a secret until one of the two is promoted.',
  'two-primaries': 'Each takes writes that the other one never sees.',
  unknown: 'Change nothing else on either cluster until this is known.',
}

/** The heading, and the sentences that go under it. */
function headlineOf({ operation, steps, result }: Report): readonly [string, string] {
  const subject = operation === undefined ? 'Run' : OPERATIONS[operation]
  if (result === undefined) {
    const begun = steps.some((step) => step.since !== undefined)
    return [
      `${subject}: not ended yet`,
      begun
        ? 'This was written in the middle of a change: what is told of the clusters may be old.'
        : 'This was written before anything was changed.',
    ]
  }
  const meaning = `${subject}: ${operation === 'status' ? `the pair is ${result.health}` : MEANINGS[result.outcome]}`
  const verdict = printable(result.verdict, LONGEST.sentence)
  const end = /[.!?](?=\s)/.exec(verdict)
  const first = end === null ? verdict : verdict.slice(0, end.index + 1)
  const short = first !== '' && first.length <= LONGEST.heading
  const under = [CONSEQUENCES[result.outcome] ?? '', short ? verdict.slice(first.length).trim() : verdict]
  return [short ? first.replace(/\.$/, '') : meaning, under.filter((text) => text !== '').join(' ')]
}

/** A frame in the colour of the tone; none where all is well. */
function alert(tone: Tone, texts: readonly string[]): string {
  const inside = texts.filter((text) => text !== '').join('\n\n')
  const kind = ALERTS[tone]
  if (inside === '' || kind === undefined) return inside
  return [`[!${kind}]`, ...inside.split('\n')].map((line) => (line === '' ? '>' : `> ${line}`)).join('\n')
}

function nextSteps({ result }: Report, prose: Prose): string {
  const next = result?.next ?? []
  if (next.length <= 1) return next.map((text) => `**What to do now:** ${prose(text)}`).join('')
  return ['**What to do now:**', '', ...capped(next, MOST.sentences, (text, at) => `${at + 1}. ${prose(text)}`)].join(
    '\n',
  )
}

function list(title: string, texts: readonly string[], prose: Prose): string {
  if (texts.length === 0) return ''
  if (texts.length === 1) return `**${title}:** ${prose(texts[0] ?? '')}`
  return `**${title}:**\n\n${bullets(texts, prose)}`
}

const bullets = (texts: readonly string[], prose: Prose): string =>
  capped(texts, MOST.sentences, (text) => `- ${prose(text)}`).join('\n')

/* -------------------------------------------------------------------------------------------------------- the clusters */

const simulated = ({ before, after }: Report): boolean =>
  SIDES.some((side) => [before, after].some((views) => views?.[side].version?.endsWith('+sim') === true))

function clusters({ hosts, before, after, operation }: Report): string {
  const now = after ?? (operation === 'status' ? before : undefined)
  if (before === undefined && now === undefined) return ''
  const row = (title: string, show: (side: Side) => string) => {
    const cells = SIDES.map(show)
    return cells.every((text) => text === '') ? [] : [tr([title, ...cells.map((text) => text || '–')])]
  }
  const roles = (views: Record<Side, ClusterView> | undefined) => (side: Side) =>
    views === undefined ? '' : roleOf(views[side])
  const same = before && now && SIDES.every((side) => roles(before)(side) === roles(now)(side))
  const title = now === undefined ? '' : `${same && operation !== 'status' ? 'before and ' : ''}**now**${readAt(now)}`
  /** A value of now, or, where now shows none, the one of before, named so. */
  const latest = (show: (view: ClusterView) => string) => (side: Side) => {
    const [then, current] = [before, now].map((views) => (views === undefined ? '' : show(views[side])))
    return current || (then ? `${then} before` : '')
  }
  return [
    tr(['', ...SIDES.map((side) => code(hosts[side], LONGEST.name) || '–')]),
    tr([':--', ':--', ':--']),
    ...(same || operation === 'status' ? [] : row('before', roles(before))),
    ...row(title, roles(now)),
    ...row('version', (side) => cell(now?.[side].version ?? before?.[side].version ?? '')),
    ...row(
      'WAL position',
      latest(({ position }) => (position === undefined ? '' : count(position))),
    ),
    ...row('last heartbeat', (side) => {
      const age = (now ?? before)?.[side].heartbeatAge
      return age === undefined ? '' : `${span(age)} ago`
    }),
  ].join('\n')
}

function roleOf({ role, says }: ClusterView): string {
  const text = printable(says, LONGEST.evidence)
  if (text.startsWith(role)) {
    return role === 'primary' ? `**primary**${word(text.slice(role.length), false)}` : word(text)
  }
  if (role === 'primary') return text === '' ? '**primary**' : `**primary**: ${word(text)}`
  if (text === '') return role
  return role === 'unknown' ? `unknown: ${word(text)}` : word(text)
}

function readAt(views: Record<Side, ClusterView>): string {
  const latest = Math.max(...SIDES.map((side) => Date.parse(views[side].readAt)))
  return Number.isNaN(latest) ? '' : ` (${clock(latest).slice(0, 8)} UTC)`
}

/** Time without a primary, loss, and what protects the data now. */
function facts({ operation, legs = [], result, endedAt }: Report): string {
  const outages = legs.flatMap(({ outage }) => outage ?? [])
  const open = outages.find(({ until }) => until === undefined)
  const [{ from, until } = { from: 0, until: undefined }] = outages
  const told: string[] = []
  if (operation === 'status' && result !== undefined) told.push(`Health: **${result.health}**`)
  if (result?.rtoMs !== undefined) told.push(`**${span(Math.max(0, result.rtoMs))}** without a primary (RTO)`)
  else if (result?.outcome === 'restored' && until !== undefined)
    told.push(`**${span(until - from)}** without a primary`)
  else if (open !== undefined && !UNTOUCHED.has(result?.outcome)) {
    const so = endedAt === undefined ? Number.NaN : Date.parse(endedAt) - open.from
    told.push(`No primary since **${clock(open.from)} UTC**${so >= 0 ? `, ${span(so)} at the end of this run` : ''}`)
  }
  if (result?.rpoEntries !== undefined) told.push(loss(result.rpoEntries))
  if (result !== undefined && result.redundancy !== '') {
    told.push(`Redundancy: **${result.redundancy}** (${PROTECTION[result.redundancy]})`)
    if (result.lag !== undefined) told.push(`lag ${entries(result.lag)}`)
  }
  return told.join(' · ')
}

/** Outcomes after which the old primary still serves: the last moment it was seen is no beginning of an outage. */
const UNTOUCHED: ReadonlySet<Outcome | undefined> = new Set([
  'unchanged',
  'planned',
  'blocked',
  'failed',
  'two-primaries',
  'invalid',
] as const)

const PROTECTION: Record<Exclude<Result['redundancy'], ''>, string> = {
  protected: 'a secondary streams',
  unprotected: 'no secondary streams',
}

function loss(lost: number | 'unknown'): string {
  if (lost === 'unknown') return 'Loss **unknown** (RPO)'
  return lost === 0 ? '**0** WAL entries lost (RPO)' : `at most **${entries(lost)}** lost (RPO)`
}

/* ------------------------------------------------------------------------------------------------------------- a fleet */

/** Every pair, worst first; a thousand rows stay well below what GitHub takes, and the rest are a count. */
function fleet({ fleet: pairs = [] }: Report, prose: Prose): string {
  if (pairs.length === 0) return ''
  const rows = worstFirst(pairs)
    .slice(0, MOST.pairs)
    .map(({ name, health, primary, secondary, lag, reasons }) =>
      tr([
        `${MARKS[HEALTH_TONES[health]]} ${health}`,
        cell(name),
        code(primary),
        code(secondary),
        lag === undefined ? '' : entries(lag),
        prose(reasons.join(' '), LONGEST.evidence),
      ]),
    )
  const more = pairs.length - rows.length
  return [
    tr(['health', 'pair', 'DR primary', 'secondary', 'lag', 'why']),
    '|:--|:--|:--|:--|--:|:--|',
    ...rows,
    ...(more > 0 ? ['', `… and ${more} more; all are in the report.`] : []),
  ].join('\n')
}

/* ----------------------------------------------------------------------------------------------------------- the steps */

const STEPS: Record<StepName, string> = {
  demote: 'demote',
  promote: 'promote',
  follow: 'follow the new primary',
  restore: 'make primary again',
  reunite: 'follow the restored primary',
  enable: 'enable as primary',
  enrol: 'enrol as secondary',
  detach: 'take apart at the secondary',
  revoke: 'revoke the id',
  disable: 'take apart at the primary',
}

/** Bars in seconds from the first moment; red is kept for the time without a primary. */
function gantt({ steps, hosts, legs = [], result, endedAt }: Report): string {
  const outages = UNTOUCHED.has(result?.outcome) ? [] : legs.flatMap(({ outage }) => outage ?? [])
  const timed = steps
    .slice(0, MOST.steps)
    .flatMap((step) => (step.since === undefined ? [] : [{ step, since: step.since }]))
  if (timed.length === 0) return ''
  const ended = endedAt === undefined ? Number.NaN : Date.parse(endedAt)
  const moments = [
    ...timed.flatMap(({ step, since }) => [since, step.sentAt ?? since, step.until ?? since]),
    ...outages.flatMap(({ from, until }) => [from, until ?? from]),
  ]
  const first = Math.min(...moments)
  const open = [...timed.map(({ step }) => step.until), ...outages.map(({ until }) => until)].includes(undefined)
  const last = Math.max(...moments, open && ended >= first ? ended : first)
  const bar = (name: string, kind: string, from: number, until = last) => {
    const start = Math.round(from - first)
    return `  ${name} :${kind}, ${start}, ${Math.max(start + 1, Math.round(until - first))}`
  }
  const sections = SIDES.flatMap((side) => {
    // By host: a drill goes through its steps in both directions.
    const bars = timed.filter(({ step }) => step.host === hosts[side])
    if (bars.length === 0) return []
    return [
      {
        name: label(hosts[side]).slice(0, 40).trim() || 'cluster',
        bars: bars.map(({ step, since }) =>
          bar(STEPS[step.name], step.state === 'done' ? 'done' : 'active', since, step.until),
        ),
      },
    ]
  })
  const others = timed.filter(({ step }) => !Object.values(hosts).includes(step.host))
  if (others.length > 0) {
    sections.push({
      name: 'others',
      bars: others.map(({ step, since }) =>
        bar(label(`${step.host} ${STEPS[step.name]}`), step.state === 'done' ? 'done' : 'active', since, step.until),
      ),
    })
  }
  if (outages.length > 0)
    sections.push({ name: 'service', bars: outages.map(({ from, until }) => bar('no primary', 'crit', from, until)) })
  const padding = 30 + 6 * Math.max(...sections.map(({ name }) => name.length))
  return [
    '```mermaid',
    `%%{init: {"gantt": {"leftPadding": ${padding}}}}%%`,
    'gantt',
    '  dateFormat x',
    ...axis(last - first),
    '  todayMarker off',
    ...sections.flatMap(({ name, bars }) => [`  section ${name}`, ...bars]),
    '```',
  ].join('\n')
}

/** Seconds since the first moment: `%s` counts from 0, whatever the reader's time zone; at most about ten of them. */
function axis(length: number): string[] {
  const every = (amount: number, unit: string) => `  tickInterval ${amount}${unit}`
  if (length <= 2000) return ['  axisFormat %Q ms', every(length <= 500 ? 50 : 250, 'millisecond')]
  const seconds = [1, 2, 5, 10, 30].find((step) => length / step <= 10_000)
  if (seconds !== undefined) return ['  axisFormat %s s', every(seconds, 'second')]
  const minutes = [1, 2, 5, 10, 30].find((step) => length / step <= 600_000)
  return [
    '  axisFormat %s s',
    minutes === undefined ? every(Math.ceil(length / 36_000_000), 'hour') : every(minutes, 'minute'),
  ]
}

function timeline({ steps, dryRun }: Report, prose: Prose): string {
  if (steps.length === 0) return ''
  const begun = steps.some((step) => step.since !== undefined)
  const sent = steps.some((step) => step.sentAt !== undefined && step.until !== undefined)
  const resent = steps.some((step) => (step.sends ?? 0) > 1)
  const shown = [
    'step',
    'on',
    ...(begun ? ['began (UTC)', 'took'] : []),
    ...(sent ? ['of which Vault'] : []),
    ...(resent ? ['sends'] : []),
    'result',
  ]
  return [
    tr(shown),
    tr(shown.map((column) => (['took', 'of which Vault', 'sends'].includes(column) ? '--:' : ':--'))),
    ...capped(
      steps,
      MOST.steps,
      (step) =>
        tr([
          STEPS[step.name],
          code(step.host, LONGEST.name),
          ...(begun ? [step.since === undefined ? '' : clock(step.since), took(step.since, step)] : []),
          ...(sent ? [took(step.sentAt, step)] : []),
          ...(resent ? [step.sends === undefined || step.sends < 1 ? '' : String(step.sends)] : []),
          wentLike(step, dryRun, prose),
        ]),
      (rest) => tr([`… and ${rest} more`, ...shown.slice(1).map(() => '')]),
    ),
  ].join('\n')
}

const took = (from: number | undefined, { until }: StepReport): string =>
  from === undefined || until === undefined ? '' : span(Math.max(0, until - from)).replaceAll(' ', '&nbsp;')

function wentLike({ state, because }: StepReport, dryRun: boolean, prose: Prose): string {
  const words: Record<StepReport['state'], string> = {
    so: 'was so already',
    due: dryRun ? 'would be done' : 'not begun',
    waived: 'waived',
    blocked: '**blocked**',
    running: '**not ended**',
    done: 'done',
    failed: '**failed**',
    interrupted: '**interrupted**',
  }
  if (because === undefined || because === '') return words[state]
  return `${state === 'done' ? '' : `${words[state]}: `}${prose(because, LONGEST.evidence)}`
}

/* ---------------------------------------------------------------------------------------------------------- the checks */

const WORST_FIRST = ['failed', 'warned', 'waived', 'passed', 'skipped'] as const

function waivers(checks: readonly Check[]): string {
  const names = checks.filter((check) => check.state === 'waived').map((check) => code(check.name, LONGEST.name))
  return names.length === 0 ? '' : `**Waived by \`override\`:** ${names.slice(0, MOST.checks).join(', ')}`
}

function evidence({ checks, operation }: Report, prose: Prose): string {
  if (checks.length === 0) return ''
  const sorted = WORST_FIRST.flatMap((state) => checks.filter((check) => check.state === state))
  const counts = WORST_FIRST.flatMap((state) => {
    const found = checks.filter((check) => check.state === state).length
    return found === 0 ? [] : [`${found} ${state}`]
  })
  const open = checks.some(({ state }) => state === 'failed' || (operation === 'status' && state === 'warned'))
  return [
    `<details${open ? ' open' : ''}><summary>${checks.length === 1 ? '1 check' : `${checks.length} checks`}: ${counts.join(', ')}</summary>`,
    '',
    tr(['check', '', 'what it saw']),
    tr([':--', ':--', ':--']),
    ...capped(
      sorted,
      MOST.checks,
      ({ name, state, evidence: saw, fix }) => {
        const mend = fix === undefined || state === 'passed' || state === 'skipped' ? '' : `<br>→ ${prose(fix)}`
        return tr([
          code(name, LONGEST.name),
          state === 'failed' ? '**failed**' : state,
          `${prose(saw, LONGEST.evidence)}${mend}`,
        ])
      },
      (rest) => tr([`… and ${rest} more`, '', '']),
    ),
    '',
    '</details>',
  ].join('\n')
}

/* ------------------------------------------------------------------------------------------------------- the last line */

function colophon({ operation, mode, dryRun, run, startedAt, endedAt, result }: Report): string {
  const [began, ended] = [startedAt, endedAt].map((at) => (at === undefined ? Number.NaN : Date.parse(at)))
  const how = `, ${mode === 'emergency' ? '**emergency**' : mode}${dryRun ? ', dry run' : ''}`
  const what = operation === undefined ? '' : `${operation}${operation === 'status' ? '' : how}`
  const name = run.runId === '' ? '' : `run${number(run.runId)}`
  // Only the address of a run becomes a link.
  const link = /^https?:\/\/[\w.:-]+(\/[\w.-]+)+\/actions\/runs\/\d+(\/attempts\/\d+)?$/.test(run.url)
    ? `[${name}](${run.url})`
    : name
  return [
    run.actor === ''
      ? 'Run outside GitHub Actions'
      : `Run by ${code(run.actor, LONGEST.name)} in ${code(run.repository, LONGEST.name)}`,
    code(run.workflow, LONGEST.name),
    link,
    run.attempt === '' ? '' : `attempt${number(run.attempt)}`,
    what,
    result === undefined ? '' : `outcome \`${result.outcome}\`, exit code ${result.exitCode}`,
    began === undefined || Number.isNaN(began)
      ? ''
      : `${new Date(began).toISOString().slice(0, 10)} ${clock(began).slice(0, 8)} UTC`,
    began !== undefined && ended !== undefined && ended > began ? `took ${span(ended - began)}` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

/* ------------------------------------------------------------------------------------------------------------- writing */

/** Text of ours, which may hold `code` and names of hosts, made safe. */
type Prose = (text: string, longest?: number) => string

function writer({ hosts, before, after, steps }: Report): Prose {
  const known = [
    ...SIDES.flatMap((side) => [hosts[side], before?.[side].host, after?.[side].host]),
    ...steps.slice(0, MOST.steps).map((step) => step.host),
  ]
  const names = [...new Set(known.map((host) => printable(host ?? '')))].filter((host) => host !== '')
  // The longest first: one host may be the beginning of another.
  const hostNames = names.sort((a, b) => b.length - a.length).map((host) => host.replace(/\W/g, '\\$&'))
  const spans = new RegExp(
    ['`([^`]+)`', ...hostNames.map((host) => `(?<![\\w./@:-])${host}(?![\\w-]|[.:]\\w)`)].join('|'),
    'g',
  )
  return (text, longest = LONGEST.sentence) => {
    const line = printable(text, longest)
    let written = ''
    let at = 0
    for (const found of line.matchAll(spans)) {
      written += word(line.slice(at, found.index), written === '')
      written += code(found[1] ?? found[0])
      at = found.index + found[0].length
    }
    return written + word(line.slice(at), written === '')
  }
}

/** Characters that mean nothing to Markdown, to HTML and to GitHub inside a line. */
const HARMLESS = /^[\p{L}\p{N}.,;:'’"()/%+=?!–—…·×→-]*$/u
/** What GitHub makes a link or a picture of without any brackets: URLs, `www.`, commits, issues, emoji codes. */
const READ = /:\/\/|www\.|mailto:|xmpp:|\b[0-9a-f]{7,}\b|\bGH-\d|:[\w+-]+:/i
/** What would start a list, a rule or an underline if it came first. */
const STARTS = /^([-+=]|\d+[.)]$)/

/** Plain text: its words as they are; what could be read as more than a word in a code span, neighbours in one. */
function word(text: string, first = true): string {
  const words = text.split(' ')
  const risky = (one: string, at: number) =>
    one !== '' && (!HARMLESS.test(one) || READ.test(one) || (first && at === 0 && STARTS.test(one)))
  let written = ''
  let run: string[] = []
  const end = () => {
    const [, before, inside, after] = /^([("']*)(.*?)([)"'.,;:!?]*)$/.exec(run.join(' ')) ?? []
    const shown = code(inside ?? '', Number.POSITIVE_INFINITY)
    run = []
    return shown === '' ? `${before ?? ''}${after ?? ''}` : `${before}${shown}${after}`
  }
  for (const [at, one] of words.entries()) {
    const open = run.length > 0
    if (risky(one, at)) {
      if (!open && at > 0) written += ' '
      run.push(one)
    } else {
      written += `${open ? end() : ''}${at > 0 ? ' ' : ''}${one}`
    }
  }
  return run.length > 0 ? written + end() : written
}

/** Text of others in a table cell. */
const cell = (text: string): string => word(printable(text, LONGEST.name))

/** A row of a table. */
const tr = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** Text inside a diagram: nothing that could end it or mean anything in it. */
const label = (text: string): string =>
  printable(text, LONGEST.name)
    .replace(/[^A-Za-z0-9 .-]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim()

const count = (value: number): string => value.toLocaleString('en-US')
const entries = (value: number): string => `${count(value)} WAL ${value === 1 ? 'entry' : 'entries'}`

/** A time of day in UTC, to the tenth of a second. */
function clock(ms: number): string {
  const at = new Date(ms)
  return Number.isNaN(at.getTime()) ? '?' : at.toISOString().slice(11, 21)
}

/** An id that the runner gives, after a blank. */
const number = (text: string): string => (/^\d{1,20}$/.test(text) ? ` ${text}` : '')

/** The first `most` of a list, and how many there are beyond. */
function capped<T>(
  items: readonly T[],
  most: number,
  show: (item: T, at: number) => string,
  rest: (count: number) => string = (beyond) => `- … and ${beyond} more`,
): string[] {
  const lines = items.slice(0, most).map(show)
  return items.length > most ? [...lines, rest(items.length - most)] : lines
}
