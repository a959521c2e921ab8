/**
 * Builds dist/ from src/ in three steps: tsc writes JavaScript to build/, ncc bundles that, and the bundle is pressed into
 * dist/. The first two are apart because TypeScript 7 has no API that ncc's own loader can use. The bytes depend on the
 * source and the lockfile alone, so CI can hold the committed dist/ against a fresh build.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { press } from './press.ts'

const run = (command: string, ...args: string[]) =>
  execFileSync(process.execPath, [`node_modules/${command}`, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })

rmSync('build', { recursive: true, force: true })
run('typescript/bin/tsc', '-p', 'tsconfig.build.json')
run(
  '@vercel/ncc/dist/ncc/cli.js',
  'build',
  'build/index.js',
  '-o',
  'build/dist',
  '--license',
  'licenses.txt',
  '--no-cache',
  '-q',
)
for (const name of readdirSync('build/dist'))
  if (name.endsWith('index.js')) writeFileSync(`build/dist/${name}`, press(readFileSync(`build/dist/${name}`, 'utf8')))
// The same bundle started by another name is another step, or the command (see src/index.ts): one bundle, nothing to keep in step.
const LAUNCH = "import './index.js'\n"
for (const name of ['post.js', 'simulator.js', 'simulator-post.js']) writeFileSync(`build/dist/${name}`, LAUNCH)
writeFileSync('build/dist/cli.js', `#!/usr/bin/env node\n${LAUNCH}`, { mode: 0o755 })
// Only a bundle that was built takes the place of the last one.
rmSync('dist', { recursive: true, force: true })
renameSync('build/dist', 'dist')
