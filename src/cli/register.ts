// for `node --import mucwright/register bot.ts`: the author's own program, with no build step

// first, while there are no hooks to ask: on Node 20 each module would be asked for in another thread
import "../index.js";
import { installLoader } from "./loader/install.js";

installLoader();
