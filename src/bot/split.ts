/** How many bytes the character at `at` takes in UTF-8, and how many places in the text. */
function sizeAt(text: string, at: number): { readonly bytes: number; readonly length: number } {
  const code = text.codePointAt(at) ?? 0;
  if (code > 0xffff) return { bytes: 4, length: 2 };
  return { bytes: code < 0x80 ? 1 : code < 0x800 ? 2 : 3, length: 1 };
}

/** Where the part that begins at `start` ends: at a line, at a word, or where there is no room for more. */
function endOf(text: string, start: number, maxBytes: number): number {
  let bytes = 0;
  let at = start;
  let line = start;
  let lineBytes = 0;
  let word = start;
  while (at < text.length) {
    const size = sizeAt(text, at);
    // one character at least, however little room there is
    if (bytes + size.bytes > maxBytes && at > start) {
      // a line that ends too early is no place to stop: the rest would be as long again
      if (lineBytes * 4 > maxBytes) return line;
      if (/\s/.test(text.charAt(at))) return at;
      return word > start ? word : at;
    }
    bytes += size.bytes;
    at += size.length;
    const last = text.charAt(at - 1);
    if (last === "\n") {
      line = at;
      lineBytes = bytes;
    }
    if (/\s/.test(last)) word = at;
  }
  return at;
}

/** What separated two words separates two parts now; what a line begins with belongs to it. */
function afterBlanks(text: string, end: number): number {
  let at = end;
  while (text.charAt(at) === " " || text.charAt(at) === "\t") at++;
  return text.charAt(at) === "\n" ? at + 1 : at;
}

/**
 * A text in parts of at most `maxBytes` of UTF-8, cut between lines where that leaves parts of a good size, else between
 * words, else anywhere but within a character. Blanks at the cuts fall away.
 */
export function splitText(text: string, maxBytes: number): readonly string[] {
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return [text];
  const parts: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = endOf(text, start, maxBytes);
    const part = text.slice(start, end);
    const kept = end < text.length ? part.trimEnd() : part;
    if (kept.trim() !== "") parts.push(kept);
    start = text.charAt(end - 1) === "\n" ? end : afterBlanks(text, end);
  }
  return parts.length === 0 ? [""] : parts;
}
