/** Why a directory entry is no script, judged by its name alone; undefined if it may be one. */
export function reasonToSkip(entry: string): string | undefined {
  if (entry.startsWith(".")) return "hidden";
  if (entry.endsWith(".md") || entry.endsWith(".txt")) return "documentation";
  if (/(?:~|\.bak|\.orig|\.swp|\.dpkg-[^.]*)$/.test(entry) || /^#.*#$/s.test(entry))
    return "backup";
  return undefined;
}
