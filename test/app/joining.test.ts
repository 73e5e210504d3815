import { expect, it } from "vitest";

import { Bot } from "../../src/bot/decorators.js";
import { cleanUp, makeApp } from "./support/apps.js";

cleanUp();

@Bot({ rooms: ["lobby@rooms.example.org"] })
class Quiet {}

it.each([
  ["joinsPerSecond", { joinsPerSecond: 0 }],
  ["joinTimeoutMs", { joinTimeoutMs: 0 }],
  ["historyTimeoutMs", { historyTimeoutMs: 0 }],
  ["rejoin", { rejoin: { minDelayMs: 0 } }],
])("%s of the options is the client's: what cannot be is refused at the start", async (name, option) => {
  const { app } = makeApp({ bots: [Quiet], ...option });
  await expect(app.start()).rejects.toMatchObject({
    code: "argument",
    message: expect.stringContaining(name),
  });
});
