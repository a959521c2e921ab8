# `dr-operation-token` for `disable`: used at `secondary-addr`.
path "sys/replication/dr/secondary/disable" {
  capabilities = ["update"]
}
