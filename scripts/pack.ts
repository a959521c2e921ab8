/**
 * Packs what is kept for the day on which GitHub is down: the files that package.json names, without a dependency, since the
 * bundle holds them. The same archive can be unpacked and run, or given to npx, which then fetches nothing.
 *
 *     node scripts/pack.ts [folder]
 *
 * Prints the path of the archive. Its bytes depend on the files alone: npm gives all of them one date.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'

const root = join(import.meta.dirname, '..')
const manifest = z
  .object({
    name: z.string(),
    version: z.string(),
    private: z.boolean(),
    description: z.string(),
    license: z.string(),
    type: z.string(),
    bin: z.record(z.string(), z.string()),
    engines: z.record(z.string(), z.string()),
    files: z.array(z.string()),
  })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))

const folder = resolve(process.argv[2] ?? '.')
mkdirSync(folder, { recursive: true })
const stage = mkdtempSync(join(tmpdir(), 'pack-'))
try {
  for (const name of [...manifest.files, 'README.md', 'LICENSE'])
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
