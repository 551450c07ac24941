import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { truthy } from '@actions/expressions/result';

/** The contexts of an expression by name (`github`, `needs` …), as plain values. */
export type Contexts = Readonly<Record<string, unknown>>;

/** The status of the previous steps or jobs, for `success()` and similar functions. */
export interface Status {
  readonly success: boolean;
  readonly failure: boolean;
}

const statusFunctions = /\b(success|failure|always|cancelled) *\(/;

/**
 * Evaluates an expression without its braces:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 * @throws ExpressionError if it refers to an unknown context or function
 */
export function evaluate(expression: string, contexts: Contexts, status?: Status): data.ExpressionData {
  const functions = status === undefined ? [] : statusFunctionsFor(status);
  const { tokens } = new Lexer(expression).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
  const context = JSON.parse(JSON.stringify(contexts), data.reviver);
  return new Evaluator(parsed, context, new Map(functions.map((each) => [each.name, each]))).evaluate();
}

/** These functions only exist in conditions. Nothing is cancelled here. */
function statusFunctionsFor({ success, failure }: Status): FunctionDefinition[] {
  return Object.entries({ success, failure, always: true, cancelled: false }).map(([name, answer]) => ({
    ...{ name, minArgs: 0, maxArgs: 0 },
    call: () => new data.BooleanData(answer),
  }));
}

/** Replaces each `${{ expression }}` in a text with its value. */
export function interpolate(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => evaluate(expression, contexts).coerceString());
}

/**
 * Returns whether a condition holds. A condition without a status function only holds if all
 * previous steps succeeded. No condition means `success()`.
 */
export function holds(condition = 'success()', contexts: Contexts, status: Status): boolean {
  const expression = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(condition)?.[1] ?? condition;
  if (!statusFunctions.test(expression) && !status.success) return false;
  return truthy(evaluate(expression, contexts, status));
}
