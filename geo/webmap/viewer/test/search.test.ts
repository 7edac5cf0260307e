import assert from "node:assert/strict";
import { test } from "node:test";

import { asTyped, haystack, holds, nameWords, nearest, nearness, search, searched, within } from "../src/find/search.ts";

const MUSEUM = haystack(["Tuol Sleng Genocide Museum", "ទួលស្លែង"], ["Phnom Penh", undefined], ["it opened in 1980"]);

test("every word must be found, in any order; Khmer and run-together names need no spaces", () => {
  for (const query of ["tuol", "penh sleng", "TUOLSLENG", "tuolsleng museum", "ទួល ស្លែង", "ទួលស្លែង", "", "  ", "mus"]) {
    assert.equal(holds(MUSEUM, asTyped(query)), true, query);
  }
  for (const query of ["takeo", "tuol takeo", "ស្លាប់"]) assert.equal(holds(MUSEUM, asTyped(query)), false, query);
});

test("a record whose name answers stands before one whose text does", () => {
  const [named, held, told] = [haystack(["S-21 Security Centre"], [], []), haystack(["Head of S-21"], [], []), haystack(["M-13"], [], ["the later S-21 head"])];
  assert.deepEqual([named, held, told].map((where) => nearness(where, asTyped("s-21"))), [1, 2, 3]);
  for (const query of ["S-21", "S21", "s 21"]) assert.equal(nearness(haystack(["s-21"], [], []), asTyped(query)), 0, query);
});

test("where letters and digits meet, each spelling finds the others, in running text too", () => {
  const told = [haystack([], [], ["those of K-17 and of M13"]), haystack(["K 17", "M-13"], [], [])];
  for (const query of ["K-17", "K17", "k 17", "M-13", "M13", "m 13"]) for (const where of told) assert.ok(holds(where, asTyped(query)), query);
  assert.equal(holds(told[0] as (typeof told)[number], asTyped("K177")), false);
});

test("slips are letters too many, too few, others, or turned round", () => {
  for (const word of ["sleg", "slengg", "slong", "slegn"]) assert.ok(within(word, "sleng", 1), word);
  for (const word of ["slenggg", "slnog", "xlong"]) assert.ok(!within(word, "sleng", 1), word);
  assert.ok(within("choeng", "choeung", 2) && within("battmbag", "battambang", 2) && !within("batmbag", "battambang", 2));
});

function near(word: string, names: readonly string[]): string[] {
  return nearest(word, [{ alike: () => names, near: () => names }], () => true);
}

test("only the nearest words of the names stand for a word that no record holds", () => {
  assert.deepEqual(near("toul", ["sleng", "tuol", "tul"]), ["tul", "tuol"]);
  assert.deepEqual(near("kamput", ["kampot", "kampung", "takeo"]), ["kampot"]);
  assert.deepEqual(near("xyz", ["abc"]), []);
  assert.deepEqual(near("rat", ["rot", "bat"]), ["rot"], "three letters may only sound alike");
});

test("a question is read anew only when nothing answers it as typed, and says so", () => {
  const other = haystack(["Choeung Ek", "Slaeng"], [], ["a field where people from Toul Kork were taken"]);
  const asked = (query: string): [boolean[], string | undefined] => {
    const found = search(query, searched([MUSEUM, other]), () => [nameWords([MUSEUM, other])]);
    return [[MUSEUM, other].map((where) => holds(where, found.wanted)), found.readAs];
  };
  assert.deepEqual(asked("tuol sleng"), [[true, false], undefined]);
  assert.deepEqual(asked("toul"), [[false, true], undefined], "a summary holds it");
  assert.deepEqual(asked("Sleang"), [[true, true], "slaeng / sleng"]);
  assert.deepEqual(asked("museum slaeng"), [[true, false], "museum slaeng / sleng"], "each word is there, and no record holds both");
  assert.deepEqual(asked("tuolsleng museam"), [[true, false], "tuolsleng museum"]);
  assert.deepEqual(asked("museam S21"), [[false, false], undefined]);
  assert.deepEqual(asked("opend in1980"), [[false, false], undefined], "a word with several spellings is read as itself");
  assert.deepEqual(asked("choung-ek"), [[false, true], "choeung ek"]);
  assert.deepEqual(asked("zzzzqq"), [[false, false], undefined]);
  assert.deepEqual(asked(""), [[true, true], undefined]);
});

test("where no part of the texts of a list could be meant, no word of the names is asked", () => {
  const told = ["Kampong Cham", "Phnom Penh", "Tboung Khmum", "Kraong Preah Sihanouk", "កំពង់ចាម", "Ratanak Kiri; the north-east", "KH08"];
  const { occurs, mayMean } = searched(told.map((text) => haystack([text], [], [])), true);
  const pieces = ["ka", "kam", "pong", "cham", "tjam", "pnom", "phn", "om", "penh", "ben", "rat", "a", "nak", "qi", "ri", "x", "khmum", "north", "si", "hanuk", "ចាម", "08"];
  const words = pieces.flatMap((one) => pieces.map((other) => one + other)).filter((word) => word.length >= 3);
  const names = nameWords([...told, ...words].map((text) => haystack([text], [], [])));
  let meant = 0;
  for (const word of words) {
    if (nearest(word, [names], occurs).length === 0) continue;
    meant += 1;
    assert.equal(mayMean?.(word), true, word);
  }
  assert.ok(meant > 20);
  assert.equal(mayMean?.("zzzzz"), false);
});
