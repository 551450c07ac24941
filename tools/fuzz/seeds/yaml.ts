import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (file: string): string => readFileSync(root + file, 'utf8');

/** Significant text in YAML. */
export const yamlWords: readonly string[] = [
  ...[
    '- ',
    ': ',
    '? ',
    '| ',
    '> ',
    '|-\n',
    '&a ',
    '*a',
    '!!str ',
    '!!binary ',
    '!!map ',
    '!!timestamp 2026-01-01',
    '<<: *a',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    '#',
    '"',
    "'",
    '~',
    'null',
    'true',
    'yes',
    '1e3',
    '.inf',
    '.nan',
    '0o7',
    '2026-01-01',
    '\t',
    '  ',
    '\n',
    '&a [*a]',
    '{a: &b [*b, *b]}',
  ],
];

const repeatedAnchors = `tests:
  - &one
    name: a
    sample: &s { text: abc }
    matches: &m [Evil]
  - name: b
    sample: *s
    matches: *m
    strings: { Evil: [{ identifier: $a, offset: 0 }] }
    # of the next
  - { name: c, sample: { hex: 41 }, matches: [other/file.yar:Rule], todo: later }
`;

export function ruleTestSeeds(): readonly string[] {
  const files = globSync('rule-tests/**/*.test.yaml', { cwd: root }).sort().slice(0, 8);
  return [repeatedAnchors, ...files.map(read)].filter((text) => text.length < 8000);
}

export function configSeeds(): readonly string[] {
  return [
    '',
    read('rearview.yaml'),
    'preview: { sample: 0.5, prefix: a/, maxGained: 3 }\nforecast:\n  maxDollars: 1\nstaged: {soakDays: 3}\n',
  ];
}

export function exceptionSeeds(): readonly string[] {
  return [
    '',
    `- rule: Evil\n  path: '**/c.so'\n  reason: known\n  expires: 2026-11-30\n- rule: a/*.yar:Ev*\n  sha256: ${'a'.repeat(64)}\n  reason: |\n    known\n  expires: "2027-01-01"\n`,
    '[{ rule: "*", path: /usr/**/c.so, reason: x, expires: "2026-06-02" }]',
  ];
}

export function sourceSeeds(): readonly string[] {
  const files = { include: ['yara/'], exclude: ['*_old.yar'] };
  return [
    '',
    'sources:\n  base:\n    url: https://example.com/a/b\n    branch: main\n    licence: DRL-1.1\n    state: active\n    namespace: neo\n    severity: low\n    files: { include: [yara/], exclude: ["*_old.yar"] }\n    rules: { exclude: [SUSP_*] }\n    meta:\n      severity:\n        - from: score\n          map: { "*": low, ">=80": critical, 5: medium }\n  b: { url: git@example.com:a/b.git, tag: v1 }\n',
    '{"repos": [{"url": "https://example.com/a/b.git", "include": ["yara/*", "a?/*.yar"], "exclude": ["x*"]}]}',
    `{"schema": "rearview.sources/v1", "sources": [${JSON.stringify({ name: 'a', url: '/a', ref: { kind: 'tag', name: 'v1' }, ...files, namespace: 'a', commit: 'a'.repeat(40), licence: null, files: [{ path: 'a.yar', size: 1, sha256: 'a'.repeat(64) }] })}]}`,
  ];
}
