import assert from "node:assert/strict";
import { test } from "node:test";

import { compact, finder, fold, haystack, nearness } from "../src/fold.ts";

const NAMES = ["Tuol Sleng", "S-21", "Phum  Prey-Veng", "Châu Đốc", "ទួលស្លែង", "ទួល\u200bស្លែង", "เขาอีด่าง", "ﬁn", "ŒUVRE", "Straße", "O'Smach", "", "  ", "A\u0301"];

test("folding is stable", () => {
  for (const name of NAMES) {
    assert.equal(fold(fold(name)), fold(name));
    assert.equal(compact(compact(name)), compact(name));
  }
});

test("case, accents, hyphens and invisible spaces do not matter; Khmer and Thai signs do", () => {
  assert.equal(fold("CHÂU Đốc"), "chau doc");
  assert.equal(fold("S-21"), fold("s 21"));
  assert.equal(fold("O’Smach"), fold("O'Smach"));
  assert.equal(fold("ទួល\u200bស្លែង"), fold("ទួលស្លែង"));
  assert.notEqual(fold("ទួល"), fold("ទល"));
  assert.notEqual(fold("เขา"), fold("เขี"));
  assert.equal(fold("e\u0301"), fold("é"));
});

test("every word must be found, in any order; Khmer and run-together names need no spaces", () => {
  const where = haystack(["Tuol Sleng Genocide Museum", "ទួលស្លែង"], ["Phnom Penh", undefined]);
  for (const query of ["tuol", "penh sleng", "TUOLSLENG", "ទួល ស្លែង", "ទួលស្លែង", "", "  ", "mus"]) assert.equal(finder(query)(() => where), true, query);
  for (const query of ["takeo", "tuol takeo", "ស្លាប់"]) assert.equal(finder(query)(() => where), false, query);
});

test("a record whose name answers stands before one whose text does", () => {
  const [named, held, told] = [haystack(["S-21 Security Centre"], []), haystack(["Head of S-21"], []), haystack(["M-13"], ["the later S-21 head"])];
  assert.deepEqual([named, held, told].map((where) => nearness("s-21", where)), [1, 2, 3]);
  assert.equal(nearness("S-21", haystack(["s-21"], [])), 0);
});
