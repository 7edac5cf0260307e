import assert from "node:assert/strict";
import { test } from "node:test";

import { placeIn } from "../src/panel/refs.ts";

test("a locator that only names the file which was read is not told", () => {
  for (const locator of ["seed.txt", "path starbucks/json/Cambodia.json", "table_2.xlsx"]) assert.equal(placeIn({ source: "a", locator }), undefined);
  for (const locator of ["p. 12", "¶777-781", "page text", "www.example.org/a.html, first paragraph", "seed.txt, line 3"]) {
    assert.equal(placeIn({ source: "a", locator }), locator);
  }
  assert.equal(placeIn({ source: "a" }), undefined);
});
