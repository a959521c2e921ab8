# With `key-shares` on Vault 2.0 and newer: for a batch `vault-token`, beside its ordinary policy.
path "sys/replication/dr/secondary/generate-operation-token/attempt" {
  # `delete` ends an attempt of the run's own that came to nothing.
  capabilities = ["read", "update", "delete"]
}
path "sys/replication/dr/secondary/generate-operation-token/update" {
  capabilities = ["update"]
}
# Before 2.0 this path alone is of use. Without it the activation token comes wrapped.
path "sys/replication/dr/secondary/generate-public-key" {
  capabilities = ["update"]
}
