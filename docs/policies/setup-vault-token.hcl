# `vault-token` for `setup`: a token of the cluster at `primary-addr`.
path "sys/replication/dr/primary/enable" {
  capabilities = ["update"]
}
path "sys/replication/dr/primary/secondary-token" {
  capabilities = ["update", "sudo"]
}
# Only for ids that the run itself made and that nobody uses.
path "sys/replication/dr/primary/revoke-secondary" {
  capabilities = ["update"]
}
