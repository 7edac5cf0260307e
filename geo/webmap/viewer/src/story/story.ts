/** A guided reading: chapters beside the map, one after the other; each sets what the map shows. It can be left at any point. */

import { el, replace } from "../dom.ts";
import { UNFILTERED } from "../find/asked.ts";
import type { Model } from "../model.ts";
import type { Chapter } from "../payload.ts";
import { CHOOSING, type State, type Store, type View } from "../state.ts";
import { icon } from "../symbols.ts";
import { pick, say } from "../words.ts";
import { type ChapterParts, chapterParts } from "./chapter.ts";

/** What the reading needs of the map and the records. */
export interface Stage {
  /** Show a part of the map: west, south, east, north. */
  frame: (bounds: NonNullable<Chapter["bounds"]>) => void;
  /** Show what was seen before; null is all of the map. */
  giveBack: (view: View | null) => void;
  named: (id: string) => HTMLElement;
  /** What a chapter asks, as choices of the reader. */
  asked: (chapter: Chapter) => Partial<State>;
}

/** Time for the scrolling hand to come to rest before the map moves. */
const REST_MS = 140;
const KEYS: ReadonlyMap<string, number> = new Map([["ArrowRight", 1], ["PageDown", 1], ["ArrowLeft", -1], ["PageUp", -1]]);

/** The filters of the reader, to be given back. */
function filtersOf(state: State): Partial<State> {
  return Object.fromEntries([...CHOOSING, "unread" as const, "tab" as const].map((key) => [key, state[key]]));
}

export class Story {
  readonly element = el("section", { class: "story", tabindex: -1, hidden: true });
  /** Begins the reading; hidden on a page that has none. */
  readonly opener = el("button", { type: "button", class: "story-open" });
  readonly #scroller = el("div", { class: "story-scroll" });
  readonly #head = el("div", { class: "story-head" });
  readonly #foot = el("div", { class: "story-foot" });
  readonly #chapters: readonly Chapter[];
  #parts: ChapterParts[] = [];
  /** Gives the reader back what was there before. */
  #restore: (() => void) | null = null;
  #scrolled = false;
  #rest = 0;

  constructor(
    readonly model: Model,
    readonly store: Store,
    readonly stage: Stage,
    /** The page makes room for the reading, or takes it back. */
    readonly onOpen: (open: boolean) => void,
  ) {
    this.#chapters = model.payload.page.chapters;
    this.opener.hidden = this.#chapters.length === 0;
    this.opener.addEventListener("click", () => this.store.set({ chapter: 0 }));
    this.element.append(this.#head, this.#scroller, this.#foot);
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.#scroller.addEventListener("scroll", () => this.#watch(), { passive: true });
    store.listen((state, changed) => {
      if (changed.has("chapter")) this.#follow(state);
      else if (changed.has("language")) this.#draw(state);
    });
    this.#draw(store.state);
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Open the chapter that the address asked for; leaving it gives the page as it opens. */
  begin(): void {
    const { state } = this.store;
    if (state.chapter === null) return;
    if (this.#chapters[state.chapter]) this.#follow(state, true);
    else this.store.set({ chapter: null });
  }

  leave(): void {
    this.store.set({ chapter: null });
  }

  #go(by: number): void {
    const { chapter } = this.store.state;
    const next = (chapter ?? 0) + by;
    if (this.#chapters[next]) this.store.set({ chapter: next });
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = KEYS.get(event.key);
    if (event.key === "Escape") this.leave();
    else if (by !== undefined) this.#go(by);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Where the reader has scrolled to decides the chapter, once the scrolling rests. */
  #watch(): void {
    window.clearTimeout(this.#rest);
    this.#rest = window.setTimeout(() => {
      const { chapter } = this.store.state;
      if (chapter === null) return;
      const line = this.#scroller.getBoundingClientRect().top + this.#scroller.clientHeight * 0.4;
      const at = this.#parts.findLastIndex((part) => part.element.getBoundingClientRect().top <= line);
      if (at < 0 || at === chapter) return;
      this.#scrolled = true;
      this.store.set({ chapter: at });
      this.#scrolled = false;
    }, REST_MS);
  }

  #follow(state: State, fresh = false): void {
    const at = state.chapter;
    const chapter = at === null ? undefined : this.#chapters[at];
    if (at === null || !chapter) {
      this.#close();
      return;
    }
    const opening = !this.isOpen;
    if (opening) this.#open(state, fresh);
    this.#mark(at);
    const part = this.#parts[at];
    if (part && !this.#scrolled) {
      this.#align(at);
      part.heading.focus({ preventScroll: true });
      // The letters of a page that has just opened come a moment later, and are of another height.
      if (fresh) void document.fonts.ready.then(() => (this.store.state.chapter === at ? this.#align(at) : undefined));
    }
    this.store.set({ ...UNFILTERED, ...this.stage.asked(chapter), chosen: null, crowd: [], hint: chapter.records[0] ?? null });
    if (chapter.bounds) this.stage.frame(chapter.bounds);
  }

  #open(state: State, fresh: boolean): void {
    const filters = fresh ? UNFILTERED : filtersOf(state);
    const chosen = fresh ? null : state.chosen;
    const view = fresh ? null : state.view;
    this.element.hidden = false;
    this.onOpen(true);
    this.#restore = () => {
      this.store.set({ ...filters, chosen, hint: null });
      // Apart, and last: a record that opens again moves the map.
      this.stage.giveBack(view);
    };
  }

  #close(): void {
    if (!this.isOpen) return;
    const held = this.element.contains(document.activeElement);
    this.element.hidden = true;
    this.onOpen(false);
    this.#restore?.();
    this.#restore = null;
    if (held && this.store.state.chosen === null) this.opener.focus({ preventScroll: true });
  }

