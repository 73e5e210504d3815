import {
  acceptFrom,
  Bot,
  declineAll,
  firstOf,
  HandlerContext,
  Invitation,
  limit,
  OnEnter,
  OnInvitation,
  RoomEntered,
} from "mucwright";

const HOME = "lobby@rooms.example.org";

/** Comes into the rooms of its own service when it is invited, and into no other. */
@Bot({
  rooms: [HOME],
  nick: "doorkeeper",
  invitations: firstOf(
    limit({ perInviter: 3, windowMs: 60_000 }),
    acceptFrom({ services: ["rooms.example.org"] }),
    declineAll("I only keep the doors of rooms.example.org"),
  ),
  invited: { maxRooms: 20 },
})
export class Doorkeeper {
  /** The policy has decided; this is only told. */
  @OnInvitation()
  told(i: Invitation, ctx: HandlerContext) {
    ctx.log.info({ invitation: i }, "Somebody wants me");
  }

  @OnEnter()
  greet(e: RoomEntered) {
    return e.room.jid.equals(HOME) ? null : "Thank you for the invitation. I will mind the door.";
  }
}
