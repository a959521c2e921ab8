# `secondary-vault-token` for `setup`: a token of the cluster at `secondary-addr`, made there.
path "sys/replication/dr/secondary/enable" {
  capabilities = ["update"]
}
# Without it the activation token comes wrapped, and the secondary has to reach the API of the primary.
path "sys/replication/dr/secondary/generate-public-key" {
  capabilities = ["update"]
}
