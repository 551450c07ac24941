import type { Requirement } from './requirement.ts';

/**
 * How a rule narrows what has to be read. `strings`: contents without its bytes are left out.
 * `facts`: only contents of another size, beginning or hash are. `nothing`: every content is read,
 * for these reasons.
 */
export type Narrowing =
  | { readonly kind: 'strings' | 'facts' }
  | { readonly kind: 'nothing'; readonly reasons: readonly string[] };

/** Returns how a requirement narrows. */
export function narrowingOf(requirement: Requirement): Narrowing {
  if (!holds(requirement, { run: false, fact: true })) return { kind: 'strings' };
  if (!holds(requirement, { run: false, fact: false })) return { kind: 'facts' };
  const reasons = new Set<string>();
  collectReasons(requirement, reasons);
  return { kind: 'nothing', reasons: [...reasons] };
}

/** The value if all runs, and all facts, have the same value. */
function holds(requirement: Requirement, values: { readonly run: boolean; readonly fact: boolean }): boolean {
  const known = new Map<Requirement, boolean>();
  const evaluate = (each: Requirement): boolean => {
    if (each.kind === 'open') return true;
    if (each.kind !== 'gate') return values[each.kind];
    const value = known.get(each) ?? each.of.filter(evaluate).length >= each.atLeast;
    known.set(each, value);
    return value;
  };
  return evaluate(requirement);
}

function collectReasons(requirement: Requirement, reasons: Set<string>): void {
  const seen = new Set<Requirement>();
  const visit = (each: Requirement): void => {
    if (seen.has(each)) return;
    seen.add(each);
    if (each.kind === 'open') reasons.add(each.reason);
    if (each.kind === 'gate') each.of.forEach(visit);
  };
  visit(requirement);
}
