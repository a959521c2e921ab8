# `dr-operation-token`: used on whichever cluster is a DR secondary.
path "sys/replication/dr/secondary/promote" {
  capabilities = ["update"]
}
path "sys/replication/dr/secondary/update-primary" {
  capabilities = ["update"]
}
# Without it the activation token comes wrapped, and the old primary has to reach the API of the new one.
path "sys/replication/dr/secondary/generate-public-key" {
  capabilities = ["update"]
}
# Optional, with integrated storage: proves on the DR secondary that the token is alive, also when the primary is lost.
path "sys/storage/raft/autopilot/state" {
  capabilities = ["read"]
}
