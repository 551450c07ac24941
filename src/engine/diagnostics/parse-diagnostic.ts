import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { labelsOf } from './diagnostic-labels.ts';

const title = /^(error|warning)\[([^\]]+)\]: (.*)/;
const place = /^ *--> .*?(\d+):(\d+)$/m;

/**
 * Parses one error or warning of the engine, a text in the style of rustc:
 *
 *     error[E009]: unknown identifier `foo`
 *      --> line:1:21
 *       |
 *     1 | rule a { condition: foo }
 *       |                     ^^^ this identifier has not been declared
 *
 * @param file the namespace of the source, for `Diagnostic.file`
 * @param otherwise the severity of a text in any other form; its first line becomes the message
 */
export function parseDiagnostic(rendered: string, file: string, otherwise: 'error' | 'warning'): Diagnostic {
  const [, severity, code, summary] = title.exec(rendered) ?? [];
  const [, line, column] = place.exec(rendered) ?? [];
  const label = labelsOf(rendered);
  const message = summary ?? rendered.split('\n', 1)[0] ?? '';
  return {
    severity: severity === 'error' || severity === 'warning' ? severity : otherwise,
    code: code ?? 'engine/unknown',
    message: label === '' ? message : `${message}: ${label}`,
    file,
    line: Number(line ?? 0),
    column: Number(column ?? 0),
    rendered,
  };
}
