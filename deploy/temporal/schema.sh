#!/bin/sh
# Creates Temporal's tables, or brings them to this release's version; does nothing when they are there already.
# Reads SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD and SQL_PLUGIN.
set -eu

versions=/etc/temporal/schema/postgresql/v12

migrate() {
    temporal-sql-tool --db "$1" setup-schema -v 0.0
    temporal-sql-tool --db "$1" update-schema -d "$versions/$2/versioned"
}

migrate temporal temporal
migrate temporal_visibility visibility
