"""The functions of conditions as SQL that stays in the schema: they answer as those of `geo.query.functions` do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from psycopg import sql

if TYPE_CHECKING:
    import psycopg

__all__ = ["create_functions"]

_MARKS: Final = "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
"""The signs of `geo.gazetteer.ACCENTS`; a test holds that they are the same."""

_INSTR: Final = "SELECT strpos($1, $2)"
_ACCENTI: Final = f"""
BEGIN
  IF octet_length($1) = char_length($1) THEN
    RETURN $1;
  END IF;
  RETURN normalize(regexp_replace(normalize($1, NFD), '{_MARKS}', '', 'g'), NFC);
END"""
_QUOTIENT: Final = """
BEGIN
  RETURN trunc($1 / nullif($2, 0));
EXCEPTION
  WHEN numeric_value_out_of_range THEN
    RETURN CASE WHEN abs($1) < abs($2) THEN 0 END;
END"""
_POWER: Final = """
BEGIN
  RETURN power($1, $2);
EXCEPTION
  WHEN numeric_value_out_of_range THEN
    RETURN CASE WHEN (abs($1) < 1) = ($2 > 0) THEN 0 END;
  WHEN invalid_argument_for_power_function THEN
    RETURN NULL;
END"""
# Nothing is rounded: each difference is between two numbers of which one is at most twice the other (Sterbenz).
_REST: Final = """
DECLARE
  rest double precision := abs($1);
  least double precision := abs($2);
  part double precision;
BEGIN
  IF least = 0 THEN
    RETURN NULL;
  END IF;
  WHILE rest >= least LOOP
    part := least;
    WHILE part <= rest - part LOOP
      part := part * 2;
    END LOOP;
    rest := rest - part;
  END LOOP;
  RETURN CASE WHEN $1 < 0 THEN -rest ELSE rest END;
END"""


def create_functions(cursor: psycopg.Cursor[Any], schema: str) -> None:
    """Create the functions in a schema, or bring them up to date: what others built upon them stays.

    Parameters
    ----------
    cursor
        In the transaction of the edition.
    schema
        Its schema.
    """
    number = "double precision"
    for name, takes, gives, language, body in (
        ("instr", ("text", "text"), "integer", "sql", sql.Literal(_INSTR)),
        ("casei", ("text",), "text", "plpgsql", _case_folding(cursor)),
        ("accenti", ("text",), "text", "plpgsql", sql.Literal(_ACCENTI)),
        ("quotient_of", (number, number), number, "plpgsql", sql.Literal(_QUOTIENT)),
        ("power_of", (number, number), number, "plpgsql", sql.Literal(_POWER)),
        ("rest_of", (number, number), number, "plpgsql", sql.Literal(_REST)),
    ):
        cursor.execute(
            sql.SQL(
                "CREATE OR REPLACE FUNCTION {} ({}) RETURNS {} LANGUAGE {} IMMUTABLE STRICT PARALLEL SAFE AS {}"
            ).format(sql.Identifier(schema, name), sql.SQL(", ".join(takes)), sql.SQL(gives), sql.SQL(language), body)
        )


def _case_folding(cursor: psycopg.Cursor[Any]) -> sql.Literal:
    """Return the body of a function that folds case as Python does, by a table of all letters that change."""
    folded = {chr(point): chr(point).casefold() for point in range(128, sys.maxunicode + 1)}
    changed = {letter: small for letter, small in folded.items() if letter != small}
    single = {letter: small for letter, small in changed.items() if len(small) == 1}
    several = {letter: small for letter, small in changed.items() if len(small) > 1}
    body = sql.SQL('translate(lower($1 COLLATE "C"), {}, {})').format("".join(single), "".join(single.values()))
    whole: sql.Composable = body
    for letter, small in several.items():
        whole = sql.SQL("replace({}, {}, {})").format(whole, letter, small)
    text = sql.SQL("""
BEGIN
  IF octet_length($1) = char_length($1) OR $1 !~ {} THEN -- to look a letter up takes long, and Khmer has no case
    RETURN lower($1 COLLATE "C");
  ELSIF $1 ~ {} THEN
    RETURN {};
  END IF;
  RETURN {};
END""").format(f"[{''.join(changed)}]", f"[{''.join(several)}]", whole, body)
    return sql.Literal(text.as_string(cursor))
