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
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        echo "No PostGIS found and no right to install it: install 'postgresql-postgis' yourself; until then its tests are skipped." >&2
        exit 0
    fi
fi
if command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get update -qq
    # Debian names it without a number; Ubuntu has a package for each version of the server.
    $as_root apt-get install -y -qq --no-install-recommends postgresql postgresql-postgis >/dev/null 2>&1 ||
        $as_root apt-get install -y -qq --no-install-recommends postgresql '^postgresql-[0-9]+-postgis-3$' >/dev/null
else
    echo "No PostGIS found and no package manager known here: install it; until then its tests are skipped." >&2
fi
