import { connect } from "node:net";

const OPEN =
  "<stream:stream xmlns='xmpp:prosody.im/admin' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
const RESULT = /<repl-result([^>]*?)(?:\/>|>([^]*?)<\/repl-result>)/;
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function unescape(text: string): string {
  return text.replace(/&(\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}

/** A text as a literal of Lua. */
export function lua(text: string): string {
  return JSON.stringify(text).replace(/\\u(\w{4})/g, "\\u{$1}");
}

/**
 * Gives a line to Prosody's admin shell, over its socket and without a process of its own. A line that begins with
 * `>` is Lua in the server's own environment. Resolves with the text of the result.
 * @throws Error if there is no server, if the line failed, or if there is no answer in time.
 */
export function shell(socketPath: string, line: string, timeoutMs = 40_000): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(socketPath, () => socket.write(`${OPEN}<repl-input>${escape(line)}</repl-input>`));
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Error(`Prosody's shell, asked ${line}: ${why}`));
    };
    socket.setEncoding("utf8");
    socket.setTimeout(timeoutMs, () => fail(`no answer within ${timeoutMs} ms`));
    socket.on("error", (error) => fail(error.message));
    socket.on("close", () => fail(`closed without a result; received: ${received}`));
    socket.on("data", (data: string) => {
      received += data;
      const result = RESULT.exec(received);
      if (result === null) return;
      const text = unescape(result[2] ?? "");
      if (result[1]?.includes("error")) return fail(text);
      socket.destroy();
      resolve(text.replace(/^(?:OK|Result): /, ""));
    });
  });
}
