"""Run GDAL's own checks of a GeoPackage, and print what they find; run by the Python that has GDAL."""

import json
import sys

from osgeo import gdal
from osgeo_utils.samples.validate_gpkg import GPKGChecker


def validate(path):
    checker = GPKGChecker(path, abort_at_first_error=False, extra_checks=True)
    checker.check()
    return {"gdal": gdal.VersionInfo("VERSION_NUM"), "errors": [[str(rule), text] for rule, text in checker.errors]}


json.dump(validate(sys.argv[1]), sys.stdout)
