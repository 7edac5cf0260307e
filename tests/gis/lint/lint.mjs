// Print what two linters of RFC 7946 find in each file that is named: one JSON list of sentences.
import { readFileSync } from "node:fs";
import { HintError, check } from "@placemarkio/check-geojson";
import geojsonhint from "geojsonhint";

const found = [];
for (const path of process.argv.slice(2)) {
  const text = readFileSync(path, "utf8");
  for (const fault of geojsonhint.hint(text)) found.push(`${path}: line ${fault.line}: ${fault.message}`);
  try {
    check(text);
  } catch (error) {
    if (!(error instanceof HintError)) throw error;
    for (const issue of error.issues) found.push(`${path}: ${issue.message}`);
  }
}
console.log(JSON.stringify(found));
