import test from 'ava';
import { comparePage } from '../../../src/testing/generated-section.ts';
import { costsPage } from './page.ts';

test('the tables of docs/reference/costs.md are what the code computes', async (t) => {
  const { is, shouldBe } = await comparePage(costsPage);
  t.is(is, shouldBe, 'npm run costs -- --write puts the tables right');
});
