import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import test from 'ava';
import { eicarForms } from './eicar.ts';

test('the plain form is the published file, and the others add white space only', (t) => {
  const [plain, ...others] = eicarForms();
  const digest = createHash('sha256')
    .update(plain?.bytes ?? '')
    .digest('hex');
  t.is(digest, '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f');
  const text = Buffer.from(plain?.bytes ?? '').toString();
  for (const { bytes } of others) {
    t.true(bytes.length <= 128);
    t.is(Buffer.from(bytes).toString().trimEnd(), text);
  }
});

test('every form has its own file name', (t) => {
  const names = eicarForms().map(({ filename }) => filename);
  t.is(new Set(names).size, names.length);
});

test('the source file contains none of the forms', async (t) => {
  const source = await readFile(new URL('./eicar.ts', import.meta.url), 'utf8');
  t.false(
    source.includes(
      Buffer.from(eicarForms()[0]?.bytes ?? '')
        .toString()
        .slice(20, 40),
    ),
  );
});
