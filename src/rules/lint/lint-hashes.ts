import { createHash } from 'node:crypto';
import { pairBrackets, splitRange } from '../scope/split-condition.ts';
import type { Token } from '../syntax/lexer.ts';
import { stringText } from '../syntax/literals.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import type { LintProblem } from './lint-meta.ts';
import { metaHashes } from './meta-hashes.ts';

/** The test file of the virus scanners, in two parts so that none reports this source. */
export const eicar = [String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-`, 'ANTIVIRUS-TEST-FILE!$H+H*'].join('');

/** Files whose hash is often copied by mistake, and how a message calls them. */
const files: readonly (readonly [string, string])[] = [
  ['', 'an empty file'],
  ['\n', 'a file with one line end'],
  ['\r\n', 'a file with one line end'],
  ['\0', 'a file with one zero byte'],
  ['test', 'a file with the text "test"'],
  ['test\n', 'a file with the text "test"'],
  [eicar, 'the EICAR test file'],
  [`${eicar}\n`, 'the EICAR test file'],
];

/** Import tables that a whole kind of programs has, as `pe.imphash` writes them. */
const importTables: readonly (readonly [string, string])[] = [
  ['mscoree._corexemain', 'every .NET program'],
  ['mscoree._cordllmain', 'every .NET library'],
];

const digest = (algorithm: string, text: string) => createHash(algorithm).update(text, 'latin1').digest('hex');

const ofFiles: ReadonlyMap<string, string> = new Map(
  files.flatMap(([text, name]) => ['md5', 'sha1', 'sha256'].map((each) => [digest(each, text), name] as const)),
);
const ofImports: ReadonlyMap<string, string> = new Map(importTables.map(([text, name]) => [digest('md5', text), name]));

/**
 * Checks for hashes of empty or well-known files: in meta and in conditions, and for import hashes
 * that a whole kind of programs has, where nothing else is required.
 */
export function lintHashes(rule: ParsedRule): LintProblem[] {
  return [...ofMeta(rule), ...ofCondition(rule)];
}

function ofMeta(rule: ParsedRule): readonly LintProblem[] {
  return metaHashes(rule).flatMap(({ hash }): LintProblem[] => {
    const name = ofFiles.get(hash);
    if (name === undefined || isOfEicar(rule, name)) return [];
    const message = `${rule.name} has the hash of ${name} in its meta (${hash}): write the hash of the sample`;
    return [{ code: 'known-hash', message, ...(rule.parts.meta === null ? {} : { at: rule.parts.meta }) }];
  });
}

function ofCondition(rule: ParsedRule): readonly LintProblem[] {
  const { condition, name: ruleName } = rule;
  return condition.flatMap((token, index): LintProblem[] => {
    if (token.kind !== 'string') return [];
    const value = stringText(token.text).toLowerCase();
    const call = calledBefore(condition, index);
    const file = call === null || !/^(?:md5|sha1|sha256)$/.test(call) ? undefined : ofFiles.get(value);
    if (file !== undefined && !isOfEicar(rule, file)) {
      const message = `${ruleName} compares with the hash of ${file} (${value}): write the hash of the sample`;
      return [{ code: 'known-hash', message, at: token }];
    }
    const kind = call === 'imphash' ? ofImports.get(value) : undefined;
    if (kind === undefined || !standsAlone(condition, index)) return [];
    const message = `${ruleName} matches by an import hash that ${kind} has (${value}): require something else with it`;
    return [{ code: 'known-hash', message, at: token }];
  });
}

function isOfEicar({ name, meta }: ParsedRule, file: string): boolean {
  return file.includes('EICAR') && /eicar/i.test(name + JSON.stringify(meta));
}

/** The name of the function whose result is compared with the token; null if there is none. */
function calledBefore(condition: readonly Token[], index: number): string | null {
  if (condition[index - 1]?.text !== '==' || condition[index - 2]?.text !== ')') return null;
  let open = 0;
  for (let at = index - 2; at >= 0; at -= 1) {
    if (condition[at]?.text === ')') open += 1;
    if (condition[at]?.text === '(') open -= 1;
    if (open === 0) return condition[at - 1]?.text ?? null;
  }
  return null;
}

/** Whether the comparison is the whole condition, or one of its alternatives. */
function standsAlone(condition: readonly Token[], index: number): boolean {
  const brackets = pairBrackets(condition);
  if (brackets === null) return false;
  let [start, end] = [0, condition.length];
  while (condition[start]?.text === '(' && brackets.get(start) === end - 1) [start, end] = [start + 1, end - 1];
  const parts = splitRange(condition, brackets, { start, end }, 'or') ?? [];
  const part = parts.find((each) => each.start <= index && index < each.end);
  return (
    part !== undefined && part.end === index + 1 && condition[part.start]?.text === 'pe' && part.end - part.start === 7
  );
}
