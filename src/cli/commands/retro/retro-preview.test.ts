import test from 'ava';
import { createNeedleCorpus } from '../../../testing/cli/needle-corpus.ts';

test('a preview states what it read and what the index excluded, and its ledger which scan had shown it', async (t) => {
  const cli = await createNeedleCorpus(t);

  const ids: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    const { code, stdout, stderr } = await cli.run('retro', 'preview');
    t.is(code, 0, stderr);
    t.regex(stderr, /all of the corpus, about 12 of 12 objects \(11 excluded by the index, 1 to read\), /);
    t.regex(stdout, /^searched {2}12 of 12 objects, all of the corpus: 1 read and scanned, 11 excluded by the index$/m);
    t.regex(stdout, /^actual {4}12 objects searched, /m);
    ids.push(/preview-\S+/.exec(stdout)?.[0] ?? '');
  }
  const [first = '', second = ''] = ids;
  const lines = async (id: string) => (await cli.run('retro', 'status', id, '--status', 'excluded')).stdout;
  t.regex(await lines(first), /, 1 rule evaluated, \d+ rows? read\n$/);
  const again = await lines(second);
  t.true(again.endsWith(`, 1 rule evaluated before by ${first}, 0 rows read\n`), again);
});
