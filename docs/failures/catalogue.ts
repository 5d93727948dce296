import { API, NODE_IMAGE } from "./cluster.ts";
import { COMMAND_LINE } from "./command-line.ts";
import { ENDINGS, START_ERRORS } from "./endings.ts";
import { FLEET } from "./fleet.ts";
import { PROGRESS } from "./progress.ts";
import { EVENTS, RECORD } from "./record.ts";
import { SCRIPTS, SETTINGS } from "./scripts.ts";
import type { Topic } from "./topic.ts";

/**
 * Every message that the program can give, for docs/failures.md. The program itself does not
 * import this: what explains it must not cost it start-up time.
 */
export const TOPICS: readonly Topic[] = [
  ENDINGS,
  START_ERRORS,
  PROGRESS,
  SCRIPTS,
  SETTINGS,
  NODE_IMAGE,
  API,
  EVENTS,
  RECORD,
  COMMAND_LINE,
  FLEET,
];
