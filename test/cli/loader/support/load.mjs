// the child of `loadInChild`: loads one file through the built loader and prints what came of it
import { pathToFileURL } from "node:url";

const [dist, file] = process.argv.slice(2);
const { installLoader, loadedFiles } = await import(pathToFileURL(`${dist}/install.js`).href);
const { loadBotFile } = await import(pathToFileURL(`${dist}/load-bot-file.js`).href);

installLoader();
let result;
try {
  result = { exports: Object.keys(await loadBotFile(file)) };
} catch (error) {
  const { name, code, message, place, cause } = error;
  result = { error: { name, code, message, place, cause: cause?.stack ?? String(cause) } };
}
console.log(JSON.stringify({ ...result, files: loadedFiles() }));
