import assert from "node:assert/strict";
import { test } from "node:test";

import { withArticle } from "../src/french.ts";
import { edtfWords, endWords, spanWords } from "../src/dates.ts";
import type { Language } from "../src/payload.ts";

type Case = [edtf: string, en: string, fr: string, km: string];

const DATES: Case[] = [
  ["1975", "1975", "1975", "ឆ្នាំ១៩៧៥"],
  ["1975-04", "April 1975", "avril 1975", "ខែមេសា ឆ្នាំ១៩៧៥"],
  ["1975-04-17", "17 April 1975", "17 avril 1975", "ថ្ងៃទី១៧ ខែមេសា ឆ្នាំ១៩៧៥"],
  ["1979-01-01", "1 January 1979", "1er janvier 1979", "ថ្ងៃទី១ ខែមករា ឆ្នាំ១៩៧៩"],
  ["1976?", "perhaps 1976", "peut-être 1976", "អាចជាឆ្នាំ១៩៧៦"],
  ["1975-04~", "about April 1975", "vers avril 1975", "ប្រហែលខែមេសា ឆ្នាំ១៩៧៥"],
  ["1978%", "perhaps about 1978", "peut-être vers 1978", "ប្រហែលជាឆ្នាំ១៩៧៨"],
  ["197X", "the 1970s", "années 1970", "ទសវត្សរ៍ឆ្នាំ១៩៧០"],
  ["1975-XX-XX", "a day in 1975", "un jour de 1975", "ថ្ងៃណាមួយក្នុងឆ្នាំ១៩៧៥"],
  ["1975-04-XX", "a day in April 1975", "un jour d’avril 1975", "ថ្ងៃណាមួយក្នុងខែមេសា ឆ្នាំ១៩៧៥"],
  ["1978-21", "spring 1978", "printemps 1978", "និទាឃរដូវ ឆ្នាំ១៩៧៨"],
  ["1975-04-17/1979-01-07", "17 April 1975 – 7 January 1979", "17 avril 1975 – 7 janvier 1979",
    "ថ្ងៃទី១៧ ខែមេសា ឆ្នាំ១៩៧៥ – ថ្ងៃទី៧ ខែមករា ឆ្នាំ១៩៧៩"],
  ["1975/..", "from 1975 on", "à partir de 1975", "ចាប់ពីឆ្នាំ១៩៧៥"],
  ["1975-04-17/..", "from 17 April 1975 on", "à partir du 17 avril 1975", "ចាប់ពីថ្ងៃទី១៧ ខែមេសា ឆ្នាំ១៩៧៥"],
  ["../1979-01-07", "until 7 January 1979", "jusqu’au 7 janvier 1979", "រហូតដល់ថ្ងៃទី៧ ខែមករា ឆ្នាំ១៩៧៩"],
  ["/1979", "until 1979", "jusqu’en 1979", "រហូតដល់ឆ្នាំ១៩៧៩"],
  ["../..", "not known", "inconnu", "មិនដឹង"],
];

test("a date is said in each language", () => {
  for (const [edtf, en, fr, km] of DATES) {
    assert.equal(edtfWords(edtf, "en"), en);
    assert.equal(edtfWords(edtf, "fr"), fr);
    assert.equal(edtfWords(edtf, "km"), km);
  }
});

test("what is not a date that we can say is shown as it stands", () => {
  const languages: Language[] = ["en", "fr", "km"];
  for (const text of ["after the rains", "1975-13", "1975-00", "1975/1976/1977", "<b>1975</b>", "17 April 1975", "Y17000", "[1976,1977]"]) {
    for (const language of languages) assert.equal(edtfWords(text, language), text);
  }
});

test("an interval at one end of a record means somewhere within", () => {
  assert.equal(endWords("1976/1977", "en"), "between 1976 and 1977");
  assert.equal(endWords("1977-12/1978-05", "fr"), "entre décembre 1977 et mai 1978");
  assert.equal(endWords("1976/..", "en"), "from 1976 on");
});

test("beginning and end make one phrase", () => {
  assert.equal(spanWords({ begin: "1975-10", end: "1979-01-07" }, "en"), "October 1975 – 7 January 1979");
  assert.equal(spanWords({ begin: "1998", end: "1998" }, "en"), "1998");
  assert.equal(spanWords({ begin: "1976" }, "fr"), "depuis 1976");
  assert.equal(spanWords({ begin: "1975-04-17" }, "fr"), "depuis le 17 avril 1975");
  assert.equal(spanWords({ end: "1979-01" }, "fr"), "jusqu’en janvier 1979");
  assert.equal(spanWords({ begin: "1976/1977", end: "1979" }, "en"), "begun between 1976 and 1977, ended 1979");
  assert.equal(spanWords({ begin: "1976/1977", end: "1979-01-07" }, "fr"), "commencé entre 1976 et 1977, terminé le 7 janvier 1979");
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
