import type { GivenVariables } from '../domain/rulesets/externals.ts';
import { readVariable, type VariableSlot, type VariableValue } from '../domain/rulesets/variables.ts';

/** The value of a variable for one file. */
export interface SlotValue {
  readonly value: VariableValue | bigint;
  /** The reason why the given value is not used. */
  readonly problem: string | null;
}

/** Returns the given value if it fits the type; otherwise the default. */
export function valueFor({ name, type, default: value }: VariableSlot, given: GivenVariables = {}): SlotValue {
  const key = name.toLowerCase();
  const text = Object.hasOwn(given, key) ? given[key] : undefined;
  if (text === undefined) return { value, problem: null };
  const read = readVariable(type, text);
  if (read !== null) return { value: read, problem: null };
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  return {
    value,
    problem: `Invalid value ${shown} for the variable ${name} of type ${type}: the default ${JSON.stringify(value)} is used.`,
  };
}
