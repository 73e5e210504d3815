// Where the links of Markdown files lead.
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** The anchors of a Markdown file, as GitHub makes them of its headings. */
function anchors(path: string): ReadonlySet<string> {
  const text = readFileSync(path, "utf8").replace(/^```[^]*?^```$/gm, "");
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-"),
  );
  return new Set(headings);
}

/** The links of a file of the repository that lead to no file, or to no heading of one. Those to other sites are not tried. */
export function lostLinks(file: string): readonly string[] {
  const path = join(ROOT, file);
  const text = readFileSync(path, "utf8").replace(/^```[^]*?^```$/gm, "");
  const links = [...text.matchAll(/\]\((?!\w+:)([^)#]*)(?:#([^)]+))?\)/g)];
  return links.flatMap(([link, to = "", anchor]) => {
    const target = to === "" ? path : join(dirname(path), to);
    if (!existsSync(target)) return [link];
    if (anchor === undefined) return [];
    return statSync(target).isFile() && anchors(target).has(anchor) ? [] : [link];
  });
}
