# `vault-token` for `issue-operation-token`, where the policy and the role were made by hand.
path "sys/policies/acl/vault-dr-operation" {
  capabilities = ["read"]
}
path "auth/token/roles/vault-dr-operation" {
  capabilities = ["read"]
}
path "auth/token/create/vault-dr-operation" {
  capabilities = ["update"]
}
