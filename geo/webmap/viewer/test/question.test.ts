import assert from "node:assert/strict";
import { test } from "node:test";

import { clauses, readDuring, readWhere, together, writeDuring } from "../src/find/question.ts";
import { timing } from "../src/find/timing.ts";
import { type State, firstState } from "../src/state.ts";

const known = (measure: string): boolean => measure === "victims";
const state = (patch: Partial<State>): State => ({ ...firstState("en", "sites"), ...patch });

const WRITTEN: [Partial<State>, string][] = [
  [{}, ""],
  [{ kinds: new Set(["prison", "memorial"]) }, "kind IN ('memorial','prison')"],
  [{ provinces: new Set(["KH08"]) }, "province IN ('KH08')"],
  [{ provinces: new Set(["KH08", ""]) }, "(province IN ('KH08') OR province IS NULL)"],
  [{ zones: new Set([""]) }, "dk_zone IS NULL"],
  [{ standings: new Set(["it's"]) }, "standing IN ('it''s')"],
  [{ bases: new Set(["village"]), sources: new Set(["x", "a"]) }, "precision_basis IN ('village') AND A_OVERLAPS(sources, ('a','x'))"],
  [{ figure: { measure: "victims", from: 100, to: 5000 } }, "(claimed_victims_high >= 100 AND claimed_victims_low <= 5000)"],
  [{ figure: { measure: "victims", to: 5 } }, "claimed_victims_low <= 5"],
  [{ only: "unlocated" }, "geometry IS NULL"],
  [
    { kinds: new Set(["camp"]), only: "undated" },
    "kind IN ('camp') AND (begin_earliest IS NULL AND begin_latest IS NULL AND end_earliest IS NULL AND end_latest IS NULL)",
  ],
];

test("facets are written in CQL2, and read from it", () => {
  for (const [patch, text] of WRITTEN) {
    assert.equal(together(clauses("sites", state(patch), true)), text);
    if (text) assert.deepEqual(readWhere(text, "sites", known), { patch, rest: "" }, text);
  }
  assert.deepEqual(clauses("routes", state({ routeKinds: new Set(["flight"]), kinds: new Set(["camp"]) }), true), ["kind IN ('flight')"]);
  assert.deepEqual(readWhere("kind = 'flight'", "routes", known).patch, { routeKinds: new Set(["flight"]) });
});

test("what no facet can express stays as it was written", () => {
  const cases: [string, Partial<State>, string][] = [
    ["district = 'Kandal'", {}, "district = 'Kandal'"],
    ["kind IN ('camp') AND (district = 'a' OR district IS NULL)", { kinds: new Set(["camp"]) }, "(district = 'a' OR district IS NULL)"],
    ["kind IN ('camp') AND kind IN ('prison')", { kinds: new Set(["camp"]) }, "kind IN ('prison')"],
    ["kind = 'a' OR name = 'b'", {}, "kind = 'a' OR name = 'b'"],
    ["claimed_unheard_low <= 5", {}, "claimed_unheard_low <= 5"],
    ["claimed_victims_low <= 5 AND claimed_victims_low <= 9", { figure: { measure: "victims", to: 5 } }, "claimed_victims_low <= 9"],
    ["NOT kind = 'camp' AND name LIKE 'a%'", {}, "NOT kind = 'camp' AND name LIKE 'a%'"],
    ["this is no CQL2", {}, "this is no CQL2"], ["sources IS NULL", {}, "sources IS NULL"],
    ["geometry IS NULL AND begin_earliest IS NULL", { only: "unlocated" }, "begin_earliest IS NULL"],
  ];
  for (const [text, patch, rest] of cases) assert.deepEqual(readWhere(text, "sites", known), { patch, rest }, text);
  for (const [part, held] of [
    ["x = 1 OR y = 2", "(x = 1 OR y = 2)"], ["(x = 1) OR (y = 2)", "((x = 1) OR (y = 2))"], ["(x = 1 OR y = 2)", "(x = 1 OR y = 2)"], ["(x = ')') OR (y = '(')", "((x = ')') OR (y = '('))"],
  ]) assert.equal(together(["kind = 'a'", part ?? ""]), `kind = 'a' AND ${held}`);
});

test("days are written as the shortest interval, and read again", () => {
  const cases: [string, string, string][] = [
    ["1975-01-01", "1979-12-31", "1975/1979"], ["1975-04-17", "1979-01-07", "1975-04-17/1979-01-07"], ["1975-04-01", "1975-04-30", "1975-04/1975-04"],
    ["0001-01-01", "1978-02-28", "../1978-02"], ["1976-02-01", "9999-12-31", "1976-02/.."], ["1976-02-01", "1976-02-29", "1976-02/1976-02"],
  ];
  for (const [from, to, text] of cases) {
    assert.equal(writeDuring({ from, to }), text);
    assert.deepEqual(readDuring(text), { from, to });
  }
  assert.equal(writeDuring(null), "");
  assert.deepEqual(readDuring("197X"), { from: "1970-01-01", to: "1979-12-31" });
  assert.deepEqual(readDuring("1976"), { from: "1976-01-01", to: "1976-12-31" });
  for (const text of ["", "1975~", "1979/1975", "../..", "0000", "1975-02-30", "1975-13", "1975/1976/1977", "<b>", "1975-1-1"]) assert.equal(readDuring(text), null, text);
});

test("a record lies certainly or possibly in the days, outside, or has no date", () => {
  const years = { from: "1976-01-01", to: "1976-12-31" };
  const cases: [[string, string, string, string] | undefined, string][] = [
    [undefined, "undated"],
    [["1976-03-01", "1976-03-31", "", ""], "certain"],
    [["1975-01-01", "1975-12-31", "1979-01-01", "1979-12-31"], "certain"],
    [["1975-01-01", "1975-12-31", "", ""], "possible"],
    [["1975-01-01", "1977-12-31", "", ""], "possible"],
    [["", "", "1976-05-01", "1976-05-31"], "certain"],
    [["", "", "1979-01-01", "1979-12-31"], "possible"],
    [["1977-01-01", "1977-12-31", "", ""], "out"],
    [["", "", "1975-01-01", "1975-12-31"], "out"],
  ];
  for (const [days, expected] of cases) assert.equal(timing(days ? { days } : {}, years), expected, String(days));
});
