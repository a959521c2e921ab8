/**
 * Packs what is kept for the day on which GitHub is down: the files that package.json names, without a dependency, since the
 * bundle holds them. The same archive can be unpacked and run, or given to npx, which then fetches nothing.
 *
 *     node scripts/pack.ts [folder]
 *
 * Prints the path of the archive. Its bytes depend on the files alone: npm gives all of them one date. Needs no package, so
 * that a release can be packed where nothing of others is run.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = join(import.meta.dirname, '..')
/** What a package has to tell of itself; the rest is for whoever works on it. */
const KEPT = ['name', 'version', 'private', 'description', 'license', 'type', 'bin', 'engines', 'files']
const all: { readonly files: readonly string[] } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const manifest = Object.fromEntries(Object.entries(all).filter(([key]) => KEPT.includes(key)))

const folder = resolve(process.argv[2] ?? '.')
mkdirSync(folder, { recursive: true })
const stage = mkdtempSync(join(tmpdir(), 'pack-'))
try {
  for (const name of [...all.files, 'README.md', 'LICENSE'])
    cpSync(join(root, name), join(stage, name), { recursive: true })
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: stage,
    encoding: 'utf8',
  })
  console.log(join(folder, packed.trim()))
} finally {
  rmSync(stage, { recursive: true, force: true })
}
