import { posix } from 'node:path';
import { isStaged, ruleId } from '../../domain/rulesets/rule.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { StagedProposal } from '../../gates/decide-staged.ts';
import type { CodeHost } from '../../ports/code-host.ts';
import { removeRuleTests } from '../../rule-tests/remove-rule-tests.ts';
import { testFileSuffix } from '../../rule-tests/spec.ts';
import { promoteRule } from '../../rules/edits/promote-rule.ts';
import { removeRule } from '../../rules/edits/remove-rule.ts';
import { hashRules } from '../../rules/logic-hash.ts';
import { parseSource } from '../../rules/syntax/parse.ts';

/** The changed files by path (null: deleted), or why nothing is proposed. */
export type StagedChange = { readonly files: ReadonlyMap<string, string | null> } | { readonly left: string };

export interface StagedChangeOptions {
  /** The branch to change, and its latest commit. */
  readonly branch: string;
  readonly commit: string;
  readonly kind: 'promote' | 'remove';
  readonly rule: StagedProposal;
  /** The active ruleset. */
  readonly ruleset: Ruleset;
  /** From the root of the repository. */
  readonly rulesPath: string;
  readonly testsPath: string;
}

/**
 * Makes the change that promotes or removes a staged rule. It is based on the files of the branch,
 * which may be newer than the active ruleset: nothing is proposed if the rule on the branch is not
 * the one that was judged.
 */
export async function stagedChange(
  host: Pick<CodeHost, 'readFile'>,
  options: StagedChangeOptions,
): Promise<StagedChange> {
  const { branch, commit, kind, rule, ruleset, rulesPath } = options;
  const at = rule.rule.lastIndexOf(':');
  const [namespace, name] = [rule.rule.slice(0, at), rule.rule.slice(at + 1)];
  const path = posix.join(rulesPath, namespace);
  const source = await host.readFile(path, commit);
  if (source === null) return { left: `${path} is not on ${branch}` };
  const parsed = parseSource(source, path);
  if (parsed.includes.length > 0) return { left: `${path} takes in other files: change it by hand` };
  const { name: engine, version } = ruleset.engine;
  const found = hashRules(parsed, `${engine} ${version}`).find((each) => each.rule.name === name);
  if (found === undefined) return { left: `it is not in ${path} on ${branch}` };
  if (!isStaged(found.rule)) return { left: `it is not staged on ${branch} any more` };
  if (found.logicHash !== rule.logicHash) return { left: `its logic has changed on ${branch}` };
  if (kind === 'remove') return removal(host, options, { source, path, namespace, name });
  const promoted = promoteRule(source, name);
  return promoted === null
    ? { left: `it is not staged on ${branch} any more` }
    : { files: new Map([[path, promoted]]) };
}

async function removal(
  host: Pick<CodeHost, 'readFile'>,
  { commit, rule: { logicHash }, ruleset, testsPath }: StagedChangeOptions,
  { source, path, namespace, name }: Record<'source' | 'path' | 'namespace' | 'name', string>,
): Promise<StagedChange> {
  // The file is included there, and its rules may be needed.
  const twin = ruleset.rules.find(
    (each) => each.name === name && each.logicHash === logicHash && each.namespace !== namespace,
  );
  if (twin !== undefined) return { left: `${ruleId(twin)} is the same: remove it by hand` };
  const removed = removeRule(source, name);
  if (removed.kind === 'needed') return { left: `other rules need it: ${removed.by.join(', ')}` };
  if (removed.kind === 'absent') return { left: `it is not in ${path}` };
  const left = parseSource(removed.source).rules;
  const files = new Map<string, string | null>([[path, left.length === 0 ? null : removed.source]]);
  const testFile = `${namespace}${testFileSuffix}`;
  const testPath = posix.join(testsPath, testFile);
  const tests = await host.readFile(testPath, commit);
  if (tests === null) return { files };
  const others = left.filter((each) => !each.private).map((each) => each.name);
  const kept = left.length === 0 ? null : removeRuleTests(testFile, tests, name, others);
  return { files: kept === tests ? files : files.set(testPath, kept) };
}
