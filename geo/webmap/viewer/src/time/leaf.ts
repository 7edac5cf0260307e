/** The leaf that opens over the line of time: one event, several that stand close, or all of them in order. */

import { el, nextId, replace } from "../dom.ts";
import type { Model } from "../model.ts";
import type { Happening } from "../payload.ts";
import type { Store } from "../state.ts";
import { icon } from "../symbols.ts";
import { say } from "../words.ts";
import { eventItem } from "./events.ts";

export interface Told {
  heading: string;
  events: readonly Happening[];
  /** Events that only possibly lie in the chosen years. */
  possible: ReadonlySet<string>;
  /** Where on the line it belongs, in pixels; none for the list of all. */
  at?: number;
}

export class Leaf {
  readonly element = el("section", { class: "leaf", tabindex: -1, hidden: true });
  #opener: HTMLElement | null = null;
  #tell: (() => Told) | null = null;

  constructor(
    readonly model: Model,
    readonly store: Store,
  ) {
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Open it; `tell` is asked again whenever language or years change. */
  open(opener: HTMLElement, tell: () => Told): void {
    this.#opener = opener;
    this.#tell = tell;
    this.element.hidden = false;
    this.draw();
    this.element.scrollTop = 0;
    this.element.focus({ preventScroll: true });
  }

  /** Close it and give the focus back to what opened it. */
  close(): void {
    if (!this.isOpen) return;
    this.element.hidden = true;
    this.#tell = null;
    if (this.#opener?.isConnected) this.#opener.focus({ preventScroll: true });
  }

  /** Closed by a way that sets the focus itself. */
  leave(): void {
    this.element.hidden = true;
    this.#tell = null;
  }

  draw(): void {
    if (!this.#tell) return;
    const { heading, events, possible, at } = this.#tell();
    const { language } = this.store.state;
    const id = nextId("leaf");
    this.element.setAttribute("aria-labelledby", id);
    this.element.classList.toggle("leaf-all", at === undefined);
    const width = this.element.parentElement?.clientWidth ?? 0;
    this.element.style.left = at === undefined ? "" : `${Math.max(8, Math.min(at - 210, width - 428))}px`;
    replace(
      this.element,
      el(
        "div",
        { class: "leaf-head" },
        el("h2", { id }, heading),
        el("button", { type: "button", class: "close", "aria-label": say(language, "card.close"), click: () => this.close() }, icon("close")),
      ),
      el("ol", { class: "events" }, ...events.map((event) => eventItem(event, this.model, this.store, possible.has(event.id), () => this.leave()))),
    );
  }
}
