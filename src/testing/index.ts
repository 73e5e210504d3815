/**
 * `mucwright/testing`: an XMPP service with rooms inside the process, and users that a test drives. It imports no
 * test runner.
 */
export { TestServer, type EnterOptions, type FaultScope, type TestServerOptions } from "./test-server.js";
export {
  testRoom,
  TestRoom,
  type SilenceOptions,
  type TestRoomOptions,
  type WaitOptions,
} from "./test-room.js";
export { TestClock } from "./test-clock.js";
export { TestUser } from "./test-user.js";
export { ExpectationError } from "./expectation-error.js";
export { TestServiceError } from "./test-service-error.js";
export type { InviteOptions } from "./user/invitation.js";
export type { NextMessageOptions, TestMessage } from "./user/message-queue.js";
export type { ListenAddress } from "./stream/listener.js";
export type { ServiceOccupant, ServiceRoom } from "./muc/service-room.js";
export type { RoomConfig } from "./muc/room-config.js";
export type { TranscriptLine } from "./muc/transcript.js";
export { ExampleError, type RanExample } from "./example-error.js";
export { examplesOf, runExamples, type BotExample, type RunExamplesOptions } from "./run-examples.js";
