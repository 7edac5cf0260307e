import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";

import vector from "../../../../tests/columns_vector.json";
import { fold } from "../src/fold.ts";
import { SiteIndex } from "../src/find/site_index.ts";
import { foldTexts } from "../src/find/folded.ts";
import { WordedFolded } from "../src/find/worded.ts";
import { asTyped, haystack, holds } from "../src/find/search.ts";
import { Model, siteNames } from "../src/model.ts";
import type { Site } from "../src/payload.ts";
import { intersect, onesIn, unite } from "../src/sites/masks.ts";
import { orderOf } from "../src/sites/order.ts";
import { PlainTexts, WordedTexts } from "../src/sites/texts.ts";
import { firstState } from "../src/state.ts";
import { payloadOf } from "../src/unpack.ts";
import { sitesOf } from "./made.ts";
import { makePayload, makeSite } from "./sample.ts";

const VECTOR = vector as unknown as { records: Site[]; data: string; counted: string };

test("what Python wrote reads as the records that it was given", () => {
  const { sites } = payloadOf(Uint8Array.from(Buffer.from(VECTOR.data, "hex")));
  assert.deepEqual(sites.all(), VECTOR.records);
  assert.equal(sites.located, 2);
  assert.deepEqual(["a-3", "a-1", "a-4", ""].map((id) => sites.indexOf(id)), [2, 0, -1, -1]);
  assert.deepEqual([0, 1, 2].map((index) => sites.precision(index)), [50, 0, 1500.5]);
  assert.deepEqual([0, 1, 2].map((index) => sites.isArea(index)), [false, false, true]);
  assert.equal(sitesOf([]).indexOf(""), -1);
  assert.throws(() => payloadOf(Uint8Array.from(Buffer.from(VECTOR.data.slice(0, -2), "hex"))));
});

test("a name that is in Khmer itself is shown once, as Khmer", () => {
  const main = { text: "គុកស្អាង", language: "km", kind: "main" } as const;
  const khmer = makeSite("a", { name: "គុកស្អាង", names: [main] });
  assert.deepEqual((["en", "km", "fr"] as const).map((language) => siteNames(khmer, language)), [[main, null], [main, null], [main, null]]);
  const french = { text: "Prison de Saang", language: "fr", kind: "main" } as const;
  assert.deepEqual(siteNames({ ...khmer, names: [main, french] }, "fr"), [french, main]);
});

/** The records of `counted_records` in tests/test_page_columns.py: as a survey counts its places. */
const COUNTED = Array.from({ length: 2000 }, (_none, number): Site => {
  const words = ["Wat", "ទួល", "Prey's", "Đà 7"];
  const padded = (n: number, width: number): string => String(n).padStart(width, "0");
  return {
    id: `survey-${padded(number, 4)}`, name: number % 5 ? `${words[(number * 7) % 4]} ${number}` : "Sala",
    names: number % 50 === 0 ? [{ text: `ទី${number}`, language: "km", kind: "main" }] : [],
    kind: number % 3 ? "prison" : "camp", province: `KH${padded(number % 5, 2)}`, province_name: words[(number % 5) % 4] as string,
    point: [100 + number / 1000, 11.5], basis: "commune", standing: "" as Site["standing"],
    summary: `Row ${(number * 37) % 1000} of ${words[number % 4]}, ${(number * 11) % 97} pits; no. ${padded(number, 7)}.`,
    sources: [{ source: "a", locator: `row ${number}` }, { source: `b-${number % 2}` }], coord_source: { source: "a", locator: `row ${number}` },
    claims: number % 20 === 1 ? [Math.floor(number / 20)] : [], relations: [],
  };
});

