/** What helps against errors that are known, a row for each; empty where the error says it all. */

type Fix = { readonly pattern: RegExp; readonly fix: string };

const FIXES: readonly Fix[] = [
  {
    pattern:
      /could not resolve|temporary failure (?:in name resolution|resolving)|\bENOTFOUND\b|\bEAI_AGAIN\b|no such host|unable to resolve/i,
    fix: "Check the DNS servers of the node (/etc/resolv.conf), and whether the name exists",
  },
];

/** What to do about an error; empty if nothing is known. */
export function fixFor(cause: string): string {
  return FIXES.find(({ pattern }) => pattern.test(cause))?.fix ?? "";
}
