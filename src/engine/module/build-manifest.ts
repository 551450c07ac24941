/** Version of the tuning code; a build by an earlier version is not used. */
export const tuningVersion = 1;

/** `build.json` next to a build of the engine's module. */
export interface BuildManifest {
  readonly tuning: number;
  /** Version of `@virustotal/yara-x`. */
  readonly packageVersion: string;
  /** SHA-256 of the build, which is named by it. */
  readonly sha256: string;
}
