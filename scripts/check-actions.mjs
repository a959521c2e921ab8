/**
 * Holds action.yml, the workflows and the README's workflows against GitHub's own schema (its language service) and
 * actionlint, offline: also every input given to this action, and every output read from it, by the names of action.yml.
 *
 * A .mjs file, as the language service imports JSON in a way that needs a hook before it is loaded.
 */
import { execFileSync } from 'node:child_process'
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

const root = resolve(import.meta.dirname, '..')
const read = (...path) => readFileSync(join(root, ...path), 'utf8')
const action = parse(read('action.yml'))
const OURS = 'your-org/vault-dr-failover@pinned'

/** Every file by its name, this action by one name in all of them. */
const files = new Map([['action.yml', read('action.yml')]])
for (const name of readdirSync(join(root, '.github', 'workflows')))
  files.set(name, read('.github', 'workflows', name).replaceAll(/(uses:) \.\/$/gm, `$1 ${OURS}`))
const examples = [...read('README.md').matchAll(/^```yaml\n(name:[\s\S]*?)^```$/gm)]
for (const [index, [, text]] of examples.entries())
  files.set(`README-${index + 1}.yml`, text.replaceAll(/your-org\/vault-dr-failover@.*/g, OURS))

let problems = examples.length === 0 ? 1 : 0
const actionsMetadataProvider = {
  // Of other actions nothing is known offline, so nothing is said against them.
  fetchActionMetadata: async ({ owner }) => (owner === 'your-org' ? action : { name: '', description: '' }),
}
for (const [name, text] of files) {
  const document = TextDocument.create(pathToFileURL(join(root, name)).href, 'yaml', 1, text)
  const found = await validate(document, { actionsMetadataProvider })
  const outputs = [...text.matchAll(/steps\.[\w-]+\.outputs\.([\w-]+)/g)].filter(
    ([, output]) => !action.outputs[output],
  )
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
    if (name !== 'action.yml') writeFileSync(join(place, '.github', 'workflows', name), text)
  const actionlint = join(root, 'node_modules', '@tktco', 'node-actionlint', 'bin', 'node-actionlint.js')
  execFileSync(process.execPath, [actionlint, '.github/workflows/*.yml'], { cwd: place, stdio: 'inherit' })
} catch {
  // It has said what it found.
  problems += 1
} finally {
  rmSync(place, { recursive: true, force: true })
}
console.log(`action.yml and ${files.size - 1} workflows, ${examples.length} of them the README's: ${problems} problems`)
process.exitCode = problems > 0 ? 1 : 0
