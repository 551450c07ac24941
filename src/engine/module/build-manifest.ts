/** Counts the changes of what tuning does; a build by an earlier version is not used. */
export const tuningVersion = 1;

/** `build.json` beside a build of the engine's module. */
export interface BuildManifest {
  readonly tuning: number;
  /** Of `@virustotal/yara-x`. */
  readonly packageVersion: string;
  /** Of the build, which is named by it. */
  readonly sha256: string;
}
