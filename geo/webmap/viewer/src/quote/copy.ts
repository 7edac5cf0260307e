/** Text for the reader to take along: copied by a button, or selected when the browser does not let a page copy. */

import { el, nextId } from "../dom.ts";
import type { Language } from "../payload.ts";
import { type WordKey, say } from "../words.ts";

/** Put a text into the clipboard; false when the browser has none or refuses. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await window.navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

interface Box {
  label: string;
  text: string;
  language: Language;
  /** The language that the text is written in. */
  lang: string;
  /** What the button says. */
  copy?: WordKey;
  /** Whether the reader writes into the text before copying it. */
  open?: boolean;
  /** More to do with the text, beside the button. */
  more?: readonly (HTMLElement | null)[];
}

/** A text in a field of its own, with a button that copies what stands in it and says whether it did. */
export function copyBox({ label, text, language, lang, copy = "quote.copy", open = false, more = [] }: Box): HTMLElement {
  const id = nextId("copy");
  const rows = Math.min(14, Math.max(2, ...[text.split("\n").length, Math.ceil(text.length / 64)]));
  const field = el("textarea", { id, rows, lang, spellcheck: "false", class: "copying-text", ...(open ? {} : { readonly: true }) });
  field.value = text;
  const said = el("span", { class: "said", role: "status" });
  const take = async (): Promise<void> => {
    said.textContent = "";
    const copied = await copyText(field.value);
    if (!copied) {
      field.focus();
      field.select();
    }
    said.textContent = say(language, copied ? "quote.copied" : "quote.select");
  };
  return el(
    "div",
    { class: "copying" },
    el("label", { class: "copying-label", for: id }, label),
    field,
    el("p", { class: "copying-ways" }, el("button", { type: "button", class: "plain", click: () => void take() }, say(language, copy)), ...more, said),
  );
}
