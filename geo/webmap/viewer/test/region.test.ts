import assert from "node:assert/strict";
import { test } from "node:test";

import type { Box, Ring } from "../src/find/cql2.ts";
import { NotUnderstood, parseCql2 } from "../src/find/cql2.ts";
import { NotHere, isTrue } from "../src/find/evaluate.ts";
import { readWhere } from "../src/find/question.ts";
import { Model } from "../src/model.ts";
import { Circle, metresBetween, ringAround } from "../src/region/circle.ts";
import { Polygon, crossing } from "../src/region/polygon.ts";
import { type Region, clauseOf } from "../src/region/region.ts";
import { firstState } from "../src/state.ts";
import { makePayload, makeSite } from "./sample.ts";

/** Numbers that are the same in each run. */
function* numbers(seed: number): Generator<number, never> {
  let last = seed;
  for (;;) {
    last = (last * 16807) % 2147483647;
    yield last / 2147483647;
  }
}

const REGIONS: [Region, string][] = [
  [{ type: "box", box: [104.5, 11, 105.5, 12] }, "S_INTERSECTS(geometry, BBOX(104.5, 11, 105.5, 12))"],
  [{ type: "box", box: [170, -0.0000001, -170, 5] }, "S_INTERSECTS(geometry, BBOX(170, -0.0000001, -170, 5))"],
  [{ type: "outline", ring: [[104, 11], [106, 11], [106, 13.25], [104, 11]] }, "S_INTERSECTS(geometry, POLYGON((104 11, 106 11, 106 13.25, 104 11)))"],
  [{ type: "circle", lon: 104.91778, lat: 11.54944, metres: 20000 }, "NEAR(geometry, POINT(104.91778 11.54944), 20000)"],
];

test("an area is written in CQL2, and read from it", () => {
  for (const [region, text] of REGIONS) {
    assert.equal(clauseOf(region), text);
    assert.deepEqual(readWhere(text, "sites", () => false), { patch: { region }, rest: "" });
  }
  const [first = "", second = ""] = REGIONS.map(([, text]) => text);
  assert.equal(readWhere(`${first} AND ${second}`, "routes", () => false).rest, second);
  for (const text of [
    "S_INTERSECTS(geometry, BBOX(104, 12, 105, 11))", "S_INTERSECTS(geometry, POLYGON((0 0, 2 2, 2 0, 0 2, 0 0)))", "NEAR(geometry, POINT(200 1), 5)",
    "S_INTERSECTS(geometry, POLYGON((0 0, 9 0, 9 9, 0 0), (5 2, 6 2, 6 3, 5 2)))", "NOT NEAR(geometry, POINT(1 1), 5)", "S_WITHIN(geometry, BBOX(1, 2, 3, 4))",
  ]) assert.deepEqual(readWhere(text, "sites", () => false), { patch: {}, rest: text });
});

test("what is no shape on the earth is not answered", () => {
  const asked = { value: () => null, geometry: () => ({ type: "Point" as const, coordinates: [1, 1] as [number, number] }) };
  const refused = (error: unknown): boolean => error instanceof NotHere || error instanceof NotUnderstood;
  for (const shape of ["BBOX(1, 5, 2, 4)", "BBOX(1, 2, 181, 4)", "POLYGON((0 0, 1 1, 0 1, 1 0, 0 0))", "POLYGON((0 0, 1 1, 0 1))", "POINT(1 91)", "POLYGON((0 0, 2 0, 1 0, 0 0))"]) {
    assert.throws(() => isTrue(parseCql2(`S_INTERSECTS(geometry, ${shape})`), asked), refused, shape);
  }
  for (const text of ["NEAR(geometry, BBOX(1, 2, 3, 4), 5)", "NEAR(geometry, POINT(1 1), -5)", "NEAR(geometry, POINT(1 1), 'x')", "NEAR(kind, POINT(1 1), 5)"]) {
    assert.throws(() => isTrue(parseCql2(text), asked), NotHere, text);
  }
});

test("a circle holds what is no farther than its radius, at its border too", () => {
  const random = numbers(7);
  const next = (from: number, to: number): number => from + (to - from) * random.next().value;
  for (const [lon, lat] of [[104.9, 11.55], [179.9, -3], [15, 89.5], [-60, -45]] as const) {
    for (const metres of [0, 30, 5_000, 50_000.5, 700_000, 9_000_000]) {
      const circle = new Circle(lon, lat, metres);
      for (let turn = 0; turn < 40; turn += 1) {
        const [[x, y] = [0, 0]] = ringAround(lon, lat, metres * next(0.9999, 1.0001), 1);
        // From the north, where the ring begins, and anywhere.
        const far = metres / 80_000;
        for (const [east, north] of [[x, y], [lon + next(-far, far), Math.max(-90, Math.min(90, lat + next(-far, far)))]] as const) {
          const east180 = ((((east + 180) % 360) + 360) % 360) - 180;
          assert.equal(circle.holds(east180, north), metresBetween([lon, lat], [east180, north]) <= metres, `${lon} ${lat} ${metres}: ${east180} ${north}`);
        }
      }
    }
  }
  assert.ok(Math.abs(metresBetween([104.91778, 11.54944], [104.90194, 11.48444]) - 7394.7) < 0.5);
});

