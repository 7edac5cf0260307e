import assert from "node:assert/strict";
import { test } from "node:test";

import { classCount, classOf, shadeClasses } from "../src/classes.ts";
import { countBy, isUndated, tally } from "../src/count.ts";
import { Figures } from "../src/figures.ts";
import type { Days } from "../src/payload.ts";
import { sitesOf } from "./made.ts";
import { Selection } from "../src/sites/selection.ts";
import { makePayload, makeSite } from "./sample.ts";

test("the count line adds up, whatever is chosen", () => {
  const sites = sitesOf(Array.from({ length: 60 }, (_none, n) =>
    makeSite(`s${n}`, { point: n % 3 === 0 ? null : [104, 11], ...(n % 4 === 0 ? {} : { days: ["1976-01-01", "1976-12-31", "", ""] as Days }) })));
  for (const layerOn of [true, false]) {
    for (let step = 1; step <= 7; step += 1) {
      const count = tally(sites, Selection.of(Uint8Array.from({ length: 60 }, (_none, n) => Number(n % step === 0))), layerOn);
      assert.equal(count.shown + count.unlocated + count.setAside + count.switchedOff, count.all);
      assert.equal(count.all, 60);
      assert.ok(count.undated <= count.all - count.setAside);
      assert.equal(layerOn ? count.switchedOff : count.shown, 0);
    }
  }
  assert.deepEqual(tally(sitesOf([]), Selection.of(new Uint8Array(0)), true), { all: 0, shown: 0, unlocated: 0, setAside: 0, switchedOff: 0, undated: 0 });
});

test("a place is undated only when neither end is known", () => {
  assert.equal(isUndated(makeSite("a")), true);
  assert.equal(isUndated(makeSite("a", { days: ["", "", "1979-01-01", "1979-12-31"] })), false);
});

test("records are counted by any value", () => {
  assert.deepEqual([...countBy(["a", "b", "a"], (text) => text)], [["a", 2], ["b", 1]]);
});

test("classes hold every value once and their bounds are values that occur", () => {
  for (const values of [[1], [5, 5, 5], [1, 2], [3, 1, 2, 900, 901, 950], Array.from({ length: 25 }, (_none, n) => n * n)]) {
    const classes = shadeClasses(values);
    assert.equal(classes.length, classCount(values));
    assert.ok(classes.length <= 5);
    assert.equal(classes.reduce((sum, shade) => sum + shade.count, 0), values.length);
    for (const { low, high } of classes) assert.ok(values.includes(low) && values.includes(high) && low <= high);
    classes.slice(1).forEach((shade, index) => assert.ok((classes[index]?.high ?? Infinity) < shade.low));
    for (const value of values) {
      const shade = classes[classOf(value, classes)];
      assert.ok(shade && shade.low <= value && value <= shade.high);
    }
  }
  assert.deepEqual(shadeClasses([]), []);
});

test("an area without a figure, or with one that is no number, has no shade", () => {
  const payload = makePayload({
    areas: ["A", "B", "C"].map((code) => ({ code, name: { en: code }, polygons: [], claims: [] })),
    claims: [
      { id: "c1", measure: "deaths", low: "10", unit: "persons", reference: { source: "x" }, status: "current", partial: false },
      { id: "c2", measure: "deaths", low: "many", unit: "persons", reference: { source: "x" }, status: "current", partial: false },
    ],
    choropleth: [{ measure: "deaths", values: { A: 0, B: 1, Z: 0, C: 99 } }],
  });
  const scale = new Figures(payload).scale("deaths");
  assert.ok(scale?.shadeOf("A"));
  assert.equal(scale?.shadeOf("B"), undefined);
  assert.equal(scale?.shadeOf("C"), undefined);
  assert.equal(scale?.claims.has("Z"), false);
  assert.equal(new Figures(payload).scale("unheard"), undefined);
});
