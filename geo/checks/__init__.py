"""Rules -> problems: everything that must hold of an atlas, found all at once.

A rule is a function that takes the `Records` of an atlas and yields a `Problem` for each breach. A problem bears the
name of the rule that found it: ``point_in_province`` reports as ``point-in-province``. One breach is found by one rule.
The rules stand in rooms by subject; `RULES` is the whole contract.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from geo.checks.amounts import begin_le_end, bound_form, low_le_high
from geo.checks.changes import changed_record, merged_into
from geo.checks.counts import coverage
from geo.checks.documents import chapters, map_spec, source_fields
from geo.checks.links import (
    cited,
    code_in_province,
    figures_match,
    part_of_acyclic,
    province_exists,
    record_exists,
    relation_of_two,
    source_exists,
)
from geo.checks.masks import mask_rules, masked_texts
from geo.checks.periods import crosswalk_once, former_area, period_filled, period_named
from geo.checks.persons import allegation_worded, judged_named
from geo.checks.positions import (
    inside_area,
    point_in_province,
    precision_floor,
    segments_align,
    unlocated_basis,
    valid_geometry,
)
from geo.checks.records import Records
from geo.checks.withheld import find_withheld
from geo.checks.words import (
    edge_space,
    id_form,
    ids_unique,
    nfc,
    no_control,
    required,
    rows_unique,
    script,
    term,
    type_,
)
from geo.columns import release_memory
from geo.errors import Problem
from geo.readers import Inputs

__all__ = ["RULES", "Records", "Rule", "check_atlas", "find_withheld", "rule_name"]

Rule = Callable[[Records], Iterable[Problem]]

RULES: Final[tuple[Rule, ...]] = (
    required,
    type_,
    term,
    id_form,
    ids_unique,
    rows_unique,
    nfc,
    no_control,
    edge_space,
    script,
    cited,
    source_exists,
    record_exists,
    province_exists,
    code_in_province,
    relation_of_two,
    part_of_acyclic,
    figures_match,
    changed_record,
    merged_into,
    period_named,
    period_filled,
    crosswalk_once,
    former_area,
    bound_form,
    low_le_high,
    begin_le_end,
    valid_geometry,
    inside_area,
    precision_floor,
    unlocated_basis,
    point_in_province,
    segments_align,
    allegation_worded,
    judged_named,
    source_fields,
    map_spec,
    chapters,
    coverage,
    mask_rules,
    masked_texts,
)
"""Every rule of the data contract."""


def rule_name(rule: Rule) -> str:
    """Return the name under which a rule reports: ``type_`` is ``type``, ``low_le_high`` is ``low-le-high``."""
    return rule.__name__.rstrip("_").replace("_", "-")


def check_atlas(inputs: Inputs, step: Callable[[str], object] | None = None) -> list[Problem]:
    """Hold an atlas against every rule of the data contract.

    Parameters
    ----------
    inputs
        The atlas as the readers left it.
    step
        Called before each rule with its name and how many there are.

    Returns
    -------
    list of Problem
        What the readers found, in their order; then what the rules found, by input and by position in it.
    """
    records = Records(inputs)
    found = []
    for number, rule in enumerate(RULES, start=1):
        if step is not None:
            step(f"checking it: {rule_name(rule)}, rule {number} of {len(RULES)}")
        found += [problem._replace(rule=rule_name(rule)) for problem in rule(records)]
    del records  # what it keeps of a large atlas nobody needs any more
    release_memory()
    # A column that is not there is one fault, not one for each row.
    absent = {(problem.input, problem.field) for problem in inputs.problems if problem.rule == "columns"}
    told = [problem for problem in found if (problem.input, problem.field) not in absent]
    return [*inputs.problems, *sorted(told, key=_position)]


def _position(problem: Problem) -> tuple[str, int, Problem]:
    """Return what problems are sorted by: the input, the number of the row or feature, then the rest."""
    number = re.search(r"\d+", problem.where)
    return problem.input, int(number.group()) if number else 0, problem
