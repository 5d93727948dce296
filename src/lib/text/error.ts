/** The system's name of what went wrong (`ENOENT`), or else the error as text. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** What an error says, without its kind and stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
