/**
 * A drill without a Vault: two simulated clusters on loopback, over TLS, and the built action run against them as the
 * runner would run it: `status`, `failover`, `status`. Says what happened and who was primary when, and ends badly when
 * anything was not as it should be. Run by `npm run drill`, which builds first.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { startWorld } from '../src/simulator/world.ts'

const OPERATIONS = ['status', 'failover', 'status'] as const
/** A step that has not ended by then is killed, and the drill has failed. */
const LONGEST_STEP = 120_000

interface Step {
  readonly operation: string
  readonly exitCode: number | null
  readonly outputs: ReadonlyMap<string, string>
  readonly summary: string
  readonly file: string
  /** Everything that left the program: log, outputs, state, summary, report. */
  readonly written: string
  /** How many calls that can change replication reached a cluster. */
  readonly writes: number
}

const began = Date.now()
const drill = join(import.meta.dirname, '..', 'drill')
rmSync(drill, { recursive: true, force: true })
mkdirSync(drill, { recursive: true })
const temporary = mkdtempSync(join(tmpdir(), 'vault-dr-drill-'))
// A version that says so: the job summary is headed as one of simulated clusters.
const world = await startWorld({
  version: '1.21.1+ent+sim',
  windows: { demote: 700, promote: 900, attach: 700 },
  writesPerSecond: 20,
})
const { primary, secondary, tokens } = world
const hosts = new Map([primary, secondary].map(({ name, addr }) => [name, new URL(addr).host]))

try {
  console.log('A drill on two simulated clusters: no real Vault is asked or changed.')
  console.log(`  primary-addr    ${primary.addr}\n  secondary-addr  ${secondary.addr}`)
  const steps: Step[] = []
  for (const [index, operation] of OPERATIONS.entries()) steps.push(await run(operation, index + 1))
  const [before, failover, after] = steps

  console.log('\n== Who was primary when ==')
  for (const { at, cluster, role } of world.history) {
    console.log(`  ${time(at)}  ${hosts.get(cluster)}  ${role === 'none' ? 'out of sight, changing its role' : role}`)
  }
  const both = world.primariesAtOnceMs()
  console.log(`  ${both} ms with two primaries`)

  console.log('\n== What was sent to change it ==')
  for (const { at, cluster, method, path, status } of world.writes()) {
    console.log(`  ${time(at)}  ${hosts.get(cluster)}  ${method} ${path}  ${status}`)
  }

  const output = (step: Step | undefined, name: string) => step?.outputs.get(name) ?? ''
  const wishes: [string, boolean][] = [
    [
      'each step ended `done`, with exit code 0',
      steps.every((step) => step.exitCode === 0 && output(step, 'outcome') === 'done'),
    ],
    [
      `before: healthy, ${hosts.get('primary')} is the primary`,
      output(before, 'health') === 'healthy' && output(before, 'active-addr') === primary.addr,
    ],
    [
      `after: healthy, ${hosts.get('secondary')} is the primary, and protected`,
      output(after, 'health') === 'healthy' &&
        output(after, 'active-addr') === secondary.addr &&
        output(after, 'redundancy') === 'protected',
    ],
    ['the clusters themselves say the same', secondary.role() === 'primary' && primary.state() === 'stream-wals'],
    ['never two primaries', both === 0],
    ['no WAL entry lost', output(failover, 'rpo-entries') === '0'],
    ['`status` sent no write', before?.writes === 0 && after?.writes === 0],
    ['nothing erased', !primary.erased() && !secondary.erased()],
    [
      'no token in log, outputs, state, summary or report',
      steps.every(({ written }) => Object.values(tokens).every((token) => !written.includes(token))),
    ],
  ]
  console.log('\n== What had to be so ==')
  for (const [wish, so] of wishes) console.log(`  ${so ? 'yes' : 'NO '}  ${wish}`)

  const page = join(drill, 'index.html')
  writeFileSync(page, html(steps))
  console.log('\n== The job summary of each step ==')
  for (const { file } of steps) console.log(`  ${relative(process.cwd(), file)}`)
  console.log(`  in a browser, about as GitHub shows them: ${pathToFileURL(page).href}`)
  const well = wishes.every(([, so]) => so)
  console.log(`\n${well ? 'The drill went well' : 'THE DRILL WENT WRONG'}, in ${seconds(Date.now() - began)}.`)
  if (!well) process.exitCode = 1
} finally {
  await world.close()
  rmSync(temporary, { recursive: true, force: true })
}

