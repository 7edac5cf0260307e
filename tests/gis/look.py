"""Open a GeoPackage as a user of QGIS does, and print what QGIS makes of it; run by QGIS's own Python."""

import json
import sys

from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProviderRegistry,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def look(path, picture, extent, order):
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    found, layers = {}, []
    for part in QgsProviderRegistry.instance().providerMetadata("ogr").querySublayers(path):
        layer = QgsVectorLayer(part.uri(), part.name(), "ogr")
        renderer = layer.renderer()
        rules = renderer.rootRule().children() if renderer and renderer.type() == "RuleRenderer" else []
        found[part.name()] = {
            "valid": layer.isValid(),
            "features": layer.featureCount(),
            "geometry": layer.isSpatial(),
            "fields": {field.name(): field.typeName() for field in layer.fields()},
            "styled": layer.styleManager().currentStyle() and bool(rules),
            "rules": [rule.label() for rule in rules],
            "faults": [fault for rule in rules for fault in _faults(rule, layer)],
            "labels": layer.labelsEnabled() and _written(layer),
        }
        if part.name() in order:
            layers.append(layer)
    layers.sort(key=lambda layer: order.index(layer.name()))
    found["drawn"] = _draw(layers, picture, extent)
    found["related"] = _related(path)
    json.dump(found, sys.stdout, ensure_ascii=False)
    sys.stdout.flush()
    for layer in list(layers):
        layers.remove(layer)
        del layer
    application.exitQgis()


def _faults(rule, layer):
    faults = [rule.filter().parserErrorString()] if rule.filter() and rule.filter().hasParserError() else []
    if rule.symbol():
        for part in rule.symbol().symbolLayers():
            expression = getattr(part, "geometryExpression", str)()
            if expression:
                asked = QgsExpression(expression)
                context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
                for feature in layer.getFeatures():
                    context.setFeature(feature)
                    asked.evaluate(context)
                    if feature.hasGeometry() and (asked.hasParserError() or asked.hasEvalError()):
                        faults.append(f"{feature['id']}: {asked.parserErrorString() or asked.evalErrorString()}")
    return faults


def _related(path):
    """Return the relations that GDAL finds, which QGIS from 3.30 on takes over; None before GDAL 3.6."""
    opened = gdal.OpenEx(path)
    if not hasattr(opened, "GetRelationshipNames"):
        return None
    relations = map(opened.GetRelationship, opened.GetRelationshipNames() or [])
    return {one.GetMappingTableName(): [one.GetLeftTableName(), one.GetRightTableName()] for one in relations}


def _written(layer):
    """Return what the labels of a layer say, one a feature."""
    asked = QgsExpression(layer.labeling().settings().fieldName)
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    said = []
    for feature in layer.getFeatures():
        context.setFeature(feature)
        said.append(asked.evaluate(context))
    return said


def _draw(layers, picture, extent):
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setExtent(QgsRectangle(*extent))
    settings.setOutputSize(QSize(900, 700))
    settings.setBackgroundColor(QColor("#ffffff"))
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(picture)
    colours = {image.pixelColor(x, y).name() for x in range(0, 900, 3) for y in range(0, 700, 3)}
    return {"errors": [error.message for error in job.errors()], "colours": sorted(colours)}


look(sys.argv[1], sys.argv[2], *json.loads(sys.argv[3]))
