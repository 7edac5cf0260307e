/** The range of years as something to take hold of: two ends and the middle, by pointer and by keyboard. */

import { el } from "../dom.ts";
import { type Extent, monthAt } from "./scale.ts";

/** First and last month of what is chosen. */
export type Months = [number, number];
type Part = "from" | "to" | "middle" | "new";

const YEAR = 12;

/** Words for the two sliders; they change with the language. */
export interface BrushWords {
  from: string;
  to: string;
  month: (month: number) => string;
}

/** Where one end lands after a key; null when the key means nothing here. */
export function stepped(key: string, month: number, least: number, most: number): number | null {
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -YEAR, PageUp: YEAR };
  if (key === "Home") return least;
  if (key === "End") return most;
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return step === undefined ? null : Math.min(most, Math.max(least, month + step));
}

export class Brush {
  readonly element: HTMLElement;
  readonly #middle = el("div", { class: "brush-middle" });
  readonly #handles: Record<"from" | "to", HTMLElement>;
  #extent: Extent;
  #months: Months;
  #held: { part: Part; at: number; months: Months } | null = null;

  constructor(
    extent: Extent,
    /** Told of each new choice, while a pointer still moves and when it is let go. */
    readonly changed: (months: Months) => void,
  ) {
    this.#extent = extent;
    this.#months = [extent.first, extent.last];
    const handle = (end: "from" | "to"): HTMLElement =>
      el("div", {
        class: `brush-handle brush-${end}`, role: "slider", tabindex: 0, "aria-orientation": "horizontal", "data-end": end,
        keydown: (event) => this.#key(event as KeyboardEvent, end),
      });
    this.#handles = { from: handle("from"), to: handle("to") };
    this.element = el("div", { class: "brush" }, this.#middle, this.#handles.from, this.#handles.to);
    this.#listen();
  }

  /** Show what is chosen on the line as it is; ends that lie outside stand at its ends. */
  show(months: Months, extent: Extent, words: BrushWords): void {
    this.#extent = extent;
    this.#months = months;
    const size = extent.last + 1 - extent.first;
    const at = (month: number): number => Math.min(1, Math.max(0, (month - extent.first) / size));
    const [left, right] = [at(months[0]), at(months[1] + 1)];
    this.#middle.style.left = this.#handles.from.style.left = `${left * 100}%`;
    this.#middle.style.right = this.#handles.to.style.right = `${(1 - right) * 100}%`;
    this.element.classList.toggle("whole", left === 0 && right === 1);
    for (const [index, end] of (["from", "to"] as const).entries()) {
      const node = this.#handles[end];
      const month = months[index] ?? 0;
      node.setAttribute("aria-label", words[end]);
      node.setAttribute("aria-valuemin", String(Math.min(month, index === 0 ? extent.first : months[0])));
      node.setAttribute("aria-valuemax", String(Math.max(month, index === 0 ? months[1] : extent.last)));
      node.setAttribute("aria-valuenow", String(month));
      node.setAttribute("aria-valuetext", words.month(month));
    }
  }

  #key(event: KeyboardEvent, end: "from" | "to"): void {
    const [from, to] = this.#months;
    const { first, last } = this.#extent;
    const next = end === "from"
      ? stepped(event.key, from, Math.min(first, from), to) : stepped(event.key, to, from, Math.max(last, to));
    if (next === null) return;
    event.preventDefault();
    this.changed(end === "from" ? [next, to] : [from, next]);
  }

  /** The month under a pointer. */
  #month(event: PointerEvent): number {
    const box = this.element.getBoundingClientRect();
    return monthAt(event.clientX - box.left, this.#extent, box.width);
  }

  #partAt(event: PointerEvent): Part {
    const node = event.target as HTMLElement;
    const end = node.dataset["end"];
    if (end === "from" || end === "to") return end;
    // While all years are chosen there is nothing to shift: a stroke over the line marks a new stretch.
    return node === this.#middle && !this.element.classList.contains("whole") ? "middle" : "new";
  }

  #listen(): void {
    this.element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.#held = { part: this.#partAt(event), at: this.#month(event), months: this.#months };
      this.element.setPointerCapture(event.pointerId);
      this.element.classList.add("held");
      const { part } = this.#held;
      this.#handles[part === "to" ? "to" : "from"].focus({ preventScroll: true });
      event.preventDefault();
    });
    this.element.addEventListener("pointermove", (event) => this.#move(event));
    const drop = (): void => {
      this.#held = null;
      this.element.classList.remove("held");
    };
    this.element.addEventListener("pointerup", drop);
    this.element.addEventListener("pointercancel", drop);
  }

  #move(event: PointerEvent): void {
    if (!this.#held) return;
    const { part, at, months: [from, to] } = this.#held;
    const { first, last } = this.#extent;
    const here = this.#month(event);
    let next: Months;
    if (part === "from") next = [Math.min(here, to), to];
    else if (part === "to") next = [from, Math.max(here, from)];
    else if (part === "new") {
      if (here === at) return;
      next = [Math.min(at, here), Math.max(at, here)];
    } else {
      const by = Math.min(last - to, Math.max(first - from, here - at));
      next = [from + by, to + by];
    }
    if (next[0] !== this.#months[0] || next[1] !== this.#months[1]) this.changed(next);
  }
}
