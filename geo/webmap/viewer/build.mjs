/** Bundle the viewer into geo/webmap/bundle/: code, styles, fonts and licences. Same input, same bytes. */

import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const BUNDLE = path.resolve(HERE, "../bundle");
/** Where the bundle is made; it takes the place of the old one when it is whole. */
const OUT = `${BUNDLE}.new`;

/** The faces that the styles use. Each is cut into files by script; a page takes the files whose characters it shows. */
const FACES = [
  { family: "Noto Sans", package: "noto-sans", weights: [400, 600], italics: [400], subsets: ["latin", "latin-ext", "vietnamese"] },
  { family: "Noto Serif", package: "noto-serif", weights: [400, 600], italics: [], subsets: ["latin", "latin-ext", "vietnamese"] },
  { family: "Noto Sans Khmer", package: "noto-sans-khmer", weights: [400, 600], italics: [], subsets: ["khmer"] },
  { family: "Noto Serif Khmer", package: "noto-serif-khmer", weights: [400, 600], italics: [], subsets: ["khmer"] },
  { family: "Noto Sans Thai", package: "noto-sans-thai", weights: [400], italics: [], subsets: ["thai"] },
];
/** Files of hundreds of letters of which a page shows a few: geo/webmap/fonts.py cuts them down to those. */
const CUT = new Set(["latin-ext", "vietnamese"]);
const LIBRARIES = ["fflate", "leaflet", "supercluster", "kdbush", "simple-statistics", "geographiclib-geodesic", "robust-predicates", ...FACES.map((face) => `@fontsource/${face.package}`)];

/** The texts of the other languages become bare lists in the order of the English keys: the keys are carried once. */
const wordLists = {
  name: "word-lists",
  setup(task) {
    task.onLoad({ filter: /words\/(?:fr|km)\.json$/ }, async ({ path: file }) => {
      const keys = Object.keys(JSON.parse(await readFile(path.join(HERE, "words/en.json"), "utf8")));
      const texts = JSON.parse(await readFile(file, "utf8"));
      const list = keys.map((key) => {
        if (typeof texts[key] !== "string") throw new Error(`${path.basename(file)} has no text for ${key}`);
        return texts[key];
      });
      return { contents: `export default ${JSON.stringify(list.join("\n"))}.split("\\n")`, loader: "js" };
    });
  },
};

/** Of what native readers have read, a page needs to know only whether a language is read through. */
const readings = {
  name: "readings",
  setup(task) {
    task.onLoad({ filter: /words\/reviewed\.json$/ }, async ({ path: file }) => {
      const keys = Object.keys(JSON.parse(await readFile(path.join(HERE, "words/en.json"), "utf8")));
      const read = Object.entries(JSON.parse(await readFile(file, "utf8")));
      const whole = Object.fromEntries(read.map(([language, texts]) => [language, keys.every((key) => key in texts)]));
      return { contents: JSON.stringify(whole), loader: "json" };
    });
  },
};

async function bundle() {
  await build({
    absWorkingDir: HERE,
    entryPoints: { viewer: "src/main.ts" },
    outfile: path.join(OUT, "viewer.js"),
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2022"],
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    plugins: [wordLists, readings],
    // Leaflet's own minified build is smaller than what comes of minifying its source.
    alias: { leaflet: path.join(HERE, "node_modules/leaflet/dist/leaflet.js") },
  });
  await build({
    absWorkingDir: HERE,
    entryPoints: { viewer: "styles/main.css", reading: "styles/reading.css" },
    outdir: OUT,
    bundle: true,
    minify: true,
    target: ["chrome109", "firefox115", "safari16"],
    charset: "utf8",
    loader: { ".png": "empty" },
    legalComments: "none",
    logLevel: "warning",
  });
  const code = await readFile(path.join(OUT, "viewer.js"), "utf8");
  // The code is put between <script> and </script> as it is.
  for (const danger of ["</script", "<!--", "<script"]) {
    if (code.toLowerCase().includes(danger)) throw new Error(`viewer.js must not contain ${danger}`);
  }
}

async function fonts() {
  const list = [];
  for (const face of FACES) {
    const home = path.join(HERE, "node_modules/@fontsource", face.package);
    const ranges = JSON.parse(await readFile(path.join(home, "unicode.json"), "utf8"));
    const cuts = [...face.weights.map((weight) => [weight, "normal"]), ...face.italics.map((weight) => [weight, "italic"])];
    for (const [weight, style] of cuts) {
      for (const subset of face.subsets) {
        const file = `${face.package}-${subset}-${weight}-${style}.woff2`;
        await copyFile(path.join(home, "files", file), path.join(OUT, file));
        list.push({ family: face.family, weight, style, file, unicode_range: ranges[subset], ...(CUT.has(subset) ? { cut: true } : {}) });
      }
    }
  }
  await writeFile(path.join(OUT, "fonts.json"), `${JSON.stringify(list, null, 1)}\n`);
}

/** The texts that Python needs: what a page says before, or without, its code. */
async function words() {
  const read = async (name) => JSON.parse(await readFile(path.join(HERE, "words", `${name}.json`), "utf8"));
  const [reading, months] = [await read("reading"), await read("months")];
  const texts = {};
  for (const language of Object.keys(months)) texts[language] = { ...(await read(language)), ...reading[language], months: months[language] };
  await writeFile(path.join(OUT, "words.json"), `${JSON.stringify(texts, null, 1)}\n`);
}

async function licences() {
  const list = [];
  for (const name of LIBRARIES) {
    const home = path.join(HERE, "node_modules", name);
    const about = JSON.parse(await readFile(path.join(home, "package.json"), "utf8"));
    const file = (await readdir(home)).sort().find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${name} has no licence file`);
    list.push({ name, version: about.version, licence: about.license, text: await readFile(path.join(home, file), "utf8") });
  }
  await writeFile(path.join(OUT, "licences.json"), `${JSON.stringify(list, null, 1)}\n`);
}

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await bundle();
await fonts();
await words();
await licences();
await rm(BUNDLE, { recursive: true, force: true });
await rename(OUT, BUNDLE);
