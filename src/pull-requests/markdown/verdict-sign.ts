import type { ReviewSection } from '../section.ts';
import type { Html } from './html.ts';

const signs: Readonly<Record<ReviewSection['verdict'], string>> = { passed: '✅', failed: '❌', unknown: '⚠️' };

/** ✅, ❌ or ⚠️. */
export function verdictSign(verdict: ReviewSection['verdict']): Html {
  return { markup: signs[verdict] };
}
