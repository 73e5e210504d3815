import { describe, expect, it } from "vitest";

import { transformTypeScript } from "../../../src/cli/loader/transform.js";

function mapOf(code: string): { sources: string[]; mappings: string } {
  const [, encoded] = /sourceMappingURL=data:application\/json;base64,(.+)$/.exec(code) ?? [];
  return JSON.parse(Buffer.from(encoded ?? "", "base64").toString()) as {
    sources: string[];
    mappings: string;
  };
}

describe("transformTypeScript", () => {
  it("emits the metadata that injection by type needs", () => {
    const code = transformTypeScript(
      "/bot.ts",
      'import { Dep } from "./dep.js"; @mark() export class Bot { constructor(private readonly dep: Dep) {} }',
    );
    expect(code).toContain('"design:paramtypes"');
    expect(code).toMatch(/typeof Dep === "undefined" \? Object : Dep/);
    expect(code).toContain("this.dep = dep");
  });

  it("removes what is only a type", () => {
    const code = transformTypeScript(
      "/bot.ts",
      'import { A } from "./a.js"; const a: A | null = null; console.log(a);',
    );
    expect(code).not.toContain("./a.js");
  });

  it("lowers `using`, which Node 20 does not have", () => {
    expect(transformTypeScript("/bot.ts", "{ using x = open(); }")).not.toMatch(/\busing x/);
  });

  it("maps back to the file, whatever its name", () => {
    const { sources, mappings } = mapOf(transformTypeScript("/my bö t.ts", "const x: number = 1;"));
    expect(sources).toEqual(["file:///my%20b%C3%B6%20t.ts"]);
    expect(mappings).not.toBe("");
  });

  it("reads a file that begins with a byte order mark and a #! line", () => {
    expect(transformTypeScript("/bot.ts", "\uFEFF#!/usr/bin/env mucwright\nlet x: number;")).toContain(
      "let x;",
    );
  });

  it("makes CommonJS of .cts, with helpers that `require` finds from anywhere", () => {
    const code = transformTypeScript("/a.cts", "@mark() class A { constructor(b: string) {} }\nexport = A;");
    expect(code).toMatch(/require\("\/.*\/@oxc-project\/runtime\/.*decorate.*\.js"\)/);
    expect(code).toContain("module.exports = A");
  });

  it("answers a syntax error with the file, the line and a code frame, and no stack", () => {
    const broken = (): string => transformTypeScript("/home/me/bot.ts", "const a = 1;\nconst b = ;\n");
    expect(broken).toThrow(/\[\/home\/me\/bot\.ts:2:11\][^]*2 \| const b = ;/);
    expect(broken).toThrow(
      expect.objectContaining({
        name: "SyntaxError",
        code: "botFileSyntax",
        stack: expect.not.stringMatching(/^ {4}at /m) as unknown,
      }),
    );
  });
});
