/** The archive of a release: unpacked, or given to npx on a machine that has nothing, it is the whole command. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { OUTCOMES } from '../src/report.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'packed-'))
let archive = ''

/** A home, a cache and a temporary folder in which nothing is, and no registry. */
const bare = { PATH: process.env.PATH ?? '', HOME: join(folder, 'home'), npm_config_registry: 'http://127.0.0.1:9' }

beforeAll(() => {
  archive = execFileSync(process.execPath, ['scripts/pack.ts', folder], { cwd: root, encoding: 'utf8' }).trim()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('what is in it', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(archive).toBe(join(folder, `vault-dr-failover-${version}.tgz`))
  const files = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).trim().split('\n')
  for (const name of [
    'dist/cli.js',
    'dist/index.js',
    'dist/licenses.txt',
    'action.yml',
    'simulator/action.yml',
    'LICENSE',
  ])
    expect(files).toContain(`package/${name}`)
  expect(files).toContain('package/docs/break-glass.md')
  expect(files.filter((file) => /\.ts$|node_modules|__tests__/.test(file))).toEqual([])
  execFileSync('tar', ['-xzf', archive, '-C', folder])
  const manifest = JSON.parse(readFileSync(join(folder, 'package', 'package.json'), 'utf8'))
  expect(Object.keys(manifest).filter((key) => /dependencies|scripts/i.test(key))).toEqual([])
})

test('npx runs it without a network, installs it alone, and gives its exit codes', () => {
  mkdirSync(bare.HOME)
  const npx = (...words: string[]) =>
    spawnSync('npx', ['--yes', '--offline', `./${basename(archive)}`, ...words], {
      cwd: folder,
      env: bare,
      encoding: 'utf8',
    })
  const help = npx('--help')
  expect([help.status, help.stderr]).toEqual([0, ''])
  expect(help.stdout).toContain('VAULT_DR_DR_OPERATION_TOKEN')
  // From action.yml, which has to be beside it.
  expect(help.stdout).toContain('For the whole run')
  const wrong = npx('failover', '--primary-addr', 'https://127.0.0.1:9', '--secondary-addr', 'https://127.0.0.1:10')
  expect(wrong.status).toBe(OUTCOMES.invalid)
  const installed = readdirSync(join(bare.HOME, '.npm', '_npx')).map((name) => join(bare.HOME, '.npm', '_npx', name))
  for (const place of installed)
    expect(readdirSync(join(place, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'vault-dr-failover',
    ])
})
