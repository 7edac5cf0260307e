/** What a reader may do with the record of a card: quote it, copy its address, suggest a correction. */

import { el } from "../dom.ts";
import { say } from "../words.ts";
import { copyText } from "./copy.ts";
import type { Quoting, Subject } from "./dialog.ts";

export function actionRow(quoting: Quoting, subject: () => Subject): HTMLElement {
  const { language } = subject();
  const said = el("span", { class: "said", role: "status" });
  const link = async (): Promise<void> => {
    said.textContent = "";
    if (await copyText(quoting.link())) said.textContent = say(language, "quote.copied");
    else quoting.showLink();
  };
  const button = (label: string, act: () => void): HTMLElement => el("button", { type: "button", class: "act", click: act }, label);
  return el(
    "div",
    { class: "acts", role: "group", "aria-label": say(language, "quote.acts") },
    button(say(language, "quote.title"), () => quoting.quote(subject())),
    button(say(language, "quote.link"), () => void link()),
    button(say(language, "quote.correct"), () => quoting.correct(subject())),
    said,
  );
}
