import { createHash } from 'node:crypto';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import type { Memo } from '../../rules/memo.ts';
import { isVendored } from '../../rules/vendored.ts';
import type { Cost } from './cost.ts';
import type { ProfiledData } from './data-kinds.ts';

/** What public rules and their strings cost. Losing it costs time and nothing else. */
export interface CostMemory {
  /**
   * Null if the source was not measured in this way.
   * @param logic logic hash of its rule, so that other meta costs no measurement. Default: its text
   */
  get(source: RuleSource, logic?: string): readonly Cost[] | null;
  put(source: RuleSource, costs: readonly Cost[], logic?: string): void;
}

/** Remembers nothing. */
export const noCostMemory: CostMemory = { get: () => null, put: () => undefined };

/**
 * Creates a memory of costs on this data. Only public rules are remembered: the authors of own
 * rules measure them to see an improvement. A cost that ran out of time is not remembered, because
 * it depends on the machine.
 * @param setting whatever else affects the measurement
 */
export function createCostMemory(memo: Memo, data: readonly ProfiledData[], setting: readonly number[]): CostMemory {
  const digest = digestOf(data);
  const inputsOf = ({ source, variables = [] }: RuleSource, logic: string = source) => [
    ...[logic, variables, digest, setting],
  ];
  return {
    get(source, logic) {
      if (!isVendored(source.namespace)) return null;
      // The memo returns what was put under the same kind and inputs.
      return (memo.get(kind, inputsOf(source, logic)) as readonly Cost[] | undefined) ?? null;
    },
    put(source, costs, logic) {
      if (!isVendored(source.namespace) || costs.some(({ timedOut }) => timedOut)) return;
      memo.put(kind, inputsOf(source, logic), costs);
    },
  };
}

const kind = 'cost of a rule';

function digestOf(data: readonly ProfiledData[]): string {
  const hash = createHash('sha256');
  for (const each of data) {
    hash.update(JSON.stringify([each.kind, each.files.map(({ length }) => length)]));
    for (const file of each.files) hash.update(file);
  }
  return hash.digest('hex');
}
