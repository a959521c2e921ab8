/**
 * The report as plain text, for a terminal: the verdict first, then what to do, then who holds which role, then how long it
 * took, then what did not go as it should. The job summary's smaller sister, with the same words. Pure.
 */
import { span } from '../clock.ts'
import { SIDES, type Side } from '../cluster.ts'
import { worstFirst } from '../outcome.ts'
import { printable } from '../printable.ts'
import type { ClusterView, Report } from '../report.ts'

const WIDTH = 100
/** The most that is shown of each list; all of it is in the report's file. */
const MOST = 60

/** Lines of at most 100 characters; every line but the first begins with `indent`. A word that is longer stays whole. */
export function fill(text: string, indent = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (longer.length + indent.length > WIDTH && line !== '') {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line].join(`\n${indent}`)
}

export function renderText(report: Report, reportPath: string): string {
  const { result, notes, checks, operation, steps, mode, dryRun } = report
  const waived = checks.filter(({ state }) => state === 'waived').map(({ name }) => name)
  const what = [operation ?? 'run', ...(operation === 'status' ? [] : [mode]), ...(dryRun ? ['dry run'] : [])].join(
    ', ',
  )
  const parts = [
    simulated(report) ? 'SIMULATED CLUSTERS: no real Vault was asked or changed.' : '',
    fill(heading(report)),
    list('What to do now', result?.next ?? [], true),
    list('Why', result?.reasons ?? []),
    clusters(report),
    fleet(report),
    facts(report),
    steps.length === 0 ? '' : section('Steps', table(steps.slice(0, MOST).map((step) => stepRow(report, step)))),
    waived.length === 0 ? '' : fill(`Waived by override: ${waived.join(', ')}`),
    troubles(report),
    list('Also', notes),
    [
      `${what}${result === undefined ? '' : `: outcome ${result.outcome}, exit code ${result.exitCode}`}`,
      `Full report: ${say(reportPath)}`,
    ].join('\n'),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

const say = (text: string): string => printable(text, 600)

/** The one word that tells most, and the verdict, which may begin with it. */
function heading({ operation, result }: Report): string {
  if (result === undefined) return 'UNKNOWN  Not ended yet.'
  const { outcome, health, verdict } = result
  const word = operation === 'status' && outcome === 'done' ? health : outcome
  const said = say(verdict)
  return `${word.toUpperCase()}  ${said.toLowerCase().startsWith(`${word}: `) ? said.slice(word.length + 2) : said}`
}

const simulated = ({ before, after }: Report): boolean =>
  SIDES.some((side) => [before, after].some((views) => views?.[side].version?.endsWith('+sim') === true))

const section = (title: string, text: string): string => `${title}:\n${text}`

function list(title: string, texts: readonly string[], numbered = false): string {
  const lines = texts.slice(0, MOST).map((text, at) => {
    const mark = numbered ? `${at + 1}. ` : '- '
    return `  ${mark}${fill(say(text), ' '.repeat(2 + mark.length))}`
  })
  if (texts.length > MOST) lines.push(`  … and ${texts.length - MOST} more`)
  return lines.length === 0 ? '' : section(title, lines.join('\n'))
}

/** Columns as wide as their widest cell; the last one is as long as it is. */
function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length)
  return rows
    .map((row) =>
      `  ${row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  ')}`.trimEnd(),
    )
    .join('\n')
}

function clusters({ hosts, before, after, operation }: Report): string {
  const now = after ?? (operation === 'status' ? before : undefined)
  const then = operation === 'status' ? undefined : before
  if (then === undefined && now === undefined) return ''
  const row = (title: string, views: Record<Side, ClusterView> | undefined, show: (view: ClusterView) => string) => {
    const cells = SIDES.map((side) => (views === undefined ? '' : say(show(views[side]))))
    return cells.every((cell) => cell === '') ? [] : [[title, ...cells.map((cell) => cell || '-')]]
  }
  const last = now ?? then
  return table([
    ['', ...SIDES.map((side) => say(hosts[side]) || '-')],
    ...row('before', then, roleOf),
    ...row('now', now, roleOf),
    ...row('version', last, ({ version = '' }) => version),
    ...row('WAL position', last, ({ position }) => String(position ?? '')),
    ...row('last heartbeat', last, ({ heartbeatAge: age }) => (age === undefined ? '' : `${span(age)} ago`)),
  ])
}

const roleOf = ({ role, says }: ClusterView): string => (says === '' ? role : says)

function fleet({ fleet: pairs = [] }: Report): string {
  if (pairs.length === 0) return ''
  const rows = worstFirst(pairs).map(({ name, health, primary, secondary, lag, reasons }) => [
    health,
    say(name),
    say(primary) || '-',
    say(secondary) || '-',
    lag === undefined ? '-' : String(lag),
    say(reasons.join(' ')),
  ])
  return table([['health', 'pair', 'DR primary', 'secondary', 'lag', 'why'], ...rows])
}

function facts({ result, fleet: pairs }: Report): string {
  if (result === undefined || result.outcome === 'invalid' || pairs !== undefined) return ''
  const { rtoMs, rpoEntries, redundancy, lag, health } = result
  return table([
    ...(health === '' ? [] : [['health', health]]),
    ...(rtoMs === undefined ? [] : [['without a primary (RTO)', span(Math.max(0, rtoMs))]]),
    ...(rpoEntries === undefined
      ? []
      : [['lost (RPO)', rpoEntries === 'unknown' ? 'unknown' : `at most ${rpoEntries} WAL entries`]]),
    ...(redundancy === '' ? [] : [['redundancy', PROTECTION[redundancy]]]),
    ...(lag === undefined ? [] : [['lag', `${lag} WAL entries`]]),
  ])
}

const PROTECTION = {
  protected: 'protected: a secondary streams',
  unprotected: 'UNPROTECTED: no secondary streams',
}

function stepRow({ dryRun }: Report, { name, host, state, because, since, until }: Report['steps'][number]): string[] {
  const words = { so: 'was so already', due: dryRun ? 'would be done' : 'not begun', running: 'NOT ENDED' }
  const told = state === 'so' || state === 'due' || state === 'running' ? words[state] : state
  const took = since === undefined || until === undefined ? '' : span(Math.max(0, until - since))
  return [name === 'follow' ? 'attach' : name, say(host), told, took, say(because ?? '')]
}

/** The checks that did not pass; the others are a number. */
function troubles({ checks }: Report): string {
  if (checks.length === 0) return ''
  const shown = checks.filter(({ state }) => ['failed', 'warned', 'waived'].includes(state))
  const passed = checks.filter(({ state }) => state === 'passed').length
  const lines = shown
    .slice(0, MOST)
    .flatMap(({ name, state, evidence, fix }) => [
      `  ${fill(`${state}  ${name}: ${say(evidence)}`, '      ')}`,
      ...(fix === undefined ? [] : [`      -> ${fill(say(fix), '         ')}`]),
    ])
  return [`Checks: ${passed} passed, ${shown.length} did not.`, ...lines].join('\n')
}
