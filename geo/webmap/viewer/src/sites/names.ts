/** What a place is called. */

import type { Language, Name } from "../payload.ts";

export interface Called {
  text: string;
  language: string;
}

function best(names: readonly Name[], language: string): Name | undefined {
  const ours = names.filter((name) => name.language === language);
  return ours.find((name) => name.kind === "main") ?? ours.find((name) => name.kind === "alias");
}

/** The name to show in a language, and the second one beside it, in the other script where there is one. */
export function nameIn(site: { name: string; names: readonly Name[] }, language: Language): [Called, Called | null] {
  const khmer = best(site.names, "km");
  const own = language === "fr" ? best(site.names, "fr") : undefined;
  if (khmer && khmer.text === site.name) return own ? [own, khmer] : [khmer, null]; // a list that was kept in Khmer
  const latin: Called = { text: site.name, language: "en" };
  if (language === "km" && khmer) return [khmer, latin];
  return [own ?? latin, khmer ?? null];
}
