import assert from "node:assert/strict";
import test from "node:test";

import type { Days, Happening } from "../src/payload.ts";
import { GROUP_PX, MARK_PX, marksOn, parted, stretchesOn } from "../src/time/bins.ts";
import { stepped } from "../src/time/brush.ts";
import { monthIn } from "../src/time/fields.ts";
import { dayOf, extentOf, firstDay, lastDay, monthAt, monthOf, monthText, place, readMonth, ticks, yearsOf } from "../src/time/scale.ts";

const LINE = { first: 1968 * 12, last: 1999 * 12 + 11 };

function event(id: string, from: string, to = from, more: Partial<Happening> = {}): Happening {
  const days: Days = [from, to, from, to];
  return { id, date: from, title: id, text: "", theme: "t", reference: { source: "s" }, days, ...more };
}

test("months have the days that the calendar gives them", () => {
  assert.equal(firstDay(monthOf("1976-02-14")), "1976-02-01");
  assert.equal(lastDay(monthOf("1976-02-14")), "1976-02-29");
  assert.equal(lastDay(monthOf("1975-02-14")), "1975-02-28");
  assert.equal(lastDay(monthOf("1975-12-01")), "1975-12-31");
  assert.equal(firstDay(monthOf("0476-09-04")), "0476-09-01");
  for (const [month, last] of [["9999-12", "9999-12-31"], ["0004-02", "0004-02-29"], ["1900-02", "1900-02-28"], ["2000-02", "2000-02-29"]]) {
    assert.equal(lastDay(readMonth(month ?? "") ?? 0), last);
  }
});

test("a month is written and read back", () => {
  for (const month of [LINE.first, LINE.last, 1975 * 12 + 3]) assert.equal(readMonth(monthText(month)), month);
  for (const text of ["", "1975", "1975-13", "1975-4", "April 1975"]) assert.equal(readMonth(text), null);
});

test("a bare year in a field is its first or its last month", () => {
  assert.equal(monthIn(" 1975 ", "from"), 1975 * 12);
  assert.equal(monthIn("1975", "to"), 1975 * 12 + 11);
  assert.equal(monthIn("75", "to"), null);
  assert.deepEqual([monthIn("១៩៧៥", "from"), monthIn("១៩៧៥-០៤", "to")], [1975 * 12, 1975 * 12 + 3]);
});

test("a choice of months is whole months, whichever way round", () => {
  const wanted = { from: "1975-04-01", to: "1979-01-31" };
  assert.deepEqual(yearsOf(1975 * 12 + 3, 1979 * 12), wanted);
  assert.deepEqual(yearsOf(1979 * 12, 1975 * 12 + 3), wanted);
});

test("the line is as long as the atlas says, else as its days reach", () => {
  assert.deepEqual(extentOf("1968/1999", ["1950-01-01"]), LINE);
  assert.deepEqual(extentOf(undefined, ["1975-04-17", "", "1979-01-07"]), { first: 1975 * 12, last: 1979 * 12 + 11 });
  assert.equal(extentOf("", ["", ""]), null);
  // More days than a function takes arguments.
  assert.deepEqual(extentOf(undefined, Array.from({ length: 300_000 }, () => "1977-05-01")), { first: 1977 * 12, last: 1977 * 12 + 11 });
});

test("days lie on the line in their order, its ends at its ends", () => {
  assert.equal(place(dayOf("1968-01-01"), LINE, 640), 0);
  assert.equal(place(dayOf("2000-01-01"), LINE, 640), 640);
  assert.ok(place(dayOf("1960-01-01"), LINE, 640) < 0);
});

test("a pointer finds the month that it stands over, and never one beyond the line", () => {
  for (let month = LINE.first; month <= LINE.last; month += 1) {
    const x = place(dayOf(firstDay(month)) + 14, LINE, 900);
    assert.equal(monthAt(x, LINE, 900), month);
  }
  assert.equal(monthAt(-50, LINE, 900), LINE.first);
  assert.equal(monthAt(950, LINE, 900), LINE.last);
});

test("years are written as far apart as asked, and only whole steps", () => {
  for (const width of [240, 640, 1200]) {
    const marks = ticks(LINE, width, 46);
    const xs = marks.map((month) => place(dayOf(firstDay(month)), LINE, width));
    for (const [index, x] of xs.entries()) if (index > 0) assert.ok(x - (xs[index - 1] ?? 0) >= 45);
    assert.ok(marks.every((month) => month % 12 === 0));
  }
});

test("no mark covers another, and no event is lost", () => {
  const events = Array.from({ length: 60 }, (_none, index) => event(`e${index}`, `${1968 + ((index * 7) % 31)}-0${1 + (index % 9)}-11`));
  for (const width of [200, 500, 1100]) {
    const marks = marksOn(events, LINE, width);
    const size = (count: number): number => (count === 1 ? MARK_PX : GROUP_PX);
    for (const [index, mark] of marks.entries()) {
      const left = marks[index - 1];
      if (left) assert.ok(mark.x - left.x >= (size(left.events.length) + size(mark.events.length)) / 2);
    }
    assert.deepEqual(new Set(marks.flatMap((mark) => mark.events.map(({ id }) => id))), new Set(events.map(({ id }) => id)));
  }
});

test("events outside the line are counted at its ends", () => {
  const parts = parted([event("a", "1960-01-01"), event("b", "1975-04-17"), event("c", "2010-01-01"), event("d", "", "")], LINE);
  assert.deepEqual([parts.before, parts.on, parts.after].map((events) => events.map(({ id }) => id)), [["a"], ["b"], ["c"]]);
});

test("what lasted long has a stretch, cut at the ends of the line", () => {
  const long: Happening = event("war", "1967-03-01", "1967-03-31", { days: ["1967-03-01", "1967-03-31", "1970-01-01", "1970-12-31"] });
  const [stretch, none] = stretchesOn([long, event("day", "1975-04-17")], LINE, 640);
  assert.equal(stretch?.from, 0);
  assert.equal(Math.round(stretch?.to ?? 0), Math.round(place(dayOf("1971-01-01"), LINE, 640)));
  assert.equal(none, undefined);
});

test("arrows step by a month, pages by a year, and no end passes the other", () => {
  const [least, most] = [100, 160];
  assert.equal(stepped("ArrowLeft", 130, least, most), 129);
  assert.equal(stepped("ArrowUp", 130, least, most), 131);
  assert.equal(stepped("PageUp", 130, least, most), 142);
  assert.equal(stepped("PageDown", 105, least, most), least);
  assert.equal(stepped("End", 130, least, most), most);
  assert.equal(stepped("Home", 130, least, most), least);
  assert.equal(stepped("a", 130, least, most), null);
  assert.equal(stepped("constructor", 130, least, most), null);
});
