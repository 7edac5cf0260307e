import assert from "node:assert/strict";
import { test } from "node:test";

import { withArticle } from "../src/french.ts";
import { edtfWords, endWords, spanWords } from "../src/dates.ts";
import type { Language } from "../src/payload.ts";
import vectors from "../../../../tests/date_vectors.json";

// The same answers bind geo/webmap/phrases.py.
const DATES = vectors.dates as [edtf: string, en: string, fr: string, km: string][];

test("a date is said in each language", () => {
  for (const [edtf, en, fr, km] of DATES) {
    assert.equal(edtfWords(edtf, "en"), en);
    assert.equal(edtfWords(edtf, "fr"), fr);
    assert.equal(edtfWords(edtf, "km"), km);
  }
});

test("what is not a date that we can say is shown as it stands", () => {
  const languages: Language[] = ["en", "fr", "km"];
  for (const text of vectors.unsaid) {
    for (const language of languages) assert.equal(edtfWords(text, language), text);
  }
});

test("an interval at one end of a record means somewhere within", () => {
  assert.equal(endWords("1976/1977", "en"), "between 1976 and 1977");
  assert.equal(endWords("1977-12/1978-05", "fr"), "entre décembre 1977 et mai 1978");
  assert.equal(endWords("1976/..", "en"), "from 1976 on");
});

test("beginning and end make one phrase", () => {
  for (const [record, en, fr] of vectors.spans as [Parameters<typeof spanWords>[0], string, string][]) {
    assert.equal(spanWords(record, "en"), en);
    assert.equal(spanWords(record, "fr"), fr);
  }
  assert.equal(spanWords({}, "km"), "");
});

test("French dates take their article", () => {
  const cases: [string, string, string, string, string][] = [
    ["17 avril 1975", "le 17 avril 1975", "du 17 avril 1975", "au 17 avril 1975", "le 17 avril 1975"],
    ["1er mai 1975", "le 1er mai 1975", "du 1er mai 1975", "au 1er mai 1975", "le 1er mai 1975"],
    ["avril 1975", "avril 1975", "d’avril 1975", "en avril 1975", "en avril 1975"],
    ["1979", "1979", "de 1979", "en 1979", "en 1979"],
    ["années 1970", "les années 1970", "des années 1970", "aux années 1970", "dans les années 1970"],
    ["été 1977", "l’été 1977", "de l’été 1977", "à l’été 1977", "à l’été 1977"],
    ["printemps 1977", "le printemps 1977", "du printemps 1977", "au printemps 1977", "au printemps 1977"],
    ["vers 1975", "vers 1975", "de vers 1975", "à vers 1975", "vers 1975"],
  ];
  for (const [date, ...expected] of cases) assert.deepEqual(["le", "de", "a", "en"].map((form) => withArticle(date, form)), expected);
  const months = ["janvier", "février", "mars", "mai", "juin", "juillet", "septembre", "novembre", "décembre"];
  for (const month of months) assert.equal(withArticle(`${month} 1978`, "a"), `en ${month} 1978`);
  assert.equal(withArticle("Aranyaprathet", "de"), "d’Aranyaprathet");
});
