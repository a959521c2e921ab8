# A batch `vault-token` for `cancel-operation-token`, on Vault 2.0 and newer.
path "sys/replication/dr/secondary/generate-operation-token/attempt" {
  capabilities = ["read", "delete"]
}
