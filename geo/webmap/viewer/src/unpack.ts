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

/** The text that was packed; throws when a single byte of it is not what it was, for fflate looks at no checksum. */
export function unpack(packed: string): string {
  const text = atob(packed);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  const plain = unzlibSync(bytes);
  if (bytes.length < 6 || new DataView(bytes.buffer).getUint32(bytes.length - 4) !== checksum(plain)) throw new Error("the data is damaged");
  return new TextDecoder("utf-8", { fatal: true }).decode(plain);
}
