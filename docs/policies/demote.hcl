# `vault-token` for the phase `demote` alone.
path "sys/replication/dr/primary/demote" {
  capabilities = ["update"]
}
