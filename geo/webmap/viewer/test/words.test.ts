import assert from "node:assert/strict";
import { test } from "node:test";

import { Model, siteNames } from "../src/model.ts";
import { shortNote } from "../src/panel/refs.ts";
import { Store, firstState, toggled } from "../src/state.ts";
import { awaitsReader, say } from "../src/words.ts";
import en from "../words/en.json";
import fr from "../words/fr.json";
import km from "../words/km.json";
import reviewed from "../words/reviewed.json";
import { makePayload, makeSite } from "./sample.ts";

/** What a native reader read, who it was, and when. */
type Reading = { text: string; by: string; on: string };

const marks = (text: string): string[] => [...text.matchAll(/\{([a-z]+)(?::[a-z]+)?\}/g)].map((match) => match[1] ?? "").sort();

test("the three languages have the same texts with the same blanks, in NFC", () => {
  for (const other of [fr, km] as Record<string, string>[]) {
    assert.deepEqual(Object.keys(other).sort(), Object.keys(en).sort());
    for (const [key, text] of Object.entries(en)) {
      assert.deepEqual(marks(other[key] ?? ""), marks(text), key);
      assert.equal(other[key], other[key]?.normalize("NFC"), key);
      assert.ok(other[key]?.trim(), key);
    }
  }
  // A Khmer text that still holds no Khmer would be a forgotten one.
  for (const [key, text] of Object.entries(km)) {
    assert.ok(/[\u1780-\u17ff]/.test(text) || /^[\W_]*(?:\{[a-z]+\}[\W_]*)+$/.test(text), key);
  }
});

test("a text counts as read by a native reader only as it was read", () => {
  const texts = { fr, km } as Record<string, Record<string, string>>;
  for (const [language, readings] of Object.entries(reviewed as Record<string, Record<string, Reading>>)) {
    for (const [key, reading] of Object.entries(readings)) {
      if (!(key in en)) continue; // a word of the vocabulary: tests/documents/test_glossary.py
      assert.equal(reading.text, texts[language]?.[key], `${language} ${key} has changed since ${reading.by} read it`);
      assert.match(reading.on, /^\d{4}-\d{2}-\d{2}$/);
      assert.ok(reading.by.trim());
    }
  }
  assert.equal(awaitsReader("en"), false);
  for (const language of ["fr", "km"] as const) {
    assert.equal(awaitsReader(language), !Object.keys(en).every((key) => key in reviewed[language]));
  }
});

test("counts take the form that their number asks for", () => {
  assert.equal(say("en", "count.places", { n: 1 }), "1 place");
  assert.equal(say("en", "count.places", { n: 12 }), "12 places");
  assert.equal(say("fr", "count.places", { n: 0 }), "0 lieu");
  assert.equal(say("km", "count.places", { n: 12 }), "១២ កន្លែង");
  assert.equal(say("fr", "count.shown", { shown: 1, n: 180 }), "1 lieu sur 180 affiché");
  assert.equal(say("en", "count.shown", { shown: 132, n: 180 }), "132 of 180 places shown");
  assert.equal(say("fr", "route.segment", { from: "Aranyaprathet", to: "Phnom Penh" }), "d’Aranyaprathet à Phnom Penh");
});

test("a text of the data is put in as it is", () => {
  assert.equal(say("en", "claims.statedby", { who: "{n} <b>$&</b>" }), "stated by {n} <b>$&</b>");
});

test("a place shows the name of the language and the one of the other script; an administrative name is neither", () => {
  const names = [
    { text: "គុស", language: "km", kind: "admin" as const }, { text: "ទួលស្លែង", language: "km", kind: "alias" as const },
    { text: "Colline", language: "fr", kind: "main" as const },
  ];
  const site = makeSite("s", { name: "Tuol Sleng", names });
  assert.deepEqual(siteNames(site, "en").map((name) => name?.text), ["Tuol Sleng", "ទួលស្លែង"]);
  assert.deepEqual(siteNames(site, "km").map((name) => name?.text), ["ទួលស្លែង", "Tuol Sleng"]);
  assert.deepEqual(siteNames(site, "fr").map((name) => name?.text), ["Colline", "ទួលស្លែង"]);
  assert.deepEqual(siteNames(makeSite("x", { names: names.slice(0, 1) }), "km").map((name) => name?.text ?? null), ["x", null]);
});

test("a citation is cut between words", () => {
  assert.equal(shortNote("“Mapping.”"), "“Mapping.”");
  assert.equal(shortNote("Ben Kiernan, The Pol Pot Regime (New Haven: Yale University Press, 1996)."), "Ben Kiernan, The Pol Pot…");
  assert.ok(shortNote("x".repeat(200)).length <= 31);
});

test("the last layer of a definition opens first, and empty ones have no list", () => {
  const sites = [makeSite("a")];
  const areas = [{ code: "A", name: { en: "A" }, polygons: [], claims: [] }];
  assert.deepEqual(new Model(makePayload({ sites, areas })).tabs(), ["sites", "areas"]);
  const page = { ...makePayload().page, layers: ["sites", "provinces"] };
  assert.deepEqual(new Model(makePayload({ sites, areas, page })).tabs(), ["areas", "sites"]);
});

test("choices leave what they say", () => {
  const sites = [
    makeSite("a", { days: ["1976-01-01", "1976-12-31", "", ""] }), makeSite("b", { kind: "memorial", point: null }), makeSite("c", { names: [{ text: "ទួលស្លែង", language: "km", kind: "main" }] }),
  ];
  const model = new Model(makePayload({ sites }));
  const state = firstState("en", "sites");
  const ids = (patch: object): string[] => Array.from(model.chosenSites({ ...state, ...patch }).indexes, (index) => model.sites.id(index));
  assert.deepEqual(ids({}), ["a", "b", "c"]);
  assert.deepEqual(ids({ kinds: new Set(["memorial"]) }), ["b"]);
  assert.deepEqual(ids({ only: "undated" }), ["b", "c"]);
  assert.deepEqual(ids({ only: "unlocated" }), ["b"]);
  assert.deepEqual(ids({ query: "ស្លែង" }), ["c"]);
  assert.deepEqual(ids({ query: "nothing such" }), []);
});

test("listeners hear what changed, and nothing when nothing did", () => {
  const heard: string[][] = [];
  const store = new Store(firstState("en", "sites"));
  store.listen((_state, changed) => heard.push([...changed].sort()));
  store.set({ query: "a", language: "en" });
  store.set({ query: "a" });
  store.set({ query: "", only: "undated" });
  assert.deepEqual(heard, [["query"], ["only", "query"]]);
  assert.deepEqual([...toggled(new Set(["a"]), "b")], ["a", "b"]);
  assert.deepEqual([...toggled(new Set(["a"]), "a")], []);
});
