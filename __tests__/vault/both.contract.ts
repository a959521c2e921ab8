/** One suite, two servers. */
import { contract } from './contract.ts'
import { realPeer, simulatedPeer } from './peer.ts'

contract(process.env.VAULT_PEER ?? 'a real Vault', realPeer)
contract('the simulator', simulatedPeer)
