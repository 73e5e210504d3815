/** Patterns of names that were looked for before: a room hears the same ones again and again. */
const known = new Map<string, RegExp>();
/** Nicks are anybody's to choose: no more of them are kept. */
const CAPACITY = 256;

/** Finds `name` exactly as a word of its own. */
export function exactWordPattern(name: string): RegExp {
  return compile(name, "u");
}

/** Finds `name` as a word of its own, in whatever case. Made once for a name, not for each text. */
export function wordPattern(name: string): RegExp {
  let pattern = known.get(name);
  if (pattern !== undefined) return pattern;
  pattern = compile(name, "iu");
  if (known.size >= CAPACITY) known.clear();
  known.set(name, pattern);
  return pattern;
}

function compile(name: string, flags: string): RegExp {
  const literal = name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])`, flags);
}
