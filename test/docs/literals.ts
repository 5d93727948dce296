export interface Literal {
  /** The text, with each `${…}` of a template replaced by `…`. */
  text: string;
  line: number;
}

const TOKEN =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|(?<=[(,=:[!&|?{};\n]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*|[`{}]/g;

/** The string and template literals of a TypeScript source, the ones inside `${…}` too. */
export function literalsOf(source: string): Literal[] {
  const literals: Literal[] = [];
  const token = new RegExp(TOKEN);
  if (readCode(0) < source.length) throw new Error("cannot tell strings from code: a } too many");
  return literals.toSorted((a, b) => a.line - b.line);

  /** Reads up to the `}` that has no `{`, or to the end, and returns where it stopped. */
  function readCode(from: number): number {
    let depth = 0;
    token.lastIndex = from;
    for (let match = token.exec(source); match !== null; match = token.exec(source)) {
      const [text] = match;
      if (text === "{") depth++;
      else if (text === "}" && depth-- === 0) return token.lastIndex;
      else if (text === "`") token.lastIndex = readTemplate(token.lastIndex);
      else if (/^["']/.test(text)) add(match.index, unescape(text.slice(1, -1)));
    }
    return source.length;
  }

  /** Reads a template from behind its opening backtick, and returns where it ends. */
  function readTemplate(from: number): number {
    let text = "";
    let at = from;
    while (at < source.length && source[at] !== "`") {
      if (source.startsWith("${", at)) {
        text += "…";
        at = readCode(at + 2);
      } else {
        const length = source[at] === "\\" ? 2 : 1;
        text += source.slice(at, at + length);
        at += length;
      }
    }
    if (at >= source.length) throw new Error("cannot tell strings from code: a ` too many");
    add(from, unescape(text));
    return at + 1;
  }

  function add(at: number, text: string): void {
    literals.push({
      text: text.replaceAll(/…+/g, "…"),
      line: source.slice(0, at).split("\n").length,
    });
  }
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
}

/** Whether a literal is words for a person: it has a word of small letters next to a space. */
export function isWording(text: string): boolean {
  const isAdvice = /^[A-Z]([a-z]| )/.test(text);
  return !isAdvice && /[a-z]{3,}\S*\s+\S|\S\s+[a-z]{3,}/.test(text);
}
