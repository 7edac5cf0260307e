"""The directive `contract`: the keys of a TOML file, or the columns of a layer or table, as the JSON Schema says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sphinx.util.docutils import SphinxDirective

from geo.schemas import describe_schema

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

Json = dict[str, Any]


class Contract(SphinxDirective):
    """Tables of what one kind of file may hold."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """Return one table for a layer or table, one for each type of a TOML file."""
        name = self.arguments[0]
        schema = describe_schema(name)
        if "definitions" in schema:
            parts = [(name, schema), *sorted(schema["definitions"].items())]
            lines = [
                line for title, part in parts for line in (f"**{title}**: {part['description']}", "", *_rows(part))
            ]
        else:
            features = schema["properties"].get("features")
            lines = _rows(features["items"]["properties"]["properties"] if features else schema)
        return self.parse_text_to_nodes("\n".join(lines))


def _rows(part: Json) -> list[str]:
    required = part.get("required", ())
    rows = [
        f"| `{key}` | {_form(value)} | {'yes' if key in required else ''} | {value['description']} |"
        for key, value in part["properties"].items()
    ]
    return ["| key | form | required | meaning |", "| --- | --- | --- | --- |", *rows, ""]


def _form(value: Json) -> str:
    """Return in a few words what a value may be."""
    if "allOf" in value:
        return _form(value["allOf"][0])
    if "$ref" in value:
        return value["$ref"].rpartition("/")[2]
    if "enum" in value:
        return ", ".join(f"`{word}`" for word in value["enum"] if word)
    kinds = value["type"] if isinstance(value["type"], list) else [value["type"]]
    kind = next(each for each in kinds if each != "null")
    if kind == "array":
        count = f"{value['minItems']} × " if value.get("minItems") == value.get("maxItems", 0) else "list of "
        return count + _form(value["items"])
    if kind == "object" and isinstance(value.get("additionalProperties"), dict):
        return f"table of {_form(value['additionalProperties'])}"
    return {"string": "text", "object": "table", "boolean": "true or false"}.get(kind, kind)


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("contract", Contract)
    return {"parallel_read_safe": True}
