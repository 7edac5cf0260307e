import assert from "node:assert/strict";
import test from "node:test";

import { classOf, shadeClasses } from "../src/classes.ts";
import { shortened, toPixels } from "../src/geometry.ts";
import { wayWords } from "../src/panel/journeys.ts";
import type { Claim, Position, Range } from "../src/payload.ts";
import { dashes } from "../src/symbols.ts";
import { WIDTHS_PX, classBounds, widthClass, widthOf } from "../src/widths.ts";
import { makePayload } from "./sample.ts";

const MEASURES = ["people_moved", "people_arrived"];

function claim(more: Partial<Claim>): Claim {
  return { id: "c", measure: "people_moved", unit: "persons", reference: { source: "s" }, status: "current", partial: false, ...more };
}

function told(...claims: Claim[]) {
  const payload = makePayload({ claims });
  for (const measure of MEASURES) payload.terms.measures[measure] = { label: { en: measure }, unit: "persons", travel: true };
  return payload;
}

const all = (claims: readonly Claim[], ranges: Range[] = []) => ({ claims: claims.map((_claim, index) => index), ranges });

test("each class ends where the next begins", () => {
  for (const index of WIDTHS_PX.keys()) {
    const { from, to } = classBounds(index);
    assert.equal(widthClass(from), index);
    if (to !== undefined) {
      assert.equal(widthClass(to), index);
      assert.equal(widthClass(to + 1), index + 1);
    } else assert.equal(widthClass(from * 1000), index);
  }
  assert.equal(widthClass(0), 0);
});

test("one claim about the whole gives the width, open ends as they are", () => {
  const payload = told(claim({ low: "30000" }));
  assert.deepEqual(widthOf(all(payload.claims), payload, MEASURES)?.said, { measure: "people_moved", unit: "persons", low: "30000", claims: [0] });
  const between = told(claim({ low: "60", high: "100000" }));
  const width = widthOf(all(between.claims), between, MEASURES);
  assert.deepEqual([width?.low, width?.high], [0, 4]);
});

test("a part, a rejected figure, another unit and no number widen nothing", () => {
  for (const more of [{ partial: true }, { status: "rejected" }, { status: "superseded" }, { unit: "families" }, { low: "" }] as Partial<Claim>[]) {
    const payload = told(claim({ low: "500", ...more }));
    assert.equal(widthOf(all(payload.claims), payload, MEASURES), null);
  }
});

test("several claims count by their range, and not at all where they make none", () => {
  const claims = [claim({ low: "600", high: "600" }), claim({ low: "700", high: "12000" })];
  const payload = told(...claims);
  const range: Range = { measure: "people_moved", unit: "persons", low: "600", high: "12000", scopes: 1, claims: [0, 1] };
  const width = widthOf(all(claims, [range]), payload, MEASURES);
  assert.deepEqual([width?.low, width?.high], [1, 3]);
  assert.equal(widthOf(all(claims), payload, MEASURES), null);
});

test("different measures are never put together: the first of the vocabulary counts", () => {
  const claims = [claim({ measure: "people_arrived", low: "90000", high: "90000" }), claim({ low: "50", high: "50" })];
  assert.equal(widthOf(all(claims), told(...claims), MEASURES)?.said.measure, "people_moved");
});

test("dashes keep their kind on broad lines", () => {
  assert.equal(dashes("documented", 9), "");
  assert.equal(dashes("reconstructed"), "7 5");
  const [on = 0, off = 0] = dashes("reconstructed", 9.5).split(" ").map(Number);
  assert.ok(on > 7 && off > 5);
  assert.equal(dashes("guessed"), dashes("assumed"));
});

test("a line is shortened by the pixels of its head, and never by more than half", () => {
  const line: Position[] = [[103, 12], [104, 12], [105, 12]];
  const last = shortened(line, 30, 8).at(-1) ?? [0, 0];
  assert.ok(Math.abs(toPixels([105, 12], 8)[0] - toPixels(last, 8)[0] - 30) < 0.01);
  const half = shortened(line, 1e9, 8).at(-1) ?? [0, 0];
  assert.ok(Math.abs(half[0] - 104) < 1e-6);
});

test("a way is told part by part with its certainty; places alone are named", () => {
  const way = [{ from: "A", to: "B", certainty: "documented" }, { from: "B", to: "C", certainty: "assumed" }, { from: "X", to: "Y", certainty: "assumed" }];
  assert.equal(wayWords({ segments: [], way, stops: [] }, "en"), "From A to B (documented), on to C (assumed), from X to Y (assumed)");
  assert.equal(wayWords({ segments: [], stops: [{ name: "A" }, { name: "B" }] }, "en"), "Places named: A, B");
  assert.equal(wayWords({ segments: [], stops: [] }, "en"), "");
});

test("every value lies in a class whose bounds it respects", () => {
  const values = [3, 5, 8, 40, 41, 44, 300, 310, 5000, 5200];
  const classes = shadeClasses(values);
  assert.equal(classes.reduce((sum, one) => sum + one.count, 0), values.length);
  for (const value of values) {
    const one = classes[classOf(value, classes)];
    assert.ok(one && one.low <= value && value <= one.high);
  }
  assert.equal(shadeClasses([7, 7, 7]).length, 1);
});
