export default function setup(): void {
  throw new Error("the set-up is broken");
}
