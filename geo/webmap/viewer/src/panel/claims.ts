/** What each source says, side by side: one row for each claim, none left out, none added up. */

import { boundsWords, unitWords } from "../bounds.ts";
import { edtfWords } from "../dates.ts";
import { el } from "../dom.ts";
import type { Model } from "../model.ts";
import type { Claim, Language, Range } from "../payload.ts";
import { DATA_LANGUAGE, isWord, pick, say } from "../words.ts";
import { rangeLine } from "./ranges.ts";
import { type Notes, placeIn } from "./refs.ts";

const ORDER = ["current", "contested", "superseded", "rejected"];

function figure(claim: Claim, model: Model, language: Language): HTMLElement {
  const bounds = boundsWords(claim, language);
  const unit = unitWords(claim, model.payload.terms, language);
  const struck = claim.status === "superseded" || claim.status === "rejected";
  const cell = el("th", { scope: "row", class: "figure" });
  const value = el(struck ? "s" : "span", { class: "value" }, bounds);
  cell.append(value, unit ? el("span", { class: "unit" }, ` ${unit}`) : "");
  if (claim.status !== "current") {
    const key = `status.${claim.status}`;
    cell.append(el("span", { class: `status status-${struck ? "struck" : "open"}` }, isWord(key) ? say(language, key) : claim.status));
  }
  return cell;
}

function counted(claim: Claim, language: Language): HTMLElement {
  const cell = el("td", {}, claim.scope ? el("span", { lang: DATA_LANGUAGE }, claim.scope) : null);
  const more: string[] = [];
  if (claim.as_of) more.push(`${say(language, "claims.asof")} ${edtfWords(claim.as_of, language)}`);
  if (claim.stated_by) more.push(say(language, "claims.statedby", { who: claim.stated_by }));
  if (claim.partial) more.push(say(language, "claims.partial"));
  if (more.length > 0) cell.append(el("span", { class: "more" }, more.join(" · ")));
  if (claim.note) cell.append(el("span", { class: "remark", lang: DATA_LANGUAGE }, claim.note));
  return cell;
}

/** The source of a claim: a way to its citation, and the place in it that says so. */
function source(claim: Claim, notes: Notes): HTMLElement {
  const locator = placeIn(claim.reference);
  return el("td", { class: "by" }, notes.cite(claim.reference), locator ? el("span", { class: "more", lang: DATA_LANGUAGE }, locator) : null);
}

/** The table of a record's claims, grouped by what is measured, with how far they reach; nothing when there are none. */
export function claimsTable(claims: readonly Claim[], ranges: readonly Range[], model: Model, notes: Notes, language: Language): HTMLElement[] {
  if (claims.length === 0) return [];
  const table = el(
    "table",
    { class: "claims" },
    el("caption", { class: "unseen" }, say(language, "card.claims")),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("th", { scope: "col" }, say(language, "claims.figure")),
        el("th", { scope: "col" }, say(language, "claims.counted")),
        el("th", { scope: "col" }, say(language, "claims.source")),
      ),
    ),
  );
  for (const [measure, members] of byMeasure(claims, Object.keys(model.payload.terms.measures))) {
    const term = model.payload.terms.measures[measure];
    const label = term ? pick(term.label, language) : { text: measure, language: "en" as const };
    const reach = ranges.filter((range) => range.measure === measure).map((range) => rangeLine(range, model.payload.terms, language));
    const head = el("th", { colspan: 3, scope: "rowgroup" }, el("span", { class: "label", lang: label.language }, label.text), ...reach);
    const body = el("tbody", {}, el("tr", { class: "measure" }, head));
    for (const claim of members) {
      body.append(
        el("tr", { "data-status": claim.status }, figure(claim, model, language), counted(claim, language), source(claim, notes)),
      );
    }
    table.append(body);
  }
  return [table, ...statusKey(claims, language)];
}

/** What the words beside the figures mean; only of those that the table shows. */
function statusKey(claims: readonly Claim[], language: Language): HTMLElement[] {
  const shown = ORDER.filter((status) => claims.some((claim) => claim.status === status));
  const pairs = shown.flatMap((status) => {
    const [word, meaning] = [`status.${status}`, `status.${status}.long`];
    return isWord(word) && isWord(meaning) ? [el("dt", {}, say(language, word)), el("dd", {}, say(language, meaning))] : [];
  });
  return pairs.length > 0 ? [el("dl", { class: "status-key" }, ...pairs)] : [];
}

/** The claims by what they measure, in the order of the vocabulary; of one measure, what still holds comes first. */
function byMeasure(claims: readonly Claim[], order: readonly string[]): [string, Claim[]][] {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) groups.set(claim.measure, [...(groups.get(claim.measure) ?? []), claim]);
  for (const members of groups.values()) members.sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  return [...groups].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
}
