#!/usr/bin/env bash
# A planned failover by curl and jq, as a careful person writes it: every wait is a poll with a bound, with the waits that
# public scripts use. Written as a peer for the benchmark (npm run bench); it checks far less than the action does.
#
#   A_ADDR B_ADDR TOKEN SECONDARY_ID CA_CERT [POLL] scripts/careful-failover.sh
#
# A is the primary, B its DR secondary. TOKEN is a batch token that is good on both. POLL is the wait between two polls,
# in seconds; default 2.
set -euo pipefail

poll=${POLL:-2}
token_header=$(mktemp)
trap 'rm -f "$token_header"' EXIT
# In a file, not among the arguments, which every process of the machine can read.
printf 'X-Vault-Token: %s\n' "$TOKEN" >"$token_header"

call() { curl --fail-with-body -sS --connect-timeout 5 --max-time 60 --cacert "$CA_CERT" "$@"; }
status() { call "$1/v1/sys/replication/dr/status" 2>/dev/null; }
field() { status "$1" | jq -r ".data.$2 // empty" 2>/dev/null || true; }
post() { call -X POST -H "@$token_header" --data @- "$1/v1/sys/replication/dr/$2" 2>/dev/null; }

# until_so <seconds> <command...>: looks first, then every $poll seconds.
until_so() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    if ((SECONDS >= end)); then
      echo "gave up waiting: $*" >&2
      return 1
    fi
    sleep "$poll"
  done
}

# with_backoff <waits> <command...>: tries again after each of the waits.
with_backoff() {
  local waits=$1 wait
  shift
  for wait in $waits; do
    if "$@"; then return 0; fi
    sleep "$wait"
  done
  "$@"
}

has_mode() { [ "$(field "$1" mode)" = "$2" ]; }
serves() { call -o /dev/null "$1/v1/sys/health" 2>/dev/null && has_mode "$1" primary; }
promote() { jq -n --arg t "$TOKEN" '{dr_operation_token: $t}' | post "$B_ADDR" secondary/promote >/dev/null; }
make_key() { key=$(echo '{}' | post "$A_ADDR" secondary/generate-public-key | jq -er .data.secondary_public_key); }
make_activation() {
  activation=$(
    jq -n --arg id "$SECONDARY_ID" --arg key "$key" '{id: $id, secondary_public_key: $key}' |
      post "$B_ADDR" primary/secondary-token | jq -er .data.token
  )
}
update_primary() {
  jq -n --arg t "$TOKEN" --arg a "$activation" '{dr_operation_token: $t, token: $a}' |
    post "$A_ADDR" secondary/update-primary >/dev/null
}
follows() {
  status "$A_ADDR" | jq -e --arg b "$B_ADDR" '.data
    | .mode == "secondary" and .state == "stream-wals" and .connection_state == "ready"
      and ([.primaries[]?.api_address] | index($b) != null)' >/dev/null 2>&1
}

has_mode "$A_ADDR" primary
status "$B_ADDR" | jq -e '.data.mode == "secondary" and .data.state == "stream-wals"' >/dev/null

echo '{}' | post "$A_ADDR" primary/demote >/dev/null
until_so 120 has_mode "$A_ADDR" secondary
until_so 60 promote
until_so 120 serves "$B_ADDR"
echo 'service restored'

with_backoff '2 4 8 16 32' make_key
jq -n --arg id "$SECONDARY_ID" '{id: $id}' | post "$B_ADDR" primary/revoke-secondary >/dev/null || true
until_so 15 make_activation
with_backoff '2 4 8 16 32' update_primary
with_backoff '1 2 4 8 16 32 64 128 256' follows
echo 'protected again'