test("a line touches a circle where it passes, not only where it bends", () => {
  const circle = new Circle(104.9, 11.5, 10_000);
  assert.equal(circle.touches([[104, 11.5], [106, 11.5]]), true);
  assert.equal(circle.touches([[104, 11.5899], [106, 11.5899]]), true);
  assert.equal(circle.touches([[104, 11.591], [106, 11.591]]), false);
  assert.equal(new Circle(104.9, 11.5, 0).touches([[104, 11.5], [106, 11.5]]), true);
});

test("a border belongs to an outline, to the last digit", () => {
  const ring: Ring = [[0, 0], [9, 3], [9, 9], [3, 9], [0, 0]];
  const polygon = new Polygon([ring, [[5, 5], [6, 5], [6, 6], [5, 6], [5, 5]]]);
  for (const [point, place] of [[[4, 4], 1], [[3, 1], 0], [[3, 1 - 2e-16], -1], [[9, 5], 0], [[5.5, 5.5], -1], [[5, 5.5], 0], [[9, 9], 0], [[1, 5], -1], [[1, 3], 0], [[10, 5], -1]] as const) {
    assert.equal(polygon.place(...(point as readonly [number, number])), place, String(point));
  }
  assert.equal(crossing(ring), null);
  assert.deepEqual(crossing([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]), [0, 2]);
  assert.deepEqual(crossing([[0, 0], [4, 0], [2, 0], [2, 2], [0, 0]]), [0, 1]);
});

test("a point among many is placed as it is by itself", () => {
  const random = numbers(11);
  const next = (): number => random.next().value;
  for (let turn = 0; turn < 30; turn += 1) {
    const corners = Array.from({ length: 3 + Math.floor(9 * next()) }, () => [6.3 * next(), 1 + 9 * next()] as const).sort((a, b) => a[0] - b[0]);
    const ring = corners.map(([angle, far]): [number, number] => [Math.round(far * Math.cos(angle) * 4) / 4, Math.round(far * Math.sin(angle) * 4) / 4]);
    const polygon = new Polygon([[...ring, ring[0] as [number, number]]]);
    const points = Array.from({ length: 400 }, (_, point) => {
      const fine = point % 2 === 0 ? 4 : 1e6;
      return [Math.round((20 * next() - 10) * fine) / fine, Math.round((20 * next() - 10) * fine) / fine] as const;
    });
    for (const border of [false, true]) {
      const marks = new Uint8Array(points.length);
      new Polygon([[...ring, ring[0] as [number, number]]]).mark(Float64Array.from(points, ([lon]) => lon), Float64Array.from(points, ([, lat]) => lat), border, marks);
      points.forEach((point, index) => assert.equal(marks[index] === 1, polygon.place(...point) > (border ? -1 : 0), `${JSON.stringify(ring)} ${String(point)}`));
    }
  }
});

test("places asked at once answer as each by itself; a place without a location answers nothing", () => {
  const random = numbers(3);
  const sites = Array.from({ length: 300 }, (_, index) => makeSite(`p${index}`, { point: index % 10 === 0 ? null : [Math.round(20 * random.next().value), Math.round(20 * random.next().value)] }));
  const model = new Model(makePayload({ sites }));
  const state = firstState("en", "sites");
  const boxes: Box[] = [[3, 3, 12, 9], [15, 2, 5, 18], [4, 4, 4, 4]];
  const texts = [
    ...boxes.map((box) => `S_INTERSECTS(geometry, BBOX(${box.join()}))`), "NOT S_INTERSECTS(geometry, BBOX(3,3,12,9))", "S_DISJOINT(geometry, BBOX(15,2,5,18))", "S_WITHIN(geometry, BBOX(3,3,12,9))",
    "S_INTERSECTS(geometry, POLYGON((2 2, 18 4, 9 17, 2 2)))", "S_WITHIN(geometry, POLYGON((2 2, 18 4, 9 17, 2 2)))", "S_INTERSECTS(geometry, MULTIPOLYGON(((0 0, 5 0, 5 5, 0 0)), ((8 8, 15 8, 15 20, 8 8))))",
    "NEAR(geometry, POINT(10 10), 800000)", "NOT NEAR(geometry, POINT(10 10), 800000)", "S_INTERSECTS(geometry, POINT(4 4))",
  ];
  for (const where of texts) {
    const condition = parseCql2(where);
    const expected = sites.filter(({ point }) => isTrue(condition, { value: () => null, geometry: () => (point ? { type: "Point", coordinates: [...point] } : null) })).map(({ id }) => id);
    const { patch, rest } = readWhere(where, "sites", () => false);
    const found = Array.from(model.chosenSites({ ...state, ...patch, where: rest }).indexes, (index) => model.sites.id(index));
    assert.deepEqual(found, expected, where);
    assert.ok(expected.length > 0 || where.includes("4, 4") || where.includes("4,4"), where);
  }
});
