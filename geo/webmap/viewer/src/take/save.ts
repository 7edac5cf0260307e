/** Hand the reader a file that the page has made. Nothing is asked of any server. */

/** So many milliseconds a file is written before the page is let be used. */
const SLICE = 40;
/** So many letters are one part of the file. */
const PART = 1 << 20;

/** Put a text together part by part; a long one in the pauses of the page. */
async function fileOf(parts: Iterable<string>, type: string): Promise<Blob> {
  const blobs: Blob[] = [];
  let [text, end] = ["", performance.now() + SLICE];
  for (const part of parts) {
    text += part;
    if (text.length > PART) {
      blobs.push(new Blob([text]));
      text = "";
    }
    if (performance.now() > end) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      end = performance.now() + SLICE;
    }
  }
  return new Blob([...blobs, text], { type: `${type};charset=utf-8` });
}

export async function saveFile(name: string, type: string, parts: Iterable<string>): Promise<void> {
  const address = URL.createObjectURL(await fileOf(parts, type));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads the file after the click; it is let go when that is surely done.
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
