import test from 'ava';
import { lintMarkdown, reflowMarkdown } from './lint-markdown.ts';

const codes = async (markdown: string) =>
  (await lintMarkdown(markdown)).map(({ line, message }) => `${line} ${/\[([\w-]+)\]$/.exec(message)?.[1]}`).toSorted();

test('words are found in headings, paragraphs, lists, link texts and tables', async (t) => {
  const page =
    '# In force\n\nIt tells [the home](x.md).\n\n- It is made anew.\n\n| who | what |\n| --- | --- |\n| nobody | x |\n';
  t.deepEqual(await codes(page), ['1 active', '3 target', '3 tell', '5 again', '9 actor']);
});

test('code, link targets, quotes, titles in emphasis, blocks and generated sections are exempt', async (t) => {
  const page = [
    'Run `tell nobody` or see [here](home.md) with "the home" and *somebody hears*.',
    '```sh\ntell nobody\n```',
    '<!-- begin table -->\n\nThis tells nobody.\n\n<!-- end table -->',
    '![What it tells](home.png)',
  ];
  t.deepEqual(await codes(`${page.join('\n\n')}\n`), []);
});

test('a sentence has at most 25 words, code counted as one each', async (t) => {
  const words = (count: number) => `${'word '.repeat(count - 1)}\`a b c\`.`;
  t.deepEqual(await codes(`${words(25)}\n`), []);
  t.deepEqual(await codes(`${words(26)}\n`), ['1 sentence-length']);
  t.deepEqual(await codes(`| a |\n| --- |\n| ${words(60)} |\n`), []);
});

test('each sentence is on a line of its own, and fixed where it is not', async (t) => {
  const page = 'One is `a. B`. Two (e.g. C)\nis [d. E](f.md).\n\n- Three is v1.2. Four\n  ends! `Five`?\n';
  t.deepEqual(await codes(page), ['1 sentence-per-line', '4 sentence-per-line']);
  const fixed = await reflowMarkdown(page);
  t.is(fixed, 'One is `a. B`.\nTwo (e.g. C) is [d. E](f.md).\n\n- Three is v1.2.\n  Four ends!\n  `Five`?\n');
  t.is(await reflowMarkdown(fixed), fixed);
});
