// for `node --import mucwright/register bot.ts`: the author's own program, with no build step
import { installLoader } from "./loader/install.js";

installLoader();
