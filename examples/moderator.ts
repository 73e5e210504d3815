import {
  approveMembers,
  Bot,
  cooldown,
  Command,
  firstOf,
  HandlerContext,
  MessageReceived,
  OnRoleRequest,
  Require,
  RoleRequest,
} from "mucwright";

/** Lets members speak in a moderated room when they ask, and everybody else when they ask nicely: by the rules first. */
@Bot({
  rooms: ["lobby@rooms.example.org"],
  nick: "moderator",
  roleRequests: firstOf(cooldown({ limit: 2, windowMs: 600_000 }), approveMembers()),
})
export class Moderator {
  #open = true;

  /** What the policy left undecided: who is no member. */
  @OnRoleRequest()
  async strangers(r: RoleRequest, ctx: HandlerContext) {
    if (r.decided) return;
    if (this.#open && r.occupant !== null) await r.approve();
    else await r.deny({ tell: "Only members may speak at present." });
    ctx.log.info({ nick: r.nick, outcome: await r.outcome }, "A stranger asked for voice");
  }

  @Command("strangers <may:speak|listen>", { description: "says who may speak" })
  @Require({ role: "moderator" })
  strangersMay(_m: MessageReceived, { may }: { may: "speak" | "listen" }) {
    this.#open = may === "speak";
    return this.#open ? "Everybody may ask for voice." : "Only members get voice.";
  }
}
