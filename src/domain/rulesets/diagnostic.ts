/** Something to say about a place in a rule or test file. Lines and columns count from 1; 0 where there is none. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** Of the engine (`E010`, `slow_pattern` …) or ours (`lint/…`, `load/…`). */
  readonly code: string;
  readonly message: string;
  /** Path below the rules (or tests) folder, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The engine's whole rendering, where there is one. */
  readonly rendered?: string;
}

/** `file:line:column: severity: message [code]`, as editors and CI read it. */
export function formatDiagnostic(each: Diagnostic): string {
  return `${each.file}:${each.line}:${each.column}: ${each.severity}: ${each.message} [${each.code}]`;
}
