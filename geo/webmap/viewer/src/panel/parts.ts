/** Small parts that every card is put together from. */

import { el } from "../dom.ts";

/** A part of a card under its heading; nothing when it holds nothing. */
export function section(heading: string, ...children: (Node | string | null)[]): HTMLElement | null {
  const kept = children.filter((child): child is Node | string => child !== null && child !== "");
  return kept.length === 0 ? null : el("section", {}, el("h3", {}, heading), ...kept);
}

/** What is known by name, one to a line; what is empty is left out. */
export function rows(...pairs: ([string, Node | string | null | undefined] | null)[]): HTMLElement | null {
  const list = el("dl", { class: "facts" });
  for (const pair of pairs) if (pair?.[1]) list.append(el("dt", {}, pair[0]), el("dd", {}, pair[1]));
  return list.childElementCount > 0 ? list : null;
}
