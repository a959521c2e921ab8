/**
 * Holds action.yml, the workflows and those of the documents against GitHub's own schema (its language service) and
 * actionlint, offline: also every input given to this action, and every output read from it, by the names of action.yml.
 * A `with:` block of a document stands for a step with it, and is read as the action would read it: nothing missing,
 * nothing wrong. So is a list of pairs; blocks of a shell are parsed by one, and our command in them by its own reading.
 *
 * A .mjs file, as the language service imports JSON in a way that needs a hook before it is loaded.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse } from 'yaml'

registerHooks({
  load: (url, context, next) =>
    next(
      url,
      url.endsWith('.json') ? { ...context, importAttributes: { ...context.importAttributes, type: 'json' } } : context,
    ),
})
const { validate } = await import('@actions/languageservice')
const { TextDocument } = await import('vscode-languageserver-textdocument')
const { readFlags } = await import('../src/cli.ts')
const { readFleet } = await import('../src/fleet.ts')
const { INPUTS, InvalidInputs, readInputs } = await import('../src/inputs.ts')
const { Secrets } = await import('../src/secrets.ts')

const root = resolve(import.meta.dirname, '..')
const read = (...path) => readFileSync(join(root, ...path), 'utf8')
const action = parse(read('action.yml'))
const simulator = parse(read('simulator', 'action.yml'))
const OURS = 'your-org/vault-dr-failover@pinned'
const SIMULATOR = 'your-org/vault-dr-failover/simulator@pinned'
/** Whatever commit is named, or is to be named, by the reader. */
const pinned = (text) =>
  text.replaceAll(/\b(your-org\/vault-dr-failover[\w./-]*|actions\/\w+)@(v\d+|<full commit SHA>)/g, '$1@pinned')
/** Which of the two a step uses, if any. */
const ours = (uses = '') => (uses === OURS ? action : uses === SIMULATOR ? simulator : undefined)

/** Every file by its name, this action by one name in all of them. */
const files = new Map([
  ['action.yml', read('action.yml')],
  ['simulator/action.yml', read('simulator', 'action.yml')],
])
for (const name of readdirSync(join(root, '.github', 'workflows')))
  files.set(
    name,
    pinned(read('.github', 'workflows', name))
      .replaceAll(/(uses:) \.\/(released)?$/gm, `$1 ${OURS}`)
      .replaceAll(/(uses:) \.\/(released\/)?simulator$/gm, `$1 ${SIMULATOR}`),
  )
