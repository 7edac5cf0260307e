import assert from "node:assert/strict";
import { test } from "node:test";

import { NotUnderstood, parseCql2, quoted } from "../src/find/cql2.ts";
import { NotHere, isLike, isTrue } from "../src/find/evaluate.ts";

const PLACE = {
  id: "s-21", kind: "prison", name: "Tuol Sleng", province: "KH12", zone: null, precision_m: 50, begin_earliest: "1975-10-01", end_latest: "1979-01-07",
  sources: ["a", "b"], note: "it's 50% (true)", name_km: "ទួលស្លែង", town: "Châu Đốc", greek: "οδός", begin_latest: null,
};
const answers = (text: string, at: readonly [number, number] | null = [104.9, 11.55]): boolean =>
  isTrue(parseCql2(text), {
    value: (column) => (Object.hasOwn(PLACE, column) ? PLACE[column as keyof typeof PLACE] : undefined),
    geometry: () => (at ? { type: "Point", coordinates: [...at] } : null),
  });

test("conditions that hold", () => {
  for (const text of [
    "kind = 'prison'", "kind IN ('memorial','prison')", "kind NOT IN ('memorial')", "(province IN ('KH08') OR province = 'KH12')", "zone IS NULL",
    "NOT zone IS NOT NULL", "precision_m >= 50 AND precision_m < 50.5", "precision_m BETWEEN 10 AND 50", "precision_m NOT BETWEEN 60 AND 70", "name LIKE 'Tuol%'",
    "CASEI(name) LIKE CASEI('tuol sl_ng')", "ACCENTI(town) LIKE 'Chau%'", "note = 'it''s 50% (true)'", "note LIKE '%50\\%%'", "name_km LIKE '%ស្លែង'", "\"kind\" = 'prison'",
    "A_OVERLAPS(sources, ('x', 'b'))", "A_CONTAINS(sources, ('a'))", "A_CONTAINEDBY(sources, ('a','b','c'))", "A_EQUALS(sources, ('b','a'))",
    "S_INTERSECTS(geometry, BBOX(104,11,105,12))", "S_WITHIN(geometry, POLYGON((104 11, 105 11, 105 12, 104 12, 104 11)))", "S_INTERSECTS(geometry, POINT(104.9 11.55))",
    "S_DISJOINT(geometry, BBOX(1,2,3,4))", "geometry IS NOT NULL", "begin_earliest <= DATE('1975-12-31')", "T_AFTER(end_latest, DATE('1978-12-31'))",
    "T_INTERSECTS(INTERVAL(begin_earliest, end_latest), INTERVAL('1978-01-01', '..'))", "NOT (kind = 'memorial' OR kind = 'camp')", "TRUE", "kind = 'x' OR TRUE and true",
    "  kind='prison'and not(kind='camp')  ", "S_INTERSECTS(geometry, BBOX(100, 10, -170, 12))", "NOT S_INTERSECTS(geometry, BBOX(170, 10, -170, 12))",
    "begin_earliest = TIMESTAMP('1975-10-01T23:30:00+01:00')", "CASEI(greek) = CASEI('ΟΔΌΣ')",
  ]) assert.equal(answers(text), true, text);
});

test("conditions that do not hold; NULL is neither equal nor unequal", () => {
  for (const text of [
    "zone = 'x'", "zone <> 'x'", "NOT zone = 'x'", "zone IN ('x')", "zone NOT IN ('x')", "zone LIKE '%'", "kind = 'prison' AND FALSE", "name LIKE 'tuol%'",
    "A_CONTAINS(sources, ('a','c'))", "S_INTERSECTS(geometry, BBOX(1,2,3,4))", "S_WITHIN(geometry, BBOX(104.9,11,105,12))", "T_BEFORE(begin_earliest, DATE('1975-01-01'))",
  ]) assert.equal(answers(text), false, text);
  assert.equal(answers("geometry IS NULL", null), true);
  assert.equal(answers("POINT(1 2) IS NULL", null), false);
  assert.equal(answers("S_DISJOINT(geometry, BBOX(1,2,3,4))", null), false);
});

