import { checkShape, describeIssues } from '../domain/text/check-shape.ts';
import { clip } from './clip.ts';
import { maxSectionBytes, type ReviewSection, reviewSectionSchema } from './section.ts';

/** Prefix of artifacts with a section: `rearview-check`, `rearview-goodware-linux`. */
export const sectionPrefix = 'rearview-';

const sectionName = /^(check|tests|diff|profile|goodware|forecast|preview|infrastructure)(?:-([a-z0-9-]{1,40}))?$/;

/**
 * Reads a section from an artifact, by the schema.
 * @param name name of its artifact without the prefix, which has to fit the content
 * @returns the section, or the reason why it is refused
 */
export function parseSection(name: string, content: Uint8Array): ReviewSection | string {
  const [, kind, place] = sectionName.exec(name) ?? [];
  if (kind === undefined) return 'unknown section';
  if (content.byteLength > maxSectionBytes) return `it has more than ${maxSectionBytes} bytes`;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    return 'it is not JSON';
  }
  const parsed = checkShape(reviewSectionSchema, value);
  if (!parsed.success) return clip(`it does not fit the schema: ${describeIssues(parsed.error)}`, 300);
  const section = parsed.data;
  const held = section.section === 'left' ? section.of : section.section;
  if (held !== kind) return `it contains the section ${held}`;
  const isOfPlace = section.section !== 'goodware' || place === undefined || section.place === place;
  return isOfPlace ? section : 'it contains the goodware of another place';
}
