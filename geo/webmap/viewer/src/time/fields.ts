/** Two plain fields for a year and a month: what no pointer can hit as exactly, and what a keyboard types. */

import { el, nextId } from "../dom.ts";
import { latinDigits } from "../numbers.ts";
import type { Language } from "../payload.ts";
import { say } from "../words.ts";
import type { Months } from "./brush.ts";
import { monthText, readMonth } from "./scale.ts";

/** The month that a field names, in digits of either script; a bare year is its first or its last month. */
export function monthIn(text: string, end: "from" | "to"): number | null {
  const plain = latinDigits(text).trim();
  return readMonth(/^[0-9]{4}$/.test(plain) ? `${plain}-${end === "from" ? "01" : "12"}` : plain);
}

export class Fields {
  readonly element = el("div", { class: "time-fields" });
  readonly #inputs: Record<"from" | "to", HTMLInputElement>;
  readonly #labels: Record<"from" | "to", HTMLElement>;
  readonly #fault = el("span", { class: "time-fault", id: nextId("fault"), role: "alert" });
  #example = "";
  #months: Months = [0, 0];

  constructor(readonly changed: (months: Months) => void) {
    const input = (end: "from" | "to"): HTMLInputElement =>
      el("input", {
        type: "text", id: nextId(`years-${end}`), inputmode: "numeric", autocomplete: "off", spellcheck: "false", maxlength: 7, size: 8,
        "data-end": end, change: () => this.#read(end),
      });
    this.#inputs = { from: input("from"), to: input("to") };
    this.#labels = {
      from: el("label", { for: this.#inputs.from.id }),
      to: el("label", { for: this.#inputs.to.id }),
    };
    this.element.append(this.#labels.from, this.#inputs.from, this.#labels.to, this.#inputs.to, this.#fault);
  }

  show(months: Months, language: Language): void {
    this.#months = months;
    this.#labels.from.textContent = say(language, "time.from");
    this.#labels.to.textContent = say(language, "time.to");
    this.#example = say(language, "time.format", { example: monthText(months[0]) });
    for (const [index, end] of (["from", "to"] as const).entries()) {
      this.#inputs[end].value = monthText(months[index] ?? 0);
      this.#judge(end, true);
    }
  }

  #judge(end: "from" | "to", good: boolean): void {
    const input = this.#inputs[end];
    if (good) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
    if (good) input.removeAttribute("aria-describedby");
    else input.setAttribute("aria-describedby", this.#fault.id);
    this.#fault.textContent = good ? "" : this.#example;
  }

  #read(end: "from" | "to"): void {
    const month = monthIn(this.#inputs[end].value, end);
    this.#judge(end, month !== null);
    if (month === null) return;
    const [from, to] = this.#months;
    // A beginning after the end moves the end with it, and the other way round: nothing that was typed is refused.
    this.changed(end === "from" ? [month, Math.max(month, to)] : [Math.min(month, from), month]);
  }
}
