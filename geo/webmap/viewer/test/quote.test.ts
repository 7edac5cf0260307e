import assert from "node:assert/strict";
import { test } from "node:test";

import { mailAddress } from "../src/quote/correction.ts";
import { chicago, cslOf, recordAddress } from "../src/quote/record.ts";
import { asCsl, asRis } from "../src/quote/ris.ts";
import { pieces, withTail } from "../src/story/marks.ts";
import vectors from "../../../../tests/ris_vectors.json";
import { makePayload } from "./sample.ts";

const { atlas } = makePayload();
const quoted = { id: "s-21", names: [{ text: "S-21", language: "en" }, { text: "ទួលស្លែង", language: "km" }] };

test("sources in RIS are letter for letter what the command line writes", () => {
  assert.equal(asRis(vectors.items), vectors.ris);
});

test("a record is quoted with its names, the atlas, its version, its id and its address", () => {
  assert.equal(chicago(quoted, atlas, "https://example.org/p.html#record=s-21"), "“S-21 (ទួលស្លែង),” in A: B, version 1, record s-21, https://example.org/p.html#record=s-21.");
  const item = cslOf(quoted, atlas, "https://example.org/p.html#record=s-21");
  assert.equal(item["URL"], "https://example.org/p.html#record=s-21");
  assert.deepEqual(JSON.parse(asCsl([item])), [item]);
});

test("the address of a page on the reader's own disk is not told; it leads to the page beside", () => {
  const page = { protocol: "file:", href: "file:///home/someone/maps/prisons.html#lang=fr" };
  assert.equal(recordAddress(page, "s-21", "en"), "prisons.html#lang=en&record=s-21");
  assert.equal(recordAddress({ protocol: "https:", href: "https://example.org/maps/prisons.html" }, "s-21", "km"), "https://example.org/maps/prisons.html#lang=km&record=s-21");
  assert.equal(cslOf(quoted, atlas, "prisons.html#record=s-21")["URL"], undefined);
});

test("only a plain address of mail is written to", () => {
  assert.equal(mailAddress("a@example.org", "x & y", "1\n2"), "mailto:a@example.org?subject=x%20%26%20y&body=1%0D%0A2");
  for (const other of [undefined, "", "javascript:alert(1)", "a@b", "a@example.org?bcc=b@example.org", "a@example.org,b@example.org"]) {
    assert.equal(mailAddress(other, "s", "b"), null);
  }
});

test("marks lead to sources that are there; all else stays text", () => {
  assert.deepEqual(pieces("One.[1] Two.[2][3]", 2), ["One.", 1, " Two.", 2, "[3]"]);
  assert.deepEqual(pieces("[x] [0] [1999]", 3), ["[x] ", "[0]", " ", "[1999]"]);
  assert.deepEqual(pieces("", 1), []);
});

test("a text is parted before its last letters, never within one", () => {
  assert.deepEqual(withTail("the end."), ["the ", "end."]);
  assert.deepEqual(withTail("no"), ["", "no"]);
  const [front, tail] = withTail("ទួលស្លែង");
  assert.equal(front + tail, "ទួលស្លែង");
  assert.doesNotMatch(tail, /^\p{M}/u);
});
