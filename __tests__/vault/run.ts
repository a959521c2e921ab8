/** `npm run test:vault`: finds a real server, says which, and runs the contract tests against it. No server, no success. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { findServer, type Server } from './binary.ts'

const root = join(import.meta.dirname, '..', '..')

async function run({ path, name, version, from }: Server): Promise<number> {
  process.stdout.write(`The real server: ${name} ${version} (from ${from})\n\n`)
  const jest = join(root, 'node_modules/jest/bin/jest.js')
  const flags = ['--experimental-vm-modules', '--no-warnings', jest, '--config', join(root, 'jest.vault.config.js')]
  const child = spawn(process.execPath, [...flags, ...process.argv.slice(2)], {
    cwd: root,
    env: { ...process.env, VAULT_BIN: path, VAULT_PEER: `${name} ${version}` },
    stdio: 'inherit',
  })
  // What ends this ends the tests too, which end their servers.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}

try {
  process.exitCode = await run(findServer())
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
