import assert from "node:assert/strict";
import { test } from "node:test";

import vector from "../../../../tests/columns_vector.json";
import { SiteIndex } from "../src/find/site_index.ts";
import { asTyped, haystack, holds } from "../src/find/search.ts";
import { Model } from "../src/model.ts";
import type { Site } from "../src/payload.ts";
import { orderOf } from "../src/sites/order.ts";
import { PlainTexts } from "../src/sites/texts.ts";
import { firstState } from "../src/state.ts";
import { payloadOf } from "../src/unpack.ts";
import { sitesOf } from "./made.ts";
import { makePayload, makeSite } from "./sample.ts";

const VECTOR = vector as unknown as { records: Site[]; data: string };

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

test("texts are ordered by their bytes, however long they begin alike", () => {
  const texts = ["", "b", "synthetic wat 12", "synthetic wat 1", "synthetic", "a", "synthetic wat 12", "ទួល", "b"];
  const work = orderOf(PlainTexts.of(texts));
  let step = work.next();
  while (!step.done) step = work.next();
  const bytes = texts.map((text, index) => ({ text: Buffer.from(text), index }));
  const expected = bytes.sort((a, b) => Buffer.compare(a.text, b.text)).map(({ text }) => text.toString());
  assert.deepEqual(Array.from(step.value, (index) => texts[index]), expected);
});
