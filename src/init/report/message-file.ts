/** The termination message's file, in the helper process that alone touches it. */
import { close, writeAll } from "../../lib/linux/descriptors.ts";
import * as calls from "../../lib/linux/file-calls.ts";
import { openOwnFile } from "../../lib/linux/own-file.ts";

export type WriteRequest = {
  readonly path: string;
  readonly text: string;
  /** Whether a missing file is made. */
  readonly create: boolean;
};

export type MessageFile = typeof MESSAGE_FILE;

/**
 * Writes in place, since kubelet mounts the file itself. Overwritten first and cut after, so that a
 * full disk leaves the older words and not nothing.
 */
function write({ path, text, create }: WriteRequest): string | undefined {
  const opened = openOwnFile(calls.AT_FDCWD, path, {
    for: "overwriting",
    create: create ? 0o644 : undefined,
    // kubelet makes it as root and for all; it is only written, never read.
    owners: [0],
    isForOthers: true,
  });
  if (!opened.ok) return opened.error;
  if (opened.value === undefined) return "ENOENT";
  const { fd } = opened.value;
  const bytes = Buffer.from(text);
  const written = writeAll(fd, bytes);
  const cut = written.ok ? calls.truncate(fd, bytes.length) : written;
  close(fd);
  return cut.ok ? undefined : cut.error;
}

export const MESSAGE_FILE = { write };
