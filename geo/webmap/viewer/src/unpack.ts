/** The data of the page as it stands in the file: JSON and columns, packed by geo/webmap/packing.py. */

import { unzlibSync } from "fflate";

import { pause } from "./pause.ts";
import type { Payload } from "./payload.ts";
import { type Written, readSites } from "./sites/read.ts";

const MODULUS = 65_521;
/** So many bytes can be summed before a sum may leave 32 bits (RFC 1950). */
const RUN = 5_552;

/** Adler-32 of RFC 1950. */
function checksum(bytes: Uint8Array): number {
  let [one, two] = [1, 0];
  for (let start = 0; start < bytes.length; start += RUN) {
    const end = Math.min(start + RUN, bytes.length);
    for (let index = start; index < end; index += 1) {
      one += bytes[index] as number;
      two += one;
    }
    one %= MODULUS;
    two %= MODULUS;
  }
  return two * 65_536 + one;
}

/** So many letters are read at once; a multiple of four, so that they are Base64 of their own. */
const LETTERS = 2_000_000;

/** The bytes that were written in Base64, piece by piece; newer browsers read it themselves, and many times faster. */
async function bytesOf(packed: string): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let start = 0; start < packed.length; start += LETTERS) {
    if (start > 0) await pause();
    pieces.push(pieceOf(packed.slice(start, start + LETTERS)));
  }
  return pieces;
}

function pieceOf(packed: string): Uint8Array<ArrayBuffer> {
  const reader = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (reader.fromBase64) return reader.fromBase64(packed);
  const text = atob(packed);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** For browsers without a decompressor of their own. */
function inflated(bytes: Uint8Array): Uint8Array {
  const plain = unzlibSync(bytes);
  // fflate looks at no checksum.
  if (bytes.length < 6 || new DataView(bytes.buffer).getUint32(bytes.length - 4) !== checksum(plain)) throw new Error("the data is damaged");
  return plain;
}

/** The bytes that were packed, in one part or several; fails when a single byte of them is not what it was. */
export async function unpack(packed: readonly string[], ownInflate = typeof DecompressionStream === "undefined"): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const one of packed) parts.push(...(await bytesOf(one)));
  if (ownInflate) return inflated(new Uint8Array(await new Blob(parts).arrayBuffer()));
  return new Uint8Array(await new Response(new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer());
}

/** The data of a page of the bytes that were packed: the length of its JSON, the JSON, the columns of its places. */
export function payloadOf(bytes: Uint8Array): Payload {
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const read = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(4, end))) as Omit<Payload, "sites"> & { sites: Written };
  return { ...read, sites: readSites(read.sites, bytes.subarray(end)) };
}
