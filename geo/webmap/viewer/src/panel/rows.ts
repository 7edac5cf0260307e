/**
 * Very many rows of one height of which only those near the window are in the page. They are as high as all of them, up to what
 * browsers can lay out; beyond that a turn of the wheel still moves by rows, and the bar of the window by parts of the whole.
 */

import { el } from "../dom.ts";

/** Browsers lay out boxes of 17 million pixels and more; Firefox the fewest. */
const TALLEST_PX = 8_000_000;
/** So many rows above and below the window are kept ready. */
const SPARE = 8;

export interface RowSource {
  count: number;
  make: (row: number) => HTMLElement;
}

/** Where the first row in sight lies when a box of all rows, not as tall as them, is scrolled. Pure. */
export class Scale {
  readonly total: number;
  readonly height: number;
  /** By how much the rows lie further down than the box can say. */
  #shift = 0;
  #last = 0;

  constructor(
    readonly count: number,
    readonly row: number,
    readonly tallest = TALLEST_PX,
  ) {
    this.total = count * row;
    this.height = Math.min(this.total, tallest);
  }

  /** How far down in all rows the window begins, when it begins so far down in the box. */
  at(top: number, view: number): number {
    if (this.total === this.height) return top;
    const [room, all] = [this.height - view, this.total - view];
    // A turn of the wheel moves by what it says; a far jump of the bar goes to that part of the whole.
    const inside = Math.min(room, Math.max(0, top));
    if (Math.abs(top - this.#last) > view || inside !== top) this.#shift = Math.round((inside / room) * all - inside);
    this.#last = top;
    return Math.min(all, Math.max(0, top + this.#shift));
  }

  /** How far down the box is to be scrolled so that the window begins there in all rows. */
  to(place: number, view: number): number {
    if (this.total === this.height) return place;
    const [room, all] = [this.height - view, this.total - view];
    const top = Math.round((place / all) * room);
    this.#shift = Math.round(place - top);
    this.#last = top;
    return top;
  }

  /** Where in the box a row stands, as it is scrolled now. */
  placeOf(row: number): number {
    return row * this.row - this.#shift;
  }
}

export class Rows {
  readonly element = el("div", { class: "rows", role: "list" });
  readonly #made = new Map<number, HTMLElement>();
  #source: RowSource = { count: 0, make: () => el("div") };
  #scale = new Scale(0, 1);
  #scroller: HTMLElement | null = null;
  #frame = 0;
  readonly #size = new ResizeObserver(() => this.draw());
  readonly #gone = new AbortController();

  constructor() {
    this.#size.observe(this.element);
  }

  /** Hear of the window no more: other rows take the place of these. */
  leave(): void {
    this.#gone.abort();
    this.#size.disconnect();
    window.cancelAnimationFrame(this.#frame);
  }

  /** Show other rows, of this height. */
  show(source: RowSource, height: number): void {
    this.#source = source;
    this.#scale = new Scale(source.count, height);
    this.#made.clear();
    this.element.replaceChildren();
    this.element.style.height = `${this.#scale.height}px`;
    this.draw();
  }

  /** Make the rows that are in sight and let go of the others; the one that holds the focus stays. */
  draw(): void {
    const scroller = this.#find();
    if (!scroller || this.#source.count === 0) return;
    const view = scroller.clientHeight;
    const top = scroller.getBoundingClientRect().top - this.element.getBoundingClientRect().top;
    const begin = this.#scale.at(top, view);
    const { row } = this.#scale;
    const from = Math.max(0, Math.floor(begin / row) - SPARE);
    const to = Math.min(this.#source.count, Math.max(0, Math.ceil((begin + view + Math.min(0, top)) / row)) + SPARE);
    for (const [index, node] of this.#made) {
      if ((index >= from && index < to) || node.contains(document.activeElement)) continue;
      node.remove();
      this.#made.delete(index);
    }
    for (let index = from; index < to; index += 1) this.#row(index);
    for (const [index, node] of this.#made) node.style.top = `${this.#scale.placeOf(index)}px`;
  }

  #row(index: number): HTMLElement {
    const known = this.#made.get(index);
    if (known) return known;
    const node = this.#source.make(index);
    node.classList.add("row-item");
    this.#made.set(index, node);
    // In the page they stand in their order: that is the order in which the keyboard and a screen reader meet them.
    const after = [...this.#made.keys()].filter((other) => other > index);
    const next = after.length > 0 ? this.#made.get(Math.min(...after)) : undefined;
    this.element.insertBefore(node, next ?? null);
    return node;
  }

  /** A row that is in the page. */
  made(index: number): HTMLElement | null {
    return this.#made.get(index) ?? null;
  }

  /** The row that holds an element; -1: none does. */
  rowOf(node: Node): number {
    for (const [index, made] of this.#made) if (made.contains(node)) return index;
    return -1;
  }

  /** How many rows the window holds. */
  get page(): number {
    return Math.max(1, Math.floor((this.#scroller?.clientHeight ?? 0) / this.#scale.row) - 2);
  }

  /** Bring a row into sight, `under` pixels below the top of the window at least, and return it. */
  reveal(index: number, under: number): HTMLElement {
    const scroller = this.#find();
    if (scroller) {
      const view = scroller.clientHeight;
      const offset = this.element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
      const begin = this.#scale.at(scroller.scrollTop - offset, view);
      const [first, last] = [index * this.#scale.row - under, (index + 1) * this.#scale.row - view + 8];
      const wanted = begin > first ? first : begin < last ? last : begin;
      if (wanted !== begin) {
        const near = Math.abs(wanted - begin) < view;
        const top = near ? scroller.scrollTop - offset + (wanted - begin) : this.#scale.to(wanted, view);
        scroller.scrollTop = top + offset;
        this.draw();
      }
    }
    return this.#row(index);
  }

  /** The box that scrolls these rows, once they are in the page. */
  #find(): HTMLElement | null {
    if (this.#scroller?.isConnected && this.#scroller.contains(this.element)) return this.#scroller;
    for (let node = this.element.parentElement; node; node = node.parentElement) {
      if (!/auto|scroll/.test(getComputedStyle(node).overflowY)) continue;
      this.#scroller = node;
      node.addEventListener("scroll", () => {
        // One drawing a frame, whatever the wheel says meanwhile.
        this.#frame ||= window.requestAnimationFrame(() => {
          this.#frame = 0;
          this.draw();
        });
      }, { passive: true, signal: this.#gone.signal });
      return node;
    }
    return null;
  }
}
