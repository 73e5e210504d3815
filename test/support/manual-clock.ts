import { TestClock } from "../../src/testing/test-clock.js";

/** Time that a test moves by hand: that of the test kit. */
export class ManualClock extends TestClock {}