/** One step of a job: the main step, then its post step, as the runner starts them. */
async function run(operation: string, number: number): Promise<Step> {
  console.log(`\n== Step ${number} of ${OPERATIONS.length}: operation: ${operation} ==`)
  const name = `${number}-${operation}`
  const file = join(drill, `${name}.md`)
  const report = join(drill, `${name}.json`)
  const [output, state] = [join(temporary, `${name}.output`), join(temporary, `${name}.state`)]
  for (const path of [file, output, state]) writeFileSync(path, '')
  const credentials = { 'vault-token': tokens.operator, 'dr-operation-token': tokens.batch }
  const inputs = {
    operation,
    'primary-addr': primary.addr,
    'secondary-addr': secondary.addr,
    'ca-cert': world.ca,
    'report-path': report,
    ...(operation === 'status' ? {} : credentials),
  }
  const env = {
    GITHUB_ACTOR: 'you',
    GITHUB_REPOSITORY: 'your-org/vault-ops',
    GITHUB_WORKFLOW: 'Vault DR drill',
    ...process.env,
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: output,
    GITHUB_STATE: state,
    GITHUB_STEP_SUMMARY: file,
    RUNNER_TEMP: temporary,
    // A proxy has no way to the loopback of this machine.
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
    ...Object.fromEntries(Object.entries(inputs).map(([input, value]) => [`INPUT_${input.toUpperCase()}`, value])),
  }
  const [at, writes] = [Date.now(), world.writes().length]
  const main = await start('index.js', env)
  const states = [...values(state)].map(([key, value]) => [`STATE_${key}`, value])
  const post = await start('post.js', { ...env, ...Object.fromEntries(states) })
  const exitCode = main.exitCode === 0 ? post.exitCode : main.exitCode
  const outputs = values(output)
  console.log(`  -> outcome ${outputs.get('outcome') ?? '(none)'}, exit code ${exitCode}, ${seconds(Date.now() - at)}`)
  const summary = readFileSync(file, 'utf8')
  const read = (path: string) => readFileSync(path, 'utf8')
  const written = [main.log, post.log, read(output), read(state), summary, read(report)].join('\n')
  return { operation, exitCode, outputs, summary, file, written, writes: world.writes().length - writes }
}

/** Starts a file of dist/ and shows its log as it comes, as the runner shows it: without the masks. */
async function start(file: string, env: NodeJS.ProcessEnv): Promise<{ exitCode: number | null; log: string }> {
  const path = join(import.meta.dirname, '..', 'dist', file)
  const child = spawn(process.execPath, [path], { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: LONGEST_STEP })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (line.startsWith('::add-mask::')) return
      log += `${line}\n`
      const [, kind, text] = /^::(error|warning|notice)[^:]*::(.*)$/.exec(line) ?? []
      console.log(`  ${kind === undefined ? line : `${kind}: ${text}`}`)
    })
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject))
  return { exitCode, log }
}

