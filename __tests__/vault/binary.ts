/** Which real server these tests run against: VAULT_BIN, else `vault` or `bao` of the PATH, else the one that was built. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { peer } from '../../scripts/peer-build.ts'

export interface Server {
  readonly path: string
  /** `Vault` or `OpenBao`. */
  readonly name: string
  /** `1.21.1`; an Enterprise server has `+ent` at its end. */
  readonly version: string
  /** Where it was found, in words. */
  readonly from: string
}

/** @throws where none is found, or what is found is no such server */
export function findServer(): Server {
  const given = process.env.VAULT_BIN
  if (given) return identify(given, 'VAULT_BIN')
  for (const command of ['vault', 'bao']) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, command)
      if (folder !== '' && existsSync(path)) return identify(path, 'the PATH')
    }
  }
  const { binary } = peer('vault')
  if (existsSync(binary)) return identify(binary, 'the cache')
  throw new Error(
    'nothing was tested: there is no real Vault here. Give one as VAULT_BIN, put vault or bao on the PATH, or run npm run vault:build.',
  )
}

function identify(path: string, from: string): Server {
  let said: string
  try {
    said = execFileSync(path, ['version'], { encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    throw new Error(`nothing was tested: ${path} (${from}) does not run, or is no Vault`)
  }
  const [, name, version] = /^(Vault|OpenBao) v(\S+)/.exec(said) ?? []
  if (name === undefined || version === undefined) {
    throw new Error(`nothing was tested: ${path} (${from}) is no Vault: it calls itself ${JSON.stringify(said.trim())}`)
  }
  return { path, name, version: version.replace(/,$/, ''), from }
}
