import type { Token } from './lexer.ts';
import type { References } from './syntax.ts';

/** The keywords of YARA-X that are allowed in a condition. */
const keywords: ReadonlySet<string> = new Set([
  ...['all', 'and', 'any', 'at', 'contains', 'defined', 'endswith', 'entrypoint', 'false', 'filesize', 'for'],
  ...['icontains', 'iendswith', 'iequals', 'in', 'istartswith', 'matches', 'none', 'not', 'of', 'or', 'startswith'],
  ...['them', 'true', 'with'],
]);

/**
 * Resolves the names in a condition. A loop variable with the name of a rule counts as the rule: an
 * extra dependency costs a scan, a missing one a match.
 * @param known the rules and imports before the condition, which is all that it may refer to
 */
export function findReferences(
  condition: readonly Token[],
  known: { readonly rules: ReadonlySet<string>; readonly modules: ReadonlySet<string> },
): References {
  const rules = new Set<string>();
  const wildcards = new Set<string>();
  const modules = new Set<string>();
  const variables = new Set<string>();
  const locals = localVariables(condition);
  condition.forEach(({ text }, index) => {
    if (!isFreeName(condition, index)) return;
    if (isWildcard(condition, index)) wildcards.add(text);
    else if (known.rules.has(text)) rules.add(text);
    else if (known.modules.has(text)) modules.add(text);
    else if (!locals.has(text) && condition[index + 1]?.text !== '(') variables.add(text);
  });
  return { rules: [...rules], wildcards: [...wildcards], modules: [...modules], variables: [...variables] };
}

/** Returns whether the token is an independent name: neither a keyword nor a field after a dot. */
export function isFreeName(condition: readonly Token[], index: number): boolean {
  const token = condition[index];
  if (token?.kind !== 'identifier' || keywords.has(token.text)) return false;
  // Two dots make a range (`1..n`), even with a gap between them.
  return condition[index - 1]?.text !== '.' || condition[index - 2]?.text === '.';
}

/** Returns whether the name is the start of a set of rules, as in `any of (a_*)`. */
export function isWildcard(condition: readonly Token[], index: number): boolean {
  const between = (text: string | undefined, ...texts: readonly string[]) => text !== undefined && texts.includes(text);
  return (
    condition[index + 1]?.text === '*' &&
    between(condition[index - 1]?.text, '(', ',') &&
    between(condition[index + 2]?.text, ')', ',')
  );
}

/** Conditions are read part by part, and each part needs the names of all. */
const knownLocals = new WeakMap<readonly Token[], ReadonlySet<string>>();

/** Returns the names that `for … a, b in` or `with a = …, b = …` introduce. */
export function localVariables(condition: readonly Token[]): ReadonlySet<string> {
  const known = knownLocals.get(condition);
  if (known !== undefined) return known;
  const names = new Set<string>();
  condition.forEach(({ kind, text }, index) => {
    const next = condition[index + 1]?.text;
    if (kind === 'identifier' && next === '=') names.add(text);
    if (kind !== 'identifier' || keywords.has(text) || next !== 'in') return;
    for (let at = index; ; at -= 2) {
      names.add(condition[at]?.text ?? '');
      if (condition[at - 1]?.text !== ',' || condition[at - 2]?.kind !== 'identifier') break;
    }
  });
  knownLocals.set(condition, names);
  return names;
}
