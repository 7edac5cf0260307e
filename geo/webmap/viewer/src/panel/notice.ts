/** The content notice, shown once in a visit, before the first map; the cover shows it in its own text. */

import { el, replace } from "../dom.ts";
import type { Payload } from "../payload.ts";
import type { Store } from "../state.ts";
import { pick, say } from "../words.ts";

function key(payload: Payload): string {
  return `memorial ${payload.atlas.id} notice`;
}

/** Remember, for this visit only, that the notice was read; a browser that keeps nothing shows it again. */
export function noticeRead(payload: Payload): void {
  try {
    window.sessionStorage.setItem(key(payload), "read");
  } catch {
    // Storage is refused in some browsers for pages opened from disk.
  }
}

function wasRead(payload: Payload): boolean {
  try {
    return window.sessionStorage.getItem(key(payload)) === "read";
  } catch {
    return false;
  }
}

/** A quiet band over the map with the notice; null when there is none or it was read. `goOn` puts the focus that stood in it elsewhere. */
export function noticeBand(payload: Payload, store: Store, goOn: () => void): HTMLElement | null {
  const { notice } = payload.atlas;
  if (!notice || wasRead(payload)) return null;
  const band = el("section", { class: "notice" });
  const draw = (): void => {
    const text = pick(notice, store.state.language);
    const close = (): void => {
      noticeRead(payload);
      band.remove();
      goOn();
    };
    replace(
      band,
      el("p", { lang: text.language }, text.text),
      el("button", { type: "button", class: "plain", click: close }, say(store.state.language, "notice.go")),
    );
  };
  store.listen((_state, changed) => {
    if (changed.has("language")) draw();
  });
  draw();
  return band;
}
