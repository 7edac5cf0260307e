/** The signs: one shape for each kind, so that no sign depends on its colour alone. */

import outlines from "../../../signs.json";
import { svg } from "./dom.ts";

export const INK = "#23211e";
export const ACCENT = "#2e3a59";
export const NEUTRAL = "#6d675c";

/** Outlines in a box of 24 by 24; GIS programs are given the same ones. The cross lies slanted: it marks an event, not a faith. */
const SHAPES = new Map<string, string>(Object.entries(outlines));

/** A colour of the data, when it is written as one; the ink otherwise. */
export function colour(text: string | undefined, otherwise: string = INK): string {
  return text && /^#[0-9a-f]{6}$/i.test(text) ? text : otherwise;
}

export type SignLook = "exact" | "area" | "blank";

/** The outline of a sign as an SVG path in a box of 24 by 24. */
export function outlineOf(symbol: string): string {
  return SHAPES.get(symbol) ?? SHAPES.get("circle") ?? "";
}

/** What a sign is filled and drawn with, around which lies a rim of paper. */
export function inkOf(tint: string, look: SignLook): { fill: string; stroke: string; weight: number } {
  const fill = { exact: tint, area: PAPER, blank: "#cbc4b4" }[look];
  return { fill, stroke: look === "blank" ? NEUTRAL : tint, weight: { exact: 0.6, area: 2.8, blank: 1.6 }[look] };
}

export const RIM = 4.6;
export const PAPER = "#fcfaf4";

/**
 * A sign. `exact`: filled, the place is where it stands. `area`: only an outline, it lies somewhere near.
 * `blank`: filled with grey, what the colour would tell is not stated.
 */
export function sign(symbol: string, tint: string, size: number, look: SignLook = "exact"): SVGSVGElement {
  const outline = { d: outlineOf(symbol), "stroke-linejoin": "round" };
  const { fill, stroke, weight } = inkOf(tint, look);
  return svg(
    "svg",
    { class: "sign", viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" },
    svg("path", { ...outline, fill: PAPER, stroke: PAPER, "stroke-width": RIM }),
    svg("path", { ...outline, fill, stroke, "stroke-width": weight }),
  );
}

/** A plain icon of the interface, drawn in the colour of the text. */
export function icon(name: "close" | "plus" | "minus" | "whole" | "search" | "chevron" | "legend" | "menu"): SVGSVGElement {
  const paths: Record<typeof name, string> = {
    close: "M6 6L18 18M18 6L6 18",
    plus: "M12 5V19M5 12H19",
    minus: "M5 12H19",
    whole: "M4 9V4H9M15 4H20V9M20 15V20H15M9 20H4V15",
    search: "M15.5 15.5L20.5 20.5M10.5 4A6.5 6.5 0 1 1 10.5 17A6.5 6.5 0 1 1 10.5 4Z",
    chevron: "M6 9.5L12 15.5L18 9.5",
    legend: "M4 6.5H8M4 12H8M4 17.5H8M11.5 6.5H20M11.5 12H20M11.5 17.5H20",
    menu: "M4 7H20M4 12H20M4 17H20",
  };
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true" },
    svg("path", { d: paths[name], fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round" }),
  );
}

/** Strokes by certainty of a segment; the legend draws the same ones. */
const STROKES = new Map([["documented", ""], ["reconstructed", "7 5"]]);
const DOTS = "1.5 5";

/** The dashes of a segment, longer on broad lines; what is not known to be better counts as assumed. */
export function dashes(certainty: string, weight = 2): string {
  const stroke = STROKES.get(certainty) ?? DOTS;
  const times = Math.max(1, weight / 2.6);
  return times === 1 || stroke === "" ? stroke : stroke.split(" ").map((length) => String(Math.round(Number(length) * times))).join(" ");
}

/** Strokes of relations, in the order in which the page names them. */
export const RELATION_STROKES: readonly string[] = ["", "6 3", "1 3.5", "8 3 1.5 3"];
/** Five shades of one hue, light to dark, told apart in print and by colour-blind eyes. */
export const SHADES: readonly string[] = ["#dfe0e4", "#b9bfcc", "#8c97af", "#5c6a8c", "#2e3a59"];

export function shades(count: number): readonly string[] {
  if (count >= 5) return SHADES;
  if (count === 4) return [0, 1, 2, 4].map((index) => SHADES[index] ?? INK);
  if (count === 3) return [0, 2, 4].map((index) => SHADES[index] ?? INK);
  return count === 2 ? [SHADES[1] ?? INK, SHADES[3] ?? INK] : [SHADES[2] ?? INK];
}
