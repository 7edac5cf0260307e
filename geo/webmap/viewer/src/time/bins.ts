/** What stands on the line of time: events as marks, those that would cover each other as one group. Pure. */

import type { Happening } from "../payload.ts";
import { type Extent, dayOf, firstDay, lastDay, place } from "./scale.ts";

/** Width of the mark of one event, and of a group with its number. */
export const MARK_PX = 13;
export const GROUP_PX = 30;

/** One event on the line, or several that stand too close. */
export interface Mark {
  x: number;
  events: Happening[];
}

/** A stretch of the line: how long an event lasted, or within which days it began. */
export interface Stretch {
  event: Happening;
  from: number;
  to: number;
}

/** Where an event begins: the middle of the days that its date allows. */
export function dayOfEvent({ days: [earliest, latest] }: Happening): number | null {
  if (!earliest && !latest) return null;
  return (dayOf(earliest || latest) + dayOf(latest || earliest) + 1) / 2;
}

/** The events that begin before the line, on it, and after it. */
export function parted(events: readonly Happening[], extent: Extent): { before: Happening[]; on: Happening[]; after: Happening[] } {
  const [first, last] = [dayOf(firstDay(extent.first)), dayOf(lastDay(extent.last)) + 1];
  const parts = { before: [] as Happening[], on: [] as Happening[], after: [] as Happening[] };
  for (const event of events) {
    const day = dayOfEvent(event);
    if (day !== null) parts[day < first ? "before" : day > last ? "after" : "on"].push(event);
  }
  return parts;
}

function widthOf(mark: Mark): number {
  return mark.events.length === 1 ? MARK_PX : GROUP_PX;
}

/** Marks from left to right, none over another and none over the ends of the line. */
export function marksOn(events: readonly Happening[], extent: Extent, width: number): Mark[] {
  const marks: Mark[] = [];
  const placed = events
    .map((event) => ({ event, x: place(dayOfEvent(event) ?? 0, extent, width) }))
    .sort((a, b) => a.x - b.x);
  for (const { event, x } of placed) {
    let mine: Mark = { x, events: [event] };
    let left = marks.at(-1);
    while (left && mine.x - left.x < (widthOf(left) + widthOf(mine)) / 2) {
      marks.pop();
      const [n, m] = [left.events.length, mine.events.length];
      mine = { x: (left.x * n + mine.x * m) / (n + m), events: [...left.events, ...mine.events] };
      left = marks.at(-1);
    }
    marks.push(mine);
  }
  return marks;
}

/** How long the events lasted, as far as that is on the line; events of one day have no stretch. */
export function stretchesOn(events: readonly Happening[], extent: Extent, width: number): Stretch[] {
  return events.flatMap((event) => {
    const [earliest, beginLatest, , latest] = event.days;
    const last = latest || beginLatest || earliest;
    if (!earliest || !last) return [];
    const [from, to] = [place(dayOf(earliest), extent, width), place(dayOf(last) + 1, extent, width)];
    const [left, right] = [Math.max(0, from), Math.min(width, to)];
    return right - left > MARK_PX / 2 ? [{ event, from: left, to: right }] : [];
  });
}
