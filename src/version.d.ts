/** Of package.json, put in by the build. */
declare const VERSION: string;
/** Bundled scripts, by their paths below `scripts/`; set by build.ts. */
declare const BUNDLED_SCRIPTS: readonly string[];
