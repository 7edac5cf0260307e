import assert from "node:assert/strict";
import { test } from "node:test";

import { Model } from "../src/model.ts";
import { addressOf, readAddress } from "../src/page/address.ts";
import { firstState } from "../src/state.ts";
import { yearsWords } from "../src/time/years.ts";
import { makePayload, makeSite } from "./sample.ts";

// An address is read in a browser, which says what its reader prefers.
Object.assign(globalThis, { window: { navigator: { languages: ["en-GB"] } } });

const payload = makePayload({ sites: [makeSite("a"), makeSite("b", { kind: "memorial" })] });
const layers = payload.layers.map((layer) => ({ ...layer, columns: layer.name === "sites" ? ["id", "name", "kind", "standing"] : [] }));
const model = new Model({ ...payload, layers });
const asked = (fragment: string) => readAddress(fragment, model);

test("what is too long to be a question is shown, not left away", () => {
  const { where, unread, query } = asked(`#where=${"kind = 'a' OR ".repeat(2000)}&during=${"1975/".repeat(20)}&text=${"word ".repeat(60)}`);
  assert.ok(where.endsWith("…") && model.condition("sites", where).type === "refused");
  assert.ok(unread.endsWith("…"));
  assert.equal(query.length, 200);
});

test("an address says nothing that is not known, and breaks nothing", () => {
  for (const fragment of ["", "#", "#where=%ED%A0%80", "#text=%", "#record=__proto__&off=constructor&measure=toString&tab=__proto__&map=NaN,1,1&chapter=99999999999", "#lang=xx&beside=%27"]) {
    const state = asked(fragment);
    assert.deepEqual([state.chosen, state.chapter, state.view, state.tab, state.language, [...state.off]], [null, null, null, "sites", "en", []], fragment);
    assert.doesNotThrow(() => addressOf(state, model));
  }
});

test("the last days that an address can name can be said", () => {
  for (const during of ["1975/9999-12-30", "9999-12-01/9999-12-31", "0001-01-02/0001"]) {
    const { years } = asked(`#during=${during}`);
    assert.ok(years && yearsWords(years, "km"), during);
  }
});

test("half of a letter does not keep an address from being written", () => {
  assert.equal(addressOf({ ...firstState("en", "sites"), query: "\ud83d" }, model), "#lang=en&text=%EF%BF%BD");
});

test("a condition of alternatives keeps its meaning beside a choice", () => {
  const state = { ...asked("#where=(kind = 'prison') OR (name = 'b')"), standings: new Set(["reported"]) };
  const again = asked(addressOf(state, model));
  assert.deepEqual([again.where, [...again.standings]], ["((kind = 'prison') OR (name = 'b'))", ["reported"]]);
});