test("wordings and numbers read as the records that were counted, and are found, searched and ordered like them", () => {
  const { sites } = payloadOf(inflateSync(Buffer.from(VECTOR.counted, "base64")));
  assert.deepEqual(sites.all(), COUNTED);
  for (const at of [0, 1, 63, 64, 1234, 1999]) assert.equal(sites.indexOf(`survey-${String(at).padStart(4, "0")}`), at);
  for (const id of ["survey-2000", "survey-7", "survey-", "survey-0000000007", ""]) assert.equal(sites.indexOf(id), -1);
  const places = sites.column("coord_place");
  assert.deepEqual([...places.every('["row 77"]')], [77]);
  assert.deepEqual([...sites.column("name").every("Sala")], COUNTED.flatMap(({ name }, index) => (name === "Sala" ? [index] : [])));
  const index = new SiteIndex(sites, { areaNames: () => [], claimTexts: () => [] });
  const all = COUNTED.map((site) => haystack([site.name, ...site.names.map(({ text }) => text)], [site.id, site.province_name, site.province], [site.summary]));
  for (const form of ["wat", "7", "77", "07", "0", "199", "wat11", "preys12", "survey0", "ទួល3", "da7", "71", "row", "no", "pits", "sala", "1234567", "0001234", "x"]) {
    assert.deepEqual([...index.holding(form)], all.map((where) => Number(where.lines.includes(form))), form);
  }
  const model = new Model(makePayload({ layers: [{ name: "sites", schema: "sites", title: { en: "S" }, records: 2000, columns: ["id", "name", "summary", "coord_source"] }] }));
  assert.equal(model.sites.count, 0);
  const held = new Model({ ...model.payload, sites });
  const state = firstState("en", "sites");
  for (const [where, test] of [
    ["name LIKE '%a%'", (site: Site) => site.name.includes("a")], ["name LIKE 'Wat%'", (site: Site) => site.name.startsWith("Wat")],
    ["name = 'Wat 12'", (site: Site) => site.name === "Wat 12"], ["id LIKE '%-1_7%'", (site: Site) => /-1.7/u.test(site.id)],
    ["NOT id LIKE '%77%'", (site: Site) => !site.id.includes("77")], ["id LIKE '%007%'", (site: Site) => site.id.includes("007")],
    ["name LIKE '%77'", (site: Site) => site.name.endsWith("77")], ["name LIKE 'Wat%7'", (site: Site) => /^Wat.*7$/u.test(site.name)], ["NOT name LIKE '%t 1%7'", (site: Site) => !/t 1.*7$/u.test(site.name)],
    ["NOT geometry IS NULL", () => true], ["geometry IS NULL", () => false],
    ["NOT name LIKE '%l_'", (site: Site) => !/l.$/u.test(site.name)],
    ["summary LIKE '%of Wat%pits%'", (site: Site) => /of Wat.*pits/u.test(site.summary)], ["coord_source = 'a#row 5'", (site: Site) => site.coord_source?.locator === "row 5"],
  ] as const) assert.deepEqual([...held.chosen("sites", { ...state, where })].map(({ id }) => id), COUNTED.filter(test).map(({ id }) => id), where);
  for (const query of ["wat", "wat 12", "wat 1", "12", "sala", "đà 7 1", "pits"]) {
    const { words } = asTyped(query);
    const typed = words.flat().join("");
    const nearness = COUNTED.map(({ name, names }) => {
      const [own = "", ...others] = [name, ...names.map(({ text }) => text)].map((text) => fold(text).replaceAll(" ", ""));
      if (!words.every(([word = ""]) => [own, ...others].some((text) => text.includes(word))) && ![own, ...others].some((text) => words.length > 1 && text.includes(typed))) return 3;
      return own === typed ? 0 : own.startsWith(typed) ? 1 : 2;
    });
    assert.deepEqual([...index.nearness(asTyped(query))], nearness, query);
  }
  const work = index.orderedNames();
  let step = work.next();
  while (!step.done) step = work.next();
  const folded = COUNTED.map(({ name }, at) => ({ at, key: Buffer.from(fold(name)) })).sort((a, b) => Buffer.compare(a.key, b.key) || a.at - b.at);
  assert.deepEqual([...step.value], folded.map(({ at }) => at));
});

test("texts that end with a number are ordered like their letters", () => {
  const numbers = [7, 70, 5, 100, 9, 7, 12, 1, 123_456_789, 0];
  const wordings = ["Wat 0", "Wat Tuol 0", "Wat 4", "Wat", "Tuol0"];
  const codes = Uint8Array.from({ length: 60 }, (_none, at) => (at * 7) % 5);
  const values = Uint32Array.from([...codes].filter((code) => code !== 3), (_code, at) => numbers[at % numbers.length] as number);
  const texts = new WordedTexts(60, PlainTexts.of(wordings), () => codes, [() => values]);
  const folding = foldTexts(texts, true);
  let folded = folding.next();
  while (!folded.done) folded = folding.next();
  assert.ok(folded.value instanceof WordedFolded);
  const work = folded.value.ordered();
  let step = work.next();
  while (!step.done) step = work.next();
  const keys = Array.from({ length: 60 }, (_none, at) => ({ at, key: Buffer.from(fold(texts.at(at))) }));
  assert.deepEqual([...(step.value ?? [])], keys.sort((a, b) => Buffer.compare(a.key, b.key) || a.at - b.at).map(({ at }) => at));
});

const WORDS = ["Tuol", "Sleng", "Wat", "ទួល", "Ek's", "d'Or", "Phnom-Penh", "É", "21", "Đà"];
let seed = 7;
function any<T>(from: readonly T[]): T {
  seed = (seed * 48_271) % 2_147_483_647;
  return from[seed % from.length] as T;
}
const MANY = Array.from({ length: 300 }, (_none, n) =>
  makeSite(`s-${n}`, {
    name: `${any(WORDS)} ${any(WORDS)}`, kind: any(["prison", "memorial"]), province: any(["KH01", "KH02", ""]), standing: any(["judged", "reported"]), summary: any(["", "A place.", "Head of S-21"]),
    point: any([null, [104, 11]]), ...(n % 3 ? { days: any([["1975-01-01", "1975-12-31", "", ""], ["1978-01-01", "", "", "1979-01-07"]]) } : {}),
    sources: any([[], [{ source: "a" }], [{ source: "a", locator: "1" }, { source: "b" }, { source: "b" }]]),
  }));

