/** Before all contract tests: which server it will be, said first; none, and nothing is tested. */
import { findServer } from './binary.ts'

// biome-ignore lint/style/noDefaultExport: what jest calls
export default function setup(): void {
  try {
    const { path, name, version, from } = findServer()
    // A free edition shows no suffix, Enterprise shows +ent: said as the server itself says it.
    process.stdout.write(`\nThe real server: ${name} ${version} (from ${from})\n`)
    process.env.VAULT_BIN = path
    process.env.VAULT_PEER = `${name} ${version}`
  } catch (error) {
    // The sentence alone: a stack of this file helps nobody.
    if (error instanceof Error) error.stack = error.message
    throw error
  }
}
