import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { parseSource } from '../../rules/syntax/parse.ts';
import type { ParsedPattern } from '../../rules/syntax/syntax.ts';

const executables = '/usr/bin';
const mostHostBytes = 200_000;
const hostCount = 12;

/** The small files of a folder and of those below it, in the order of their names. */
export function filesBelow(folder: string): Buffer[] {
  return readFiles(folder, readdirSync(folder, { recursive: true, encoding: 'utf8' }), 1_000_000);
}

/** Real executables, and for each source one with the strings of its rules planted in it. */
export function plantedCorpus(sources: readonly RuleSource[]): Buffer[] {
  const hosts = readFiles(executables, readdirSync(executables), mostHostBytes).slice(0, hostCount);
  const planted = sources.map(({ source }, index) => {
    const host = hosts[index % hosts.length] ?? Buffer.alloc(100);
    const magic = Buffer.from(index % 2 === 0 ? 'MZ\0\0' : '\x7fELF', 'latin1');
    return Buffer.concat([magic, host.subarray(4, 60_000), ...plantedStrings(source), host.subarray(60_000)]);
  });
  return [...planted, ...hosts];
}

/** For each rule a small file with its strings, behind the header of a Windows program. */
export function plantedRules(sources: readonly RuleSource[]): Buffer[] {
  return sources.flatMap(({ source }) =>
    parseSource(source).rules.map(({ patterns }) =>
      Buffer.concat([Buffer.from('MZ\0\0'), ...patterns.flatMap((each) => [patternBytes(each), Buffer.from('\0')])]),
    ),
  );
}

function readFiles(folder: string, names: readonly string[], mostBytes: number): Buffer[] {
  return names
    .toSorted()
    .map((name) => join(folder, name))
    .filter((path) => {
      const info = statSync(path, { throwIfNoEntry: false });
      return info?.isFile() === true && info.size > 0 && info.size <= mostBytes;
    })
    .map((path) => readFileSync(path));
}

/**
 * The bytes of all patterns of a source that are text or hex; where a hex pattern leaves bytes
 * open, zeros.
 */
function plantedStrings(source: string): Buffer[] {
  return parseSource(source)
    .rules.flatMap(({ patterns }) => patterns)
    .map(patternBytes);
}

function patternBytes({ kind, value }: Pick<ParsedPattern, 'kind' | 'value'>): Buffer {
  return kind === 'text' ? textBytes(value) : kind === 'hex' ? hexBytes(value) : Buffer.alloc(0);
}

function textBytes(value: string): Buffer {
  const decoded = value
    .slice(1, -1)
    .replaceAll(/\\x([0-9a-f]{2})|\\(.)/gi, (_, hex: string | undefined, other: string) =>
      hex === undefined ? other : String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(decoded, 'latin1');
}

function hexBytes(value: string): Buffer {
  const bytes = value
    .replaceAll(/\/\/.*$|\/\*[\s\S]*?\*\//gm, '')
    .replaceAll(/\(([^|()]*)\|[^()]*\)/g, '$1')
    .replaceAll(/\[(\d+)[^\]]*\]/g, (_, least: string) => '00'.repeat(Number(least)))
    .replaceAll('?', '0')
    .replaceAll(/[^0-9a-fA-F]/g, '');
  return Buffer.from(bytes, 'hex');
}
