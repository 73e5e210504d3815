import { request } from "node:http";

/**
 * Runs an administrative command of ejabberd over its HTTP API. Resolves with what the command returns.
 * @throws Error if there is no server, if the command failed, or if there is no answer in time.
 */
export function callApi(
  port: number,
  command: string,
  args: Readonly<Record<string, unknown>> = {},
  timeoutMs = 40_000,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`ejabberd's API, asked ${command}: ${why}`));
    const options = {
      host: "127.0.0.1",
      port,
      method: "POST",
      path: `/api/${command}`,
      headers: { "content-type": "application/json" },
      // No connection is kept: the server may be another one by the next call.
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
    } as const;
    const call = request(options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("error", (error) => fail(error.message));
      response.on("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else fail(`${response.statusCode} ${text}`);
      });
    });
    call.on("error", (error) => fail(error.message));
    call.end(JSON.stringify(args));
  });
}
