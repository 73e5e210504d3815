import type { AuthoringMistake } from "./errors.js";
import { botSettings, isBotClass, type Class } from "./metadata.js";

/** A class whose methods handle events for the bots that list it. It needs no decorator of its own, but for what it asks for. */
export type FeatureClass = new (...args: never[]) => object;

/** Some of what stands in a list of features: what is no class is reported by {@link featureMistakes}. */
export function featuresIn(features: unknown): readonly Class[] {
  const list: readonly unknown[] = Array.isArray(features) ? features : [];
  return [...new Set(list.filter((each): each is Class => typeof each === "function" && !isBotClass(each)))];
}

/** A room as it may stand in `rooms`. */
interface RoomWithFeatures {
  readonly features?: readonly FeatureClass[];
}

/** The features that some rooms add to what a bot has anyway. */
export function featuresOfRooms(rooms: readonly (string | RoomWithFeatures)[] = []): readonly Class[] {
  return [...new Set(rooms.flatMap((room) => (typeof room === "object" ? featuresIn(room?.features) : [])))];
}

/** Every class whose handlers a bot has: its own, its features, those of its rooms. */
export function classesOf(bot: Class): readonly Class[] {
  const { features, rooms } = botSettings(bot) ?? {};
  return [...new Set([bot, ...featuresIn(features), ...featuresOfRooms(rooms)])];
}

/** What is wrong with a list of features; `where` is what has it. */
export function featureMistakes(where: string, features: unknown): readonly AuthoringMistake[] {
  if (features === undefined) return [];
  if (!Array.isArray(features))
    return [{ where, problem: "its features are no list", fix: "Write features: [Dice, Polls]" }];
  return (features as readonly unknown[]).flatMap((feature) => {
    if (typeof feature !== "function") {
      const problem = `${named(feature)} is among its features, and is no class`;
      return [
        { where, problem, fix: "List the class itself, as in features: [Dice]; it must be there already" },
      ];
    }
    if (!isBotClass(feature)) return [];
    const problem = `${feature.name} is among its features, and is a bot of its own`;
    return [
      {
        where,
        problem,
        fix: `Take @Bot() off ${feature.name}, or run both: run([${where}, ${feature.name}])`,
      },
    ];
  });
}

function named(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const { constructor: made } = value;
  return typeof made === "function" ? `an object (${made.name})` : "an object";
}
