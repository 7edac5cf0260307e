/** The part of the filters that asks where: what the map shows, what is drawn on it, what lies near a place, a box by numbers. */

import { el, nextId, replace } from "../dom.ts";
import { fold } from "../fold.ts";
import type { Model } from "../model.ts";
import { digits } from "../numbers.ts";
import { type State, type Store, firstState } from "../state.ts";
import { say } from "../words.ts";
import { boundsOf } from "./layer.ts";
import type { Drawn, Pen } from "./pen.ts";
import type { Region } from "./region.ts";
import { boxOf, numberOf, positionOf } from "./typed.ts";

/** Of so many places that answer a name one can be chosen. */
const CHOICES = 8;
const RADII_KM = [5, 10, 20, 50, 100];
const EDGES = ["west", "south", "east", "north"] as const;

interface Found {
  index: number;
  lon: number;
  lat: number;
}

export class RegionFields {
  readonly element: HTMLDetailsElement;
  readonly #chosen = el("span", { class: "facet-chosen" });
  readonly #place = el("input", { type: "text", id: nextId("near"), autocomplete: "off", spellcheck: "false", enterkeyhint: "done" });
  readonly #radius = el("input", { type: "text", inputmode: "decimal", id: nextId("radius"), value: "20", autocomplete: "off" });
  readonly #several = el("ul", { class: "region-several" });
  readonly #wrong = el("p", { class: "region-wrong", role: "status" });
  readonly #edgesWrong = el("p", { class: "region-wrong", role: "status" });
  readonly #edges: readonly HTMLInputElement[];

  constructor(
    readonly model: Model,
    readonly store: Store,
    readonly pen: Pen,
  ) {
    const { language } = store.state;
    this.#edges = EDGES.map(() => el("input", { type: "text", inputmode: "text", id: nextId("edge"), autocomplete: "off" }));
    const labelled = (field: HTMLElement, text: string): HTMLElement => el("span", { class: "region-field" }, el("label", { for: field.id }, text), field);
    const way = (key: string, text: string, act: () => void): HTMLElement => el("button", { type: "button", class: "plain", "data-key": key, click: act }, text);
    const submitted = (act: () => void) => (event: Event): void => {
      event.preventDefault();
      act();
    };
    const apply = (): HTMLElement => el("button", { type: "submit", class: "plain" }, say(language, "region.apply"));
    const radii = el(
      "span",
      { class: "region-radii" },
      ...RADII_KM.map((km) => el("button", { type: "button", class: "link", click: () => this.#setRadius(km) }, `${digits(km, language)}\u00a0${say(language, "unit.km")}`)),
    );
    this.element = el(
      "details",
      { class: "facet", "data-facet": "region" },
      el("summary", {}, el("span", { class: "facet-name" }, say(language, "facet.region")), this.#chosen),
      el(
        "div",
        { class: "region-fields" },
        el(
          "p",
          { class: "region-ways" },
          way("region view", say(language, "region.view"), () => this.#set(this.pen.view(), false)),
          way("region box", say(language, "region.draw.box"), () => this.#draw("box")),
          way("region outline", say(language, "region.draw.outline"), () => this.#draw("outline")),
        ),
        el(
          "form",
          { class: "region-near", submit: submitted(() => this.#near()) },
          el("fieldset", {}, el("legend", {}, say(language, "region.near")), labelled(this.#place, say(language, "region.near.field")), labelled(this.#radius, say(language, "region.near.radius")), radii, apply()),
          this.#wrong,
          this.#several,
        ),
        el(
          "form",
          { class: "region-edges", submit: submitted(() => this.#byEdges()) },
          el("fieldset", {}, el("legend", {}, say(language, "region.edges")), el("span", { class: "region-four" }, ...this.#edges.map((field, edge) => labelled(field, say(language, `region.${EDGES[edge] ?? "west"}`)))), apply()),
          this.#edgesWrong,
        ),
        el("p", { class: "facet-note" }, say(language, "region.note")),
      ),
    );
    this.draw(store.state);
  }

  #set(region: Region | null, show: boolean): void {
    this.#say("", "");
    if (!region) return;
    if (show) this.pen.show(boundsOf(region));
    this.store.set({ region });
  }

  #draw(what: Drawn): void {
    this.pen.begin(what, () => {
      // The filters may have been drawn anew meanwhile.
      const opener = document.querySelector<HTMLElement>(`[data-key="region ${what}"]`);
      opener?.focus({ preventScroll: true });
    });
  }

  #say(wrong: string, edges: string): void {
    this.#wrong.textContent = wrong;
    this.#edgesWrong.textContent = edges;
    replace(this.#several);
  }

  // --- near a place -----------------------------------------------------------------------------------------------

  #setRadius(km: number): void {
    this.#radius.value = String(km);
    if (this.#place.value.trim() !== "") this.#near();
  }

  #near(): void {
    const { language } = this.store.state;
    const [text, km] = [this.#place.value.trim(), numberOf(this.#radius.value)];
    if (text === "") return this.#place.focus();
    if (km === null || !(km > 0)) return this.#say(say(language, "region.near.radius.wrong"), "");
    const metres = Math.round(km * 1e6) / 1e3;
    const at = positionOf(text);
    if (at) return this.#set({ type: "circle", ...at, metres }, true);
    if (this.model.preparing) return this.#say(say(language, "search.preparing"), "");
    const found = this.#called(text);
    const [only] = found;
    if (!only) return this.#say(say(language, "region.near.none", { text }), "");
    if (found.length === 1) return this.#set({ type: "circle", lon: only.lon, lat: only.lat, metres }, true);
    this.#say(say(language, "region.near.several"), "");
    const choose = ({ index, lon, lat }: Found): void => {
      this.#place.value = this.#name(index);
      this.#set({ type: "circle", lon, lat, metres }, true);
      this.#place.focus({ preventScroll: true });
    };
    replace(this.#several, ...found.map((one) => el("li", {}, el("button", { type: "button", class: "link", click: () => choose(one) }, this.#name(one.index)))));
  }

  #name(index: number): string {
    return this.model.sites.names(index, this.store.state.language)[0].text;
  }

  /** The located places that words find, the nearest to them first; the one that is called just so alone. */
  #called(text: string): Found[] {
    const { sites } = this.model;
    const { located } = this.model.readingOrder({ ...firstState(this.store.state.language, "sites"), query: text });
    const found = Array.from(located.subarray(0, CHOICES), (index) => ({ index, lon: sites.lon[index] as number, lat: sites.lat[index] as number }));
    const wanted = fold(text);
    const same = found.filter(({ index }) => sites.id(index) === text || sites.called(index).some((name) => name !== undefined && fold(name) === wanted));
    return same.length === 1 ? same : found;
  }

  // --- a box ------------------------------------------------------------------------------------------------------

  #byEdges(): void {
    const box = boxOf(this.#edges.map((field) => field.value));
    if (box) this.#set({ type: "box", box }, true);
    else this.#say("", say(this.store.state.language, "region.edges.wrong"));
  }

  draw({ region, language }: State): void {
    this.#chosen.textContent = region ? digits(1, language) : "";
    // What is being typed is left alone; an area that came from elsewhere is shown.
    if (this.element.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement) return;
    if (region?.type === "box") this.#edges.forEach((field, edge) => (field.value = String(region.box[edge])));
    if (region?.type !== "circle") return;
    this.#radius.value = String(region.metres / 1000);
    if (this.#place.value === "") this.#place.value = `${region.lat}, ${region.lon}`;
  }
}
