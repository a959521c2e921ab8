# `vault-token` for the phase `update-primary` alone: used on the new primary.
path "sys/replication/dr/primary/secondary-token" {
  capabilities = ["update", "sudo"]
}
# Only for ids that the run itself made and that nobody uses.
path "sys/replication/dr/primary/revoke-secondary" {
  capabilities = ["update"]
}
