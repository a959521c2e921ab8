/** One suite, two servers. */
import { deeds } from './deeds.ts'
import { realPeer, simulatedPeer } from './peer.ts'

deeds(process.env.VAULT_PEER ?? 'a real Vault', realPeer)
deeds('the simulator', simulatedPeer)
