import { readFileSync } from 'node:fs';
import test from 'ava';
import { missingSections } from '../pull-requests/missing-sections.ts';
import { ownCheckPaths, ownChecks } from './own-checks.ts';
import { reviewConfigSchema } from './review-config.ts';

test('the code of the checks and their reference data belong to the checks; rules, tests and pages do not', (t) => {
  const own = [
    '.github/workflows/rules.yml',
    'src/cli/main.ts',
    'package.json',
    'package-lock.json',
    'rearview.yaml',
    '.npmrc',
    '.gitattributes',
    'rules/windows/.gitattributes',
    'rule-tests/.GitAttributes',
  ];
  const others = [
    'rules/src/a.yar',
    'rule-tests/package.json',
    'docs/reference/rules.md',
    'README.md',
    'src.md',
    'rearview.yaml.md',
    'rules/x.gitattributes',
    'rules/.gitattributes/a.yar',
    'rules/.npmrc',
  ];
  t.deepEqual(ownChecks([...others, ...own], 'known/good.yaml'), own);
  t.deepEqual(ownChecks(['known/good.yaml', 'known/good.yml'], './known/good.yaml'), ['known/good.yaml']);
});

test('a file that replaces one of theirs on a case-insensitive system also belongs to the checks', (t) => {
  const own = ['SRC/cli/main.ts', 'Package.json', '\u017frc/a.ts', '.GitHub/workflows/rules.yml', 'Known/GOOD.yaml'];
  t.deepEqual(ownChecks(['docs/SRC/a.ts', ...own], 'known/good.yaml'), own);
});

test('a section is missing if none with its name was reported, per place or overall', (t) => {
  const reported = ['check', 'goodware-linux'];
  t.deepEqual(missingSections(['check', 'goodware', 'goodware-linux'], reported), []);
  t.deepEqual(missingSections(['tests', 'goodware-linux-arm', 'good'], reported), [
    'tests',
    'goodware-linux-arm',
    'good',
  ]);
});

test("the CODEOWNERS example lists the checks' own files, everything that is deployed, and nothing else", (t) => {
  const text = readFileSync(new URL('../../.github/CODEOWNERS', import.meta.url), 'utf8');
  const entries = [...text.matchAll(/^# (\/?[^\s@]+) +@example\/\w+$/gm)].map(([, path]) => path ?? '');
  const { exceptions } = reviewConfigSchema.parse({}).goodware;
  const deployed = ['/infra/', '/Pulumi.yaml', '/Pulumi.prod.yaml'];
  t.deepEqual(entries.toSorted(), [...ownCheckPaths, `/${exceptions}`, ...deployed].toSorted());
});
