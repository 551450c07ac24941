/**
 * Writes every generated part of the docs: `npm run docs`. With `--check`, writes nothing, and
 * exits with 1 if a page is out of date.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { comparePage } from '../../src/testing/generated-section.ts';
import { generatedPages } from './pages.ts';

const isCheck = process.argv.includes('--check');

for (const generated of generatedPages) {
  const { is, shouldBe } = await comparePage(generated);
  if (is === shouldBe) continue;
  const page = fileURLToPath(generated.page);
  if (isCheck) process.exitCode = 1;
  else await writeFile(page, shouldBe);
  process.stdout.write(`${page}: ${isCheck ? 'out of date, run npm run docs' : 'written'}\n`);
}
