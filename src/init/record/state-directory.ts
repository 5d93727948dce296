import { close } from "../../lib/linux/descriptors.ts";
import * as calls from "../../lib/linux/file-calls.ts";
import { octal } from "../../lib/linux/own-file.ts";
import { fail, ok, type Result } from "../../lib/result.ts";

export type StateDirectory = {
  readonly fd: number;
  /** Why nothing in it is believed: others can put there what they like. */
  readonly distrust: string | undefined;
};

/** Why there is none, as the end of a sentence, and whether it may be made. */
export type NoDirectory = { readonly isMissing: boolean; readonly why: string };

/** Opens a state directory; a link is not followed, since whoever made it would decide what is written. */
export function openStateDirectory(path: string): Result<StateDirectory, NoDirectory> {
  const name = withoutSlashes(path);
  const found = calls.statusAt(calls.AT_FDCWD, name);
  if (!found.ok) return fail({ isMissing: found.error === "ENOENT", why: found.error });
  const wrong = wrongType(found.value.type);
  if (wrong !== undefined) return fail({ isMissing: false, why: wrong });
  const opened = calls.openAt(calls.AT_FDCWD, name, calls.O_DIRECTORY | calls.O_NOFOLLOW);
  if (!opened.ok) return fail({ isMissing: false, why: opened.error });
  const status = calls.statusOf(opened.value);
  const distrust = status.ok ? reasonToDistrust(status.value) : status.error;
  return ok({ fd: opened.value, distrust });
}

/** Makes a state directory. Its parent, which the host mounts, must exist. */
export function makeStateDirectory(path: string): Result<void, string> {
  const name = withoutSlashes(path);
  const parent = name.slice(0, name.lastIndexOf("/")) || (name.startsWith("/") ? "/" : ".");
  const opened = calls.openAt(calls.AT_FDCWD, parent, calls.O_DIRECTORY);
  if (!opened.ok)
    return fail(
      opened.error === "ENOENT" ? `${parent} does not exist` : `${parent}: ${opened.error}`,
    );
  const made = calls.makeDirectory(calls.AT_FDCWD, name, 0o700);
  const result = made.ok ? calls.sync(opened.value) : made;
  close(opened.value);
  return result;
}

/** With a slash at its end the kernel follows a link. */
function withoutSlashes(path: string): string {
  return path.replace(/(?!^)\/+$/, "");
}

function wrongType(type: number): string | undefined {
  if (type === calls.S_IFDIR) return undefined;
  return type === calls.S_IFLNK ? "it is a symbolic link" : "it is not a directory";
}

function reasonToDistrust({ owner, mode }: calls.FileStatus): string | undefined {
  if (owner !== calls.ownUser()) return `user ${owner} owns it`;
  // With the sticky bit others can add files of their own, and these are not believed either.
  const isForOthers = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
  return isForOthers ? `others can write to it (mode ${octal(mode)})` : undefined;
}
