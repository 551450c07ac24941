import { RearviewError } from '../../domain/errors.ts';
import { ruleId } from '../../domain/rulesets/rule.ts';
import { fitsName } from '../../domain/text/wildcard.ts';
import type { MatchFilter, StoredMatch } from '../../ports/match-store.ts';
import { pagesOf } from '../../ports/pages.ts';
import type { MatchTarget } from '../../targets/target.ts';

const pageSize = 500;

/** Which matches to list. Absent fields choose all. */
export interface MatchSelection {
  /** A name or `namespace:name`; `*` and `?` are wildcards. */
  readonly rule?: string | undefined;
  /** A content that matched, or the member of one. */
  readonly sha256?: string | undefined;
  readonly scan?: string | undefined;
  /** ISO 8601 in UTC. */
  readonly since?: string | undefined;
  /** Lower case. */
  readonly severity?: readonly string[] | undefined;
  /** On the path of the first object; with wildcards. */
  readonly path?: string | undefined;
  readonly tag?: string | undefined;
}

/**
 * Lists the chosen matches, newest first.
 * @throws RearviewError `ERR_NOT_FOUND` if a rule was named that neither matched nor is active
 */
export async function selectMatches(
  target: MatchTarget,
  selection: MatchSelection,
  limit: number,
): Promise<{ readonly matches: readonly StoredMatch[]; readonly more: boolean }> {
  const matches: StoredMatch[] = [];
  for await (const page of selectedPages(target, selection)) {
    matches.push(...page.matches);
    if (matches.length > limit || (matches.length === limit && page.next !== null))
      return { matches: matches.slice(0, limit), more: true };
  }
  return { matches, more: false };
}

/**
 * Reads all chosen matches page by page, newest first.
 * @throws RearviewError `ERR_NOT_FOUND` as `selectMatches`, at the end
 */
export async function* selectedPages(target: MatchTarget, selection: MatchSelection) {
  const fits = fitsSelection(selection);
  const list = (from: { readonly after?: string }) =>
    target.state.matches.list({ filter: storeFilter(selection), limit: pageSize, ...from });
  let isEmpty = true;
  for await (const { matches: found, next } of pagesOf(list)) {
    const matches = found.filter(fits);
    isEmpty &&= matches.length === 0;
    yield { matches, next };
  }
  if (isEmpty && selection.rule !== undefined) await requireRule(target, selection.rule);
}

const hasWildcard = (text: string) => /[*?]/.test(text);

/** The part of the selection that the store applies. Members are only in the alerts of matches. */
function storeFilter({ rule, scan, since }: MatchSelection): MatchFilter {
  const isExact = rule !== undefined && !hasWildcard(rule);
  return {
    ...(isExact ? (rule.includes(':') ? { ruleId: rule } : { ruleName: rule }) : {}),
    ...(scan === undefined ? {} : { scanId: scan }),
    ...(since === undefined ? {} : { since }),
  };
}

function fitsSelection({ rule, sha256, severity, path, tag }: MatchSelection): (match: StoredMatch) => boolean {
  return ({ ruleId: id, sha256: content, alert }) =>
    (rule === undefined || fitsRule(rule, id, alert.rule.name)) &&
    (sha256 === undefined || sha256 === content || (alert.members ?? []).some((each) => each.sha256 === sha256)) &&
    (severity === undefined || severity.includes(alert.rule.severity)) &&
    (path === undefined || fitsName(path, alert.file.filepath)) &&
    (tag === undefined || alert.rule.tags.includes(tag));
}

function fitsRule(pattern: string, id: string, name: string): boolean {
  return fitsName(pattern, pattern.includes(':') ? id : name);
}

async function requireRule({ state, library }: MatchTarget, rule: string): Promise<void> {
  if (!hasWildcard(rule)) {
    const filter = storeFilter({ rule });
    if ((await state.matches.list({ filter, limit: 1 })).matches.length > 0) return;
  }
  const current = await library.current();
  const rules = current === null ? [] : (await library.get(current.rulesetId)).rules;
  if (rules.some((each) => fitsRule(rule, ruleId(each), each.name))) return;
  const { nameHint } = await import('../../domain/text/near-names.ts');
  const names = rules.map((each) => (rule.includes(':') ? ruleId(each) : each.name));
  throw new RearviewError('ERR_NOT_FOUND', [
    `No rule "${rule}" is active, and none matched.`,
    ...nameHint(rule, names, 'No ruleset is active.'),
  ]);
}
