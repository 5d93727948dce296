import { describe, expect, test } from "bun:test";
import { fail } from "../lib/result.ts";
import type { Command, CommandOf } from "./command.ts";
import { flagMaker } from "./flag.ts";
import { parseCommandLine } from "./parse.ts";

const { text, duration, toggle } = flagMaker("");

type Config = {
  readonly directory: string;
  readonly waitMs: number;
  readonly loud: boolean;
};

const COPY: CommandOf<Config> = {
  name: "copy",
  synopsis: "copy",
  summary: "",
  notes: "",
  flags: {
    directory: {
      ...text("dir", "DIR", "", "", { letter: "d" }),
      variables: ["STORAGEOS_INIT_DIR", "OLD_DIR"],
      fallback: () => fail("no directory; give it with --dir"),
    },
    waitMs: duration("wait", "2s", ""),
    loud: toggle("loud", "l", ""),
  },
  operands: ["FROM", "[TO]"],
  run: () => Promise.resolve(0),
};

const LIST: Command = { ...COPY, name: "list", flags: {}, operands: [] };

const PROGRAM = { name: "x", about: "", commands: [COPY, LIST], defaultCommand: LIST };

function parse(line: string, env: Readonly<Record<string, string>> = {}): unknown {
  const parsed = parseCommandLine(PROGRAM, line.split(" ").filter(Boolean), env);
  if (!parsed.ok) return parsed.error.text;
  const invocation = parsed.value;
  switch (invocation.kind) {
    case "command":
      return [invocation.command.name, invocation.config, invocation.operands];
    case "help":
      return ["help", invocation.of?.name];
    case "version":
      return ["version"];
  }
}

const DEFAULTS = { waitMs: 2000, loud: false };

describe("a command line", () => {
  test.each<readonly [string, unknown]>([
    ["", ["list", {}, []]],
    ["list", ["list", {}, []]],
    ["copy a --dir=/d", ["copy", { ...DEFAULTS, directory: "/d" }, ["a"]]],
    ["copy a b -dir /d", ["copy", { ...DEFAULTS, directory: "/d" }, ["a", "b"]]],
    ["-d /d copy a", ["copy", { ...DEFAULTS, directory: "/d" }, ["a"]]],
    ["copy -l a -d /d", ["copy", { directory: "/d", waitMs: 2000, loud: true }, ["a"]]],
    ["copy --loud=false a -d /d", ["copy", { ...DEFAULTS, directory: "/d" }, ["a"]]],
    [
      "copy --dir=/d --wait=1m -- -a",
      ["copy", { ...DEFAULTS, directory: "/d", waitMs: 60_000 }, ["-a"]],
    ],
    ["--help", ["help", undefined]],
    ["copy --help", ["help", "copy"]],
    ["help copy", ["help", "copy"]],
    ["copy --version", ["version"]],
    ["copy a", "cannot copy: no directory; give it with --dir"],
    ["copy -d /d", "copy: missing argument FROM"],
    ["copy a b c -d /d", 'cannot use "c": copy takes FROM [TO]'],
    ["list a", 'cannot use "a": list takes flags only'],
    ["lst", 'cannot run "lst": no such command (did you mean list?); there are copy, list'],
    ["copy a --dri=/d", "cannot use --dri: no such flag (did you mean --dir?)"],
    ["list --dir=/d", "cannot use --dir: no such flag"],
    ["copy a --dir", "cannot use --dir: it needs a value (DIR)"],
  ])("%s", (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });

  test("a flag wins over its variables, the first variable over the others", () => {
    const env = { STORAGEOS_INIT_DIR: "/new", OLD_DIR: "/old", STORAGEOS_INIT_WAIT: "" };
    expect(parse("copy a -d /flag", env)).toEqual([
      "copy",
      { ...DEFAULTS, directory: "/flag" },
      ["a"],
    ]);
    expect(parse("copy a", env)).toEqual(["copy", { ...DEFAULTS, directory: "/new" }, ["a"]]);
    expect(parse("copy a", { ...env, STORAGEOS_INIT_DIR: "" })).toEqual([
      "copy",
      { ...DEFAULTS, directory: "/old" },
      ["a"],
    ]);
  });
});
