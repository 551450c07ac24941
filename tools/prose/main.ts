/**
 * Checks the prose of the docs, of every help text and of the messages in the code against the words of the house: `npm run prose [-- --fix] [<page> ...]`.
 * With `--fix`, puts each sentence of the pages on a line of its own first. Ends with 1 where there are problems.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { helpTexts } from './help-texts.ts';
import { lintMarkdown, reflowMarkdown } from './lint-markdown.ts';
import { lintTexts } from './lint-texts.ts';
import { messageTexts } from './message-texts.ts';
import { messageFiles, prosePages } from './scope.ts';

const args = process.argv.slice(2);
const isFix = args.includes('--fix');
const named = args.filter((each) => each !== '--fix');
const pages = named.length > 0 ? named : prosePages();
const help = named.length > 0 ? [] : helpTexts();
const messages = named.length > 0 ? [] : messageFiles().flatMap(messageTexts);

const problems = [
  ...lintTexts(help).map(({ place, message }) => `help of ${place}: ${message}`),
  ...lintTexts(messages).map(({ place, message }) => `${place}: ${message}`),
];
for (const page of pages) {
  const text = await readFile(page, 'utf8');
  const checked = isFix ? await reflowMarkdown(text) : text;
  if (checked !== text) await writeFile(page, checked);
  for (const { line, message } of await lintMarkdown(checked)) problems.push(`${page}:${line}: ${message}`);
}

process.stdout.write(problems.map((each) => `${each}\n`).join(''));
process.stderr.write(
  `${pages.length} pages, ${help.length} help texts, ${messages.length} messages: ${problems.length} problems\n`,
);
process.exitCode = problems.length > 0 ? 1 : 0;
