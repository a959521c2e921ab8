/**
 * Whether the tokens that were given will do, found out before anything is changed. The primary answers `lookup-self` and
 * `capabilities-self` for batch tokens too; a DR secondary proves a batch token by `autopilot/state`, where its policy
 * has that path. A generated DR operation token can't be proven at all without spending it, so it is sent nowhere.
 */
import { sleep } from './clock.ts'
import type { Read, Vault } from './vault/client.ts'
import type { Token } from './vault/schemas.ts'

/** Paths whose use is asked about, as `capabilities-self` and policies spell them. */
export const PATHS = {
  demote: 'sys/replication/dr/primary/demote',
  secondaryToken: 'sys/replication/dr/primary/secondary-token',
  enablePrimary: 'sys/replication/dr/primary/enable',
  disablePrimary: 'sys/replication/dr/primary/disable',
  revokeSecondary: 'sys/replication/dr/primary/revoke-secondary',
  enableSecondary: 'sys/replication/dr/secondary/enable',
  disableSecondary: 'sys/replication/dr/secondary/disable',
  promote: 'sys/replication/dr/secondary/promote',
  updatePrimary: 'sys/replication/dr/secondary/update-primary',
  generatePublicKey: 'sys/replication/dr/secondary/generate-public-key',
} as const

/** What was found out about one token; what could not be asked is missing. */
export interface TokenFacts {
  /** By its prefix: Vault writes batch tokens as `hvb.` (`b.` before 1.10). Nothing else is known without asking. */
  readonly batch: boolean
  readonly lookup?: Read<Token> | undefined
  readonly capabilities?: Read<ReadonlyMap<string, readonly string[]>> | undefined
  /** The DR secondary's answer to `autopilot/state` with this token. */
  readonly onSecondary?: Read<unknown> | undefined
}

export interface Credentials {
  readonly vaultToken?: TokenFacts | undefined
  readonly drOperationToken?: TokenFacts | undefined
  /** `setup`: the token of the cluster that is to be enrolled, which knows its own tokens alone. */
  readonly ofSecondary?: TokenFacts | undefined
}

export const isBatch = (token: string): boolean => /^(hvb|b)\./.test(token)

/**
 * Asks what the tokens are worth, all questions side by side.
 *
 * @param primary the cluster that is primary now, if one is: only there a token can be looked up
 * @param secondary the cluster that is to be promoted, if it is a secondary now
 */
export async function examine(
  tokens: { readonly vaultToken: string | undefined; readonly drOperationToken: string | undefined },
  primary: Vault | undefined,
  secondary: Vault | undefined,
): Promise<Credentials> {
  const paths = Object.values(PATHS)
  const onPrimary = async (token: string) => {
    if (primary === undefined) return {}
    const [lookup, capabilities] = await Promise.all([
      again(() => primary.lookupSelf(token)),
      again(() => primary.capabilitiesSelf(token, paths)),
    ])
    return { lookup, capabilities }
  }
  const facts = async (token: string | undefined, asDrToken: boolean): Promise<TokenFacts | undefined> => {
    if (token === undefined) return undefined
    const batch = isBatch(token)
    const [asked, onSecondary] = await Promise.all([
      onPrimary(token),
      asDrToken && batch && secondary !== undefined ? again(() => secondary.autopilotState(token)) : undefined,
    ])
    return { batch, ...asked, onSecondary }
  }
  const { vaultToken, drOperationToken } = tokens
  if (vaultToken === drOperationToken) {
    const both = await facts(vaultToken, true)
    return { vaultToken: both, drOperationToken: both }
  }
  const [ofVault, ofDr] = await Promise.all([facts(vaultToken, false), facts(drOperationToken, true)])
  return { vaultToken: ofVault, drOperationToken: ofDr }
}

/** One bad answer to a question that is not a refusal is asked again: it alone never ends a run. */
export async function again<T>(ask: () => Promise<Read<T>>): Promise<Read<T>> {
  let read = await ask()
  for (const pause of [200, 800]) {
    if (read.ok || (read.status >= 400 && read.status < 500 && read.status !== 429 && read.status !== 412)) return read
    await sleep(pause)
    read = await ask()
  }
  return read
}
