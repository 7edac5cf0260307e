import assert from "node:assert/strict";
import { test } from "node:test";

import vectors from "../../../../tests/fold_vectors.json";
import { compact, fold, sound } from "../src/fold.ts";

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

test("names are folded and heard as Python folds and hears them", () => {
  assert.ok(vectors.fold.length > 500 && vectors.sound.length > 300);
  for (const [text = "", folded] of vectors.fold) assert.equal(fold(text), folded, JSON.stringify(text));
  for (const [word = "", key] of vectors.sound) assert.equal(sound(word), key, word);
});
