/**
 * Writes docs/fidelity.md from scripts/evidence.ts, and refuses to where a row leans on what is not there: a contract test
 * that nobody has, a test of tolerance, a place in the code. With `--check` it writes nothing, and ends badly when the
 * document is stale.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ANSWERS, type Evidence, QUESTIONS, ROWS } from './evidence.ts'

const root = join(import.meta.dirname, '..')
const DOCUMENT = 'docs/fidelity.md'
const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** Every text of a test file that may be the name of a test, and where it stands. */
function namesIn(folder: string): Map<string, string> {
  const found = new Map<string, string>()
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  for (const file of files.map((name) => join(folder, name).replaceAll('\\', '/')).sort()) {
    if (!file.endsWith('.ts')) continue
    // Behind a parenthesis: an argument, as of `test(` and `test.each(…)(`; at the start of a line: its first one or a key.
    for (const [, quote = '', name = ''] of read(file).matchAll(/(?:\(|^ *)(['"`])((?:\\.|(?!\1).)+)\1 *[,:]/gm))
      found.set(name.replaceAll(`\\${quote}`, quote), file)
  }
  return found
}
const contract = namesIn('__tests__/vault')
const tests = namesIn('__tests__')

const mistakes: string[] = []
const among = (names: ReadonlyMap<string, string>, name: string, what: string): void => {
  if (!names.has(name)) mistakes.push(`no ${what} is named ${JSON.stringify(name)}`)
}
for (const { where, evidence } of ROWS) {
  const [file, word] = where
  if (!existsSync(join(root, file)) || !read(file).includes(word))
    mistakes.push(`${file} has no ${JSON.stringify(word)}`)
  for (const each of evidence) {
    if (each.kind === 'seen') for (const name of each.tests) among(contract, name, 'contract test')
    if (each.kind === 'unknown') for (const name of each.tests) among(tests, name, 'test')
  }
}
const asked = new Set<string>(ROWS.flatMap(({ asks }) => asks ?? []))
for (const question of Object.keys(QUESTIONS)) if (!asked.has(question)) mistakes.push(`${question} concerns no row`)

if (mistakes.length > 0) {
  for (const mistake of mistakes) console.error(mistake)
  process.exit(1)
}

const quoted = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(', ')
/** A cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|')

function told(evidence: Evidence): string {
  switch (evidence.kind) {
    case 'seen':
      return evidence.inPart === undefined
        ? `**seen**: ${quoted(evidence.tests)}`
        : `**seen in part** (${evidence.inPart}): ${quoted(evidence.tests)}`
    case 'documented':
      return `**documented**: ${evidence.where}`
    case 'inferred':
      return `**inferred** from ${evidence.from}`
    case 'unknown':
      return `**unknown**, and tolerated (${evidence.how}): ${quoted(evidence.tests)}`
  }
}

const rows = ROWS.map(({ what, where: [file, word], evidence, asks }) => {
  const cells = [what, `[\`${file}\`](../${file}) \`${word}\``, evidence.map(told).join('<br>'), asks ?? '']
  return `| ${cells.map(cell).join(' | ')} |`
})
/** From the best to none; what was seen of something like it is no more than a good reason to infer. */
const KINDS = ['seen', 'documented', 'seen in part', 'inferred', 'unknown'] as const
const kindOf = (each: Evidence) => (each.kind === 'seen' && each.inPart !== undefined ? 'seen in part' : each.kind)
const bestOf = (evidence: readonly Evidence[]) => KINDS.find((kind) => evidence.some((each) => kindOf(each) === kind))
const counts = KINDS.map((kind) => `${ROWS.filter(({ evidence }) => bestOf(evidence) === kind).length} ${kind}`).join(
  ', ',
)
const questions = Object.entries(QUESTIONS).map(([name, question]) => {
  const answer = Object.entries(ANSWERS).find(([of]) => of === name)?.[1]
  return `| ${name} | ${cell(question)} | ${answer === undefined ? 'not asked yet' : cell(`${answer.answer} (${answer.version})`)} |`
})

const document = `<!-- Written by scripts/fidelity.ts from scripts/evidence.ts: change it there. -->
# What is known of Vault, and how

Vault Enterprise is closed, and no pair of it was at hand when this was written. So each behaviour that this action relies
on is listed here, with where the code relies on it and the evidence for it:

* **seen**: on a real server, HashiCorp Vault 1.21.1, free edition, by the contract test of that name (\`npm run
  test:vault\`). It has no replication, so this is what it shares with Enterprise; *in part*
  where that is something like it. The simulator passes the same tests, but for those of
  a free edition, of elections and of a restore.
* **documented**: by HashiCorp, in its documentation, its changelog or its published description of the API.
* **inferred**: from its public source, its own test scenarios, or outputs that somebody captured.
* **unknown**: nobody outside knows. The code lives with either, by the test of that name.

A row may have several. By the best of its evidence: ${counts}, of ${ROWS.length}.

| behaviour | where | evidence | question |
|---|---|---|---|
${rows.join('\n')}

## Open questions
\`node scripts/enterprise.ts probe\` asks them of two real clusters, and the workflow
[\`enterprise.yml\`](../.github/workflows/enterprise.yml) does where a licence is to be had. Its table is to be read and
written into \`ANSWERS\` of \`scripts/evidence.ts\` by a person. What it prints with \`--simulated\` proves that it can ask,
and says nothing of Vault.

| | question | answer |
|---|---|---|
${questions.join('\n')}
`

if (process.argv.includes('--check')) {
  if (!existsSync(join(root, DOCUMENT)) || read(DOCUMENT) !== document) {
    console.error(`${DOCUMENT} is stale: run npm run fidelity`)
    process.exitCode = 1
  }
} else writeFileSync(join(root, DOCUMENT), document)
console.log(`${ROWS.length} behaviours: ${counts} at best`)
