import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";

import { unpack } from "../src/unpack.ts";

const TEXT = JSON.stringify({ name: "ទួលស្លែង", low: "14000", note: "<b>é</b>".repeat(4000) });
const PACKED = deflateSync(TEXT);

for (const own of [false, true]) {
  const how = own ? "by our own means" : "by the browser's";

  test(`what was packed comes back, ${how}`, async () => {
    for (const text of ["", "a", TEXT]) assert.equal(new TextDecoder().decode(await unpack([deflateSync(text).toString("base64")], own)), text);
  });

  test(`not one byte may have changed, and none may be missing, ${how}`, async () => {
    for (let place = 0; place < PACKED.length; place += 1) {
      const damaged = Buffer.from(PACKED);
      // The first byte and a part of the second say nothing about the data (RFC 1950).
      damaged[place] = (damaged[place] as number) ^ 0x10;
      if (place > 1) await assert.rejects(unpack([damaged.toString("base64")], own), String(place));
      await assert.rejects(unpack([PACKED.subarray(0, place).toString("base64")], own), String(place));
    }
  });

  test(`what is no Base64 is refused, ${how}`, async () => {
    await assert.rejects(unpack(["<p>nothing</p>"], own));
    await assert.rejects(unpack([""], own));
  });
}
