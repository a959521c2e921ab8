# Added to the policy of the `vault-token` for `snapshot-path`.
path "sys/storage/raft/snapshot" {
  capabilities = ["read"]
}
