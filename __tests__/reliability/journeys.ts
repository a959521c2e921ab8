/** Operations beside the plain failover: the world each begins in, its inputs, every distinct call it makes, and its goal. */
import type { World, WorldOptions } from '../../src/simulator/world.ts'
import { PATHS } from '../support/invariants.ts'
import { documented } from '../support/policies.ts'
import type { Given } from '../support/run-action.ts'
import { CEREMONY, DELETE_TOKEN } from '../support/tale.ts'

export interface Journey {
  readonly options: WorldOptions
  readonly given: (world: World) => Given
  /** Before the run. */
  readonly first?: (world: World) => Promise<void>
  /** As `cluster METHOD path`; those that a plain failover makes in the same way are left out. */
  readonly calls: readonly string[]
  /** What is run in the end, with nothing in its way; and who is primary then. */
  readonly goal: (world: World) => Given
  readonly ends: 'primary' | 'secondary'
}

const host = ({ addr }: { readonly addr: string }): string => new URL(addr).host
const LOGIN = { roleId: 'role-id-0123456789', secretId: 'secret-id-0123456789abcdef' }
const failover = () => ({ operation: 'failover' })
const failback = () => ({ operation: 'failback' })
const setup = (world: World): Given => ({
  operation: 'setup',
  'dr-operation-token': '',
  'vault-token': world.mintToken({ type: 'service', policy: documented('setup-vault-token') }, 'primary'),
  'secondary-vault-token': world.mintToken(
    { type: 'service', policy: documented('setup-secondary-vault-token') },
    'secondary',
  ),
  confirm: host(world.secondary),
})

export const JOURNEYS: Readonly<Record<string, Journey>> = {
  'a drill': {
    options: {},
    given: () => ({ operation: 'drill' }),
    calls: [
      `secondary POST ${PATHS.demote}`,
      `primary POST ${PATHS.promote}`,
      `secondary POST ${PATHS.publicKey}`,
      `primary POST ${PATHS.secondaryToken}`,
      `secondary POST ${PATHS.updatePrimary}`,
    ],
    goal: failback,
    ends: 'primary',
  },
  'key shares': {
    options: {},
    given: (world) => ({
      operation: 'failover',
      'dr-operation-token': '',
      'vault-token': world.mintToken({ type: 'batch', policy: documented('vault-token', 'key-shares') }),
      'key-shares': world.keyShares.slice(0, 3).join('\n'),
    }),
    calls: [
      `secondary GET ${CEREMONY}/attempt`,
      `secondary POST ${CEREMONY}/attempt`,
      `secondary POST ${CEREMONY}/update`,
      `primary GET ${CEREMONY}/attempt`,
      `primary POST ${CEREMONY}/attempt`,
      `primary POST ${CEREMONY}/update`,
      `primary POST ${DELETE_TOKEN}`,
    ],
    goal: failover,
    ends: 'secondary',
  },
  'an approle': {
    options: { approle: { ...LOGIN, policy: documented('vault-token') } },
    given: (world) => ({
      operation: 'failover',
      'auth-method': 'approle',
      'approle-role-id': LOGIN.roleId,
      'approle-secret-id': LOGIN.secretId,
      'dr-operation-token': world.mintToken({ type: 'batch', policy: documented('dr-operation-token') }),
    }),
    calls: ['primary POST auth/approle/login', 'secondary POST auth/token/revoke-self'],
    goal: failover,
    ends: 'secondary',
  },
  'a setup': {
    options: { enrolled: false },
    given: setup,
    calls: [
      'primary POST sys/replication/dr/primary/enable',
      `secondary POST ${PATHS.publicKey}`,
      `primary POST ${PATHS.secondaryToken}`,
      'secondary POST sys/replication/dr/secondary/enable',
      `primary GET ${PATHS.status}`,
      `secondary GET ${PATHS.status}`,
    ],
    goal: setup,
    ends: 'primary',
  },
  'an emergency': {
    options: {},
    first: ({ primary }) => primary.stop({ heartbeatAgeSeconds: 60 }),
    given: (world) => ({ operation: 'failover', mode: 'emergency', confirm: host(world.secondary) }),
    calls: [`secondary POST ${PATHS.promote}`, `secondary GET ${PATHS.status}`, 'secondary GET sys/health'],
    // A primary that is back, and was not replaced, is not lost any more.
    goal: (world) => ({
      operation: 'failover',
      ...(world.secondary.role() === 'primary' ? { mode: 'emergency', confirm: host(world.secondary) } : {}),
    }),
    ends: 'secondary',
  },
}
