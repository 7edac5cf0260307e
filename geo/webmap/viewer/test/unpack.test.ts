import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";

import { unpack } from "../src/unpack.ts";

const TEXT = JSON.stringify({ name: "ទួលស្លែង", low: "14000", note: "<b>é</b>".repeat(4000) });
const PACKED = deflateSync(TEXT);

test("what was packed comes back", () => {
  for (const text of ["", "a", TEXT]) assert.equal(unpack(deflateSync(text).toString("base64")), text);
});

test("not one byte may have changed, and none may be missing", () => {
  for (let place = 0; place < PACKED.length; place += 1) {
    const damaged = Buffer.from(PACKED);
    // The first byte and a part of the second say nothing about the data (RFC 1950).
    damaged[place] = (damaged[place] as number) ^ 0x10;
    if (place > 1) assert.throws(() => unpack(damaged.toString("base64")), String(place));
    assert.throws(() => unpack(PACKED.subarray(0, place).toString("base64")), String(place));
  }
});

test("what is no Base64 is refused", () => {
  assert.throws(() => unpack("<p>nothing</p>"));
  assert.throws(() => unpack(""));
});
