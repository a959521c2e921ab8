# `vault-token` for `issue-operation-token`, which makes the policy and the role where they are missing.
path "sys/policies/acl/vault-dr-operation" {
  capabilities = ["read", "update"]
}
# `create` for the first write, `update` for one that is sent again because its answer was lost.
path "auth/token/roles/vault-dr-operation" {
  capabilities = ["read", "create", "update"]
}
path "auth/token/create/vault-dr-operation" {
  capabilities = ["update"]
}
