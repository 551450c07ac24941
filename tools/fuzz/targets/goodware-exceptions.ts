import { mayLieBelow } from '../../../src/domain/text/wildcard.ts';
import { exceptionFor } from '../../../src/gates/goodware-exceptions.ts';
import { parseGoodwareExceptions } from '../../../src/gates/goodware-exceptions-file.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { exceptionSeeds, yamlWords } from '../seeds/yaml.ts';

const now = Date.parse('2026-06-01T00:00:00Z');
const match = { rule: 'a/b.yar:Evil', path: '/usr/lib/a b/c.so', sha256: 'a'.repeat(64) };

/**
 * Exceptions are read completely or not at all, and none covers a match for longer than allowed.
 */
export const target: FuzzTarget = {
  name: 'goodware-exceptions',
  of: ['src/gates/goodware-exceptions-file.ts', 'src/domain/text/wildcard.ts'],
  syntax: 'yaml',
  seeds: exceptionSeeds,
  words: [
    ...yamlWords,
    'rule',
    'sha256',
    'path',
    'reason',
    'expires',
    '2026-11-30',
    '**/c.so',
    '*',
    '/usr/**',
    'a'.repeat(64),
  ],
  maxBytes: 20_000,
  run(input) {
    const { exceptions, problems } = parseGoodwareExceptions('exceptions.yaml', input.toString(), now);
    require(problems.every(({ line, column }) => line >= 1 && column >= 1), 'a problem has a place');
    require(problems.length === 0 || exceptions.length === 0, 'no exceptions where there is a problem');
    for (const { file } of exceptions) if ('path' in file) mayLieBelow(file.path, '/usr/lib');
    const later = now + 367 * 24 * 60 * 60 * 1000;
    require(exceptionFor(exceptions, match, later) === null, 'no exception lasts longer than 366 days');
    if (problems.length > 0) return problems[0]?.code ?? 'problem';
    return exceptionFor(exceptions, match, now) === null ? 'not covered' : 'covered';
  },
};
