// Writes docs/compliance.md: which sections of XEP-0045 the tests stand for, and on which services. Tests name them in
// their titles: "(XEP-0045 §8.2, §9.3 to §9.5)". With --check it only says whether the file is up to date.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(root, "docs/compliance.md");
const sections = readFileSync(join(root, "scripts/xep-0045-sections.txt"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => {
    const [heading = "", why = ""] = line.split(" | ");
    const [number = "", ...title] = heading.split(" ");
    return { number, title: title.join(" "), why };
  });
const order = sections.map(({ number }) => number);

/** Where a section is in the list: a subsection that is not listed counts for the one that it is in. */
function indexOf(number) {
  const index = order.findIndex((each) => each === number || each.startsWith(`${number}.`));
  return index >= 0 || !number.includes(".") ? index : indexOf(number.replace(/\.\d+$/, ""));
}

/** Every section that a title names; "§9.3 to §9.5" names those between, too. */
function named(title) {
  const found = new Set();
  for (const [, list = ""] of title.matchAll(/XEP-0045 (§[^)]*)/g))
    for (const [, from = "", to = from] of list
      .split(/XEP-/)[0]
      .matchAll(/§([\d.]*\d)(?: to §([\d.]*\d))?/g)) {
      const [first, last] = [indexOf(from), indexOf(to)];
      if (first < 0 || last < 0) throw new Error(`There is no such section of XEP-0045: ${title}`);
      for (const number of order.slice(first, last + 1)) found.add(number);
    }
  return found;
}

const SERVICES = {
  describeOnServices: ["embedded", "Prosody", "ejabberd"],
  describeOnServers: ["Prosody", "ejabberd"],
  describeOnOwnServers: ["Prosody", "ejabberd"],
};
const tested = new Map(order.map((number) => [number, { files: new Set(), services: new Set() }]));
for (const name of readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" }).toSorted()) {
  if (!name.endsWith(".test.ts") || name.includes("node_modules")) continue;
  let services = ["stanzas"];
  for (const line of readFileSync(join(root, "test", name), "utf8").split("\n")) {
    const describes = /^(describe\w*)[.(]/.exec(line)?.[1];
    if (describes !== undefined) services = SERVICES[describes] ?? ["stanzas"];
    if (!/["'`].*XEP-0045 §/.test(line)) continue;
    for (const number of named(line)) {
      tested.get(number).files.add(
        relative("muc", name)
          .replaceAll("\\", "/")
          .replace(/^\.\.\//, "../"),
      );
      for (const service of services) tested.get(number).services.add(service);
    }
  }
}

const ORDER = ["stanzas", "embedded", "Prosody", "ejabberd"];
const missing = [];
const rows = sections.map(({ number, title, why }) => {
  const { files, services } = tested.get(number);
  if (files.size === 0 && why === "") missing.push(`${number} ${title}`);
  const on = ORDER.filter((service) => services.has(service)).join(", ");
  const tests = [...files].map((file) => `\`${file.replace(/\.test\.ts$/, "")}\``).join(", ");
  return `| ${number} | ${title} | ${on === "" ? "–" : on} | ${[tests, why].filter((text) => text !== "").join(" ")} |`;
});
if (missing.length > 0) throw new Error(`Neither tested nor explained: ${missing.join("; ")}`);
const text = `# XEP-0045, section by section

Made from the titles of the tests by \`npm run compliance\`. *Stanzas*: driven by single stanzas, without any service.
Tests are named from \`test/muc\`. Where none stands for a section, or not for all of it, a sentence says why.

| § | section | tested on | tests, or why not |
|---|---|---|---|
${rows.join("\n")}
`;
if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (readFileSync(target, "utf8") !== text) {
  console.error("docs/compliance.md is not up to date: npm run compliance");
  process.exitCode = 1;
}
