/**
 * The whole of what `npm test` runs a part of: every cell of the fault matrix, every kill point, many random schedules, all
 * combinations of the model; and the figures of it, written to docs/reliability.md. Ends badly where one violation is found.
 *
 *     npm run reliability [-- --seed 4711] [-- --only faults] [-- --cell 'demote: 500, once']
 *
 * Each check is told as it ends; one that fails, with why, and with the command that does that one again.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

const root = join(import.meta.dirname, '..')
const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : process.argv[at + 1]
}
/** Another seed for each day, so that a schedule that was never tried is tried; said in the document, so that it can be told again. */
const seed = option('seed') ?? new Date().toISOString().slice(0, 10).replaceAll('-', '')
const only = option('only') ?? ''
const cell = option('cell')
/** Runs side by side in a file: each is a process, and mostly waits. */
const AT_ONCE = option('at-once') ?? '5'

const folder = mkdtempSync(join(tmpdir(), 'reliability-'))
const [figuresFile, resultsFile] = [join(folder, 'figures.jsonl'), join(folder, 'results.json')]

const Results = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(z.object({ title: z.string(), status: z.string() })),
    }),
  ),
})
const Figure = z.object({ name: z.string(), value: z.union([z.number(), z.string()]) })

const began = performance.now()
writeFileSync(figuresFile, '')
await new Promise<void>((resolve) => {
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      'node_modules/jest/bin/jest.js',
      `__tests__/reliability/${only}`,
      // Two files beside the model, which is all computing.
      '--maxWorkers=3',
      '--forceExit',
      `--maxConcurrency=${AT_ONCE}`,
      '--json',
      `--outputFile=${resultsFile}`,
      `--reporters=${join(import.meta.dirname, 'progress.ts')}`,
      // The names are texts, and Jest takes an expression.
      ...(cell === undefined ? [] : ['--testNamePattern', `^${cell.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`]),
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, RELIABILITY: 'whole', RELIABILITY_SEED: seed, RELIABILITY_FIGURES: figuresFile },
    },
  )
  child.once('close', () => resolve())
})

try {
  const results = Results.parse(JSON.parse(readFileSync(resultsFile, 'utf8')))
  const failed = results.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ title }) => title),
  )
  const violations = failed.length + results.numRuntimeErrorTestSuites
  const minutes = Math.round((performance.now() - began) / 6000) / 10
  const text = document(sums(figuresFile), { passed: results.numPassedTests, violations, failed, minutes })
  // A part of it is no figure of the whole.
  const told = join(root, 'docs', 'reliability.md')
  if (only === '' && cell === undefined) writeFileSync(told, text)
  // What the whole run found stays written down; that it was mended is added to it.
  if (cell !== undefined && violations === 0 && results.numPassedTests > 0) {
    const today = new Date().toISOString().slice(0, 10)
    const line = `- ${cell}`
    writeFileSync(
      told,
      readFileSync(told, 'utf8').replace(`${line}\n`, `${line}: mended, and held when done again on ${today}\n`),
    )
  }
  console.log(text)
  // Nothing that was asked about has been answered with nothing found.
  if (results.numPassedTests + violations === 0) console.error('No check has that name: nothing was tested.')
  process.exitCode = violations === 0 && results.numPassedTests > 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Counts add up; what is a maximum says so in its name. */
function sums(file: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const { name, value } = Figure.parse(JSON.parse(line))
    const before = found.get(name) ?? 0
    found.set(name, name.endsWith('at most') ? Math.max(before, Number(value)) : before + Number(value))
  }
  return found
}

function document(
  figures: Map<string, number>,
  run: { passed: number; violations: number; failed: readonly string[]; minutes: number },
): string {
  const row = (what: string, name: string) => `| ${what} | ${(figures.get(name) ?? 0).toLocaleString('en')} |`
  return `# Reliability: the last full run

Written by \`npm run reliability\`, not by hand. \`npm test\` runs a part of it, chosen so that each call, each mishap, each
write and each signal is met; [the threat model](threat-model.md) says what is promised and what counts as a violation.

| | |
| :-- | --: |
| date | ${new Date().toISOString().slice(0, 10)} |
| Node | ${process.version} |
| took | ${run.minutes} min |
| seed of the schedules | ${seed} |
${row('cells of the fault matrix that held (call × mishap, once or always)', 'cells')}
${row('kill points that held (signal × call × before, after, answered × speed of the clusters)', 'kill points')}
${row('random schedules of up to three faults, and outages and cut links', 'random schedules')}
${row('stories of two runs at once, same and opposite directions', 'two runs at once')}
${row('stories of three to five runs at once', 'stories of three runs and more at once')}
${row('cells of drills, setups, key shares, logins and emergencies that held (call × mishap)', 'cells of other operations')}
${row('faults of TLS that held (fault × cluster × moment × lasting or passing)', 'faults of TLS')}
${row('faults of the process that held (frozen, wall clock set, post step killed)', 'faults of the process')}
${row('combinations of two clusters × operation × mode × waivers decided by the planner', 'combinations')}
${row('states of the small world from which it was led to its end', 'states of the small world')}
${row('MiB above a normal run, at most, whatever a server sends', 'memory above a normal run, MiB at most')}
| checks of all kinds that held | ${run.passed.toLocaleString('en')} |
| **violations** | **${run.violations}** |
${run.failed.length === 0 ? '' : `\n## Violations\n\n${run.failed.map((title) => `- ${title}`).join('\n')}\n`}
## What is done in each

Every run is the built program in a process of its own, against a simulated pair (\`src/simulator\`), and is judged by the
same questions: who was primary when, what was sent in which order, whether what it says is what the clusters are, and
whether a secret, a command, an escape or markup is in any byte that it wrote.

- **Fault matrix**: one call meets one mishap, once or always. The outcome must be one of those that are true of it, the
  run must end in time, what can't be taken away must be named, and the next run must end at the goal.
- **Kill matrix**: SIGKILL, SIGTERM or SIGINT when a call arrives, is applied, is answered. A cancel ends within 6 s and
  begins nothing new; the post step tells what is, and the next run ends at the goal.
- **Other operations**: each call that a drill, a setup, a failover from key shares or with a login, or an emergency makes
  of its own meets each mishap.
- **TLS**: certificates that are expired, not valid yet, for another name or of another CA, an old protocol, none, a
  handshake that stalls or is reset, an answer that is cut; from the beginning or in the middle, lasting or passing.
- **Process**: frozen for longer than any call waits, also while a run in the opposite direction does its work; the wall
  clock set again and again; signals in the post step.
- **Schedules**: seeded; what once failed is a test of its own from then on.
- **Model**: the planner is pure, and is asked about everything that two clusters can show.

## Not covered

- A true Vault Enterprise pair: see [fidelity](fidelity.md) for what was held against one.
- Faults of the runner's machine that no process can see, such as a clock that stands still.
- More than five runs at once, and more than three faults in one run.
`
}
