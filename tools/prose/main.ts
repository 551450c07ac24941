/**
 * Checks the prose of the docs and of every help text against the words of the house: `npm run prose [-- --fix] [<page> ...]`.
 * With `--fix`, puts each sentence of the pages on a line of its own first. Ends with 1 where there are problems.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { helpTexts } from './help-texts.ts';
import { lintHelp } from './lint-help.ts';
import { lintMarkdown, reflowMarkdown } from './lint-markdown.ts';
import { prosePages } from './scope.ts';

const args = process.argv.slice(2);
const isFix = args.includes('--fix');
const named = args.filter((each) => each !== '--fix');
const pages = named.length > 0 ? named : prosePages();
const texts = named.length > 0 ? [] : helpTexts();

const problems = lintHelp(texts).map(({ place, message }) => `help of ${place}: ${message}`);
for (const page of pages) {
  const text = await readFile(page, 'utf8');
  const checked = isFix ? await reflowMarkdown(text) : text;
  if (checked !== text) await writeFile(page, checked);
  for (const { line, message } of await lintMarkdown(checked)) problems.push(`${page}:${line}: ${message}`);
}

process.stdout.write(problems.map((each) => `${each}\n`).join(''));
process.stderr.write(`${pages.length} pages, ${texts.length} help texts: ${problems.length} problems\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
