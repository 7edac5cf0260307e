/** Many short texts in one run of bytes: a million of them weigh what they say, and are made into strings one by one when they are shown. */

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const ENCODER = new TextEncoder();

export class Texts {
  /** `starts[n]` to `starts[n + 1]` are the bytes of the n-th text, in UTF-8. */
  constructor(
    readonly bytes: Uint8Array,
    readonly starts: Uint32Array,
  ) {}

  static of(texts: readonly string[]): Texts {
    const parts = texts.map((text) => ENCODER.encode(text));
    return Texts.joined(parts);
  }

  static joined(parts: readonly Uint8Array[]): Texts {
    const starts = startsOf(parts.map((part) => part.length));
    const bytes = new Uint8Array(starts.at(-1) ?? 0);
    parts.forEach((part, index) => bytes.set(part, starts[index]));
    return new Texts(bytes, starts);
  }

  get count(): number {
    return this.starts.length - 1;
  }

  at(index: number): string {
    const [start, end] = [this.starts[index] ?? 0, this.starts[index + 1] ?? 0];
    return start === end ? "" : DECODER.decode(this.bytes.subarray(start, end));
  }

  all(): string[] {
    return Array.from({ length: this.count }, (_none, index) => this.at(index));
  }

  /** Whether the n-th text is these bytes. */
  is(index: number, wanted: Uint8Array): boolean {
    const start = this.starts[index] ?? 0;
    if ((this.starts[index + 1] ?? 0) - start !== wanted.length) return false;
    for (let at = 0; at < wanted.length; at += 1) if (this.bytes[start + at] !== wanted[at]) return false;
    return true;
  }
}

/** Where each of some texts starts, and where the last one ends. */
export function startsOf(lengths: ArrayLike<number>): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  let end = 0;
  for (let index = 0; index < lengths.length; index += 1) {
    end += lengths[index] as number;
    starts[index + 1] = end;
  }
  return starts;
}

export function utf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}