/** What a step wrote into a file of the runner: `name<<mark`, the value, `mark`. */
function values(file: string): Map<string, string> {
  const found = readFileSync(file, 'utf8').matchAll(/^(.+?)<<(.+)\r?\n([\s\S]*?)\r?\n\2\r?$/gm)
  return new Map([...found].map(([, name = '', , value = '']) => [name, value]))
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

function time(at: number): string {
  return new Date(at).toISOString().slice(11, 23)
}

/**
 * The summaries as one page. Not a Markdown renderer: it knows the few forms that a summary of this action has, and
 * draws the gantt as bars, so that nothing has to be installed or fetched to see it.
 */
function html(steps: readonly Step[]): string {
  const articles = steps.map(
    ({ operation, summary }, index) =>
      `<h1>Step ${index + 1}: <code>operation: ${operation}</code></h1><article>${blocks(summary)}</article>`,
  )
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Vault DR drill</title>
<style>
:root { color-scheme: light dark; --line: light-dark(#d1d9e0, #3d444d); --soft: light-dark(#f6f8fa, #212830) }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1012px; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1rem; font-weight: normal; margin: 2rem 0 .5rem; opacity: .7 }
h2 { margin: 0 0 .6rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line) }
article { border: 1px solid var(--line); border-radius: 6px; padding: 1.5rem }
code { font: .85em ui-monospace, monospace; background: var(--soft); border-radius: 4px; padding: .15em .35em }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto }
th, td { border: 1px solid var(--line); padding: .35rem .8rem; text-align: left }
blockquote { border-left: 4px solid #bf8700; margin: 1rem 0; padding: .1rem 1rem }
.gantt { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1rem; margin: 1rem 0; font-size: .85rem }
.gantt i { display: block; height: 1.2rem; border-radius: 3px; background: #0969da; min-width: 2px }
.gantt i.crit { background: #d1242f } .gantt b { grid-column: 1 / -1 }
</style>
<p>What GitHub shows on the page of the run, about as it looks there. The Markdown itself is in the files beside this one.</p>
${articles.join('\n')}
</html>
`
}

function blocks(markdown: string): string {
  const html: string[] = []
  const lines = markdown.split('\n')
  /** Takes the lines as long as they match. */
  const take = (form: RegExp): string[] => {
    const end = lines.findIndex((line) => !form.test(line))
    return lines.splice(0, end < 0 ? lines.length : end)
  }
  while (lines.length > 0) {
    const [line = ''] = lines
    if (line.startsWith('```')) {
      lines.shift()
      html.push(gantt(take(/^(?!```)/)))
      lines.shift()
    } else if (line.startsWith('|')) html.push(table(take(/^\|/)))
    else if (line.startsWith('>')) {
      const inner = take(/^>/).map((quoted) => quoted.replace(/^> ?/, ''))
      html.push(`<blockquote>${blocks(inner.join('\n').replace(/^\[!(\w+)\]$/m, '**$1**'))}</blockquote>`)
    } else if (line.startsWith('- '))
      html.push(
        `<ul>${take(/^- /)
          .map((item) => `<li>${inline(item.slice(2))}</li>`)
          .join('')}</ul>`,
      )
    else if (/^\d+\. /.test(line))
      html.push(
        `<ol>${take(/^\d+\. /)
          .map((item) => `<li>${inline(item.replace(/^\d+\. /, ''))}</li>`)
          .join('')}</ol>`,
      )
    else {
      lines.shift()
      if (line.startsWith('#')) html.push(`<h2>${inline(line.replace(/^#+ /, ''))}</h2>`)
      // The only HTML that a summary has.
      else if (/^<\/?details/.test(line)) html.push(line)
      else if (line !== '') html.push(`<p>${inline(line)}</p>`)
    }
  }
  return html.join('\n')
}

function table(rows: readonly string[]): string {
  const cells = rows.map((row) =>
    row
      .slice(1)
      .replace(/\|\s*$/, '')
      .split(/(?<!\\)\|/)
      .map((cell) => inline(cell.trim())),
  )
  const [head = [], , ...body] = cells
  const row = (tag: string, texts: readonly string[]) =>
    `<tr>${texts.map((text) => `<${tag}>${text}</${tag}>`).join('')}</tr>`
  return `<table>${row('th', head)}${body.map((texts) => row('td', texts)).join('')}</table>`
}

/** Each bar as wide as it lasted. */
function gantt(lines: readonly string[]): string {
  const bars = lines.flatMap((line) => {
    const [, name = '', kind = '', from = '', until = ''] = /^ {2}(.+) :(\w+), (\d+), (\d+)$/.exec(line) ?? []
    const [, section = ''] = /^ {2}section (.+)$/.exec(line) ?? []
    return section === '' && name === '' ? [] : [{ section, name, kind, from: Number(from), until: Number(until) }]
  })
  const last = Math.max(1, ...bars.map(({ until }) => until))
  const percent = (ms: number) => `${((100 * ms) / last).toFixed(2)}%`
  const drawn = bars.map(({ section, name, kind, from, until }) =>
    section === ''
      ? `<span>${inline(name)}, ${seconds(until - from)}</span><span><i class="${kind}" style="margin-left:${percent(from)};width:${percent(until - from)}"></i></span>`
      : `<b>${inline(section)}</b>`,
  )
  return `<div class="gantt">${drawn.join('')}</div>`
}

function inline(markdown: string): string {
  return markdown
    .split(/(`[^`]+`)/)
    .map((part) => {
      const text = part
        .replace(/&(?!\w+;)/g, '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('&lt;br>', '<br>')
      return part.startsWith('`') && part.length > 1
        ? `<code>${text.slice(1, -1)}</code>`
        : text
            .replace(/\*\*(.+?)\*\*/g, '<strong>$1</strong>')
            .replace(/\[([^\]]+)\]\((https:[^)\s"]+)\)/g, '<a href="$2">$1</a>')
    })
    .join('')
}
