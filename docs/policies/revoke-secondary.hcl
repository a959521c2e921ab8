# `vault-token` for `revoke-secondary`: used on whichever cluster is the DR primary.
path "sys/replication/dr/primary/revoke-secondary" {
  capabilities = ["update"]
}