test("the folded columns find what the folded records hold", () => {
  const index = new SiteIndex(sitesOf(MANY), { areaNames: () => [], claimTexts: () => [] });
  const all = MANY.map((site) => haystack([site.name], [site.id], [site.summary]));
  for (const form of ["tu", "tuol", "slengwat", "s21", "21", "dor", "eks", "phnompenhwat", "ទួល", "e", "da", "nothing", "place"]) {
    assert.deepEqual([...index.holding(form)], all.map((where) => Number(where.lines.includes(form))), form);
    assert.equal(index.occurs(form), all.some((where) => where.lines.includes(form)), form);
  }
});

test("choices leave, and facets count, what they do when each record is asked", () => {
  const model = new Model(makePayload({ sites: MANY }));
  const state = firstState("en", "sites");
  const years = { from: "1975-01-01", to: "1975-06-30" };
  const patches = [
    {}, { kinds: new Set(["prison"]) }, { kinds: new Set(["prison"]), provinces: new Set(["", "KH01"]) }, { sources: new Set(["b"]), standings: new Set(["judged"]) },
    { years }, { years, kinds: new Set(["memorial"]), only: "unlocated" as const }, { query: "tuol", standings: new Set(["judged"]) },
  ];
  for (const patch of patches) {
    const asked = { ...state, ...patch };
    const meets = (site: Site, but = ""): boolean =>
      (but === "kinds" || asked.kinds.size === 0 || asked.kinds.has(site.kind)) && (asked.provinces.size === 0 || asked.provinces.has(site.province ?? "")) &&
      (asked.standings.size === 0 || asked.standings.has(site.standing)) && (asked.sources.size === 0 || site.sources.some(({ source }) => asked.sources.has(source))) &&
      (asked.years === null || (site.days !== undefined && site.days[0] <= "1975-06-30")) && (asked.only !== "unlocated" || site.point === null) &&
      (asked.query === "" || holds(haystack([site.name], [site.id], [site.summary]), asTyped(asked.query)));
    const left = MANY.filter((site) => meets(site));
    assert.deepEqual([...model.chosen("sites", asked)].map((site) => site.id), left.map((site) => site.id), JSON.stringify(patch));
    const counts = model.facetCounts("sites", asked);
    for (const kind of ["prison", "memorial"]) assert.equal(counts.kinds.get(kind) ?? 0, MANY.filter((site) => meets(site, "kinds") && site.kind === kind).length);
    assert.equal(counts.provinces.size > 0 || left.length === 0, true);
    const { located, unlocated } = model.readingOrder(asked);
    assert.deepEqual([...located, ...unlocated].sort((a, b) => a - b), [...model.chosenSites(asked).indexes]);
    if (asked.years) assert.equal(model.undatedAside("sites", asked), MANY.filter((site) => !site.days && (asked.kinds.size === 0 || asked.kinds.has(site.kind)) && (asked.only === null || site.point === null)).length);
  }
});

test("marks are joined and counted four at a time as they are one by one, wherever they begin", () => {
  for (const [length, begin] of [[0, 0], [3, 0], [2051, 0], [1030, 4], [1029, 1]] as const) {
    const some = (step: number): Uint8Array => Uint8Array.from({ length: length + begin }, (_none, at) => Number(at % step !== 1)).subarray(begin);
    for (const [one, other] of [[some(2), some(3)], [some(3), some(3).slice()]] as const) {
      const [both, either] = [one.slice(), one.slice()];
      assert.equal(onesIn(one, other), one.filter((mark, at) => mark === 1 && other[at] === 1).length);
      intersect(both, other);
      unite(either, other);
      assert.deepEqual([both, either], [one.map((mark, at) => Math.min(mark, other[at] as number)), one.map((mark, at) => Math.max(mark, other[at] as number))]);
    }
  }
});

test("texts are ordered by their bytes, however long they begin alike", () => {
  const texts = ["", "b", "synthetic wat 12", "synthetic wat 1", "synthetic", "a", "synthetic wat 12", "ទួល", "b"];
  const work = orderOf(PlainTexts.of(texts));
  let step = work.next();
  while (!step.done) step = work.next();
  const bytes = texts.map((text, index) => ({ text: Buffer.from(text), index }));
  const expected = bytes.sort((a, b) => Buffer.compare(a.text, b.text)).map(({ text }) => text.toString());
  assert.deepEqual(Array.from(step.value, (index) => texts[index]), expected);
});