/** The blocks of a document, also those that are indented in a list. */
const blocks = (text) =>
  [...text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^\1```$/gm)].map(([, indent, language, block]) => ({
    language,
    text: block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }))
const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
)

let problems = 0
const wrong = (what) => {
  problems += 1
  console.log(`error: ${what}`)
}
const counts = { examples: 0, steps: 0, fleets: 0, shells: 0 }
const job = 'name: A job\non: workflow_dispatch\njobs:\n  job:\n    runs-on: ubuntu-latest\n'
const indented = (text, by) => text.replaceAll(/^(?=.)/gm, by)
for (const name of documents) {
  const flat = name.replaceAll(/\W+/g, '-').replace(/-md$/, '')
  for (const [index, { language, text }] of blocks(read(name)).entries()) {
    const where = `${name}, block ${index + 1}`
    if (language === 'sh' || language === 'bash') {
      counts.shells += 1
      for (const mistake of mistakesOfShell(text)) wrong(`${where}: ${mistake}`)
    } else if (language === 'yaml' && text.startsWith('name:')) {
      counts.examples += 1
      files.set(`${flat}-${index + 1}.yml`, pinned(text))
    } else if (language === 'yaml' && text.startsWith('with:')) {
      counts.steps += 1
      // A step may use what an earlier one gave.
      const step = `- id: generate\n  run: 'true'\n- uses: ${OURS}\n${indented(text, '  ')}`
      files.set(`${flat}-step-${index + 1}.yml`, `${job}    permissions: {}\n    steps:\n${indented(step, '      ')}`)
      for (const mistake of mistakes(parse(text).with)) wrong(`${where}: ${mistake}`)
    } else if (language === 'yaml' && text.startsWith('permissions:'))
      files.set(`${flat}-job-${index + 1}.yml`, `${job}${indented(text, '    ')}    steps:\n      - run: 'true'\n`)
    else if (language === 'yaml' && text.startsWith('- name:')) {
      counts.fleets += 1
      for (const mistake of mistakesOfFleet(text)) wrong(`${where}: ${mistake}`)
    } else if (language === 'yaml') wrong(`${where}: nothing is known of such a block`)
  }
}
for (const [kind, count] of Object.entries(counts)) if (count === 0) wrong(`the documents have no ${kind} any more`)

/** What a shell, or our command in it, would find wrong. */
function mistakesOfShell(text) {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })
  const calls = [...text.matchAll(/^(?:node \S*dist\/cli\.js|npx .*?\.tgz) (.*)$/gm)]
  return [
    ...(status === 0 ? [] : [stderr.trim()]),
    ...calls.flatMap(([, words]) => readFlags(words.split(' ').map((word) => word.replace(/^"\$.*"$/, 'x'))).mistakes),
  ]
}

/** What the action would find wrong with this file of pairs. */
function mistakesOfFleet(text) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'))
  try {
    writeFileSync(join(folder, 'fleet.yml'), text)
    readFleet(join(folder, 'fleet.yml'))
    return []
  } catch (error) {
    if (error instanceof InvalidInputs) return error.mistakes
    throw error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the action would find wrong with these inputs. An expression stands for a value of its kind. */
function mistakes(given) {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(INPUTS, name))
  const value = (name) => {
    const text = String(given[name] ?? action.inputs[name]?.default ?? '')
    if (!text.includes('${{')) return text
    return name === 'key-shares' ? `${'ab'.repeat(32)}\n${'cd'.repeat(32)}` : 'hvb.a-token-of-some-kind'
  }
  try {
    readInputs(value, new Secrets(), () => undefined)
    return unknown.map((name) => `there is no input ${name}`)
  } catch (error) {
    if (error instanceof InvalidInputs) return error.mistakes
    throw error
  }
}

const actionsMetadataProvider = {
  // Of other actions nothing is known offline, so nothing is said against them.
  fetchActionMetadata: async ({ owner, path }) =>
    owner !== 'your-org' ? { name: '', description: '' } : path === 'simulator' ? simulator : action,
}
for (const [name, text] of files) {
  const document = TextDocument.create(pathToFileURL(join(root, name)).href, 'yaml', 1, text)
  const found = await validate(document, { actionsMetadataProvider })
  const steps = Object.values(parse(text).jobs ?? {}).flatMap((job) => job.steps ?? [])
  const outputs = [...text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)].filter(([, id, output]) => {
    const step = steps.find((one) => one.id === id)
    // In a fragment of a document a command stands for a step with this action.
    const used = step?.run !== undefined && name.includes('-step-') ? action : ours(step?.uses)
    return used !== undefined && !used.outputs[output]
  })
  const told = [
    ...found.map(({ severity = 1, message, range }) => [severity, `${range.start.line + 1}: ${message}`]),
    ...outputs.map(([use]) => [1, `${use}: no such output`]),
  ]
  for (const [severity, what] of told) {
    if (severity === 1) problems += 1
    console.log(`${severity === 1 ? 'error' : 'note'}: ${name}:${what}`)
  }
}

const place = mkdtempSync(join(tmpdir(), 'workflows-'))
try {
  mkdirSync(join(place, '.github', 'workflows'), { recursive: true })
  for (const [name, text] of files)
    if (!name.endsWith('action.yml')) writeFileSync(join(place, '.github', 'workflows', name), text)
  const actionlint = join(root, 'node_modules', '@tktco', 'node-actionlint', 'bin', 'node-actionlint.js')
  execFileSync(process.execPath, [actionlint, '.github/workflows/*.yml'], { cwd: place, stdio: 'inherit' })
} catch {
  // It has said what it found.
  problems += 1
} finally {
  rmSync(place, { recursive: true, force: true })
}
console.log(
  `two action.yml and ${files.size - 2} workflows; of the documents ${Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')}: ${problems} problems`,
)
process.exitCode = problems > 0 ? 1 : 0
