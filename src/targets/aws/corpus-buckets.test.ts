import test from 'ava';
import fc from 'fast-check';
import { corpusBuckets, formatCorpusBucket, isInCorpus } from './corpus-buckets.ts';

test('everything after the first slash is the prefix, as in S3', (t) => {
  const read = (given: unknown) => corpusBuckets.parse(given);
  t.deepEqual(read('up, mail/in/2026/ ,logs//x,old/, plain '), [
    { name: 'up', prefix: '' },
    { name: 'mail', prefix: 'in/2026/ ' },
    { name: 'logs', prefix: '/x' },
    { name: 'old', prefix: '' },
    { name: 'plain', prefix: '' },
  ]);
  t.deepEqual(read(['up', 'mail/ü +%']), [
    { name: 'up', prefix: '' },
    { name: 'mail', prefix: 'ü +%' },
  ]);
});

test('an entry that cannot be a corpus is refused and named', (t) => {
  const refused = (given: unknown, why: RegExp) => {
    const { error } = corpusBuckets.safeParse(given);
    t.is(error?.issues.length, 1, JSON.stringify(given));
    t.regex(error?.issues[0]?.message ?? '', why);
  };
  refused(' , ', /names no bucket/);
  refused([], /names no bucket/);
  refused('up/in/,other', /first bucket receives uploads and must not have a prefix: use up without a prefix/);
  refused('up,mail/a/,mail/b/', /mail is listed twice/);
  refused('up,up', /up is listed twice/);
  refused(['up', 'mail/a,b'], /"mail\/a,b" has a comma/);
  refused('up,s3://mail/in/', /"s3:\/\/mail\/in\/" is not a bucket: use bucket or bucket\/prefix/);
  refused('up,/in', /"\/in" is not a bucket/);
  refused('up,two words', /"two words" is not a bucket/);
  refused(`up,mail/${'ü'.repeat(513)}`, /longer than any key/);
});

const prefix = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes(','));
const others = fc.uniqueArray(fc.record({ name: fc.stringMatching(/^[a-z0-9][a-z0-9.-]{2,20}$/), prefix }), {
  selector: ({ name }) => name,
  maxLength: 5,
});

test('written entries can be parsed, both with commas and as a list', (t) => {
  fc.assert(
    fc.property(others, (rest) => {
      const all = [{ name: 'UP', prefix: '' }, ...rest];
      const entries = all.map(formatCorpusBucket);
      t.deepEqual(corpusBuckets.parse(entries), all);
      t.deepEqual(corpusBuckets.parse(entries.join(',')), all);
    }),
  );
});

test('a key is in the corpus if it starts with the prefix, whether that is a folder or not', (t) => {
  t.true(isInCorpus('anything', { prefix: '' }));
  t.true(isInCorpus('mailbox', { prefix: 'mail' }));
  t.false(isInCorpus('mailbox', { prefix: 'mail/' }));
  t.false(isInCorpus('/mail/a', { prefix: 'mail/' }));
});
