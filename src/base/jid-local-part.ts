const ASCII = /^[!-~]+$/;
/** RFC 7622 §3.3.1, RFC 3920 §A.5: never in a local part. */
const EXCLUDED = /["&'/:<>@]/;
/**
 * Neither is what cannot be seen, is no character, or has no lower-case form that all agree on: after folding, `ß` and
 * `ς` still "change when case-folded", which the older rules do and the newer ones do not.
 */
const UNFIT = /["&'/:<>@\s\p{C}\p{Z}\p{DI}\p{CWCF}\u1806\u2FF0-\u2FFB]/u;
/**
 * Where characters stand that Unicode got after version 3.2, which the older rules are bound to: those of them that
 * folding would change are changed by newer servers and kept by older ones.
 */
const RECENT =
  /[\u023A-\u024E\u0370-\u0376\u037F\u03CF\u03F7-\u03FF\u04C0\u04F6\u04FA-\u04FE\u0510-\u052E\u10A0-\u1DBF\u1EFA-\u1EFE\u2090-\u209C\u2132\u213B-\u213C\u2150-\u2152\u2183-\u2189\u2C00-\u2D6F\u321D-\u321E\u3244-\u3250\u327C-\u327E\u32CC-\u32CF\u32FF\u3377-\u337A\u33DE-\u33DF\u33FF-\uAB69\uFA2E-\uFA2F\uFA6B-\uFAD9\uFE10-\uFE19\uFE47-\uFE48\u{10426}-\u{1CCF9}\u{1D4C1}\u{1D6A4}-\u{1D6A5}\u{1D7CA}-\u{1D7CB}\u{1E030}-\u{1FBF9}\u{2F868}\u{2F874}\u{2F91F}\u{2F95F}\u{2F9BF}]/gu;

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().normalize("NFKC");
}

/**
 * The local part of a JID without case and compatibility forms, null where it cannot be one. Servers prepare it by
 * stringprep's nodeprep (RFC 6122, as the common ones do) or by PRECIS (RFC 7622); what these do differently is
 * refused, for to one server it would be the address of somebody else. Rules that only refuse (the order of
 * right-to-left letters) are left to the servers.
 */
export function foldLocalPart(text: string): string | null {
  if (ASCII.test(text)) return EXCLUDED.test(text) ? null : text.toLowerCase();
  if (/\p{DI}/u.test(text)) return null;
  for (const [char] of text.matchAll(RECENT)) if (fold(char) !== char) return null;
  const folded = fold(text);
  return UNFIT.test(folded) ? null : folded;
}
