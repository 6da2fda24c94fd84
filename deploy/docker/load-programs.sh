#!/bin/sh
# Part of the image's build: loads every program once, and fails where a module is missing. A service that finds no
# settings says so and ends with 78, before it opens anything.
set -eu

load() {
  cd "/app/services/$1"
  code=0
  said=$(node --import @latchkey/runtime/telemetry "src/$2.ts" 2>&1) || code=$?
  if [ "$code" != 78 ]; then
    printf '%s\n%s/src/%s.ts ended with %s\n' "$said" "$1" "$2" "$code" >&2
    exit 1
  fi
}

latchkey --help >/dev/null
for service in gateway identity token session notification; do load "$service" main; done
load notification worker
