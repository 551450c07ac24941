import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { externalsOf } from '../domain/rulesets/externals.ts';
import { comparePage } from '../testing/generated-section.ts';
import { checkSources } from '../testing/rules/check-sources.ts';
import {
  type RuleOutcome,
  renderDifferences,
  type YaraDifference,
  yaraDifferences,
} from '../testing/rules/yara-differences.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { compile } from './compile.ts';

const run = promisify(execFile);

for (const difference of yaraDifferences) {
  test(`the engine behaves as documented: ${difference.what}`, (t) => {
    t.is(outcomeHere(difference), difference.here);
  });
}

test('YARA 4 behaves as documented', async (t) => {
  if (!(await isYara42())) {
    t.log('skipped: the command "yara" 4.2 is not installed (Debian package "yara")');
    t.pass();
    return;
  }
  const dir = tempFolder(t);
  for (const difference of yaraDifferences)
    t.is(await outcomeOfYara(dir, difference), difference.yara4, difference.what);
});

test('the table in docs/reference/rules.md consists of these examples', async (t) => {
  const page = new URL('../../docs/reference/rules.md', import.meta.url);
  const { is, shouldBe } = await comparePage({ page, sections: { 'differences to YARA 4': renderDifferences() } });
  t.is(is, shouldBe);
});

function outcomeHere({ source, content }: YaraDifference): RuleOutcome {
  const sources = [{ namespace: 'r.yar', source }];
  if (checkSources(sources).errors.length > 0) return 'refused';
  using rules = compile(sources);
  return rules.scan(content, externalsOf('')).length > 0 ? 'matches' : 'does not match';
}

async function isYara42(): Promise<boolean> {
  try {
    return (await run('yara', ['--version'])).stdout.startsWith('4.2.');
  } catch {
    return false;
  }
}

async function outcomeOfYara(dir: string, { source, content }: YaraDifference): Promise<RuleOutcome> {
  const [rules, file] = [join(dir, 'r.yar'), join(dir, 'f')];
  await Promise.all([writeFile(rules, source), writeFile(file, content)]);
  try {
    return (await run('yara', ['-w', rules, file])).stdout === '' ? 'does not match' : 'matches';
  } catch {
    return 'refused';
  }
}
