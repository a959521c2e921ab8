# `vault-token`: used on whichever cluster is the DR primary.
path "sys/replication/dr/primary/demote" {
  capabilities = ["update"]
}
# Vault asks for sudo here: the token it makes stands for all data of the cluster.
path "sys/replication/dr/primary/secondary-token" {
  capabilities = ["update", "sudo"]
}
# Only for ids that the run itself made and that nobody uses.
path "sys/replication/dr/primary/revoke-secondary" {
  capabilities = ["update"]
}
