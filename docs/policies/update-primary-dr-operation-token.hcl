# `dr-operation-token` for the phase `update-primary` alone: used on the old primary.
path "sys/replication/dr/secondary/update-primary" {
  capabilities = ["update"]
}
# Without it the activation token comes wrapped, and the old primary has to reach the API of the new one.
path "sys/replication/dr/secondary/generate-public-key" {
  capabilities = ["update"]
}
