#!/bin/sh
# Creates the namespace, and gives it the retention asked for, whether it is new or not. Safe to repeat.
# Reads TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and TEMPORAL_RETENTION.
set -eu

try() {
    tries=30
    until "$@"; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ]; then
            echo "Gave up on: $*. Temporal at $TEMPORAL_ADDRESS has more to say in the log of its own." >&2
            exit 1
        fi
        sleep 2
    done
}

try temporal operator cluster health
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$TEMPORAL_RETENTION"
# For some seconds the server goes on saying that it knows no such namespace; what starts after this job must not hear that.
try temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$TEMPORAL_RETENTION"
