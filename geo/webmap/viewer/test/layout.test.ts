import assert from "node:assert/strict";
import { test } from "node:test";

import { arc, boundsOf, destination, metresPerPixel, toPixels } from "../src/geometry.ts";
import { type LocatedSite, drawnToScale, isLocated, overlap, spotsAt } from "../src/map/layout.ts";
import type { Position } from "../src/payload.ts";
import { makeSite } from "./sample.ts";

/** The same numbers each time, spread over the country. */
function places(count: number): LocatedSite[] {
  let seed = 7;
  const next = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  return Array.from({ length: count }, (_none, n) =>
    makeSite(`s${n}`, {
      point: [102 + next() * 5, 10.5 + next() * 4],
      ...(n % 3 === 0 ? { basis: "commune", precision_m: 2000 + Math.round(next() * 9000) } : {}),
    }),
  ).filter(isLocated);
}

test("every located place is drawn exactly once at every scale", () => {
  const sites = places(240);
  for (let zoom = 5; zoom <= 13; zoom += 0.75) {
    const seen = spotsAt(sites, zoom).flatMap((spot) => (spot.type === "circle" ? [spot.site.id] : spot.sites.map((site) => site.id)));
    assert.equal(seen.length, sites.length);
    assert.equal(new Set(seen).size, sites.length);
  }
});

test("no group covers another", () => {
  for (const zoom of [6, 7.5, 9]) {
    const groups = spotsAt(places(240), zoom).filter((spot) => spot.type === "group" && spot.look !== "sign");
    groups.forEach((one, index) => groups.slice(index + 1).forEach((other) => assert.ok(!overlap(one.box, other.box))));
  }
});

test("places at one point stand side by side, and too many of them become a list", () => {
  const at: Position = [104.9176, 11.5494];
  const few = spotsAt([makeSite("a", { point: at }), makeSite("b", { point: at })].filter(isLocated), 10);
  assert.deepEqual(few.map((spot) => spot.type === "group" && spot.look), ["tray"]);
  const many = spotsAt(Array.from({ length: 9 }, (_none, n) => makeSite(`m${n}`, { point: at })).filter(isLocated), 13);
  assert.deepEqual(many.map((spot) => spot.type === "group" && [spot.look, spot.together, spot.sites.length]), [["crowd", true, 9]]);
});

test("a place known roughly is an area once its radius can be seen, and areas at one point keep their signs apart", () => {
  const rough = { point: [104.5, 12] as Position, basis: "commune", precision_m: 6000 };
  const sites = [makeSite("a", rough), makeSite("b", rough), makeSite("c", rough)].filter(isLocated);
  assert.ok(!drawnToScale(sites[0] as LocatedSite, 6));
  const spots = spotsAt(sites, 10);
  assert.deepEqual(spots.map((spot) => spot.type), ["circle", "circle", "circle"]);
  const rims = spots.map((spot) => spot.box);
  rims.forEach((one, index) => rims.slice(index + 1).forEach((other) => assert.ok(!overlap(one, other))));
});

test("a curve joins its ends, bends to the left, and there and back lie apart", () => {
  const [a, b]: [Position, Position] = [[103, 13], [105, 11]];
  const there = arc(a, b, 0.1);
  const close = (one: Position | undefined, other: Position): boolean =>
    one !== undefined && Math.abs(one[0] - other[0]) < 1e-9 && Math.abs(one[1] - other[1]) < 1e-9;
  assert.ok(close(there[0], a) && close(there.at(-1), b));
  const back = arc(b, a, 0.1);
  const [m, n] = [there[12], back[12]];
  assert.ok(m && n && Math.hypot(m[0] - n[0], m[1] - n[1]) > 0.2);
  const trimmed = arc(a, b, 0, [50_000, 1e9]);
  assert.ok(!close(trimmed[0], a) && !close(trimmed.at(-1), b));
  assert.deepEqual(arc(a, a, 0.1), [a, a]);
});

test("metres, pixels and degrees agree", () => {
  const [x] = toPixels([0, 0], 0);
  assert.equal(x, 128);
  assert.ok(Math.abs(metresPerPixel(0, 0) - 156543.03) < 0.01);
  const [lon, lat] = destination([104, 12], 10_000, 0);
  assert.ok(lon === 104 && Math.abs((lat - 12) * 111_319 - 10_000) < 5);
  assert.deepEqual(boundsOf([[1, 2], [3, 0]]), [1, 0, 3, 2]);
  assert.equal(boundsOf([]), null);
});
