/** A record of the atlas as something to cite: a Chicago note, and the same as a CSL item. */

import type { Called } from "../model.ts";
import type { Payload } from "../payload.ts";

export interface Quoted {
  id: string;
  /** The name, and the one in the other script. */
  names: readonly Called[];
}

/** The part of the address that leads to a record, after the `#`. */
export function recordFragment(id: string, language: string): string {
  return new URLSearchParams({ lang: language, record: id }).toString();
}

/** Where a record stands: an address on the web in full; of a page opened from disk only its file, the rest is the reader's own. */
export function recordAddress(page: Pick<Location, "protocol" | "href">, id: string, language: string): string {
  const bare = page.href.split("#", 1)[0] ?? "";
  const isWeb = page.protocol === "https:" || page.protocol === "http:";
  return `${isWeb ? bare : (bare.split("/").pop() ?? "")}#${recordFragment(id, language)}`;
}

function title({ names }: Quoted): string {
  const [main, second] = names;
  return second && second.text !== main?.text ? `${main?.text ?? ""} (${second.text})` : (main?.text ?? "");
}

function work({ title: name, subtitle }: Payload["atlas"]): string {
  return [name.en, subtitle.en].filter(Boolean).join(": ");
}

/** A Chicago note. The day of access is the reader's to add; the version says which state of the record is meant. */
export function chicago(quoted: Quoted, atlas: Payload["atlas"], address: string): string {
  // Within quotation marks others are single, and a question mark or an exclamation mark that ends a title stands without a comma.
  const name = title(quoted).replaceAll("“", "‘").replaceAll("”", "’");
  return `“${name}${/[?!]$/.test(name) ? "" : ","}” in ${work(atlas)}, version ${atlas.version}, record ${quoted.id}, ${address}.`;
}

/** The same as a CSL item; an address that is no address of the web stands in the note. */
export function cslOf(quoted: Quoted, atlas: Payload["atlas"], address: string): Record<string, unknown> {
  const isWeb = /^https?:/.test(address);
  return {
    id: `${atlas.id}-${quoted.id}`,
    type: "entry-encyclopedia",
    title: title(quoted),
    "container-title": work(atlas),
    version: atlas.version,
    ...(isWeb ? { URL: address } : {}),
    note: `Record ${quoted.id}, version ${atlas.version} of the atlas.${isWeb ? "" : ` Page: ${address}`}`,
  };
}
