/** The contract tests: the client against a real Vault server. Apart from `npm test`, since a real server is not everywhere. */
import base from './jest.config.js'

export default {
  ...base,
  roots: ['<rootDir>/__tests__/vault'],
  testMatch: ['**/*.contract.ts'],
  // A real server takes seconds to elect itself, and several at once would take each other's time.
  testTimeout: 60000,
  maxWorkers: 1,
}
