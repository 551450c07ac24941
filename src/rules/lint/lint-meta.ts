import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { metaText } from '../../domain/rulesets/rule.ts';
import { severities, severityOf } from '../../domain/rulesets/severity.ts';
import type { ParsedRule, Span } from '../syntax/syntax.ts';

/** The result of a check: a code without `lint/`, and its position in the rule. */
export interface LintProblem {
  readonly code: string;
  readonly message: string;
  /** Default: `warning`. */
  readonly severity?: Diagnostic['severity'];
  /** Default: the name of the rule. */
  readonly at?: Pick<Span, 'start'>;
}

const required = ['description', 'author', 'date', 'reference', 'severity'] as const;
const statuses: readonly string[] = ['staged', 'stable'];

/**
 * Checks the meta by which alerts are read and filtered: it must exist and have values that the
 * pipeline knows.
 */
export function lintMeta(rule: ParsedRule): LintProblem[] {
  const problems: LintProblem[] = [];
  const report = (code: string, message: string) =>
    problems.push({ code, message, ...(rule.parts.meta === null ? {} : { at: rule.parts.meta }) });
  for (const identifier of required) {
    if (metaText(rule, identifier) === undefined) {
      problems.push({ code: `meta-${identifier}`, message: `${rule.name} has no meta ${identifier}` });
    }
  }
  const severity = metaText(rule, 'severity');
  if (severity !== undefined && severityOf(severity) === null) {
    report('severity', `${rule.name} has severity "${severity}": use one of ${severities.join(', ')}`);
  }
  const date = metaText(rule, 'date');
  if (date !== undefined && !isIsoDate(date)) {
    report('date', `${rule.name} has the invalid date "${date}": use the form 2017-08-21`);
  }
  const status = metaText(rule, 'status');
  if (status !== undefined && !statuses.includes(status)) {
    report('status', `${rule.name} has the unknown status "${status}": use ${statuses.join(' or ')}, or leave it out`);
  }
  return problems;
}

/** A calendar date, with or without a time (ISO 8601). */
function isIsoDate(text: string): boolean {
  const day = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/.exec(text)?.[1];
  if (day === undefined) return false;
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day) && !Number.isNaN(Date.parse(text));
}
