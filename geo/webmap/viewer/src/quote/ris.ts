/** Sources in the RIS format of reference managers, field by field as `memorial show ID --format ris` writes them. */

type Item = Record<string, unknown>;

/** Type of a CSL item -> type of an RIS record, where RIS has one: the table of geo/query/citing.py. */
const TYPES = new Map(Object.entries({
  "article-journal": "JOUR", "article-magazine": "MGZN", "article-newspaper": "NEWS", bill: "BILL", book: "BOOK", broadcast: "VIDEO",
  chapter: "CHAP", classic: "CLSWK", dataset: "DATA", "entry-dictionary": "DICT", "entry-encyclopedia": "ENCYC", figure: "FIGURE",
  graphic: "ART", hearing: "HEAR", legal_case: "CASE", legislation: "STAT", manuscript: "MANSCPT", map: "MAP", motion_picture: "MPCT",
  musical_score: "MUSIC", pamphlet: "PAMP", "paper-conference": "CPAPER", patent: "PAT", personal_communication: "PCOMM", post: "ICOMM",
  "post-weblog": "BLOG", regulation: "LEGAL", report: "RPRT", software: "COMP", song: "SOUND", standard: "STAND", thesis: "THES",
  webpage: "ELEC",
}));

/** One line: what cannot be printed becomes a space, and spaces in a row become one; what Khmer has between its letters is no space. */
function line(value: unknown): string {
  const text = value === undefined || value === null ? "" : String(value);
  return text.replace(/(?:(?![\u200b-\u200d])[\p{C}\p{Z}\s])+/gu, " ").trim();
}

function list(value: unknown): Item[] {
  return Array.isArray(value) ? value : [];
}

function first(...values: unknown[]): unknown {
  return values.find((value) => line(value) !== "");
}

function name(person: Item): string {
  const family = [person["non-dropping-particle"], person["family"]].filter(Boolean).join(" ");
  return String(person["literal"] || [family, person["given"], person["suffix"]].filter(Boolean).join(", "));
}

/** The year and the date (`1999/03/05/`) of a CSL date; the first day of a span. */
function dated(date: unknown): [string, string] {
  const { "date-parts": spans, literal } = (date ?? {}) as Item;
  const parts = (list(spans)[0] as unknown as unknown[] | undefined ?? []).map((part) => String(Number(part)).padStart(2, "0"));
  const [year] = parts;
  if (year === undefined) return ["", String(literal ?? "")];
  return [year, `${[...parts, ...Array.from({ length: 3 - parts.length }, () => "")].join("/")}/`];
}

function record(item: Item): string[] {
  const custom = (item["custom"] ?? {}) as Item;
  const [from, ...rest] = String(item["page"] ?? "").replaceAll("–", "-").split("-");
  const [year, date] = dated(item["issued"]);
  const [, accessed] = dated(item["accessed"]);
  const grade = custom["grade"] ? `Grade in the atlas: ${String(custom["grade"])}.` : "";
  const fields: [string, unknown][] = [
    ["ID", item["id"]],
    ...list(item["author"]).map((person): [string, unknown] => ["AU", name(person)]),
    ...list(item["editor"]).map((person): [string, unknown] => ["A2", name(person)]),
    ["TI", item["title"]],
    ["T2", item["container-title"]],
    ["T3", item["collection-title"]],
    ["PY", year],
    ["DA", date],
    ["PB", item["publisher"]],
    ["CY", item["publisher-place"]],
    ["VL", item["volume"]],
    ["IS", first(item["issue"], item["number"])],
    ["SP", from],
    ["EP", rest.join("-")],
    ["ET", item["edition"]],
    ["M3", item["genre"]],
    ["LA", item["language"]],
    ["DO", item["DOI"]],
    ["SN", first(item["ISBN"], item["ISSN"])],
    ["UR", item["URL"]],
    ["Y2", accessed],
    ["AB", item["abstract"]],
    ["N1", item["note"]],
    ["N1", `${grade} ${String(custom["reliability"] ?? "")}`],
  ];
  const told = fields.flatMap(([tag, value]) => (line(value) ? [`${tag}  - ${line(value)}`] : []));
  return [`TY  - ${TYPES.get(String(item["type"])) ?? "GEN"}`, ...told, "ER  - "];
}

/** CSL items as RIS: one record for each, an empty line between two. */
export function asRis(items: readonly Item[]): string {
  return `${items.map((item) => record(item).join("\n")).join("\n\n")}\n`;
}

/** CSL items as one JSON document. */
export function asCsl(items: readonly Item[]): string {
  return `${JSON.stringify(items, null, 2)}\n`;
}
