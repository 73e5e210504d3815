import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import { transformSync } from "oxc-transform";

import { syntaxError } from "./syntax-error.js";

/** `require` inside CommonJS asks no hook, so the compiler's helpers are named by their full path there. */
function withHelperPaths(code: string): string {
  const { resolve } = createRequire(import.meta.url);
  return code.replace(
    /\brequire\("(@oxc-project\/runtime\/[^"]+)"\)/g,
    (_, helper: string) => `require(${JSON.stringify(resolve(helper))})`,
  );
}

/**
 * One TypeScript file as JavaScript, its source map inside. Decorators are the legacy ones and emit their
 * metadata whatever a tsconfig says, for without it nothing can be injected by type.
 */
export function transformTypeScript(file: string, source: string): string {
  const isCommonJs = file.endsWith(".cts");
  // a byte order mark is no part of the program, and would hide a `#!` line from the parser
  const { code, map, errors } = transformSync(file, source.replace(/^\uFEFF/, ""), {
    sourcemap: true,
    sourceType: isCommonJs ? "commonjs" : "module",
    // lowers what Node 20 does not have: `using`, `accessor`
    target: "es2022",
    decorator: { legacy: true, emitDecoratorMetadata: true },
  });
  const broken = errors.filter((error) => error.severity === "Error");
  if (broken.length > 0) throw syntaxError(file, broken);
  // the full URL: a relative one would be read against the module's own, query string and all
  const inline = JSON.stringify({ ...map, sources: [pathToFileURL(file).href] });
  const encoded = Buffer.from(inline).toString("base64");
  return `${isCommonJs ? withHelperPaths(code) : code}\n//# sourceMappingURL=data:application/json;base64,${encoded}`;
}
