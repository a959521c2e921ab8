/**
 * `npm run test:vault` and `npm run vault:record`: finds a real server, says which, and runs the contract tests, or the
 * recorder (`--record`), with it. No server, no success. Ends every server and takes away every file of theirs, however it
 * ends itself: a test runner that is stopped does neither.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findServer, type Server } from './binary.ts'

const root = join(import.meta.dirname, '..', '..')

async function run({ path, name, version, from }: Server, [first = '', ...rest]: readonly string[]): Promise<number> {
  process.stdout.write(`The real server: ${name} ${version} (from ${from})\n\n`)
  const jest = [
    '--experimental-vm-modules',
    join(root, 'node_modules/jest/bin/jest.js'),
    '--config',
    'jest.vault.config.js',
  ]
  const what =
    first === '--record'
      ? [join(import.meta.dirname, 'record.ts'), ...rest]
      : [...jest, ...(first ? [first] : []), ...rest]
  const folder = mkdtempSync(join(tmpdir(), 'vault-contract-'))
  const child = spawn(process.execPath, ['--no-warnings', ...what], {
    cwd: root,
    env: { ...process.env, VAULT_BIN: path, VAULT_PEER: `${name} ${version}`, TMPDIR: folder },
    stdio: 'inherit',
    // A group of its own, so that its servers can be ended with it.
    detached: true,
  })
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // Nobody is left, which is what was wanted.
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end)
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve(code ?? 1))
    })
  } finally {
    end()
    rmSync(folder, { recursive: true, force: true })
  }
}

try {
  process.exitCode = await run(findServer(), process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
