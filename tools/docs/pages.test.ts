import path from 'node:path';
import test from 'ava';
import { comparePage } from '../../src/testing/generated-section.ts';
import { generatedPages } from './pages.ts';

for (const generated of generatedPages) {
  test(`the generated parts of ${path.basename(generated.page.pathname)} are up to date`, async (t) => {
    const { is, shouldBe } = await comparePage(generated);
    t.is(is, shouldBe, 'Run npm run docs.');
  });
}

test('each generated page is listed once', (t) => {
  t.is(new Set(generatedPages.map(({ page }) => page.href)).size, generatedPages.length);
  t.true(generatedPages.length >= 4);
});