  /** Say which chapter is open. */
  #mark(at: number): void {
    const { language } = this.store.state;
    this.#parts.forEach((part, index) => part.element.classList.toggle("now", index === at));
    const step = (by: number, label: string): HTMLElement =>
      el("button", { type: "button", class: "plain", "data-by": by, "aria-disabled": this.#chapters[at + by] ? undefined : "true", click: () => this.#go(by) }, label);
    const held = document.activeElement instanceof HTMLElement && this.#foot.contains(document.activeElement) ? document.activeElement.dataset["by"] : undefined;
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, ...this.#chapters.map((_, index) => el("span", { class: index === at ? "dot now" : "dot" })));
    replace(
      this.#foot,
      step(-1, say(language, "story.back")),
      el("span", { class: "where" }, el("span", {}, say(language, "story.progress", { n: at + 1, all: this.#chapters.length })), dots),
      step(1, say(language, "story.next")),
    );
    if (held) this.#foot.querySelector<HTMLElement>(`[data-by="${held}"]`)?.focus();
  }

  #draw(state: State): void {
    const { language } = state;
    const count = this.#chapters.length;
    if (count === 0) return;
    const name = say(language, "story.begin");
    this.element.setAttribute("aria-label", name);
    replace(this.opener, el("span", {}, name), " ", el("span", { class: "more" }, say(language, "story.chapters", { n: count })));
    replace(
      this.#head,
      // The list, where the title stands, gives way to the reading.
      el("h1", { class: "unseen" }, pick(this.model.payload.page.title, language).text),
      el("span", { class: "story-name" }, name),
      el("button", { type: "button", class: "leave", click: () => this.leave() }, el("span", {}, say(language, "story.leave")), icon("close")),
    );
    const { sources } = this.model.payload;
    this.#parts = this.#chapters.map((chapter, index) => chapterParts({ chapter, index, count, language, sources, named: this.stage.named }));
    replace(this.#scroller, ...this.#parts.map((part) => part.element));
    if (state.chapter === null || !this.isOpen) return;
    this.#mark(state.chapter);
    this.#align(state.chapter);
  }

  /** Bring a chapter to the top of what is seen. */
  #align(at: number): void {
    const part = this.#parts[at];
    if (part) this.#scroller.scrollTop += part.element.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
  }
}
