// what is no entry point cannot be imported, so that it can change
for (const path of ["dist/index.js", "dist/muc/index.js", "dist/cli/main.js", "src/index.ts", "muc/room"]) {
  const code = await import(`mucwright/${path}`).then(
    () => "none",
    (error) => error.code,
  );
  if (code !== "ERR_PACKAGE_PATH_NOT_EXPORTED")
    throw new Error(`mucwright/${path} can be imported (error: ${code})`);
}
await import("mucwright/package.json", { with: { type: "json" } });
