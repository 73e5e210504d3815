import ts from "typescript";
import { describe, expect, it } from "vitest";

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  skipLibCheck: true,
  types: ["node"],
};

/** What the compiler says of a file of a user's, beside this one. */
function complaints(source: string): string[] {
  const file = `${import.meta.dirname}/user.ts`;
  const host = ts.createCompilerHost(OPTIONS);
  const getSourceFile = host.getSourceFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, target, ...rest) =>
    name === file ? ts.createSourceFile(name, source, target) : getSourceFile(name, target, ...rest);
  const program = ts.createProgram([file], OPTIONS, host);
  return ts
    .getPreEmitDiagnostics(program)
    .filter((each) => each.file?.fileName === file)
    .map((each) => ts.flattenDiagnosticMessageText(each.messageText, " "));
}

/** A number is no answer: who has types says so. */
const MISUSE = "const answer: Promise<number> =";

describe("17. types under NodeNext", () => {
  it("mucwright: what is used wrongly is refused by the compiler, and what is used rightly is not", () => {
    const session = 'import { Session, xml } from "mucwright/muc";\ndeclare const session: Session;\n';
    const ask = 'session.iq.get("a@b", xml("q")); void answer;';
    expect(complaints(`${session}const answer = ${ask}`)).toEqual([]);
    expect(complaints(`${session}${MISUSE} ${ask}`)).toEqual([
      expect.stringContaining("not assignable to type 'Promise<number>'"),
    ]);
  });

  it("a bare client: there are none, and nothing that is done with it is checked", () => {
    const said = complaints(
      'import { client } from "@xmpp/client";\nconst answer: Promise<number> = client({}).iqCaller.get(1); void answer;',
    );
    expect(said).toEqual([expect.stringContaining("Could not find a declaration file")]);
  });
});
