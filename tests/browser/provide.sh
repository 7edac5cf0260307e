#!/bin/sh
# Make sure that a Chromium is there for the browser tests: one that is installed already, else the distribution's.
set -eu
for name in chromium chromium-browser google-chrome-stable google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        echo "No Chromium found and no right to install one: install 'chromium' yourself; until then the browser tests are skipped." >&2
        exit 0
    fi
fi
if command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get update -qq
    $as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null
elif command -v dnf >/dev/null 2>&1; then
    $as_root dnf install -y -q chromium
else
    echo "No Chromium found and no package manager known here: install one; until then the browser tests are skipped." >&2
fi
