/**
 * What a page gets from the bundle: `memorial.read(id)`, a promise of the data that an element holds, or files beside the
 * page (`memorial.part(number, letters)`);
 * `memorial.open(element, payload)`; and Leaflet as `L` for layers added from Python.
 */

import L from "leaflet";

import { open } from "./page/open.ts";
import { pause } from "./pause.ts";
import type { Payload } from "./payload.ts";
import { payloadOf, unpack } from "./unpack.ts";

declare global {
  interface Window {
    memorial: { open: typeof open; part: typeof part; read: typeof read };
    L: typeof L;
  }
}

const parts: string[] = [];

/** What a file of data beside the page hands over. */
function part(number: number, packed: string): void {
  parts[number] = packed;
}

/** Damaged data is told to the reader in the words that stand ready in the page (styles/opening.css); nothing is opened then. */
async function read(id: string): Promise<Payload> {
  try {
    const element = document.getElementById(id);
    const held = Number(element?.dataset["parts"] ?? 0);
    // Data beside the page: each part came with a script of its own.
    const packed = held > 0 ? parts.splice(0) : [element?.textContent ?? ""];
    if (packed.length < held || packed.includes(undefined as never)) throw new Error("a part of the data is missing");
    const bytes = await unpack(packed);
    await pause();
    return payloadOf(bytes);
  } catch (error) {
    document.body.classList.add("damaged");
    throw error;
  }
}

// Leaflet's own marker is a picture file beside its style sheet; a page without files draws it itself.
const PIN =
  "data:image/svg+xml," +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg"><circle cx="12" cy="12" r="8" fill="#2e3a59" stroke="#fff" stroke-width="2"/></svg>',
  );
L.Marker.prototype.options.icon = L.icon({ iconUrl: PIN, iconSize: [24, 24], iconAnchor: [12, 12], popupAnchor: [0, -10] });

window.L = L;
window.memorial = { open, part, read };
