import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';

/** A rule file as loaded: its source has its includes in place. */
export interface LocatableFile {
  readonly namespace: string;
  /** Returns where a line of the source was written. Lines count from 1. */
  locate(line: number): { readonly file: string; readonly line: number };
}

/** Maps the engine's diagnostics of a source to the file and line as written, includes resolved. */
export function locateDiagnostics<Located extends Diagnostic>(
  files: readonly LocatableFile[],
  diagnostics: readonly Located[],
): readonly Located[] {
  const byNamespace = new Map(files.map((file) => [file.namespace, file]));
  return diagnostics.map((diagnostic) => {
    const file = byNamespace.get(diagnostic.file);
    return file === undefined || diagnostic.line === 0
      ? diagnostic
      : { ...diagnostic, ...file.locate(diagnostic.line) };
  });
}
