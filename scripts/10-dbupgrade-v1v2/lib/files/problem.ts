/** Why a file of a database cannot be trusted, or not be understood. */
export type Problem =
  /** Something is damaged; `why` goes on from the file's name. */
  | { readonly kind: "corrupt"; readonly file: string; readonly why: string }
  /** Sound, but it holds what this program does not understand. */
  | { readonly kind: "unsupported"; readonly file: string; readonly what: string }
  | { readonly kind: "missing"; readonly file: string; readonly why: string }
  /** Entries with these sequence numbers are in no file; `file` is the one that shows it. */
  | { readonly kind: "gap"; readonly file: string; readonly from: number; readonly to: number }
  /** A table file that no MANIFEST entry names. */
  | { readonly kind: "unknown-table"; readonly file: string }
  /** The system refused to read it; its own words. */
  | { readonly kind: "unreadable"; readonly file: string; readonly error: string };
