import { hasCode } from '../../domain/errors.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import type { PrintedText } from '../../engine/types.ts';
import { type Operand, withHeads } from '../../rules/explain/condition-part.ts';
import { type RuleInSource, writeOperandRules } from '../../rules/explain/part-rules.ts';

/** Values that are printed by one scan: it keeps a hundred lines. */
const perScan = 50;
/** A condition with more of them has no values for the rest. */
const most = 500;

/**
 * Evaluates expressions with the engine: a rule for each of them prints its value.
 * @param print scans the file with a source, and returns what its rules printed
 * @returns the value as text; `undefined` if the expression is undefined; null if it is not known
 */
export async function operandValues(
  place: RuleInSource,
  operands: readonly Operand[],
  print: (source: RuleSource) => Promise<PrintedText>,
): Promise<(operand: Operand) => string | null> {
  const values = new Map<string, string>();
  const evaluate = async (some: readonly Operand[]): Promise<void> => {
    const [first] = some;
    if (first === undefined) return;
    let printed: PrintedText;
    try {
      printed = await print(writeOperandRules(place, some));
    } catch (error) {
      if (!hasCode(error, 'ERR_RULES_INVALID')) throw error;
      // One of them is nothing that can be printed, so its value is not shown.
      const half = some.length >> 1;
      if (half > 0) {
        await evaluate(some.slice(0, half));
        await evaluate(some.slice(half));
      }
      return;
    }
    const texts = new Map(
      printed.lines.map((line) => {
        const space = line.indexOf(' ');
        return [Number(line.slice(0, space)), line.slice(space + 1)];
      }),
    );
    for (const [index, operand] of some.entries()) {
      const text = texts.get(index) ?? (printed.dropped === 0 ? 'undefined' : undefined);
      if (text !== undefined) values.set(keyOf(operand), text);
    }
  };
  for (let at = 0; at < Math.min(operands.length, most); at += perScan) {
    await evaluate(operands.slice(at, Math.min(at + perScan, most)));
  }
  return (operand) => values.get(keyOf(operand)) ?? null;
}

function keyOf({ text, heads }: Operand): string {
  return withHeads(text, heads);
}
