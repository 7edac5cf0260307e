/** The line of time below the map: events as marks, the years to choose, and the records that no year can hold. */

import { edtfWords, whenWords } from "../dates.ts";
import { el, nextId, replace, svg } from "../dom.ts";
import type { Model } from "../model.ts";
import { digits } from "../numbers.ts";
import type { Days, Happening, Language } from "../payload.ts";
import { CHOOSING, type State, type Store, type Years, any } from "../state.ts";
import { NEUTRAL, colour, icon } from "../symbols.ts";
import { labelled, say } from "../words.ts";
import { type Mark, dayOfEvent, marksOn, parted, stretchesOn } from "./bins.ts";
import { Brush, type Months } from "./brush.ts";
import { COLUMNS_PX, type Column, MARKS_PX, drawLine } from "./drawing.ts";
import { themeDot } from "./events.ts";
import { Fields } from "./fields.ts";
import { Leaf, type Told } from "./leaf.ts";
import { type Extent, dayOf, extentOf, firstDay, monthOf, monthText, place, yearsOf } from "./scale.ts";
import { timing } from "../find/timing.ts";
import { isOpen, yearsWords } from "./years.ts";

/** A closer look shows the chosen years with half as much again on both sides, and no less than this. */
const CLOSEST_MONTHS = 24;
/** What changes the columns of the line: all filters but the years themselves. */
const OTHERS = CHOOSING.filter((key) => key !== "years");

export class TimeLine {
  readonly element = el("section", { class: "time" });
  /** The whole line; null when nothing of the page has a date. */
  readonly #whole: Extent | null;
  /** The part of it that is looked at. */
  #extent: Extent;
  readonly #brush: Brush | null;
  readonly #fields: Fields;
  readonly #leaf: Leaf;
  readonly #ground = el("div", { class: "time-ground" });
  readonly #marks = el("div", { class: "time-marks", role: "group" });
  readonly #line = el("div", { class: "time-line" });
  readonly #body = el("div", { class: "time-body", id: nextId("time") });
  readonly #title = el("h2", { class: "time-title" });
  readonly #toggle = el("button", { type: "button", class: "time-toggle", "aria-controls": this.#body.id, "aria-expanded": "false" });
  readonly #span = el("p", { class: "time-span" });
  readonly #tally = el("p", { class: "time-tally" });
  readonly #all = el("button", { type: "button", class: "link", click: () => this.store.set({ years: null }) });
  readonly #closer = el("button", { type: "button", class: "link", click: () => this.#look() });
  readonly #undated = el("button", { type: "button", class: "time-undated link", click: () => this.#bin() });
  readonly #list = el("button", { type: "button", class: "time-list link", click: () => this.#tellAll() });
  readonly #key = el("p", { class: "time-key" });
  /** The years that were chosen before the undated records were asked for. */
  #aside: Years | null = null;
  #width = 0;
  #frame = 0;

