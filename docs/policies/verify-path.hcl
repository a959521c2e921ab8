# Added to the policy of the `vault-token` for `verify-path`: the path that it names.
path "secret/data/canary" {
  capabilities = ["read"]
}
