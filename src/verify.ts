/**
 * The canary: a path that is read on the old primary before and on the new one after. It proves that secrets are served
 * again, and that they are the same. Only digests are kept; what was read is never shown.
 */
import { Deadline, sleep } from './clock.ts'
import type { Inputs } from './inputs.ts'
import type { Leg } from './session.ts'
import type { Vault } from './vault/client.ts'

export type Canary = { readonly ok: true; readonly digest: string } | { readonly ok: false; readonly because: string }

/** A new primary may answer badly for a moment after it serves. In ms. */
const PATIENCE = 5000
const PAUSE = 250

/** Reads the path and makes a digest of its data. Refusals are final; any other bad answer is asked again for 5 s. @param left in ms */
export async function readCanary(
  vault: Vault,
  token: string,
  { 'verify-path': path, namespace }: Inputs,
  left: number,
): Promise<Canary> {
  const until = new Deadline(Math.min(PATIENCE, left))
  for (;;) {
    const read = await vault.secret(path ?? '', token, namespace)
    if (read.ok) {
      // Taken when it is needed: loading it costs the start of every run some ms.
      const { createHash } = process.getBuiltinModule('node:crypto')
      return { ok: true, digest: createHash('sha256').update(canonical(read.value)).digest('hex') }
    }
    if (until.passed || (read.status >= 400 && read.status < 500 && read.status !== 412 && read.status !== 429)) {
      return { ok: false, because: read.because }
    }
    await sleep(PAUSE)
  }
}

/** JSON with the keys of every object in order, so that equal data gives equal text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
}

/**
 * Compares what the new primary answers with what the old one did; where the old one could not be asked, that it answers
 * is what counts.
 *
 * @returns what differs, in a sentence; nothing where there is no path to read
 */
export async function verify({ run }: Leg): Promise<string[]> {
  const { inputs, vaults, tokens, lookout, journal } = run
  if (inputs['verify-path'] === undefined) return []
  const login = await tokens.login('to')
  if (login?.ok === false) return [`The verify-path could not be read: ${login.because}.`]
  const { host } = lookout.world.to
  const after = await readCanary(vaults.to, tokens.vault, inputs, run.deadline.left)
  if (!after.ok) return [`The verify-path can not be read on ${host}: ${after.because}.`]
  if (run.canary !== undefined && run.canary !== after.digest)
    return [`The verify-path answers something else on ${host} than it did before.`]
  journal.note(
    run.canary === undefined
      ? `The verify-path can be read on ${host}.`
      : `The verify-path answers the same on ${host} as it did before.`,
  )
  return []
}
