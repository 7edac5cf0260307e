/** Bundle the tests to a temporary folder and run them with Node's own test runner. */

import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const files = (await readdir(path.join(HERE, "test"))).filter((name) => name.endsWith(".test.ts")).sort();
const out = await mkdtemp(path.join(tmpdir(), "memorial-viewer-test-"));
try {
  await build({
    absWorkingDir: HERE,
    entryPoints: files.map((name) => `test/${name}`),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
  const tests = files.map((name) => path.join(out, name.replace(/\.ts$/, ".mjs")));
  process.exitCode = spawnSync(process.execPath, ["--test", ...tests], { stdio: "inherit" }).status ?? 1;
} finally {
  await rm(out, { recursive: true, force: true });
}