  constructor(
    readonly model: Model,
    readonly store: Store,
  ) {
    const { payload } = model;
    const days = [...payload.events, ...payload.routes].flatMap((record) => record.days ?? []).concat(payload.sites.times.flatMap((time) => time ?? []));
    this.#whole = extentOf(payload.atlas.timeline, days);
    this.#extent = this.#whole ?? { first: 0, last: 11 };
    // A page without places and journeys has nothing that years could choose from: its line only tells the events.
    this.#brush = this.#records() ? new Brush(this.#extent, (months) => this.#choose(months)) : null;
    this.#fields = new Fields((months) => this.#choose(months));
    this.#leaf = new Leaf(model, store);
    this.element.hidden = this.#whole === null;
    this.element.classList.toggle("bare", this.#brush === null);
    if (this.#whole) this.#build();
  }

  #build(): void {
    const choice = this.#brush ? [this.#fields.element, this.#all, this.#closer, this.#tally, this.#undated] : [];
    const head = el("div", { class: "time-head" }, this.#title, ...choice, this.#list);
    this.#line.append(this.#ground, ...(this.#brush ? [this.#brush.element] : []), this.#marks);
    this.#body.append(head, this.#line, this.#key);
    this.#toggle.append(this.#span, icon("chevron"));
    this.element.append(this.#toggle, this.#body, this.#leaf.element);
    this.#toggle.addEventListener("click", () => this.#unfold(!this.element.classList.contains("open")));
    this.#marks.addEventListener("keydown", (event) => this.#step(event));
    new ResizeObserver(() => {
      const width = this.#line.clientWidth;
      if (width === this.#width) return;
      this.#width = width;
      this.#drawLine(this.store.state);
    }).observe(this.#line);
    this.store.listen((state, changed) => {
      if (any(changed, "language", "tab", "years", "off", ...OTHERS)) this.#say(state);
      if (any(changed, "language", "tab", ...OTHERS)) this.#later();
      else if (changed.has("years")) this.#dim(state);
      if (any(changed, "language", "years")) this.#leaf.draw();
      if (changed.has("chosen") && state.chosen) this.#leaf.leave();
    });
    this.#say(this.store.state);
  }

  /** On a small screen: the bar opens to the full line and closes again. */
  #unfold(open: boolean): void {
    this.element.classList.toggle("open", open);
    this.#toggle.setAttribute("aria-expanded", String(open));
    if (!open) this.#leaf.leave();
  }

  /** Whether the page holds records with a time. */
  #records(): boolean {
    return this.model.sites.count + this.model.payload.routes.length > 0;
  }

  #months({ years }: State): Months {
    const whole = this.#whole ?? this.#extent;
    if (!years) return [whole.first, whole.last];
    return [isOpen(years.from) ? whole.first : monthOf(years.from), isOpen(years.to) ? whole.last : monthOf(years.to)];
  }

  #choose([from, to]: Months): void {
    const whole = this.#whole ?? this.#extent;
    const years = from <= whole.first && to >= whole.last && from >= whole.first && to <= whole.last ? null : yearsOf(from, to);
    const now = this.store.state.years;
    if (years?.from === now?.from && years?.to === now?.to) return;
    this.store.set({ years, ...(this.store.state.only === "undated" ? { only: null } : {}) });
  }

  /** The times of the records of the list that is open, as the other filters leave them, and how many have each. */
  #times(state: State): { days?: Days; count: number }[] {
    const open = { ...state, years: null, only: state.only === "undated" ? null : state.only };
    if (state.tab === "routes") return this.model.chosenRoutes(open).map(({ days }) => ({ ...(days ? { days } : {}), count: 1 }));
    const { list, sites } = this.model;
    const counts = list.left(open).selection.perCode(sites.column("days"));
    return sites.times.map((days, code) => ({ ...(days ? { days } : {}), count: counts[code] ?? 0 }));
  }

