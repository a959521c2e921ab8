/**
 * The policy of the batch DR operation tokens that `issue-operation-token` makes. docs/tokens.md shows the same text, and
 * a test holds the two together.
 */
export const ISSUED_POLICY_NAME = 'vault-dr-operation'
export const ISSUED_ROLE_NAME = 'vault-dr-operation'

export const ISSUED_POLICY = `path "sys/replication/dr/secondary/promote" {
  capabilities = ["update"]
}
path "sys/replication/dr/secondary/update-primary" {
  capabilities = ["update"]
}
path "sys/replication/dr/secondary/generate-public-key" {
  capabilities = ["update"]
}
path "sys/storage/raft/autopilot/state" {
  capabilities = ["read"]
}
`
