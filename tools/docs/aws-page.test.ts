import { readFile } from 'node:fs/promises';
import test from 'ava';
import { awsSettings } from '../../src/targets/aws/aws-settings.ts';

const read = (page: string) => readFile(new URL(`../../docs/${page}`, import.meta.url), 'utf8');

test('the pages on AWS and on verdicts have every setting', async (t) => {
  const text = (await Promise.all(['reference/aws.md', 'explanation/verdicts.md'].map(read))).join('\n');
  for (const name of Object.values(awsSettings)) {
    // Later ones of a row are shortened.
    t.true(text.includes(name) || text.includes(`\`${name.replace('REARVIEW', '…')}\``), name);
  }
});
