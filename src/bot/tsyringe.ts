// tsyringe refuses to load before Reflect.getMetadata is there: whoever needs it takes it from here.
import "reflect-metadata";

export {
  container,
  delay,
  inject,
  injectable,
  type DependencyContainer,
  type InjectionToken,
} from "tsyringe";
