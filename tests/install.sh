#!/bin/sh
# Install packages of the distribution that tests need: sh tests/install.sh WHAT PACKAGE...
# Where that cannot be done, it says so, and the tests of WHAT are skipped.
set -eu
what=$1
shift
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        echo "No $what found and no right to install it: install $* yourself; until then its tests are skipped." >&2
        exit 0
    fi
fi
if command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get update -qq
    $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
elif command -v dnf >/dev/null 2>&1 && [ "$what" = Chromium ]; then # only its package has the same name there
    $as_root dnf install -y -q "$@"
else
    echo "No $what found and no package manager known here: install it; until then its tests are skipped." >&2
fi
