#!/usr/bin/env bash
# A planned failover by curl and jq with fixed sleeps in place of looks, as many public scripts do it. Written as a peer for
# the benchmark (npm run bench): do not fail a Vault over with it. See careful-failover.sh for the variables.
set -euo pipefail

token_header=$(mktemp)
trap 'rm -f "$token_header"' EXIT
printf 'X-Vault-Token: %s\n' "$TOKEN" >"$token_header"

call() { curl --fail-with-body -sS --connect-timeout 5 --max-time 60 --cacert "$CA_CERT" "$@"; }
post() { call -X POST -H "@$token_header" --data @- "$1/v1/sys/replication/dr/$2"; }

echo '{}' | post "$A_ADDR" primary/demote >/dev/null
sleep 5
jq -n --arg t "$TOKEN" '{dr_operation_token: $t}' | post "$B_ADDR" secondary/promote >/dev/null
sleep 8
key=$(echo '{}' | post "$A_ADDR" secondary/generate-public-key | jq -er .data.secondary_public_key)
jq -n --arg id "$SECONDARY_ID" '{id: $id}' | post "$B_ADDR" primary/revoke-secondary >/dev/null 2>&1 || true
sleep 3
activation=$(
  jq -n --arg id "$SECONDARY_ID" --arg key "$key" '{id: $id, secondary_public_key: $key}' |
    post "$B_ADDR" primary/secondary-token | jq -er .data.token
)
sleep 3
jq -n --arg t "$TOKEN" --arg a "$activation" '{dr_operation_token: $t, token: $a}' |
  post "$A_ADDR" secondary/update-primary >/dev/null
sleep 6
call "$A_ADDR/v1/sys/replication/dr/status" | jq -r .data.state
