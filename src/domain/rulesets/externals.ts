/** Text values of declared variables by lower-case name, as in object metadata. */
export type GivenVariables = Readonly<Record<string, string>>;

/** The external variables that every rule may use, modelled on THOR and BinaryAlert. */
export interface Externals {
  /** Original location of the file: object metadata `filepath`, otherwise the key. */
  readonly filepath: string;
  /** The last part of `filepath`. */
  readonly filename: string;
  /** With its dot and as written (".exe"); empty where there is none. */
  readonly extension: string;
  /**
   * The extension in upper case without its dot ("EXE"); empty where there is none. Rules see it as
   * `filetype` where `rearview.yaml` has `filetype: extension`.
   */
  readonly filetype: string;
  /** Replaces the type by content, for rule tests. Default: the type that the content has. */
  readonly contentType?: string;
  /** Values of declared variables. Default: none, so each variable has its default. */
  readonly variables?: GivenVariables;
}

export type ExternalName = Exclude<keyof Externals, 'variables' | 'contentType'>;

export const externalNames = [
  'filepath',
  'filename',
  'extension',
  'filetype',
] as const satisfies readonly ExternalName[];

/** Derives the variables from a path with `/` or `\` between its parts. */
export function externalsOf(filepath: string): Externals {
  const filename = filepath.slice(Math.max(filepath.lastIndexOf('/'), filepath.lastIndexOf('\\')) + 1);
  const dot = filename.lastIndexOf('.');
  // A leading dot marks a hidden file, not an extension: `.bashrc` has none.
  const extension = dot > 0 ? filename.slice(dot) : '';
  return { filepath, filename, extension, filetype: extension.slice(1).toUpperCase() };
}
