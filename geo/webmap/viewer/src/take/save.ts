/** Hand the reader a file that the page has made. Nothing is asked of any server. */

export function saveFile(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads the file after the click; it is let go when that is surely done.
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
