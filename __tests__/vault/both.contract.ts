/** One suite, two servers. */
import { contract } from './contract.ts'
import { realPeer, simulatedPeer } from './peer.ts'

contract(process.env.VAULT_PEER ?? 'a real Vault', realPeer)

/** Where the simulator is known to be wrong. Nothing that a failover is decided by. */
contract('the simulator', simulatedPeer, [
  'tells in sys/health whether it was removed from its cluster',
  'refuses a nonsense code for sys/health, without words',
  'names the kind of mount in the envelope',
  'of a root token lacks some fields that others have',
  'tells of the last use as -1',
  'is a use that capabilities-self needs as well: with the last one it can not look the token up',
  'of the default policy: a token may look itself up, and end itself',
  '404 and 405 in words',
  'sys/health takes no other method, whoever asks',
])
