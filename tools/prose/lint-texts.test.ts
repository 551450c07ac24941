import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { tempFolder } from '../../src/testing/temp-folder.ts';
import { helpTexts } from './help-texts.ts';
import { lintTexts } from './lint-texts.ts';
import { messageTexts } from './message-texts.ts';
import { messageFiles } from './scope.ts';

test('help texts of the program, of nouns, commands, arguments and flags are checked', (t) => {
  const places = helpTexts().map(({ place }) => place);
  for (const place of ['--target', 'rules description', 'scan summary', 'scan <path>', 'rules check --strict']) {
    t.true(places.includes(place), place);
  }
});

test('a problem of a help text names the command and the flag', (t) => {
  const [problem, ...others] = lintTexts([
    { place: 'scan --json', text: 'Tell "nobody" of --home, somebody.txt and s3://anew/x.' },
  ]);
  t.deepEqual(others, []);
  t.is(problem?.place, 'scan --json');
  t.regex(problem?.message ?? '', /^"Tell": use report/);
});

test('a problem of a message names the file and the line; values, SQL and tests are not prose', (t) => {
  const file = join(tempFolder(t), 'a.ts');
  const lines = [`const a = \`Tell \${somebody} of it\`;`, '', 'fail(\'Nothing is told "so many" times\');'];
  writeFileSync(file, [...lines, "db.run('SELECT told FROM x WHERE y')", "import 'told/of/it';"].join('\n'));
  const problems = lintTexts(messageTexts(file));
  t.deepEqual(
    problems.map(({ place }) => place),
    [`${file}:1`, `${file}:3`],
  );
  const files = messageFiles();
  t.true(files.includes('src/cli/up/up.ts') && files.includes('infra/config/schema.ts'));
  t.false(files.some((each) => each.endsWith('.test.ts') || each.startsWith('src/testing/')));
});
