import { constants } from "node:os";

/** Exit statuses that mean the same for every command; docs and scripts rely on them. */
export const EXIT = {
  success: 0,
  failure: 1,
  usage: 2,
  /** Nothing could start, or nothing can be shown. */
  cannot: 3,
  deadline: 4,
  defect: 70,
} as const;

/** 128+n for a program that a signal ended, as shells report it. */
export function exitStatusOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