test("of two times, what one end settles needs no other", () => {
  for (const [text, holds] of [
    ["T_DISJOINT(INTERVAL(begin_latest, end_latest), INTERVAL('..', '1971-06-05'))", false], ["T_DISJOINT(INTERVAL(begin_earliest, begin_latest), INTERVAL('..', '1971-06-05'))", true],
    ["NOT T_INTERSECTS(INTERVAL(begin_earliest, begin_latest), INTERVAL('1971-01-01', '1971-06-05'))", true], ["T_AFTER(INTERVAL(begin_earliest, begin_latest), DATE('1975-01-01'))", true],
    ["T_CONTAINS(INTERVAL(begin_earliest, end_latest), DATE('1976-01-01'))", true], ["T_MEETS(INTERVAL('1970-01-01', '1975-10-01'), INTERVAL(begin_earliest, end_latest))", true],
    ["T_STARTS(INTERVAL(begin_earliest, begin_latest), INTERVAL('1975-10-01', '..'))", false], ["T_FINISHES(DATE('1979-01-07'), INTERVAL(begin_earliest, end_latest))", true],
  ] as const) assert.equal(answers(text), holds, text);
});

test("AND holds closer than OR", () => {
  assert.equal(answers("kind = 'prison' OR kind = 'a' AND kind = 'b'"), true);
  assert.equal(answers("(kind = 'prison' OR kind = 'a') AND kind = 'b'"), false);
});

test("what is no condition, or more than the page knows, is refused", () => {
  for (const text of [
    "", "   ", "kind", "kind =", "kind = 'a", "kind = 'a' AND", "kind == 'a'", "(kind = 'a'", "kind = 'a')", "kind IN 'a'", "S_TOUCHES(geometry, POINT(1 2))", "precision_m + 1 = 2",
    "BUFFER(geometry, 5) = 1", "kind IN ()", "A_OVERLAPS(sources, ())", "begin_earliest > DATE('1975-02-30')", "T_AFTER(begin_earliest, INTERVAL('soon', '..'))", "T_DURING(begin_earliest, INTERVAL('1979-01-07', '1975-04-17'))",
    "S_INTERSECTS(geometry, BBOX(104, 12, 105, 11))", "S_INTERSECTS(geometry, BBOX(104, 11, 205, 12))", "S_WITHIN(geometry, POLYGON((104 11, 105 11, 105 12)))", "<img src=x onerror=alert(1)>", "'; DROP TABLE sites; --", "{{ 7*7 }}", `${"(".repeat(5000)}kind = 'a'${")".repeat(5000)}`, "POINT(1) = 2", "DATE(kind) = 'x'",
  ]) assert.throws(() => parseCql2(text), NotUnderstood, text.slice(0, 60));
  for (const text of ["precision_m = '50'", "kind > 5", "CASEI(precision_m) = '50'", "unheard = 'x'", "kind LIKE 5", "A_CONTAINS(kind, ('a'))", "S_INTERSECTS(kind, POINT(1 2))", "sources = 'a'", "constructor = 'x'", "__proto__ IS NULL"]) {
    assert.throws(() => answers(text), NotHere, text);
  }
});

test("any text comes back from its quotes", () => {
  for (const text of ["", "a", "it's", "''", "\\", "a\\'b", "ទួល", "\n", "%_"]) {
    const condition = parseCql2(`name = ${quoted(text)}`);
    assert.deepEqual(condition.type === "compare" && condition.right, { type: "literal", value: text });
  }
});

test("a pattern of many signs is matched in little time", () => {
  const started = performance.now();
  assert.equal(isLike("a".repeat(20_000), `${"%a".repeat(200)}%b`), false);
  assert.ok(performance.now() - started < 2000);
  assert.ok(isLike("abc", "a%c") && isLike("", "%") && !isLike("", "_") && isLike("a%c", "a\\%c") && !isLike("abc", "a\\%c") && isLike("a\\c", "a\\\\c"));
});
