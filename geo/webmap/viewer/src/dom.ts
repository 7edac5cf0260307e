/** The only way in which this page makes elements: tags and classes of our own, data as text and attribute values. */

type Child = Node | string | null | undefined | false;
type Listener = (event: Event) => void;
type Attributes = Record<string, string | number | boolean | Listener | undefined>;

const SVG = "http://www.w3.org/2000/svg";
/** Attributes that a browser would run or fetch; nothing here may set them from data. */
const REFUSED = /^(on|style$|src|href|action|formaction|srcdoc|xlink)/i;

function fill(node: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else if (REFUSED.test(name)) throw new Error(`${name} is refused`);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) node.append(child);
}

/** An HTML element. A function among the attributes listens to the event of that name. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  fill(node, attributes, children);
  return node;
}

/** An SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const node = document.createElementNS(SVG, tag);
  fill(node, attributes, children);
  return node;
}

/** A `lang` value that came with the data, or nothing when it is not the form of a language tag. */
export function langTag(tag: string | undefined): string | undefined {
  return tag && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(tag) ? tag : undefined;
}

/** The address, when it is one that a reader may be sent to: http or https and nothing else. */
export function webAddress(text: string | undefined): URL | null {
  if (!text || !/^https?:\/\//i.test(text)) return null;
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url : null;
  } catch {
    return null;
  }
}

/** A link out of the page; plain text when the address is not fit to follow. */
export function outsideLink(address: string | undefined, label: (host: string) => string): HTMLElement | null {
  const url = webAddress(address);
  if (!url) return address ? el("span", { class: "address" }, address) : null;
  const link = el("a", { class: "outside", rel: "noopener noreferrer", target: "_blank" }, label(url.hostname));
  link.href = url.href;
  return link;
}

/** A link to a page that lies beside this one; nothing else than a plain file name is followed. */
export function sisterLink(href: string, fragment: string, attributes: Attributes, ...children: Child[]): HTMLElement {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*\.html$/.test(href)) return el("span", attributes, ...children);
  const link = el("a", attributes, ...children);
  link.href = `${href}#${fragment}`;
  return link;
}

/** Empty a node and give it other children. */
export function replace(node: Element, ...children: Child[]): void {
  node.replaceChildren(...children.filter((child): child is Node | string => Boolean(child)));
}

let serial = 0;
/** An element id of our own, for labels; counted, so that it is the same each time. */
export function nextId(stem: string): string {
  serial += 1;
  return `${stem}-${serial}`;
}
