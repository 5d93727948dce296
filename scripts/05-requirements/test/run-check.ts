import { test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DIST = join(import.meta.dir, "../../../dist");

/** A test that makes namespaces and mounts of its own. */
export const testAsRoot = test.skipIf(process.getuid?.() !== 0);

/** What a person sees of one check that the program runs. */
export type Seen = {
  readonly status: number;
  /** In the termination message: passed, warned, failed. */
  readonly outcome: string;
  /** What the check itself printed. */
  readonly stdout: string;
  readonly stderr: string;
  /** The termination message's first line. */
  readonly message: string;
};

export type Conditions = {
  readonly env?: Readonly<Record<string, string>>;
  /** Lines of shell in which `"$@"` runs the program. */
  readonly shell?: string;
  /** A command that runs the shell, such as unshare. */
  readonly inside?: readonly string[];
};

/** Runs a built check of 05-requirements alone, through the program. */
export async function runCheck(name: string, conditions: Conditions = {}): Promise<Seen> {
  const { env = {}, shell = '"$@"', inside = [] } = conditions;
  const directory = mkdtempSync(join(tmpdir(), "requirement-"));
  try {
    const scripts = join(directory, "scripts");
    mkdirSync(join(scripts, "05-requirements"), { recursive: true });
    const script = `05-requirements/${name}.ts`;
    copyFileSync(join(DIST, "scripts", script), join(scripts, script));
    const messagePath = join(directory, "message");
    const alone = ["--state-dir=/nonexistent/state", "--events=off", "-nodeImage=node:2.9.0"];
    const init = [join(DIST, "init"), `-scripts=${scripts}`, ...alone];
    const child = Bun.spawn(
      [...inside, "sh", "-ec", shell, "sh", ...init, `--termination-log=${messagePath}`],
      {
        env: { PATH: process.env["PATH"] ?? "", ...env },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const [status, stdout, stderr] = await Promise.all([
      child.exited,
      child.stdout.text(),
      child.stderr.text(),
    ]);
    if (!existsSync(messagePath)) throw new Error(`no termination message: ${stderr}`);
    const lines = readFileSync(messagePath, "utf8").split("\n");
    const report = JSON.parse(lines.at(-1) ?? "") as { scripts: { outcome: string }[] };
    return {
      status,
      outcome: report.scripts[0]?.outcome ?? "",
      stdout,
      stderr: withoutLog(stderr),
      message: (lines[0] ?? "").replace(/ in (\d+m)?[\d.]+m?s\b/, ""),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What is seen of a check that finds everything as it should be. */
export function passed(line: string): Seen {
  return {
    status: 0,
    outcome: "passed",
    stdout: `${line}\n`,
    stderr: "",
    message: "prepared: 1 script",
  };
}

/** What is seen of a check that fails. */
export function failed(name: string, line: string): Seen {
  const message = `05-requirements/${name}.ts: ${line}`;
  return { status: 1, outcome: "failed", stdout: "", stderr: `${line}\n`, message };
}

/** What is seen of a check with on-failure=warn that finds something unmet. */
export function warned(name: string, line: string): Seen {
  const message = `prepared with 1 warning: 05-requirements/${name}.ts: ${line}`;
  return { status: 0, outcome: "warned", stdout: "", stderr: `${line}\n`, message };
}

/** What is seen of a check that may fail and this time only warns. */
export function passedWithWarning(name: string, line: string): Seen {
  return { ...warned(name, line), stderr: `warning: ${line}\n` };
}

/** The program's own lines begin with a time; the table of outcomes comes last. */
function withoutLog(stderr: string): string {
  return stderr
    .replace(/^SCRIPT +OUTCOME[^]*/m, "")
    .split("\n")
    .filter((line) => !/^\d{4}-\d\d-\d\dT/.test(line))
    .join("\n");
}
