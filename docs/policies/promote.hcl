# `dr-operation-token` for the phase `promote` alone.
path "sys/replication/dr/secondary/promote" {
  capabilities = ["update"]
}
