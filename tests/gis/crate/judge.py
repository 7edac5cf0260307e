"""Print what others' programs say, with nothing but what is here; run by the Python that has roc-validator and rdflib.

``judge.py crate CONTEXT CACHE WHOLE BROKEN`` holds RO-Crates against RO-Crate 1.2, the first against what it
recommends, too; CONTEXT is its JSON-LD context, as the package ro-crate carries it. ``judge.py places CONTEXT FILE…``
reads JSON-LD as RDF, with CONTEXT instead of the address that the file names.
"""

import json
import sys
from pathlib import Path

import requests

RO_CRATE = "https://w3id.org/ro/crate/1.2/context"


def keep_answer(cache, context):
    """Put the context where the validator keeps answers of the web, so that it never asks."""
    from requests_cache import CachedSession  # noqa: PLC0415  (each question loads what it needs)
    from urllib3 import HTTPResponse  # noqa: PLC0415  (as above)

    answer = requests.Response()
    answer.status_code, answer.url, answer._content = 200, RO_CRATE, context
    answer.headers["Content-Type"] = "application/ld+json"
    answer.request = requests.Request("GET", RO_CRATE).prepare()
    answer.raw = HTTPResponse(status=200, headers=answer.headers, request_url=RO_CRATE)
    with CachedSession(cache_name=str(cache), backend="sqlite", expire_after=-1) as session:
        session.cache.save_response(answer)


def judge_crate(crate, cache, severity):
    from rocrate_validator import services  # noqa: PLC0415  (each question loads what it needs)

    settings = services.ValidationSettings(
        rocrate_uri=str(crate),
        profile_identifier="ro-crate-1.2",
        requirement_severity=severity,
        offline=True,
        cache_path=cache,
    )
    found = services.validate(settings).get_issues()
    return sorted({f"{issue.severity.name}: {issue.message}: {issue.violatingEntity}" for issue in found})


def read_places(path, context):
    from rdflib import Graph  # noqa: PLC0415  (each question loads what it needs)

    document = json.loads(path.read_text(encoding="utf-8")) | {"@context": context}
    graph = Graph().parse(data=json.dumps(document), format="json-ld", base="urn:document")
    return [[str(part) for part in triple] for triple in graph]


what, context, *rest = sys.argv[1:]
if what == "crate":
    keep_answer(Path(rest[0]), Path(context).read_bytes())
    cache, whole, broken = rest
    told = {whole: judge_crate(whole, Path(cache), "RECOMMENDED"), broken: judge_crate(broken, Path(cache), "REQUIRED")}
else:
    told = {path: read_places(Path(path), json.loads(Path(context).read_bytes())["@context"]) for path in rest}
json.dump(told, sys.stdout)
