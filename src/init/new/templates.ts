/** The texts that `init new` begins a script with. */
import changeBash from "./templates/change.bash.txt" with { type: "text" };
import changePython from "./templates/change.py.txt" with { type: "text" };
import changeSh from "./templates/change.sh.txt" with { type: "text" };
import changeTypescript from "./templates/change.ts.txt" with { type: "text" };
import checkBash from "./templates/check.bash.txt" with { type: "text" };
import checkPython from "./templates/check.py.txt" with { type: "text" };
import checkSh from "./templates/check.sh.txt" with { type: "text" };
import checkTypescript from "./templates/check.ts.txt" with { type: "text" };

export type Kind = "check" | "change";
export type Lang = "sh" | "bash" | "python" | "typescript";

const TEMPLATES: Readonly<Record<Kind, Readonly<Record<Lang, string>>>> = {
  check: { sh: checkSh, bash: checkBash, python: checkPython, typescript: checkTypescript },
  change: { sh: changeSh, bash: changeBash, python: changePython, typescript: changeTypescript },
};

const EXTENSIONS: Readonly<Record<string, Lang>> = {
  sh: "sh",
  bash: "bash",
  py: "python",
  ts: "typescript",
};

/** The language that the extension of a file's name says; undefined if it says none. */
export function langOf(name: string): Lang | undefined {
  const extension = /\.([a-z]+)$/.exec(name)?.[1] ?? "";
  return Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
}

/** The text of a new script. @param name the name of its file, which is safe in every language */
export function scriptText(name: string, kind: Kind, lang: Lang): string {
  const stem = name.replace(/\.[a-z]+$/, "");
  return TEMPLATES[kind][lang].replaceAll("{{name}}", stem).replaceAll("{{code}}", codeFor(stem));
}

/** The code of its failure: `20-map-count` fails with MapCountFailed. */
export function codeFor(stem: string): string {
  const words = stem.match(/[A-Za-z][A-Za-z0-9]*/g) ?? ["Preparation"];
  const name = words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join("");
  return `${name.slice(0, MOST_LETTERS)}Failed`;
}

/** A code has at most 63 characters. */
const MOST_LETTERS = 57;
