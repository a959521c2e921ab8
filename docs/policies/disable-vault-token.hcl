# `vault-token` for `disable`: used at `primary-addr`.
path "sys/replication/dr/primary/revoke-secondary" {
  capabilities = ["update"]
}
path "sys/replication/dr/primary/disable" {
  capabilities = ["update"]
}
