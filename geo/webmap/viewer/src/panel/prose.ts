/** A document as elements: built one by one, its words set as text. Of an element that is not known, its words stay. */

import { el, outsideLink } from "../dom.ts";
import type { Prose } from "../payload.ts";

const TAGS = [
  "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "strong", "em", "code", "pre", "hr", "br",
  "table", "thead", "tbody", "tr", "th", "td",
] as const;
const KNOWN: ReadonlySet<string> = new Set(TAGS);

function isKnown(tag: string): tag is (typeof TAGS)[number] {
  return KNOWN.has(tag);
}

export function proseNodes(prose: readonly Prose[]): (Node | string)[] {
  return prose.flatMap((piece): (Node | string)[] => {
    if (typeof piece === "string") return [piece];
    const inside = proseNodes(piece.children);
    if (piece.tag === "a") {
      const link = outsideLink(piece.href, () => "");
      if (!(link instanceof HTMLAnchorElement)) return inside;
      link.className = "";
      link.append(...inside);
      return [link];
    }
    if (!isKnown(piece.tag)) return inside;
    const node = el(piece.tag, {}, ...inside);
    // A wide table is moved inside its frame, not the page under it.
    return [piece.tag === "table" ? el("div", { class: "table-frame" }, node) : node];
  });
}
