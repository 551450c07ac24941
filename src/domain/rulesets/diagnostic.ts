/**
 * A message about a position in a rule or test file. Lines and columns count from 1; 0 means none.
 */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** A code of the engine (`E010`, `slow_pattern` …) or of Rearview (`lint/…`, `load/…`). */
  readonly code: string;
  readonly message: string;
  /** Path below the rules (or tests) folder, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Name of the rule at this position, if it is known. */
  readonly rule?: string;
  /** The engine's complete rendering, if there is one. */
  readonly rendered?: string;
}

/**
 * Formats a diagnostic as `file:line:column: severity: message [code]`, which editors and CI parse.
 */
export function formatDiagnostic(each: Diagnostic): string {
  return `${each.file}:${each.line}:${each.column}: ${each.severity}: ${each.message} [${each.code}]`;
}
