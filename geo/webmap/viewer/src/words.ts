/** The interface in words: one flat list of texts for each language, and the texts that the data brings. */

import en from "../words/en.json";
import fr from "../words/fr.json";
import km from "../words/km.json";
import reviewed from "../words/reviewed.json";
import { withArticle } from "./french.ts";
import { counted } from "./numbers.ts";
import type { Language, Words } from "./payload.ts";

type Entry = keyof typeof en;
type Plural<K extends string> = K extends `${infer Stem}_other` ? Stem : never;
/** A text by its key; a key that counts is named without its `_one` or `_other`. */
export type WordKey = Exclude<Entry, `${string}_one` | `${string}_other`> | Plural<Entry>;
type Values = Record<string, string | number>;

/** The bundle carries the other languages as lists in the order of the English keys; as files they have keys. */
function keyed(texts: Record<Entry, string> | readonly string[]): Record<Entry, string> {
  if (!Array.isArray(texts)) return texts as Record<Entry, string>;
  return Object.fromEntries(Object.keys(en).map((key, index) => [key, texts[index] as string])) as Record<Entry, string>;
}

const TEXTS: Record<Language, Record<Entry, string>> = { en, fr: keyed(fr), km: keyed(km) };

/** The language that descriptions of records and the sources' own words are written in. */
export const DATA_LANGUAGE: Language = "en";

export const LANGUAGE_NAMES: Record<Language, string> = { en: "English", km: "ខ្មែរ", fr: "Français" };

/** Zero and one take the singular in French; Khmer has one form for all numbers. */
function isSingular(count: number, language: Language): boolean {
  return language === "fr" ? count < 2 : count === 1;
}

/** Numbers among the values are the interface's own counts: grouped, in the digits of the language. */
export function say(language: Language, key: WordKey, values: Values = {}): string {
  const texts: Record<string, string> = TEXTS[language];
  const count = (language === "fr" ? (values["shown"] ?? values["figures"]) : undefined) ?? values["n"] ?? 0;
  const form = typeof count === "number" && isSingular(count, language) ? "_one" : "_other";
  const text = texts[key] ?? texts[key + form] ?? key;
  return text.replace(/\{([a-z]+)(?::([a-z]+))?\}/g, (_whole, name: string, form: string | undefined) => {
    const value = values[name] ?? "";
    if (typeof value === "string") return form ? withArticle(value, form) : value;
    return counted(value, language);
  });
}

/** "Victims: at least 100", with the colon as each language sets it. */
export function labelled(label: string, text: string, language: Language): string {
  return label + COLON[language] + text;
}

export const COLON: Record<Language, string> = { en: ": ", fr: "\u00a0: ", km: "៖ " };

/** Whether there is a text for a word that came from the data, such as a status. */
export function isWord(key: string): key is WordKey {
  return key in en || `${key}_other` in en;
}

/** Whether a native reader has still to go through the texts of a language; the bundle carries only the answer. */
export function awaitsReader(language: Language): boolean {
  if (language === "en") return false;
  const read: boolean | Record<string, unknown> = reviewed[language];
  return typeof read === "boolean" ? !read : Object.keys(en).some((key) => !(key in read));
}

/** A text of the data in the language of the page, and the language that it is really in. */
export function pick(words: Words, language: Language): { text: string; language: Language } {
  const text = words[language];
  return text ? { text, language } : { text: words.en, language: "en" };
}
