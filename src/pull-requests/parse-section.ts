import { checkShape, describeIssues } from '../domain/text/check-shape.ts';
import { clip } from './clip.ts';
import { maxSectionBytes, type ReviewSection, reviewSectionSchema } from './section.ts';

/** What artifacts with a section are called, before the name of the section: `rearview-check`, `rearview-goodware-linux`. */
export const sectionPrefix = 'rearview-';

const sectionName = /^(check|tests|diff|goodware|forecast|preview|infrastructure)(?:-([a-z0-9-]{1,40}))?$/;

/**
 * Reads a section that somebody left, by the schema.
 * @param name of its artifact without the prefix; what is inside has to be that
 * @returns the section, or a sentence's end that says why it is refused
 */
export function parseSection(name: string, content: Uint8Array): ReviewSection | string {
  const [, kind, place] = sectionName.exec(name) ?? [];
  if (kind === undefined) return 'no section is called so';
  if (content.byteLength > maxSectionBytes) return `it has more than ${maxSectionBytes} bytes`;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    return 'it is no JSON';
  }
  const parsed = checkShape(reviewSectionSchema, value);
  if (!parsed.success) return clip(`it is not of the form: ${describeIssues(parsed.error)}`, 300);
  const section = parsed.data;
  const held = section.section === 'left' ? section.of : section.section;
  if (held !== kind) return `it holds the section ${held}`;
  const isOfPlace = section.section !== 'goodware' || place === undefined || section.place === place;
  return isOfPlace ? section : 'it holds the goodware of another place';
}
