import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";

import { BUILD_TIMEOUT_MS, ensureBuilt } from "../../support/build.js";

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  skipLibCheck: true,
  types: ["node"],
};

/** What the compiler says of files of a user's, beside this one: of each for itself. */
function complaints(...sources: readonly string[]): string[][] {
  const files = sources.map((_source, at) => `${import.meta.dirname}/user-${at}.ts`);
  const host = ts.createCompilerHost(OPTIONS);
  const getSourceFile = host.getSourceFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.fileExists = (name) => files.includes(name) || fileExists(name);
  host.getSourceFile = (name, target, ...rest) => {
    const source = sources[files.indexOf(name)];
    return source === undefined
      ? getSourceFile(name, target, ...rest)
      : ts.createSourceFile(name, source, target);
  };
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(files, OPTIONS, host));
  return files.map((file) =>
    diagnostics
      .filter((each) => each.file?.fileName === file)
      .map((each) => ts.flattenDiagnosticMessageText(each.messageText, " ")),
  );
}

/** A number is no answer: who has types says so. */
const MISUSE = "const answer: Promise<number> =";

// what a user's compiler reads are the built declarations
beforeAll(ensureBuilt, BUILD_TIMEOUT_MS);

describe("17. types under NodeNext", { timeout: BUILD_TIMEOUT_MS }, () => {
  it("mucwright: what is used wrongly is refused by the compiler, and what is used rightly is not", () => {
    const session = 'import { Session, xml } from "mucwright/muc";\ndeclare const session: Session;\n';
    const ask = 'session.iq.get("a@b", xml("q")); void answer;';
    const [right, wrong] = complaints(`${session}const answer = ${ask}`, `${session}${MISUSE} ${ask}`);
    expect(right).toEqual([]);
    expect(wrong).toEqual([expect.stringContaining("not assignable to type 'Promise<number>'")]);
  });

  it("a bare client: there are none, and nothing that is done with it is checked", () => {
    const [said] = complaints(
      'import { client } from "@xmpp/client";\nconst answer: Promise<number> = client({}).iqCaller.get(1); void answer;',
    );
    expect(said).toEqual([expect.stringContaining("Could not find a declaration file")]);
  });
});