  /** All that is words; the line itself is not touched. */
  #say(state: State): void {
    const { language, years } = state;
    const months = this.#months(state);
    const [from, to] = [digits(Math.floor((this.#whole?.first ?? 0) / 12), language), digits(Math.floor((this.#whole?.last ?? 0) / 12), language)];
    const span = years ? yearsWords(years, language) : say(language, "date.between", { from, to });
    this.element.setAttribute("aria-label", say(language, "time"));
    this.#title.textContent = say(language, "time");
    const month = (value: number): string => edtfWords(monthText(value), language);
    this.#brush?.show(months, this.#extent, { from: say(language, "time.begin"), to: say(language, "time.end"), month });
    this.#fields.show(months, language);
    this.#all.textContent = say(language, "time.all");
    this.#all.hidden = years === null;
    const closer = this.#extent !== this.#whole;
    this.#closer.textContent = say(language, closer ? "time.whole" : "time.closer");
    this.#closer.hidden = years === null && !closer;
    const counts = { certain: 0, possible: 0, undated: 0, out: 0 };
    for (const time of this.#times(state)) counts[years || !time.days ? timing(time, years ?? { from: "", to: "" }) : "certain"] += time.count;
    const kind = state.tab === "routes" ? "time.routes" : "time.places";
    this.#tally.textContent = years ? [
      say(language, kind, { n: counts.certain }), counts.possible > 0 ? say(language, "time.more", { n: counts.possible }) : "",
    ].filter(Boolean).join(", ") : "";
    replace(this.#span, `${say(language, "time")} `, el("b", {}, span), this.#tally.textContent ? el("span", { class: "tally-small" }, ` · ${this.#tally.textContent}`) : null);
    this.#undated.textContent = say(language, "count.undated", { n: counts.undated });
    this.#undated.hidden = counts.undated === 0;
    this.#undated.setAttribute("aria-pressed", String(state.only === "undated"));
    this.#list.textContent = say(language, "time.list", { n: this.model.payload.events.length });
    this.#list.hidden = this.model.payload.events.length === 0;
    this.#marks.setAttribute("aria-label", say(language, "time.marks"));
    this.#key.textContent = this.#brush ? say(language, state.tab === "routes" ? "time.key.routes" : "time.key.places") : "";
  }

  /** Draw the line when the browser next draws: several changes at once are one. */
  #later(): void {
    window.cancelAnimationFrame(this.#frame);
    this.#frame = window.requestAnimationFrame(() => this.#drawLine(this.store.state));
  }

  #columns(state: State, extent = this.#extent): Column[] {
    if (!this.#brush) return [];
    const dated = this.#times(state).filter((time) => time.days && time.count > 0);
    const years: Column[] = [];
    for (let year = Math.floor(extent.first / 12); year * 12 <= extent.last; year += 1) {
      const column = { year, certain: 0, possible: 0 };
      const days = yearsOf(year * 12, year * 12 + 11);
      for (const time of dated) {
        const when = timing(time, days);
        if (when === "certain" || when === "possible") column[when] += time.count;
      }
      years.push(column);
    }
    return years;
  }

  #drawLine(state: State): void {
    if (this.#width === 0) return;
    const { before, on, after } = parted(this.model.payload.events, this.#extent);
    const stretches = stretchesOn(this.model.payload.events, this.#extent, this.#width);
    const focused = document.activeElement instanceof HTMLElement && this.#marks.contains(document.activeElement) ? document.activeElement.dataset["events"] : undefined;
    replace(this.#ground, drawLine(this.#extent, this.#width, this.#columns(state), stretches, this.model, state.language));
    const marks = marksOn(on, this.#extent, this.#width).map((mark) => this.#mark(mark, state));
    const edge = (events: Happening[], key: "time.before" | "time.after", month: number): HTMLElement[] =>
      events.length > 0 ? [this.#edge(events, key, month, state)] : [];
    replace(
      this.#marks,
      ...edge(before, "time.before", this.#extent.first), ...marks, ...edge(after, "time.after", this.#extent.last + 1),
    );
    const drawn = [...this.#marks.querySelectorAll<HTMLElement>(".event-mark")];
    // The keyboard stays at the mark that now tells the first of those events.
    const [wanted] = focused?.split(" ") ?? [];
    const entry = drawn.find((mark) => wanted !== undefined && mark.dataset["events"]?.split(" ").includes(wanted)) ?? drawn[0];
    if (entry) entry.tabIndex = 0;
    if (focused !== undefined) entry?.focus({ preventScroll: true });
    this.#dim(state);
  }

  #button(events: Happening[], label: string, heading: () => string, at: number, ...content: (Node | string)[]): HTMLElement {
    const button = el("button", {
      type: "button", class: "event-mark", tabindex: -1, "aria-label": label, title: label, "data-events": events.map((event) => event.id).join(" "),
      click: () => this.#leaf.open(button, () => ({ ...this.#told(events, heading()), at: at + this.#line.offsetLeft })),
    });
    button.append(...content);
    return button;
  }

  #mark({ x, events }: Mark, state: State): HTMLElement {
    const { language } = state;
    const [first] = events;
    const alone = events.length === 1 && first;
    const label = alone ? labelled(whenWords(first, language), first.title, language) : this.#groupWords(events, language);
    const themes = [...new Set(events.map((event) => event.theme))];
    const content = alone ? [themeDot(first.theme, this.model)]
      : [el("span", { class: "event-number" }, digits(events.length, language)), el("span", { class: "event-themes" }, ...themes.map((theme) => themeDot(theme, this.model)))];
    const heading = (): string => say(this.store.state.language, "time.events", { n: events.length });
    const button = this.#button(events, label, heading, x, ...content);
    button.classList.toggle("event-group", !alone);
    button.style.left = `${x}px`;
    return button;
  }

  #groupWords(events: readonly Happening[], language: Language): string {
    const [first, last] = [events[0], events.at(-1)];
    const span = first && last ? `, ${say(language, "date.between", { from: edtfWords(first.date, language), to: edtfWords(last.date, language) })}` : "";
    return say(language, "time.events", { n: events.length }) + span;
  }

  /** The events before the line, or after it. */
  #edge(events: Happening[], key: "time.before" | "time.after", month: number, { language }: State): HTMLElement {
    const words = (): string => {
      const year = edtfWords(month % 12 === 0 ? monthText(month).slice(0, 4) : monthText(month), this.store.state.language);
      return `${say(this.store.state.language, "time.events", { n: events.length })} ${say(this.store.state.language, key, { year })}`;
    };
    const x = place(dayOf(firstDay(month)), this.#extent, this.#width);
    const number = el("span", { class: "event-number" }, digits(events.length, language));
    const button = this.#button(events, words(), words, x, key === "time.before" ? "‹ " : "", number, key === "time.after" ? " ›" : "");
    button.style.left = `${x}px`;
    button.classList.add("event-group", "event-edge", key === "time.before" ? "event-before" : "event-after");
    return button;
  }

  /** Marks of events outside of the chosen years step back. */
  #dim({ years }: State): void {
    const meets = new Set(this.model.payload.events.filter((event) => !years || timing(event, years) !== "out").map((event) => event.id));
    for (const mark of this.#marks.querySelectorAll<HTMLElement>(".event-mark")) {
      mark.classList.toggle("outside", !(mark.dataset["events"] ?? "").split(" ").some((id) => meets.has(id)));
    }
  }

  #step(event: KeyboardEvent): void {
    const marks = [...this.#marks.querySelectorAll<HTMLElement>(".event-mark")];
    const here = marks.indexOf(event.target as HTMLElement);
    const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: marks.length - 1 }[event.key];
    const next = to === undefined ? undefined : marks[to];
    if (here < 0 || !next) return;
    event.preventDefault();
    for (const mark of marks) mark.tabIndex = mark === next ? 0 : -1;
    next.focus({ preventScroll: true });
  }

  #told(events: readonly Happening[], heading: string): Told {
    const { years } = this.store.state;
    const possible = years ? events.filter((event) => timing(event, years) === "possible").map((event) => event.id) : [];
    return { heading, events, possible: new Set(possible) };
  }

  /** All events in words; while years are chosen, those that meet them. */
  #tellAll(): void {
    const { events } = this.model.payload;
    this.#leaf.open(this.#list, () => {
      const { years, language } = this.store.state;
      if (!years) return this.#told(events, say(language, "time.list", { n: events.length }));
      const inside = events.filter((event) => timing(event, years) !== "out");
      return this.#told(inside, say(language, "time.within", { shown: inside.length, n: events.length, years: yearsWords(years, language) }));
    });
  }

  /** The line as it stands for paper, with the chosen years marked and each event as a dot. */
  strip(width: number): HTMLElement | null {
    const { state } = this.store;
    const whole = this.#whole;
    if (!whole) return null;
    const { events } = this.model.payload;
    const [from, to] = this.#months(state);
    const at = (month: number): number => Math.min(width, Math.max(0, place(dayOf(firstDay(month)), whole, width)));
    const drawing = drawLine(whole, width, this.#columns(state, whole), stretchesOn(events, whole, width), this.model, state.language);
    const dots = parted(events, whole).on.map((event) =>
      svg("circle", {
        class: "strip-event", cx: place(dayOfEvent(event) ?? 0, whole, width), cy: MARKS_PX / 2, r: 3.5,
        fill: colour(this.model.payload.terms.themes[event.theme]?.colour, NEUTRAL),
      }));
    const chosen = svg("rect", { class: "strip-chosen", x: at(from), y: MARKS_PX, width: at(to + 1) - at(from), height: COLUMNS_PX });
    drawing.append(...dots, chosen);
    const years = state.years ? yearsWords(state.years, state.language) : "";
    return el("figure", { class: "time-strip" }, el("figcaption", {}, `${labelled(say(state.language, "time"), years, state.language)}. ${this.#key.textContent ?? ""}`), drawing);
  }

  /** The undated records alone, and back to what was chosen before. */
  #bin(): void {
    const { only, years } = this.store.state;
    if (only === "undated") this.store.set({ only: null, years: this.#aside });
    else {
      this.#aside = years;
      this.store.set({ only: "undated", years: null });
    }
  }

  /** Look at the chosen years alone, or at the whole line again. */
  #look(): void {
    const whole = this.#whole ?? this.#extent;
    const { years } = this.store.state;
    if (this.#extent !== whole || !years) this.#extent = whole;
    else {
      const [from, to] = this.#months(this.store.state);
      const room = Math.max(Math.ceil((to - from + 1) / 4), Math.ceil((CLOSEST_MONTHS - (to - from + 1)) / 2));
      this.#extent = { first: Math.max(whole.first, from - room), last: Math.min(whole.last, to + room) };
      if (this.#extent.first > this.#extent.last) this.#extent = whole;
    }
    this.#say(this.store.state);
    this.#drawLine(this.store.state);
  }
}
