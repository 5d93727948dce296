/** What tools say to do. */
import { row, type Rule } from "../rule.ts";

/** What to do, or where to read more. */
export const ADVICE: readonly Rule[] = [
  row("advice", "mount", /^dmesg\(1\) may have more information/, "mount(8)"),
  row(
    "advice",
    "hints",
    /^(?:hint|help|note|tip|fix|solution|remedy|suggestion|action|resolution|workaround|n\.b\.?): ?/i,
    "git, rustc, pip and scripts",
  ),
  row(
    "advice",
    "advice",
    /^\(?(?:please|see|try|check|make sure|ensure|verify|consult|refer to|for (?:more|further|details|help|additional)|more (?:information|info|details)|run ['"`‘]|use ['"`‘-]|use the |you (?:may|can|could|might|should|need|must|will need)|consider|did you mean|perhaps|maybe|visit|read|contact|did you forget|to (?:fix|resolve|continue|install|enable|override|avoid|solve|proceed)|if you)\b/i,
    "common in tools and scripts",
  ),
  row(
    "advice",
    "commands to run",
    /^(?:(?:install|enable|disable|attach|set|add|remove|load|reboot|upgrade|update|increase|reduce|free|configure|specify|provide|download|restart|start|stop|mount|unmount|create|delete|change|edit|blacklist|reserve|replace|re-?run|run|retry) (?:it|them|this|these|the|an?|at|your|one|more|some|in|with|to|again|first|\/|`|'|"|[A-Z_]{4,}|--?\w))/i,
    "an order after an error",
  ),
  row(
    "advice",
    "apt",
    /^(?:Be aware that removing the lock file|You might want to run|Try 'apt|Unmet dependencies\. Try)/,
    "apt-get(8)",
  ),
];
