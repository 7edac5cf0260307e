/** Samples for legend and list: strokes, the dashed area, a group, a hatched field. */

import { el, svg } from "../dom.ts";
import { ACCENT, PAPER } from "../symbols.ts";

/** A short piece of line with an arrowhead, as the map draws it. */
export function stroke(tint: string, dashes: string, width: number, weight = 2): SVGSVGElement {
  const half = Math.max(4.4, weight * 1.05);
  const [middle, long] = [Math.max(7, Math.ceil(half) + 1), half * 1.85];
  const line = { x1: 1, y1: middle, x2: width - long, y2: middle, stroke: tint, "stroke-width": weight };
  return svg(
    "svg",
    { class: "stroke", viewBox: `0 0 ${width} ${middle * 2}`, width, height: middle * 2, "aria-hidden": "true" },
    svg("line", dashes ? { ...line, "stroke-dasharray": dashes, "stroke-linecap": dashes.startsWith("1") ? "round" : "butt" } : line),
    svg("path", { d: `M${width - long - 1} ${middle - half}L${width - 0.5} ${middle}L${width - long - 1} ${middle + half}L${width - long + 0.6} ${middle}Z`, fill: tint }),
  );
}

/** A line in the paler band of its range. */
export function bandSample(tint: string, weight: number, broad: number): SVGSVGElement {
  const line = { x1: 1, y1: 7, x2: 33, y2: 7, stroke: tint };
  return svg(
    "svg",
    { class: "stroke", viewBox: "0 0 34 14", width: 34, height: 14, "aria-hidden": "true" },
    svg("line", { ...line, "stroke-width": broad, "stroke-opacity": 0.26 }),
    svg("line", { ...line, "stroke-width": weight }),
  );
}

/** A sign beside the same one faint. */
export function faintSample(tint: string): SVGSVGElement {
  const sign = { cy: 7, r: 4.5, fill: tint };
  return svg(
    "svg",
    { viewBox: "0 0 26 14", width: 26, height: 14, "aria-hidden": "true" },
    svg("circle", { ...sign, cx: 6 }), svg("circle", { ...sign, cx: 19, "fill-opacity": 0.42 }),
  );
}

/** A dashed area with the outline of a sign on its rim, as the map draws what is known only roughly. */
export function areaSample(tint: string): SVGSVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 26 24", width: 26, height: 24, "aria-hidden": "true" },
    svg("circle", { cx: 11, cy: 13, r: 9.5, fill: tint, "fill-opacity": 0.1, stroke: tint, "stroke-width": 1.2, "stroke-dasharray": "3.6 2.6" }),
    svg("rect", { x: 14.5, y: 2.5, width: 8, height: 8, fill: PAPER, stroke: tint, "stroke-width": 1.6 }),
  );
}

/** A piece of the dashed outline of a former area. */
export function dashedSample(): SVGSVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 26 14", width: 26, height: 14, "aria-hidden": "true" },
    svg("line", { x1: 1, y1: 7, x2: 25, y2: 7, stroke: ACCENT, "stroke-width": 1.5, "stroke-dasharray": "6 4" }),
  );
}

export function swatch(shade: string | null): HTMLElement {
  const box = el("span", { class: shade ? "swatch" : "swatch swatch-none" });
  if (shade) box.style.backgroundColor = shade;
  return box;
}
