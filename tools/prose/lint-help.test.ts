import test from 'ava';
import { helpTexts } from './help-texts.ts';
import { lintHelp } from './lint-help.ts';

test('help texts of the program, of nouns, commands, arguments and flags are checked', (t) => {
  const places = helpTexts().map(({ place }) => place);
  for (const place of ['--target', 'rules description', 'scan summary', 'scan <path>', 'rules check --strict']) {
    t.true(places.includes(place), place);
  }
});

test('a problem of a help text names the command and the flag', (t) => {
  const [problem, ...others] = lintHelp([
    { place: 'scan --json', text: 'Tell "nobody" of --home, somebody.txt and s3://anew/x.' },
  ]);
  t.deepEqual(others, []);
  t.is(problem?.place, 'scan --json');
  t.regex(problem?.message ?? '', /^"Tell": use report/);
});
