/** On a small screen list and card are sheets over the map. A button steps through their heights; dragging is a shortcut. */

import { el } from "../dom.ts";

export type Level = "peek" | "half" | "full";

/** Movement below which a press on the grip is a press and not a drag. */
const SLOP_PX = 6;

export function isPhone(): boolean {
  return window.matchMedia("(max-width: 699px)").matches;
}

export class Sheet {
  readonly grip = el("button", { type: "button", class: "grip" }, el("span"));
  #level: Level;

  constructor(
    readonly element: HTMLElement,
    readonly levels: readonly Level[],
    /** What happens when the sheet is dragged below its lowest height. */
    readonly dismiss?: () => void,
  ) {
    this.#level = levels[0] ?? "half";
    element.classList.add("sheet");
    this.set(this.#level);
    this.#listen();
  }

  get level(): Level {
    return this.#level;
  }

  set(level: Level): void {
    this.#level = level;
    this.element.dataset["level"] = level;
    this.grip.setAttribute("aria-expanded", String(level === this.levels.at(-1)));
  }

  #step(): void {
    const next = this.levels[(this.levels.indexOf(this.#level) + 1) % this.levels.length];
    if (next) this.set(next);
  }

  #listen(): void {
    let from: { y: number; height: number } | null = null;
    let moved = false;
    this.grip.addEventListener("pointerdown", (event) => {
      from = { y: event.clientY, height: this.element.offsetHeight };
      moved = false;
      this.grip.setPointerCapture(event.pointerId);
    });
    this.grip.addEventListener("pointermove", (event) => {
      if (!from) return;
      const by = from.y - event.clientY;
      if (!moved && Math.abs(by) < SLOP_PX) return;
      moved = true;
      this.element.classList.add("dragged");
      this.element.style.height = `${Math.max(40, from.height + by)}px`;
    });
    const drop = (): void => {
      if (from && moved) this.#land(this.element.offsetHeight);
      from = null;
      this.element.classList.remove("dragged");
      this.element.style.removeProperty("height");
    };
    this.grip.addEventListener("pointerup", drop);
    this.grip.addEventListener("pointercancel", () => {
      drop();
      // No click follows that would end the drag: the next press is a press.
      moved = false;
    });
    this.grip.addEventListener("click", (event) => {
      event.preventDefault();
      if (!moved) this.#step();
      moved = false;
    });
  }

  #land(height: number): void {
    const room = window.innerHeight;
    if (this.dismiss && height < room * 0.22) {
      this.dismiss();
      return;
    }
    const heights: Record<Level, number> = { peek: 150, half: room * 0.5, full: room * 0.9 };
    const nearest = [...this.levels].sort((a, b) => Math.abs(heights[a] - height) - Math.abs(heights[b] - height))[0];
    if (nearest) this.set(nearest);
  }
}
