import assert from "node:assert/strict";
import { test } from "node:test";

import { boundsWords, unitWords } from "../src/bounds.ts";
import { digits, distance, grouped, shadingValue } from "../src/numbers.ts";
import type { Payload } from "../src/payload.ts";

const S = "\u00a0";

test("a figure keeps its digits; only spaces are set between thousands", () => {
  for (const [text, shown] of [["12273", `12${S}273`], ["1700000", `1${S}700${S}000`], ["8895", `8${S}895`], ["120", "120"], ["0", "0"], ["2.5", "2.5"], ["12273.25", `12${S}273.25`], ["-4000", `-4${S}000`]] as const) {
    assert.equal(grouped(text), shown);
    assert.equal(grouped(text).replaceAll(S, ""), text);
  }
  for (const text of ["about 100", "1e5", "12,273", "1 000", "01975-04", ""]) assert.equal(grouped(text), text);
});

test("bounds stay open where the source leaves them open", () => {
  const bounds = (low: string | undefined, high: string | undefined, unit = "persons"): string =>
    boundsWords({ unit, ...(low ? { low } : {}), ...(high ? { high } : {}) }, "en");
  assert.equal(bounds("14000", "17000"), `14${S}000 – 17${S}000`);
  assert.equal(bounds("12273", "12273"), `12${S}273`);
  assert.equal(bounds("12273", undefined), `at least 12${S}273`);
  assert.equal(bounds(undefined, "20000"), `up to 20${S}000`);
  assert.equal(bounds(undefined, undefined), "");
  assert.equal(boundsWords({ low: "1500", unit: "persons" }, "fr"), `au moins 1${S}500`);
  assert.equal(boundsWords({ low: "1500", unit: "persons" }, "km"), `យ៉ាងតិច 1${S}500`);
});

test("a date among the claims is said as a date, and a year never gets a space", () => {
  assert.equal(boundsWords({ low: "1975-10", high: "1975-10", unit: "date" }, "en"), "October 1975");
  assert.equal(boundsWords({ low: "1979-01-07", unit: "date" }, "en"), "7 January 1979");
  assert.equal(boundsWords({ high: "1977-04", unit: "date" }, "en"), "by April 1977");
  assert.equal(boundsWords({ high: "1977-04", unit: "date" }, "fr"), "au plus tard en avril 1977");
  assert.equal(boundsWords({ low: "1976", high: "1977", unit: "date" }, "en"), "between 1976 and 1977");
});

test("the unit stands in the singular beside a one", () => {
  const units = {
    persons: { label: { en: "people", fr: "personnes", km: "នាក់" } }, pits: { label: { en: "pits", fr: "fosses" } },
    families: { label: { en: "families", fr: "familles" } }, bowls: { label: { en: "bowls a day", fr: "bols par jour" } },
  };
  const terms = { units } as unknown as Payload["terms"];
  assert.equal(unitWords({ unit: "persons", low: "1", high: "1" }, terms, "en"), "person");
  assert.equal(unitWords({ unit: "pits", low: "1", high: "1" }, terms, "fr"), "fosse");
  assert.equal(unitWords({ unit: "families", low: "1" }, terms, "en"), "family");
  assert.equal(unitWords({ unit: "bowls", low: "1", high: "1" }, terms, "en"), "bowl a day");
  assert.equal(unitWords({ unit: "bowls", low: "1", high: "1" }, terms, "fr"), "bol par jour");
  assert.equal(unitWords({ unit: "pits", low: "1", high: "2" }, terms, "en"), "pits");
  assert.equal(unitWords({ unit: "persons", low: "1", high: "1" }, terms, "km"), "នាក់");
  assert.equal(unitWords({ unit: "unheard", low: "3" }, terms, "en"), "unheard");
  assert.equal(unitWords({ unit: "date", low: "1975" }, terms, "en"), "");
});

test("the interface's own numbers take the digits of the language", () => {
  assert.equal(digits(1979, "km"), "១៩៧៩");
  assert.equal(digits(1979, "fr"), "1979");
  const units = { m: "m", km: "km" };
  assert.equal(distance(50, "en", units), `50${S}m`);
  assert.equal(distance(1500, "fr", units), `1,5${S}km`);
  assert.equal(distance(18500, "km", units), `១៨,៥${S}km`);
});

test("an area is shaded by the lower bound, and by nothing that is not a number", () => {
  assert.equal(shadingValue({ low: "100", high: "300" }), 100);
  assert.equal(shadingValue({ high: "300" }), 300);
  assert.equal(shadingValue({ low: "many" }), null);
  assert.equal(shadingValue({}), null);
});
