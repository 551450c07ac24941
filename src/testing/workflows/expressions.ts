import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { truthy } from '@actions/expressions/result';

/** What an expression may refer to: `github`, `needs` … by name, as plain values. */
export type Contexts = Readonly<Record<string, unknown>>;

/** What has come of what went before, for `success()` and its like. */
export interface Status {
  readonly success: boolean;
  readonly failure: boolean;
}

const statusFunctions = /\b(success|failure|always|cancelled) *\(/;

/**
 * Evaluates an expression without its braces:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 * @throws ExpressionError where it refers to a context or function that there is not
 */
export function evaluate(expression: string, contexts: Contexts, status?: Status): data.ExpressionData {
  const functions = status === undefined ? [] : statusFunctionsFor(status);
  const { tokens } = new Lexer(expression).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
  const context = JSON.parse(JSON.stringify(contexts), data.reviver);
  return new Evaluator(parsed, context, new Map(functions.map((each) => [each.name, each]))).evaluate();
}

/** Nowhere but in conditions are there such functions. Nothing is cancelled here. */
function statusFunctionsFor({ success, failure }: Status): FunctionDefinition[] {
  return Object.entries({ success, failure, always: true, cancelled: false }).map(([name, answer]) => ({
    ...{ name, minArgs: 0, maxArgs: 0 },
    call: () => new data.BooleanData(answer),
  }));
}

/** A text with each `${{ expression }}` in it replaced by its value. */
export function interpolate(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => evaluate(expression, contexts).coerceString());
}

/**
 * Whether a condition holds. One that asks for no status holds only where all went well before;
 * none is `success()`.
 */
export function holds(condition = 'success()', contexts: Contexts, status: Status): boolean {
  const expression = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(condition)?.[1] ?? condition;
  if (!statusFunctions.test(expression) && !status.success) return false;
  return truthy(evaluate(expression, contexts, status));
}
