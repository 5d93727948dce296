import { print } from "../lib/print.ts";
import { createLineSplitter } from "../lib/text/lines.ts";
import { withoutEscapes } from "../lib/text/utf8.ts";
import type { FleetConfig } from "./config.ts";
import { startKubectl } from "./kubectl.ts";
import type { PodFacts } from "./pod.ts";
import { cleanLine } from "./untrusted.ts";

/** The log of a container: what it printed, or why that cannot be had. */
export type LogSource = {
  readonly config: FleetConfig;
  readonly pod: PodFacts;
  readonly container: string;
};

export type LogEnd =
  | { readonly kind: "shown" }
  /** Kubelet keeps the log of a run only as long as its container. */
  | { readonly kind: "not-kept" }
  | { readonly kind: "failed"; readonly why: string };

/** Longer than what kubelet writes in place of a log that it cannot find. */
const LONGEST_ERROR_BYTES = 1024;

/**
 * Writes a log as it comes: to a terminal only what cannot steer it, elsewhere every byte.
 * @param options of kubectl logs: `--previous`, `--tail=20`
 */
export async function printLog(
  { config, pod, container }: LogSource,
  options: readonly string[],
): Promise<LogEnd> {
  const args = ["logs", `--namespace=${pod.namespace}`, `--container=${container}`, ...options];
  const started = startKubectl(config, [...args, `pod/${pod.name}`]);
  if (!started.ok) return { kind: "failed", why: started.error.cause };
  const out = createLogWriter(process.stdout.isTTY);
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of started.value.output) {
    if (head === undefined) out.write(chunk);
    else {
      head = Buffer.concat([head, chunk]);
      if (head.length > LONGEST_ERROR_BYTES) {
        out.write(head);
        head = undefined;
      }
    }
  }
  const words = await started.value.failure;
  const error = head === undefined ? undefined : errorOfKubelet(head.toString());
  if (head !== undefined && error === undefined) out.write(head);
  out.end();
  if (words !== undefined) return failureOf(words);
  return error === undefined ? { kind: "shown" } : failureOf(error);
}

function failureOf(words: string): LogEnd {
  return /previous terminated container .* not found/.test(words)
    ? { kind: "not-kept" }
    : { kind: "failed", why: words };
}

/**
 * Kubelet writes its own error in place of a log whose file is gone, and kubectl succeeds with it
 * (kubernetes/pkg/kubelet/kuberuntime): one line, and nothing else.
 */
function errorOfKubelet(text: string): string | undefined {
  const line = text.trimEnd();
  if (line.includes("\n")) return undefined;
  return /^(?:unable to retrieve container logs for \S+|failed to (?:try resolving symlinks in path|open log file|get container logs|find the container log)\b)/.test(
    line,
  )
    ? cleanLine(line)
    : undefined;
}

type LogWriter = { readonly write: (bytes: Uint8Array) => void; readonly end: () => void };

function createLogWriter(onTerminal: boolean): LogWriter {
  const splitter = createLineSplitter();
  let endsLine = true;
  const show = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return;
    endsLine = bytes.at(-1) === 0x0a;
    print(1, onTerminal ? forTerminal(Buffer.from(bytes).toString()) : bytes);
  };
  return {
    write(bytes) {
      if (onTerminal) splitter.push(bytes).forEach(show);
      else show(bytes);
    },
    end() {
      splitter.end().forEach(show);
      if (!endsLine) print(1, "\n");
    },
  };
}

/**
 * What a script printed must not steer the terminal of the person who reads it, nor turn or hide
 * text there: no escape sequences, no control characters but tabs and the line's end, no characters
 * that have no width or change the direction.
 */
export function forTerminal(line: string): string {
  return withoutEscapes(line).replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\p{Cf}\p{Co}\p{Cs}\p{Cn}]/gu,
    "",
  );
}
