/** Longer words are nobody's slip. */
const MAX_LENGTH = 40;

/** How many letters have to be changed, put in, left out or swapped with the next to make one word of the other. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}

/** So many words of a line, folded. */
function beginning(line: string, words: number): string {
  return line
    .slice(0, MAX_LENGTH * 2)
    .toLowerCase()
    .split(/\s+/)
    .slice(0, words)
    .join(" ");
}

/** How far what a line begins with is from a name of one or several words; null where it is too far. */
function off(line: string, name: string): number | null {
  const asked = beginning(line, name.split(" ").length);
  if (asked.length > MAX_LENGTH || Math.abs(asked.length - name.length) > name.length) return null;
  // half of a name is no slip: the other half is missing
  if (name.startsWith(`${asked} `)) return 1;
  const changes = distance(asked, name);
  return changes <= Math.max(1, Math.floor(name.length / 3)) && changes < name.length ? changes : null;
}

/** Which of the names may have been meant by what a line begins with, the most similar first; at most three. */
export function similarTo(line: string, names: readonly string[]): readonly string[] {
  const family = `${beginning(line, 1)} `;
  const ofFamily = names.filter((name) => name.startsWith(family));
  const found: { readonly name: string; readonly changes: number }[] = [];
  for (const name of ofFamily.length > 0 ? ofFamily : names) {
    const changes = off(line, name);
    if (changes !== null) found.push({ name, changes });
  }
  // who knows the first word is told what may follow it
  if (found.length === 0) return ofFamily.slice(0, 3);
  return found
    .sort((a, b) => a.changes - b.changes)
    .slice(0, 3)
    .map(({ name }) => name);
}
