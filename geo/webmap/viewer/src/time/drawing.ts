/** The line itself: years, columns of dated records, and how long events lasted. Drawn as one SVG without text for readers. */

import { svg } from "../dom.ts";
import type { Model } from "../model.ts";
import { digits } from "../numbers.ts";
import type { Language } from "../payload.ts";
import { NEUTRAL, colour } from "../symbols.ts";
import type { Stretch } from "./bins.ts";
import { type Extent, dayOf, firstDay, place, ticks } from "./scale.ts";

/** Rows of the line from top to bottom, in pixels: marks of events, columns, years. */
export const MARKS_PX = 30;
export const COLUMNS_PX = 34;
export const YEARS_PX = 20;
const YEAR_WIDTH_PX = 46;

/** How many records certainly and possibly meet one year. */
export interface Column {
  year: number;
  certain: number;
  possible: number;
}

function column({ year, certain, possible }: Column, most: number, extent: Extent, width: number): SVGElement[] {
  const at = (month: number): number => Math.min(width, Math.max(0, place(dayOf(firstDay(month)), extent, width)));
  const [left, right] = [at(year * 12), at(year * 12 + 12)];
  const floor = MARKS_PX + COLUMNS_PX;
  const height = (count: number): number => (count / most) * (COLUMNS_PX - 3);
  const box = { x: left + 0.5, width: Math.max(1, right - left - 1) };
  return [
    svg("rect", { ...box, class: "column-possible", y: floor - height(certain + possible), height: height(possible) }),
    svg("rect", { ...box, class: "column-certain", y: floor - height(certain), height: height(certain) }),
  ];
}

export function drawLine(
  extent: Extent, width: number, columns: readonly Column[], stretches: readonly Stretch[], model: Model, language: Language,
): SVGSVGElement {
  const floor = MARKS_PX + (columns.length > 0 ? COLUMNS_PX : 4);
  const height = floor + YEARS_PX;
  const most = Math.max(1, ...columns.map(({ certain, possible }) => certain + possible));
  const years = ticks(extent, width, YEAR_WIDTH_PX).map((month) => {
    const x = place(dayOf(firstDay(month)), extent, width);
    return svg("g", {}, svg("path", { class: "tick", d: `M${x} ${floor}v5` }),
      svg("text", { x, y: height - 3, "text-anchor": "middle" }, digits(month / 12, language)));
  });
  const lasted = stretches.map(({ event, from, to }) =>
    svg("path", { class: "lasted", d: `M${from} ${MARKS_PX / 2}H${to}`, stroke: colour(model.payload.terms.themes[event.theme]?.colour, NEUTRAL) }));
  return svg(
    "svg",
    { class: "time-drawing", viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" },
    ...columns.flatMap((one) => column(one, most, extent, width)),
    svg("path", { class: "axis", d: `M0 ${floor}H${width}` }),
    ...lasted,
    ...years,
  );
}
