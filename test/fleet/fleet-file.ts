/** Files of pods, and `init status` on them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInit } from "../run-init.ts";
import { temporaryDirectory } from "../temporary.ts";

/** As the API server gives a list, on one line; `indent` as kubectl prints it. */
export function writePods(pods: readonly unknown[], indent?: number): string {
  return writeText(
    JSON.stringify({ apiVersion: "v1", items: pods, kind: "List" }, undefined, indent),
  );
}

export function writeText(text: string | Uint8Array): string {
  const file = join(temporaryDirectory("pods"), "pods.json");
  writeFileSync(file, text);
  return file;
}

export type Told = { readonly status: number; readonly stdout: string; readonly stderr: string };

export async function tell(file: string, ...args: readonly string[]): Promise<Told> {
  const { status, stdout, stderr } = await runInit(["status", "-f", file, ...args]);
  return { status: status ?? -1, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** What `-o json` prints, as far as tests look at it. */
export type Document = {
  readonly verdict: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly causes: readonly {
    readonly script: string;
    readonly code?: string;
    readonly groupedBy: "code" | "words";
    readonly cause: string;
    readonly fix: string;
    readonly wordings: number;
    readonly nodes: readonly string[];
    readonly crashLooping?: {
      readonly nodes: number;
      readonly mostRestarts: number;
      readonly since?: string;
    };
  }[];
  readonly remarks: readonly { readonly what: string; readonly nodes: readonly string[] }[];
  readonly figures: {
    readonly scripts: readonly {
      readonly name: string;
      readonly median: number;
      readonly p95: number;
      readonly max: number;
    }[];
    readonly slowestNodes: readonly { readonly node: string; readonly ms: number }[];
  };
  readonly nodes: readonly {
    readonly node: string;
    readonly state: string;
    readonly cause: string;
    readonly script: string;
  }[];
};

export async function tellDocument(pods: readonly unknown[], ...args: string[]): Promise<Document> {
  const { stdout, stderr } = await tell(writePods(pods), "-o", "json", ...args);
  if (stderr !== "") throw new Error(stderr);
  return JSON.parse(stdout) as Document;
}
