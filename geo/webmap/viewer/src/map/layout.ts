/** What is drawn where at a zoom, so that nothing hides anything. Pure: places in, spots out; nothing is drawn here. */

import Supercluster from "supercluster";

import { destination, metresPerPixel, toPixels } from "../geometry.ts";
import { isArea } from "../model.ts";
import type { Position, Site } from "../payload.ts";

const RADIUS_PX = 44;
/** An area is drawn to scale once its radius fills so many pixels; before, a small dashed sign stands for it. */
const AREA_PX = 20;
/** A measured point is drawn as an area when the map is so close that its own uncertainty outgrows its sign. */
const POINT_PX = 18;
/** Places nearer than this, in degrees, stand at one point (about ten metres). */
export const SAME_PLACE = 1e-4;
/** More signs than this do not fit side by side. */
export const TRAY = 6;
/** Directions in which the sign of an area may sit on its rim, the best first, clockwise from north. */
const BEARINGS = [45, 135, 315, 225, 0, 90, 180, 270, 22, 68, 112, 158, 202, 248, 292, 338];

export type LocatedSite = Site & { point: Position };

/** A rectangle in pixels of the zoomed world. */
export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A sign, several at one point side by side, or a group that says how many places it holds. */
export interface Group {
  type: "group";
  at: Position;
  sites: LocatedSite[];
  look: Look;
  /** All at one point: coming closer does not part them. */
  together: boolean;
  box: Box;
}

/** One sign, a few side by side, or a number of places. */
export type Look = "sign" | "tray" | "crowd";

/** A place drawn as the area that it lies in; its sign sits on the rim. */
export interface Circle {
  type: "circle";
  at: Position;
  site: LocatedSite;
  rim: Position;
  box: Box;
}

export type Spot = Group | Circle;

export function isLocated(site: Site): site is LocatedSite {
  return site.point !== null;
}

/** Radius of a place's area in pixels. */
export function radiusPixels(site: LocatedSite, zoom: number): number {
  return (site.precision_m ?? 0) / metresPerPixel(site.point[1], zoom);
}

/** Whether a place is drawn as its area, to scale, at this zoom. */
export function drawnToScale(site: LocatedSite, zoom: number): boolean {
  return fillsPixels(radiusPixels(site, zoom), isArea(site));
}

/** Whether an area of a radius in pixels is large enough to be drawn; `rough`: the place is known only as an area. */
export function fillsPixels(radius: number, rough: boolean): boolean {
  return radius >= (rough ? AREA_PX : POINT_PX);
}

export function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function boxAround(at: Position, zoom: number, width: number, height: number): Box {
  const [x, y] = toPixels(at, zoom);
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function group(sites: LocatedSite[], at: Position, zoom: number): Group {
  const [lon, lat] = sites[0]?.point ?? at;
  const together = sites.every(({ point }) => Math.abs(point[0] - lon) < SAME_PLACE && Math.abs(point[1] - lat) < SAME_PLACE);
  const look = sites.length === 1 ? "sign" : together && sites.length <= TRAY ? "tray" : "crowd";
  const where: Position = look === "crowd" ? at : [lon, lat];
  const size = { sign: [26, 26], tray: [28 * sites.length + 4, 32], crowd: [70, 32] }[look] as [number, number];
  return { type: "group", at: where, sites, look, together, box: boxAround(where, zoom, ...size) };
}

/** Groups that would cover each other become one, until none does. Single signs may lie close. */
export function merge<T extends { box: Box; look: Look }>(groups: readonly T[], sizeOf: (group: T) => number, join: (one: T, other: T) => T): T[] {
  const done: T[] = [];
  const open = [...groups].sort((a, b) => sizeOf(b) - sizeOf(a)).reverse();
  for (let next = open.pop(); next; next = open.pop()) {
    const mine = next;
    const hit = done.findIndex((other) => overlap(other.box, mine.box) && !(other.look === "sign" && mine.look === "sign"));
    if (hit < 0) {
      done.push(mine);
      continue;
    }
    const [other] = done.splice(hit, 1);
    if (other) open.push(join(other, mine));
  }
  return done;
}

function joined(one: Group, other: Group, zoom: number): Group {
  const [n, m] = [other.sites.length, one.sites.length];
  const mean = (axis: 0 | 1): number => (other.at[axis] * n + one.at[axis] * m) / (n + m);
  return group([...one.sites, ...other.sites], [mean(0), mean(1)], zoom);
}

function clusters(sites: readonly LocatedSite[], zoom: number): Group[] {
  const level = Math.max(0, Math.floor(zoom));
  const index = new Supercluster<{ number: number }>({ radius: RADIUS_PX, extent: 256, minZoom: level, maxZoom: level });
  index.load(
    sites.map(({ point }, number) => ({ type: "Feature", properties: { number }, geometry: { type: "Point", coordinates: point } })),
  );
  return index.getClusters([-180, -85, 180, 85], level).flatMap((feature) => {
    if (!("cluster_id" in feature.properties)) {
      const site = sites[feature.properties["number"] as number];
      return site ? group([site], site.point, zoom) : [];
    }
    const members = index.getLeaves(feature.properties["cluster_id"] as number, Infinity);
    return group(members.flatMap((leaf) => sites[leaf.properties.number] ?? []), feature.geometry.coordinates as Position, zoom);
  });
}

/** All that is drawn for these places at this zoom: groups first, then areas with their signs where room is left. */
export function spotsAt(sites: readonly LocatedSite[], zoom: number): Spot[] {
  const small = sites.filter((site) => !drawnToScale(site, zoom));
  const groups = merge(clusters(small, zoom), (one) => one.sites.length, (one, other) => joined(one, other, zoom));
  const big = sites.filter((site) => drawnToScale(site, zoom));
  return [...circlesAt(big, groups.map((one) => one.box), zoom), ...groups];
}

/** Places drawn as their areas, the largest first, each with its sign on its rim where it covers least. */
export function circlesAt(sites: readonly LocatedSite[], boxes: readonly Box[], zoom: number): Circle[] {
  const taken = [...boxes];
  return [...sites]
    .sort((a, b) => (b.precision_m ?? 0) - (a.precision_m ?? 0))
    .map((site): Circle => {
      const places = BEARINGS.map((bearing) => destination(site.point, site.precision_m ?? 0, bearing));
      const free = places.find((rim) => !taken.some((box) => overlap(box, boxAround(rim, zoom, 18, 18))));
      const rim = free ?? places[0] ?? site.point;
      const box = boxAround(rim, zoom, 20, 20);
      taken.push(box);
      return { type: "circle", at: site.point, site, rim, box };
    });
}
