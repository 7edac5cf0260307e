/** Signs, trays and groups as they are drawn on a canvas: they look like those that the styles make of elements (styles/map.css). */

import type { Language } from "../payload.ts";
import { ACCENT, INK, NEUTRAL, PAPER, RIM, type SignLook, inkOf, outlineOf } from "../symbols.ts";

export const SIGN_PX = 17;
/** The sign of a place that is known only as an area is smaller: a dashed ring lies around it. */
export const ROUGH_PX = SIGN_PX - 3;
/** From one sign of a tray to the next. */
export const SLOT_PX = 28;

const PAD_PX = 7;
const EDGE = "#8d846f";
const GROUND = "rgb(252 250 244 / 94%)";
/** Khmer letters stand taller. */
const LINE_PX: Record<Language, number> = { en: 17, fr: 17, km: 20 };
const BAND_PX = 3;

const outlines = new Map<string, Path2D>();
function outline(symbol: string): Path2D {
  const known = outlines.get(symbol) ?? new Path2D(outlineOf(symbol));
  outlines.set(symbol, known);
  return known;
}

export interface Sign {
  symbol: string;
  tint: string;
  look: SignLook;
  faint: boolean;
}

export class Ink {
  readonly #widths = new Map<string, number>();
  #font = "";

  constructor(
    readonly context: CanvasRenderingContext2D,
    /** The letters of the page, as its styles name them. */
    readonly family: () => string,
  ) {}

  /** The canvas was resized, or the letters have come: what was measured is measured anew. */
  begin(): void {
    const font = `400 12.5px ${this.family()}`;
    if (font !== this.#font) this.#widths.clear();
    this.#font = font;
    this.context.font = font;
    this.context.textAlign = "center";
    this.context.textBaseline = "middle";
    this.context.lineJoin = "round";
  }

  forget(): void {
    this.#font = "";
  }

  /** How wide a group is that says this. */
  widthOf(text: string): number {
    const known = this.#widths.get(text);
    if (known !== undefined) return known;
    const width = Math.ceil(this.context.measureText(text).width) + 2 * PAD_PX + 2;
    this.#widths.set(text, width);
    return width;
  }

  /** One sign with its middle there. Of a place that is known only as an area it stands in the middle of a ring, or on the rim of the area. */
  sign({ symbol, tint, look, faint }: Sign, x: number, y: number, rough: "middle" | "rim" | null): void {
    const { context } = this;
    context.save();
    context.translate(x, y);
    if (faint) context.globalAlpha = 0.42;
    if (rough === "middle") {
      context.beginPath();
      context.arc(0, 0, 12.4, 0, 2 * Math.PI);
      context.fillStyle = "rgb(109 103 92 / 8%)";
      context.fill();
      context.setLineDash([3.2, 2.4]);
      context.lineWidth = 1.2;
      context.strokeStyle = NEUTRAL;
      context.stroke();
      context.setLineDash([]);
    }
    const size = (rough ? ROUGH_PX : SIGN_PX) / 24;
    context.scale(size, size);
    context.translate(-12, -12);
    const shape = outline(symbol);
    const { fill, stroke, weight } = inkOf(tint, look);
    this.#shape(shape, PAPER, PAPER, RIM);
    this.#shape(shape, fill, stroke, weight);
    context.restore();
  }

  #shape(shape: Path2D, fill: string, stroke: string, weight: number): void {
    const { context } = this;
    context.fillStyle = fill;
    context.fill(shape);
    context.strokeStyle = stroke;
    context.lineWidth = weight;
    context.stroke(shape);
  }

  /** The ground of signs side by side, so many, or of a group. */
  ground(x: number, y: number, width: number, height: number, lit = false): void {
    const { context } = this;
    context.beginPath();
    context.roundRect(Math.round(x - width / 2) + 0.5, Math.round(y - height / 2) + 0.5, width - 1, height - 1, 4);
    context.fillStyle = lit ? "#fff" : GROUND;
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = lit ? ACCENT : EDGE;
    context.stroke();
  }

  /** A group: how many places, and a band that tells what they are. */
  crowd(text: string, shares: readonly (readonly [tint: string, count: number])[], x: number, y: number, language: Language, faint: boolean, lit: boolean): void {
    const { context } = this;
    const [width, height] = [this.widthOf(text), LINE_PX[language] + BAND_PX + 9];
    context.save();
    if (faint) context.globalAlpha = 0.62;
    this.ground(x, y, width, height, lit);
    const [left, top] = [Math.round(x - width / 2), Math.round(y - height / 2)];
    context.fillStyle = INK;
    context.fillText(text, left + width / 2, top + 3 + LINE_PX[language] / 2);
    const room = width - 2 * PAD_PX - 2 - (shares.length - 1);
    const total = shares.reduce((sum, [, count]) => sum + count, 0);
    let at = left + PAD_PX + 1;
    for (const [tint, count] of shares) {
      const part = (room * count) / total;
      context.fillStyle = tint;
      context.fillRect(at, top + height - BAND_PX - 5, part, BAND_PX);
      at += part + 1;
    }
    context.restore();
  }
}
