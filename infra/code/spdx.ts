/**
 * Returns whether an SPDX expression permits use under allowed licences only: one of alternatives
 * must be allowed, of a conjunction all.
 * https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
 *
 * A licence with an exception (`WITH`) is none of the allowed ones.
 *
 * @returns false for an invalid expression
 */
export function isAllowedBy(expression: string, allowed: ReadonlySet<string>): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;

  function choice(): boolean {
    let is = conjunction();
    while (tokens[at] === 'OR') {
      at += 1;
      // Parsed completely before the decision: all of it must be an expression.
      const other = conjunction();
      is = is || other;
    }
    return is;
  }

  function conjunction(): boolean {
    let is = licence();
    while (tokens[at] === 'AND') {
      at += 1;
      const other = licence();
      is = is && other;
    }
    return is;
  }

  function licence(): boolean {
    const token = tokens[at];
    at += 1;
    if (token !== '(') {
      const hasException = tokens[at] === 'WITH';
      if (hasException) at += 2;
      return token !== undefined && !hasException && allowed.has(token);
    }
    const is = choice();
    if (tokens[at] !== ')') at = tokens.length + 1;
    at += 1;
    return is;
  }

  const is = choice();
  return is && at === tokens.length;
}
