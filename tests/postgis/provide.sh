#!/bin/sh
# Make sure that a PostgreSQL server with PostGIS is there for the tests of the shared database.
set -eu
has_postgis() {
    for extension in /usr/share/postgresql/*/extension/postgis.control "$(pg_config --sharedir 2>/dev/null)/extension/postgis.control"; do
        [ -f "$extension" ] && return 0
    done
    return 1
}
if has_postgis; then
    exit 0
fi
# Debian and Ubuntu have a package for each version of the server.
sh "$(dirname "$0")/../install.sh" PostGIS postgresql '^postgresql-[0-9]+-postgis-3$'
