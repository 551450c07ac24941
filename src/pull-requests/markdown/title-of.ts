import { plural } from '../../domain/text/amounts.ts';
import type { ReviewConclusion } from '../conclude-review.ts';
import type { Review } from '../review.ts';
import { reviewSections } from '../section.ts';

const gateNames: Readonly<Record<(typeof reviewSections)[number], string>> = {
  check: 'compile',
  tests: 'tests',
  diff: 'changes',
  profile: 'cost',
  goodware: 'goodware',
  forecast: 'forecast',
  preview: 'preview',
  infrastructure: 'infrastructure',
};

/** The conclusion on one line, with the gates that failed: plain text, none of it from outside. */
export function titleOf({ sections, missing, refused, bases }: Review, { reason }: ReviewConclusion): string {
  const failed = sections.filter(({ verdict }) => verdict === 'failed');
  const absent = missing.length + refused.length;
  switch (reason) {
    case 'passed':
      return 'All checks passed';
    case 'no-rules':
      return 'No rules are changed';
    case 'gate': {
      const names = reviewSections.filter((name) => failed.some(({ section }) => section === name));
      return `${plural(failed.length, 'check')} failed (${names.map((name) => gateNames[name]).join(', ')})${absent > 0 ? `, ${absent} did not report` : ''}`;
    }
    case 'incomplete':
      return absent > 0 ? `${plural(absent, 'check')} did not report` : 'The checks did not complete';
    case 'base':
      if (bases.isRunKnown) return 'Nothing failed, but the commit has a pull request to another branch';
      return bases.others.length > 0
        ? 'The checks may come from another branch than the default branch'
        : 'The base was changed while the checks ran';
    case 'own-checks':
      return 'Nothing failed, but this pull request changes its own checks';
    case 'files-unknown':
      return 'Nothing failed, but its changed files are not known';
    case 'unknown':
      return 'Nothing failed, but some results are unknown';
  }
}
