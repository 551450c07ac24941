import { readFileSync } from 'node:fs';
import test from 'ava';
import { missingSections } from '../pull-requests/missing-sections.ts';
import { ownCheckPaths, ownChecks } from './own-checks.ts';
import { reviewConfigSchema } from './review-config.ts';

test('what the checks are made of, and what they are held against, are their own; rules, tests and pages are not', (t) => {
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

test('a file that takes the place of one of theirs on a system that does not tell letters apart is their own, too', (t) => {
  const own = ['SRC/cli/main.ts', 'Package.json', '\u017frc/a.ts', '.GitHub/workflows/rules.yml', 'Known/GOOD.yaml'];
  t.deepEqual(ownChecks(['docs/SRC/a.ts', ...own], 'known/good.yaml'), own);
});

test('a section is missing where nothing of its name reported, one for each place or for any', (t) => {
  const reported = ['check', 'goodware-linux'];
  t.deepEqual(missingSections(['check', 'goodware', 'goodware-linux'], reported), []);
  t.deepEqual(missingSections(['tests', 'goodware-linux-arm', 'good'], reported), [
    'tests',
    'goodware-linux-arm',
    'good',
  ]);
});

test('the example of CODEOWNERS has all that checks are made of, what is deployed, and nothing else', (t) => {
  const text = readFileSync(new URL('../../.github/CODEOWNERS', import.meta.url), 'utf8');
  const entries = [...text.matchAll(/^# (\/?[^\s@]+) +@example\/\w+$/gm)].map(([, path]) => path ?? '');
  const { exceptions } = reviewConfigSchema.parse({}).goodware;
  const deployed = ['/infra/', '/Pulumi.yaml', '/Pulumi.prod.yaml'];
  t.deepEqual(entries.toSorted(), [...ownCheckPaths, `/${exceptions}`, ...deployed].toSorted());
});
