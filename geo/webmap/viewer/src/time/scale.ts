/** The line of time in numbers: days, months, and where they lie on the line. Pure; the calendar is UTC throughout. */

import type { Years } from "../state.ts";

const DAY_MS = 86_400_000;

/** Months, counted from the year 0; both ends belong to it. */
export interface Extent {
  first: number;
  last: number;
}

/** Days since 1970 of an ISO date. */
export function dayOf(iso: string): number {
  return Math.round(Date.parse(`${iso}T00:00:00Z`) / DAY_MS);
}

function isoOf(year: number, month: number, day: number): string {
  return [String(year).padStart(4, "0"), String(month).padStart(2, "0"), String(day).padStart(2, "0")].join("-");
}

/** The month that an ISO date lies in. */
export function monthOf(iso: string): number {
  return Number(iso.slice(0, 4)) * 12 + Number(iso.slice(5, 7)) - 1;
}

/** "1975-04", the value of a field for a month. */
export function monthText(month: number): string {
  return firstDay(month).slice(0, 7);
}

export function firstDay(month: number): string {
  return isoOf(Math.floor(month / 12), (month % 12) + 1, 1);
}

export function lastDay(month: number): string {
  const [year, ofYear] = [Math.floor(month / 12), (month % 12) + 1];
  return isoOf(year, ofYear, daysIn(year, ofYear));
}

/** How many days a month has, which is counted from 1. */
export function daysIn(year: number, month: number): number {
  // The calendar comes round every four hundred years; years of two digits would be taken for others.
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

/** The month that a field holds; null of what is none. */
export function readMonth(text: string): number | null {
  const match = /^([0-9]{4})-(0[1-9]|1[0-2])$/.exec(text.trim());
  return match ? Number(match[1]) * 12 + Number(match[2]) - 1 : null;
}

/** From the first day of one month to the last day of another, whichever way round they come. */
export function yearsOf(from: number, to: number): Years {
  return { from: firstDay(Math.min(from, to)), to: lastDay(Math.max(from, to)) };
}

/** The line of an atlas: its stated years, else whole years around all days that its records name. */
export function extentOf(stated: string | undefined, days: readonly string[]): Extent | null {
  const years = (stated ?? "").split("/").map(Number).filter((year) => year > 0);
  if (years.length === 2) return { first: Math.min(...years) * 12, last: Math.max(...years) * 12 + 11 };
  let [first, last] = [Infinity, -Infinity];
  for (const day of days) {
    if (day === "") continue;
    const year = Number(day.slice(0, 4));
    first = Math.min(first, year);
    last = Math.max(last, year);
  }
  return first <= last ? { first: first * 12, last: last * 12 + 11 } : null;
}

/** Where the beginning of a day lies on a line of a width in pixels; beyond its ends for days outside. */
export function place(day: number, extent: Extent, width: number): number {
  const [from, to] = [dayOf(firstDay(extent.first)), dayOf(lastDay(extent.last)) + 1];
  return ((day - from) / (to - from)) * width;
}

/** The month at a place on the line, kept on it. */
export function monthAt(x: number, extent: Extent, width: number): number {
  const [from, to] = [dayOf(firstDay(extent.first)), dayOf(lastDay(extent.last)) + 1];
  const day = from + (x / width) * (to - from);
  const month = monthOf(new Date(Math.floor(day) * DAY_MS).toISOString().slice(0, 10));
  return Math.min(extent.last, Math.max(extent.first, month));
}

/** The first months of the years that are written below the line, none closer than `least` pixels. */
export function ticks(extent: Extent, width: number, least: number): number[] {
  const years = (extent.last + 1 - extent.first) / 12;
  const step = [1, 2, 5, 10, 20, 50, 100].find((size) => (width / years) * size >= least) ?? 200;
  const first = Math.ceil(extent.first / 12 / step) * step;
  const marks: number[] = [];
  for (let year = first; year * 12 <= extent.last; year += step) marks.push(year * 12);
  return marks;
}
