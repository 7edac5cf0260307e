import assert from "node:assert/strict";
import { test } from "node:test";

import { bordersOnce, middle } from "../src/geometry.ts";
import { rangeWords } from "../src/panel/ranges.ts";
import type { Position, Range } from "../src/payload.ts";
import { makePayload } from "./sample.ts";

const terms = { ...makePayload().terms, units: { people: { label: { en: "people", fr: "personnes" } } } };
const range = (more: Partial<Range>): Range => ({ measure: "m", unit: "people", scopes: 1, claims: [0, 1], ...more });

test("a range says its bounds letter for letter, and where a source leaves it open", () => {
  assert.equal(rangeWords(range({ low: "12272", high: "20000" }), terms, "en"), "12\u00a0272 – 20\u00a0000 people");
  assert.equal(rangeWords(range({ low: "1200", most: "2000" }), terms, "en"), "1\u00a0200 – 2\u00a0000 people or more");
  assert.equal(rangeWords(range({ least: "3", high: "9" }), terms, "fr"), "3 – 9 personnes ou moins");
  assert.equal(rangeWords(range({ least: "3", most: "9" }), terms, "en"), "3 – 9 people, some of them open at an end");
  assert.equal(rangeWords(range({ low: "7", high: "7" }), terms, "en"), "7 people");
});

const square = (west: number): Position[] => [[west, 0], [west + 1, 0], [west + 1, 1], [west, 1], [west, 0]];

test("a border between two areas is drawn once, and nothing of the rest is lost", () => {
  const stretches = (lines: Position[][]): string[] =>
    lines.flatMap((line) => line.slice(1).map((to, index) => [String(line[index]), String(to)].sort().join(" ")));
  const drawn = stretches(bordersOnce([square(0), square(1)]));
  assert.equal(drawn.length, 7);
  assert.equal(new Set(drawn).size, 7);
  assert.deepEqual(bordersOnce([square(0)]), [square(0)]);
  assert.deepEqual(bordersOnce([]), []);
});

test("a name stands in the middle of its area", () => {
  const { at, size } = middle(square(4));
  assert.ok(Math.abs(at[0] - 4.5) < 1e-9 && Math.abs(at[1] - 0.5) < 1e-9);
  assert.equal(size, 2);
  assert.deepEqual(middle([[3, 3]]), { at: [3, 3], size: 0 });
});
