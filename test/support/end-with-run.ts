// A worker whose run was killed would go on with its tests, and start servers that nobody ends.
// Not process.exit(): Vitest has put an error in its place.
process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
