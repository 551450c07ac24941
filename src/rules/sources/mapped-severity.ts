import { type MetaEntry, type MetaValue, metaText } from '../../domain/rulesets/rule.ts';
import { type Severity, severityOf } from '../../domain/rulesets/severity.ts';
import type { RuleSourceConfig, SeverityCondition } from './source-config.ts';

/**
 * Returns the severity of a rule of a source, from the meta that its author wrote:
 *
 * 1. the first mapping of the source that has a case for one of the rule's values,
 * 2. otherwise the rule's own `severity`, if it is one of ours,
 * 3. otherwise the default of the source; null if it has none.
 */
export function mappedSeverity(
  { meta: { severity: mappings }, severity }: Pick<RuleSourceConfig, 'meta' | 'severity'>,
  meta: readonly MetaEntry[],
): Severity | null {
  for (const { from, cases } of mappings) {
    for (const { value } of meta.filter(({ identifier }) => identifier === from)) {
      const found = cases.find(({ when }) => applies(when, value));
      if (found !== undefined) return found.severity;
    }
  }
  return severityOf(metaText({ meta }, 'severity') ?? '') ?? severity;
}

function applies(when: SeverityCondition, value: MetaValue): boolean {
  if (when.kind === 'any') return true;
  const number = numberOf(value);
  if (when.kind === 'value') {
    const text = String(value).trim().toLowerCase();
    return text === when.value || (number !== null && number === numberOf(when.value));
  }
  return number !== null && compare[when.operator](number, when.number);
}

const compare: Readonly<Record<'>=' | '>' | '<=' | '<', (a: number, b: number) => boolean>> = {
  '>=': (a, b) => a >= b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '<': (a, b) => a < b,
};

/** Packs write numbers as numbers and as text. */
function numberOf(value: MetaValue): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && decimal.test(value.trim()) ? Number(value) : null;
}

const decimal = /^[+-]?\d+(?:\.\d+)?$/;

/**
 * Returns what a key of a mapping means: `>=80`, `<40`, `high`, `5`, `*`; null if it is none of them.
 */
export function parseSeverityCondition(key: string): SeverityCondition | null {
  const text = key.trim();
  if (text === '*') return { kind: 'any' };
  const compared = /^(>=|>|<=|<)\s*([+-]?\d+(?:\.\d+)?)$/.exec(text);
  const operator = operators.find((each) => each === compared?.[1]);
  if (operator !== undefined) return { kind: 'number', operator, number: Number(compared?.[2]) };
  return text === '' || /^[<>=]/.test(text) ? null : { kind: 'value', value: text.toLowerCase() };
}

const operators = ['>=', '>', '<=', '<'] as const;

/** Exact values first: JavaScript moves keys that are integers to the front anyway. `*` is last. */
export function orderOfCondition({ kind }: SeverityCondition): number {
  return ['value', 'number', 'any'].indexOf(kind);
}

/** Returns whether every value of the later condition is one of the earlier. */
export function covers(earlier: SeverityCondition, later: SeverityCondition): boolean {
  if (earlier.kind === 'value' && later.kind === 'value') {
    const [a, b] = [numberOf(earlier.value), numberOf(later.value)];
    return earlier.value === later.value || (a !== null && a === b);
  }
  if (earlier.kind !== 'number' || later.kind !== 'number') return false;
  if (earlier.operator[0] !== later.operator[0]) return false;
  return earlier.number === later.number
    ? earlier.operator === later.operator || earlier.operator.endsWith('=')
    : compare[earlier.operator](later.number, earlier.number);
}
