/**
 * The nodes of a cluster, as autopilot sees them: a follower that a role change left sealed does no harm until the active
 * node fails, so nobody notices it by the cluster's answers.
 */

import type { Run } from './bring.ts'
import { role, SIDES, type Side } from './cluster.ts'
import { printable } from './printable.ts'

/**
 * Nodes that are not well, in a sentence for each cluster, with what to do. A cluster is passed over where no token may
 * ask it (autopilot/state: a batch token on a DR secondary, the Vault token on the primary; facts 3.5).
 */
export async function sickNodes({
  vaults,
  lookout,
  tokens,
}: Pick<Run, 'vaults' | 'lookout' | 'tokens'>): Promise<string[]> {
  const told = await Promise.all(
    SIDES.map(async (side: Side) => {
      const cluster = lookout.world[side]
      const token = role(cluster) === 'primary' ? tokens.onPrimary : tokens.header
      if (token === undefined || role(cluster) === 'unknown') return []
      const read = await vaults[side].nodes(token)
      const servers = read.ok ? Object.entries(read.value.servers ?? {}) : []
      const sick = servers.filter(
        ([, { healthy, node_status: status }]) => healthy === false || (status !== undefined && status !== 'alive'),
      )
      const names = sick.map(([id, { name }]) => printable(name ?? id, 60))
      return names.length === 0
        ? []
        : [
            `${cluster.host}: ${names.length === 1 ? 'a node is' : 'nodes are'} not healthy: ${names.slice(0, 9).join(', ')}. After a role change a node may come back sealed: unseal it with the key shares of the DR set.`,
          ]
    }),
  )
  return told.flat()
}
