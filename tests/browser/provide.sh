#!/bin/sh
# Make sure that a Chromium is there for the browser tests: one that is installed already, else the distribution's.
set -eu
for name in chromium-headless-shell chromium chromium-browser google-chrome-stable google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done
sh "$(dirname "$0")/../install.sh" Chromium chromium
