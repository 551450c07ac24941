import { missingSections } from '../../pull-requests/missing-sections.ts';
import type { Review } from '../../pull-requests/review.ts';
import type { CollectedSections } from './collect-sections.ts';

/**
 * The reviews of a run: one of the rules and one of the infrastructure, each with its own comment.
 */
export interface Reviews {
  /**
   * Null if the run was only about the infrastructure. For a pull request that changes no rules it
   * says so.
   */
  readonly review: Review | null;
  readonly infrastructure: Review | null;
}

/**
 * Composes reviews from sections.
 * @param expected names of the sections that must be there
 * @param about the other facts of the review
 */
export function composeReviews(
  { sections, refused }: CollectedSections,
  expected: readonly string[],
  about: Omit<Review, 'sections' | 'missing' | 'refused'>,
): Reviews {
  const reviewOf = (isPart: (name: string) => boolean): Review => ({
    ...about,
    sections: sections.filter(({ name }) => isPart(name)).map(({ section }) => section),
    refused: refused.filter(({ name }) => isPart(name)),
    missing: about.isOfNoRules
      ? []
      : missingSections(
          expected.filter(isPart),
          [...sections, ...refused].map(({ name }) => name),
        ),
  });
  const review = reviewOf((name) => !isInfrastructure(name));
  const infrastructure = reviewOf(isInfrastructure);
  const isOfInfrastructure = hasAnything(infrastructure) && review.sections.length === 0 && review.refused.length === 0;
  const isExpected = expected.some((name) => !isInfrastructure(name));
  const isInfrastructureExpected = expected.some(isInfrastructure);
  return {
    review: isExpected && !isOfInfrastructure ? review : null,
    infrastructure:
      about.bases.isRunKnown && (hasAnything(infrastructure) || (isInfrastructureExpected && !about.isOfNoRules))
        ? infrastructure
        : null,
  };
}

function hasAnything({ sections, refused }: Review): boolean {
  return sections.length > 0 || refused.length > 0;
}

function isInfrastructure(name: string): boolean {
  return name === 'infrastructure' || name.startsWith('infrastructure-');
}
