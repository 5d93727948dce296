/** Columns that stand below each other, two spaces apart; a column of numbers stands to the right. */
export function columns(
  rows: readonly (readonly string[])[],
  isRight: (column: number) => boolean = () => false,
): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, Bun.stringWidth(cell));
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const padding = " ".repeat(Math.max(0, (widths[column] ?? 0) - Bun.stringWidth(cell)));
        return isRight(column) ? padding + cell : cell + padding;
      })
      .join("  ")
      .trimEnd(),
  );
}

/**
 * `text` in lines of at most `width` columns; words are not cut.
 * @param first what the first line begins with
 * @param indent what the others begin with
 */
export function wrap(
  text: string,
  width: number,
  first: string,
  indent: string,
): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let hasWord = false;
  for (const word of text.split(" ")) {
    if (hasWord && Bun.stringWidth(line) + 1 + Bun.stringWidth(word) > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = hasWord ? `${line} ${word}` : line + word;
    }
    hasWord = true;
  }
  return [...lines, line];
}

/** A line cut to `width` columns, with `…` where something was cut. */
export function clip(line: string, width: number): string {
  if (Bun.stringWidth(line) <= width) return line;
  let cut = "";
  let used = 1;
  for (const character of line) {
    used += Bun.stringWidth(character);
    if (used > width) break;
    cut += character;
  }
  return `${cut}…`;
}
