/** The data of the page as it stands in the file: JSON, packed by geo/webmap/packing.py. */

import { unzlibSync } from "fflate";

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

/** The bytes that were written in Base64; newer browsers read it themselves, and many times faster. */
function bytesOf(packed: string): Uint8Array<ArrayBuffer> {
  const reader = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (reader.fromBase64) return reader.fromBase64(packed);
  const text = atob(packed);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** For browsers without a decompressor of their own. */
function inflated(bytes: Uint8Array): string {
  const plain = unzlibSync(bytes);
  // fflate looks at no checksum.
  if (bytes.length < 6 || new DataView(bytes.buffer).getUint32(bytes.length - 4) !== checksum(plain)) throw new Error("the data is damaged");
  return new TextDecoder("utf-8", { fatal: true }).decode(plain);
}

/** The text that was packed; fails when a single byte of it is not what it was. */
export async function unpack(packed: string, ownInflate = typeof DecompressionStream === "undefined"): Promise<string> {
  const bytes = bytesOf(packed);
  if (ownInflate) return inflated(bytes);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}
