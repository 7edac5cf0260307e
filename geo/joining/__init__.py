"""A table of somebody's own, joined to a layer: by a key, by names, or by where its rows lie.

A join never multiplies a row, never drops one in silence and never breaks a tie by guessing: what is not sure is set
aside, listed with its candidates, and waits for a line in the corrections file.
"""

from geo.joining.accounts import open_sums, sums_csv, sums_json, sums_report, sums_text
from geo.joining.matching import Found, Matching, match_keys, match_names, match_places
from geo.joining.records import Record, read_records
from geo.joining.results import Joined, JoinOutcome, join_rows, joined_json, joined_report, joined_text
from geo.joining.running import JoinRequest, joined_csv, joined_geojson, open_questions, run_join
from geo.joining.summing import Engine, Gathered, Summed, run_sums, sum_here

__all__ = [
    "Engine",
    "Found",
    "Gathered",
    "JoinOutcome",
    "JoinRequest",
    "Joined",
    "Matching",
    "Record",
    "Summed",
    "join_rows",
    "joined_csv",
    "joined_geojson",
    "joined_json",
    "joined_report",
    "joined_text",
    "match_keys",
    "match_names",
    "match_places",
    "open_questions",
    "open_sums",
    "read_records",
    "run_join",
    "run_sums",
    "sum_here",
    "sums_csv",
    "sums_json",
    "sums_report",
    "sums_text",
]
