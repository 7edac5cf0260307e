import assert from "node:assert/strict";
import { test } from "node:test";

import { type Bunch, Bunches, type Shown } from "../src/map/bunches.ts";
import { overlap } from "../src/map/layout.ts";
import { Points, type WorldBox, latOf, lonOf, worldX, worldY } from "../src/map/points.ts";
import { Scale } from "../src/panel/rows.ts";
import { atOnce } from "../src/pause.ts";

const WORLD: WorldBox = [0, 0, 1, 1];

/** The same places each time, gathered around towns; every seventh is not located, some stand at one point. */
function places(count: number): { lon: Float64Array; lat: Float64Array } {
  let seed = 11;
  const next = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const towns = Array.from({ length: 40 }, () => [102.5 + next() * 5, 10.5 + next() * 4] as const);
  const [lon, lat] = [new Float64Array(count), new Float64Array(count)];
  for (let index = 0; index < count; index += 1) {
    const [x, y] = towns[index % 40] as readonly [number, number];
    const spread = index % 11 === 0 ? 0 : 0.3;
    [lon[index], lat[index]] = index % 7 === 0 ? [NaN, NaN] : [x + (next() - 0.5) * spread, y + (next() - 0.5) * spread];
  }
  return { lon, lat };
}

function pointsOf(at: { lon: Float64Array; lat: Float64Array }): Points {
  return atOnce(Points.of(at));
}

function shownOf(count: number, chosen: (index: number) => boolean = () => true): Shown {
  const all = Array.from({ length: count }, (_none, index) => index);
  return { mask: Uint8Array.from(all, (index) => Number(chosen(index))), tint: Uint8Array.from(all, (index) => index % 3), tints: 3, widthOf: () => 70 };
}

test("each chosen place that is located is in one group at every scale, and counted in its tint", () => {
  const [count, chosen] = [6000, (index: number): boolean => index % 2 === 0];
  const at = places(count);
  const bunches = new Bunches(pointsOf(at));
  const shown = shownOf(count, chosen);
  const expected = Array.from(at.lon.keys()).filter((index) => chosen(index) && !Number.isNaN(at.lon[index]));
  for (let zoom = 5; zoom <= 13; zoom += 0.75) {
    const groups = bunches.at(zoom, WORLD, shown);
    assert.deepEqual(groups.flatMap((group) => bunches.indexes(group)).sort((a, b) => a - b), expected);
    assert.equal(groups.reduce((sum, group) => sum + group.count, 0), expected.length);
    for (const group of groups) {
      const tints = [0, 1, 2].map((tint) => bunches.indexes(group).filter((index) => index % 3 === tint).length);
      assert.deepEqual([...group.tints], tints);
    }
  }
});

test("no group covers another, and one is drawn amid its places", () => {
  const bunches = new Bunches(pointsOf(places(6000)));
  for (const zoom of [6, 7.25, 9.5, 12]) {
    const groups = bunches.at(zoom, WORLD, shownOf(6000)).filter((group) => group.look !== "sign");
    groups.forEach((one, place) => groups.slice(place + 1).forEach((other) => assert.ok(!overlap(one.box, other.box))));
    for (const group of groups) {
      const [{ x, y }, [west, north, east, south]] = [group, bunches.reach(group)];
      assert.ok(x >= west - 1e-7 && x <= east + 1e-7 && y >= north - 1e-7 && y <= south + 1e-7);
    }
  }
});

test("a part of the map has the groups that it has in the whole", () => {
  const bunches = new Bunches(pointsOf(places(6000)));
  const shown = shownOf(6000);
  const key = (group: Bunch): string => `${group.count} ${group.x.toFixed(9)} ${group.y.toFixed(9)}`;
  const whole = new Set(bunches.at(11, WORLD, shown).map(key));
  const part = new Bunches(pointsOf(places(6000))).at(11, [worldX(104), worldY(13), worldX(105), worldY(12)], shown);
  const inside = part.filter(({ x, y }) => lonOf(x) > 104.05 && lonOf(x) < 104.95 && latOf(y) > 12.05 && latOf(y) < 12.95);
  assert.ok(inside.length > 5);
  for (const group of inside) assert.ok(whole.has(key(group)));
});

test("places at one point stay together however close the map comes", () => {
  const bunches = new Bunches(pointsOf({ lon: new Float64Array(9).fill(105), lat: new Float64Array(9).fill(12) }));
  const [group, ...others] = bunches.at(13, WORLD, shownOf(9));
  assert.deepEqual([group?.look, group?.together, group?.count, others.length], ["crowd", true, 9, 0]);
  const [few] = bunches.at(13, WORLD, shownOf(9, (index) => index < 4));
  assert.deepEqual([few?.look, few?.together], ["tray", true]);
});

test("no places at all, and none on the map, are no groups", () => {
  assert.deepEqual(new Bunches(pointsOf({ lon: new Float64Array(0), lat: new Float64Array(0) })).at(8, WORLD, shownOf(0)), []);
  assert.deepEqual(new Bunches(pointsOf({ lon: new Float64Array([NaN]), lat: new Float64Array([NaN]) })).at(8, WORLD, shownOf(1)), []);
});

test("rows beyond what a browser lays out are all reached, and a turn of the wheel passes over none", () => {
  const scale = new Scale(1_000_000, 62);
  assert.ok(scale.height < scale.total);
  assert.equal(scale.at(0, 600), 0);
  assert.equal(scale.at(scale.height - 600, 600), scale.total - 600);
  const begin = scale.at(scale.height / 2, 600);
  assert.equal(scale.at(scale.height / 2 + 100, 600), begin + 100);
  const top = scale.to(31_000_000, 600);
  assert.ok(Math.abs(scale.at(top, 600) - 31_000_000) <= 1);
  assert.ok(Math.abs(scale.placeOf(500_000) - top) <= 1);
  const few = new Scale(100, 62);
  assert.deepEqual([few.height, few.at(310, 600), few.placeOf(5)], [6200, 310, 310]);
});
