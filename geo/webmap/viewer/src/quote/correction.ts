/** A prepared text for a correction: what the record is, what stands there now, and room for what should stand there. */

import { refText } from "../find/columns.ts";
import type { Model } from "../model.ts";
import type { Area, Claim, Language, Reference, Route, Site } from "../payload.ts";
import { pick, say } from "../words.ts";

type Field = [column: string, value: string | number | undefined];

function cited(sources: readonly Reference[]): string {
  return sources.map(refText).join(" | ");
}

function siteFields(site: Site): Field[] {
  return [
    ["name", site.name],
    ["names", site.names.map((name) => `${name.text} (${name.language}, ${name.kind})`).join("; ")],
    ["kind", site.kind],
    ["province", [site.province, site.province_name].filter(Boolean).join(" ")],
    ["district", site.district], ["commune", site.commune], ["village", site.village], ["place_text", site.place_text],
    ["dk_zone", site.zone ?? site.zone_text], ["dk_sector", site.sector],
    ["begin", site.begin], ["begin_text", site.begin_text], ["end", site.end], ["end_text", site.end_text],
    ["position", site.point ? `${site.point[1]}, ${site.point[0]} (lat, lon)` : undefined],
    ["precision_basis", site.basis], ["precision_m", site.precision_m],
    ["coord_text", site.coord_text], ["coord_source", site.coord_source && refText(site.coord_source)],
    ["standing", site.standing], ["summary", site.summary], ["part_of", site.part_of], ["sources", cited(site.sources)],
  ];
}

function routeFields(route: Route): Field[] {
  return [
    ["name", route.name], ["kind", route.kind], ["group", route.group],
    ["begin", route.begin], ["begin_text", route.begin_text], ["end", route.end], ["end_text", route.end_text],
    ["segments", (route.way ?? route.segments).map(({ from, to, certainty }) => `${from} – ${to} (${certainty})`).join("; ")],
    ["stops", route.stops.map((stop) => stop.name).join("; ")],
    ["standing", route.standing], ["summary", route.summary], ["sources", cited(route.sources)],
  ];
}

function areaFields(area: Area): Field[] {
  return [["code", area.code], ["name", area.name.en], ["name_km", area.name.km], ["name_fr", area.name.fr]];
}

function claimLine(claim: Claim): string {
  const bounds = `low ${claim.low ?? "–"}, high ${claim.high ?? "–"} ${claim.unit}`;
  const more = [claim.scope, claim.as_of && `as of ${claim.as_of}`, claim.stated_by && `stated by ${claim.stated_by}`].filter(Boolean);
  return `${claim.id}: ${[claim.measure, bounds, ...more, refText(claim.reference), claim.status].join("; ")}`;
}

/** The text, under headings in the reader's language; fields bear the names that they have in the data. */
export function correctionText(record: Site | Route | Area, model: Model, address: string, language: Language): string {
  const { atlas } = model.payload;
  const id = "code" in record ? record.code : record.id;
  const fields = "code" in record ? areaFields(record) : "basis" in record ? siteFields(record) : routeFields(record);
  const stands = fields.map(([column, value]) => `${column}: ${value === undefined || value === "" ? "–" : value}`);
  const room = ["", "", ""];
  return [
    say(language, "correct.head", { title: pick(atlas.title, language).text }),
    say(language, "correct.record", { id, version: atlas.version }),
    address,
    "",
    say(language, "correct.what"), ...room,
    say(language, "correct.instead"), ...room,
    say(language, "correct.source"), ...room,
    say(language, "correct.now"),
    ...stands,
    ...model.claims(record).map(claimLine),
    "",
  ].join("\n");
}

/** A way to write to the makers, with the text in it; nothing but a plain address of mail is followed. */
export function mailAddress(contact: string | undefined, subject: string, body: string): string | null {
  if (!contact || !/^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(contact)) return null;
  // RFC 6068: lines of a body end with both signs.
  return `mailto:${contact}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body.replaceAll("\n", "\r\n"))}`;
}
