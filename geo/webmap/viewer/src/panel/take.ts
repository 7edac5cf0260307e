/** Take away exactly what is filtered: as a table or a layer, with the question that gives the same answer elsewhere. */

import { el, nextId, replace } from "../dom.ts";
import { commandLine, listOf } from "../find/asked.ts";
import type { Model } from "../model.ts";
import { copyText } from "../quote/copy.ts";
import { CHOOSING, type State, type Store, any } from "../state.ts";
import { answerOf, asCsv, asGeoJson, fileName } from "../take/answer.ts";
import { saveFile } from "../take/save.ts";
import { say } from "../words.ts";

export class Take {
  readonly element = el("section", { class: "take", id: nextId("take"), hidden: true });

  constructor(
    readonly model: Model,
    readonly store: Store,
  ) {
    store.listen((state, changed) => {
      if (this.isOpen && any(changed, "language", "tab", ...CHOOSING)) this.#draw(state);
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  toggle(open: boolean): void {
    this.element.hidden = !open;
    if (open) this.#draw(this.store.state);
  }

  #save(format: "csv" | "geojson"): void {
    const answer = answerOf(listOf(this.store.state.tab), this.store.state, this.model);
    if (format === "csv") void saveFile(fileName(answer, this.model, "csv"), "text/csv", asCsv(answer, this.model));
    else void saveFile(fileName(answer, this.model, "geojson"), "application/geo+json", asGeoJson(answer, this.model));
  }

  #draw(state: State): void {
    const { language } = state;
    const list = listOf(state.tab);
    const { question, count } = answerOf(list, state, this.model);
    const line = commandLine(question, "csv");
    const copied = el("span", { class: "copied", role: "status" });
    const copy = async (): Promise<void> => {
      const done = await copyText(line);
      // Not every browser lets a page from disk write there: the text is selected, ready to be copied by hand.
      if (!done) window.getSelection()?.selectAllChildren(command);
      copied.textContent = say(language, done ? "quote.copied" : "quote.select");
    };
    const command = el("code", { tabindex: 0, lang: "zxx" }, line);
    this.element.setAttribute("aria-label", say(language, "take"));
    replace(
      this.element,
      el("p", {}, say(language, list === "sites" ? "take.sites" : "take.routes", { n: count })),
      el(
        "p",
        { class: "take-buttons" },
        el("button", { type: "button", class: "plain", "data-key": "take csv", click: () => this.#save("csv") }, say(language, "take.csv")),
        el("button", { type: "button", class: "plain", "data-key": "take geojson", click: () => this.#save("geojson") }, say(language, "take.geojson")),
      ),
      el("p", { class: "facet-note" }, say(language, "take.command")),
      command,
      el("p", { class: "take-copy" }, el("button", { type: "button", class: "link", "data-key": "take copy", click: () => void copy() }, say(language, "quote.copy")), copied),
      el("p", { class: "facet-note" }, say(language, "about.version", { version: this.model.payload.atlas.version })),
    );
  }
}
