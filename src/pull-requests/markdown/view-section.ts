import type { ReviewSection } from '../section.ts';
import type { Detail } from './detail.ts';
import type { SectionView } from './section-view.ts';
import { viewCheck } from './view-check.ts';
import { viewDiff } from './view-diff.ts';
import { viewForecast } from './view-forecast.ts';
import { viewGoodware } from './view-goodware.ts';
import { viewInfrastructure } from './view-infrastructure.ts';
import { viewLeft } from './view-left.ts';
import { viewPreview } from './view-preview.ts';
import { viewProfile } from './view-profile.ts';
import { viewTests } from './view-tests.ts';

/** The view of a section, with the requested detail. */
export function viewSection(section: ReviewSection, detail: Detail): SectionView {
  switch (section.section) {
    case 'check':
      return viewCheck(section, detail);
    case 'tests':
      return viewTests(section, detail);
    case 'diff':
      return viewDiff(section, detail);
    case 'profile':
      return viewProfile(section, detail);
    case 'goodware':
      return viewGoodware(section, detail);
    case 'forecast':
      return viewForecast(section, detail);
    case 'preview':
      return viewPreview(section, detail);
    case 'left':
      return viewLeft(section, detail);
    case 'infrastructure':
      return viewInfrastructure(section, detail);
  }
}
