#!/bin/sh
# Make sure that GIS programs are there for the tests of what GIS programs read: QGIS's Python, ogrinfo,
# GDAL's checks, linters, a validator of RO-Crates.
set -eu
lint="$(dirname "$0")/lint"
if command -v npm >/dev/null 2>&1 && [ ! -d "$lint/node_modules/ro-crate" ]; then
    (cd "$lint" && npm ci --ignore-scripts --no-audit --no-fund --silent) ||
        echo "The linters of GeoJSON could not be installed; their tests are skipped." >&2
fi
# The validator is kept out of our own environment: it brings a tower of libraries that nothing else here needs.
crate="$(dirname "$0")/crate"
if ! [ "$crate/.venv/done" -nt "$crate/requirements.txt" ]; then
    # The pip at hand installs into it, and what is loaded of it is compiled when it is loaded.
    ("${PYTHON:-python3}" -m venv --without-pip "$crate/.venv" &&
        "${PYTHON:-python3}" -m pip --python "$crate/.venv/bin/python" install --quiet --no-compile \
            --disable-pip-version-check --require-hashes -r "$crate/requirements.txt" &&
        touch "$crate/.venv/done") ||
        echo "The validator of RO-Crates could not be installed; its test is skipped." >&2
fi
if command -v ogrinfo >/dev/null 2>&1 && /usr/bin/python3 -c "import qgis.core, osgeo_utils.samples.validate_gpkg" >/dev/null 2>&1; then
    exit 0
fi
sh "$(dirname "$0")/../install.sh" QGIS python3-qgis python3-gdal gdal-bin
