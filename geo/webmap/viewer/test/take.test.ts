import assert from "node:assert/strict";
import { test } from "node:test";

import { Model } from "../src/model.ts";
import { firstState } from "../src/state.ts";
import { answerOf, asCsv, asGeoJson, fileName, guarded } from "../src/take/answer.ts";
import { makePayload, makeSite } from "./sample.ts";

test("no cell is a formula; numbers are left alone, and taking the apostrophe away gives the text", () => {
  for (const text of ["=1+1", "+x", "-x", "@x", "\tx", "\rx", "\n=1+1", "＝1+1", "＋1a", "－1a", "＠x", "'=1", "''＠x", "=", "-1=2"]) assert.equal(guarded(text), `'${text}`);
  for (const text of ["", "a=1", "-5", "+5.5", "1e9", "'tis", " =1", "ខ្មែរ", "-១"]) assert.equal(guarded(text), text);
});

const names = ["a\nb", 'say "so", he', "=HYPERLINK(1)", "ទួលស្លែង", "\u202egnol", "x".repeat(5000), "<img src=x>", "__proto__"];
const sites = names.map((name, index) => makeSite(`s-${index}`, { name, point: index % 2 === 0 ? [180 - index, -89] : null }));
const columns = ["id", "name", "__proto__", "constructor", "lon", "lat", "sources"];
const base = makePayload({ sites });
const model = new Model({ ...base, layers: base.layers.map((layer) => ({ ...layer, columns: layer.name === "sites" ? columns : [] })) });
const answer = answerOf("sites", firstState("en", "sites"), model);

test("odd names come whole through a table and a layer", () => {
  const csv = [...asCsv(answer, model)].join("");
  const cells = [...csv.matchAll(/^s-[0-9]+,("(?:[^"]|"")*"|[^,]*),/gm)].map(([, cell = ""]) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
  assert.deepEqual(cells.map((cell) => cell.replace(/^'(?==)/, "")), names);
  assert.ok(csv.startsWith("id,name,__proto__,constructor,lon,lat,sources,citations\r\n") && csv.endsWith("\r\n"));
  const layer = JSON.parse([...asGeoJson(answer, model)].join("")) as { counts: unknown; features: { properties: Record<string, unknown> }[] };
  assert.deepEqual(layer.features.map((feature) => feature.properties["name"]), names);
  assert.ok(layer.features.every((feature) => Object.hasOwn(feature.properties, "__proto__")));
});

test("the name of a file holds nothing that a file system would obey", () => {
  const odd = { ...model.payload, atlas: { ...model.payload.atlas, id: "../a b", version: "1/2" } };
  const name = fileName({ ...answer, question: { layer: "..\\x", where: "name LIKE '../%'", text: "ខ្មែរ", during: "" } }, new Model(odd), "csv");
  assert.match(name, /^[A-Za-z0-9][A-Za-z0-9._-]*\.csv$/);
});
