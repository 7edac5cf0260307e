/** The small name beside the pointer: an element, never a string that Leaflet would read as markup. */

import type L from "leaflet";

import { el, langTag } from "../dom.ts";
import type { Called } from "../model.ts";

export function tip(layer: L.Layer, called: () => Called | null, options: L.TooltipOptions = {}): void {
  const content = (): HTMLElement => {
    const name = called();
    return el("span", { lang: langTag(name?.language) }, name?.text ?? "");
  };
  layer.bindTooltip(content, { direction: "top", opacity: 1, className: "tip", ...options });
}
