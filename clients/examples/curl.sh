#!/usr/bin/env bash
# From a key to the first event with a shell and curl, in a sandbox:
#   SUZHEN_URL=http://127.0.0.1:8080 SUZHEN_KEY=sz_… bash clients/examples/curl.sh
set -euo pipefail
url=${SUZHEN_URL:-http://127.0.0.1:8080}
auth="Authorization: Bearer ${SUZHEN_KEY:?an API key, made in the console under API keys}"
call() { curl --silent --show-error --fail-with-body --header "$auth" "$@"; }

# labels that lie in stock in the sandbox
label=$(call "$url/api/sandbox" | grep -o '"activeLabels":\["[^"]*' | cut -d'"' -f4)
echo "label: $label"

# one event of EPCIS 2.0; the key makes that sending it twice captures it once
event=$(cat <<JSON
{
  "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
  "type": "ObjectEvent",
  "eventTime": "$(date -u +%Y-%m-%dT%H:%M:%SZ)",
  "eventTimeZoneOffset": "+08:00",
  "action": "OBSERVE",
  "bizStep": "inspecting",
  "epcList": ["$label"]
}
JSON
)
for try in 1 2; do
  call "$url/epcis/events" --header 'Content-Type: application/ld+json' --header "Idempotency-Key: example-$$" --data "$event" >/dev/null
done

# it is there, once
count=$(call "$url/epcis/events?EQ_bizStep=inspecting&MATCH_epc=$label" | grep -o '"type":"ObjectEvent"' | wc -l)
echo "events of inspecting: $count"

# what is refused says why
call "$url/epcis/events" --header 'Content-Type: application/ld+json' --data '{"type":"ObjectEvent"}' || echo
