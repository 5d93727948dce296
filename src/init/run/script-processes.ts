import { makeChildCgroup, type Cgroup } from "../../lib/linux/cgroup.ts";
import { becomeSubreaper, reap, waitForChildren } from "../../lib/linux/libc.ts";
import {
  allProcesses,
  childrenOfThread,
  hasVariable,
  lookUpProcess,
  sendSignal,
  treesOf,
  type Process,
} from "../../lib/linux/process-tree.ts";

/** Whose processes: those of all scripts, or of one that runs beside others. */
export type Scope = "all" | ScopeOfOne;

type ScopeOfOne = {
  /** Leads the session that the script began in. */
  readonly leader: number;
  /** What its processes have in their environment, `NAME=value`. */
  readonly mark: string;
};

/** Everything that the scripts of this run started, whatever process group or session it moved to. */
export type ScriptProcesses = {
  /** Processes that the runtime itself waits for, not to be reaped as orphans. */
  readonly leaders: Set<number>;
  /** In the environment of every script, `NAME=value`. */
  readonly mark: string;
  /** Makes that what is spawned next can be found; to be called right before. */
  readonly beforeSpawn: () => void;
  /** Those that live, without what even SIGKILL did not end. */
  readonly living: (scope: Scope) => readonly Process[];
  /** SIGKILL to all of them; to be repeated while any are living. */
  readonly kill: (scope: Scope) => void;
  /** Processes that did not die: they are listed no more. */
  readonly writeOff: (pids: readonly number[]) => void;
  /** Takes the exit statuses of orphans that died: as PID 1 or subreaper nobody else does. */
  readonly reapOrphans: () => void;
  /** Kills what is left; to be called when this program exits. */
  readonly close: () => void;
};

const KILL_ROUNDS = 20;
const LOOKS = 10;

/**
 * Makes this process the one that gets the orphans of its scripts, and its scripts start in a cgroup
 * where one can be made. Where neither works they are found by their environment.
 * @param mark in the environment of every script, `NAME=value`
 * @param helpers children of this program that are not scripts, also those that come later
 */
export function createScriptProcesses(mark: string, helpers: ReadonlySet<number>): ScriptProcesses {
  const leaders = new Set<number>();
  const writtenOff = new Set<number>();
  // Those of a program that became this one by exec.
  const inherited = new Set(ownChildren());
  const getsOrphans = becomeSubreaper().ok;
  waitForChildren();
  let cgroup: Cgroup | undefined;
  let isCgroupTried = false;
  return {
    leaders,
    mark,
    beforeSpawn,
    living,
    kill,
    writeOff: (pids) => pids.forEach((pid) => writtenOff.add(pid)),
    reapOrphans,
    close,
  };

  function beforeSpawn(): void {
    if (!isCgroupTried) cgroup = makeChildCgroup();
    isCgroupTried = true;
    cgroup?.enter();
  }

  function living(scope: Scope): readonly Process[] {
    for (let look = 1; ; look++) {
      const found = candidates();
      const all = [...found].flatMap((pid) => lookUpProcess(pid) ?? []);
      // One that died meanwhile may have forked before.
      const isSure = all.length === found.size || look === LOOKS;
      if (isSure) return scope === "all" ? all : all.filter((process) => isOf(scope, process));
    }
  }

  function candidates(): ReadonlySet<number> {
    reapOrphans();
    const roots = ownChildren().filter((pid) => !isOwn(pid));
    // Whoever gets all orphans and has no child has no descendants either.
    if (getsOrphans && roots.length === 0) return new Set();
    const marked = getsOrphans ? [] : allProcesses().filter((pid) => hasVariable(pid, mark));
    const found = new Set([...treesOf(roots), ...(cgroup?.members() ?? []), ...marked]);
    for (const pid of found) if (isOwn(pid)) found.delete(pid);
    return found;
  }

  function isOwn(pid: number): boolean {
    return pid === process.pid || helpers.has(pid) || inherited.has(pid) || writtenOff.has(pid);
  }

  function kill(scope: Scope): void {
    if (scope === "all") {
      if (cgroup !== undefined && leaveCgroup(cgroup)) cgroup.kill();
      killOrphans();
    }
    for (const { pid } of living(scope)) sendSignal(pid, "SIGKILL");
  }

  /**
   * What forks and exits, again and again, is caught only between two forks: nothing is looked up
   * meanwhile.
   */
  function killOrphans(): void {
    for (let round = 1; round <= KILL_ROUNDS; round++) {
      const orphans = ownChildren().filter((pid) => !isOwn(pid));
      for (const pid of orphans) sendSignal(pid, "SIGKILL");
      if (orphans.length === 0) return;
      reapOrphans();
    }
  }

  /** @returns whether nothing is in it but what scripts started */
  function leaveCgroup({ moveOut, members }: Cgroup): boolean {
    const isNoScripts = (pid: number): boolean => helpers.has(pid) || inherited.has(pid);
    return moveOut("self") && members().filter(isNoScripts).every(moveOut);
  }

  function reapOrphans(): void {
    for (const pid of ownChildren()) {
      if (leaders.has(pid) || helpers.has(pid) || !reap(pid)) continue;
      // Its number may be another's from now on.
      inherited.delete(pid);
      writtenOff.delete(pid);
    }
  }

  function close(): void {
    for (const pid of leaders) sendSignal(-pid, "SIGKILL");
    if (cgroup === undefined) return;
    if (leaveCgroup(cgroup)) cgroup.kill();
    cgroup.remove();
  }
}

/**
 * Dead ones included. All are the main thread's: it starts them, and the kernel gives it the orphans
 * (find_new_reaper in kernel/exit.c takes the first thread that lives).
 */
function ownChildren(): readonly number[] {
  return childrenOfThread(process.pid);
}

function isOf({ leader, mark }: ScopeOfOne, { pid, session }: Process): boolean {
  return session === leader || hasVariable(pid, mark);
}
