/**
 * A copy of `text` that owns its characters. V8 keeps the whole chunk that a longer piece was cut from alive
 * as long as the piece is: what is kept beyond the stanza it came in goes through here.
 */
export function unpin(text: string): string {
  // Joining makes a string of two parts, and cutting one of those first copies it whole; shorter ones are always copied.
  return text.length < 13 ? text : ` ${text}`.slice(1);
}
