import type { CodeHost } from '../../ports/code-host.ts';
import { parseSection, sectionPrefix } from '../../pull-requests/parse-section.ts';
import type { Review } from '../../pull-requests/review.ts';
import { maxSectionBytes, type ReviewSection } from '../../pull-requests/section.ts';

/** A section and its name. */
export interface CollectedSection {
  /** Name of its artifact without the prefix: `check`, `goodware-linux`. */
  readonly name: string;
  readonly section: ReviewSection;
}

export interface CollectedSections {
  readonly sections: readonly CollectedSection[];
  readonly refused: Review['refused'];
}

/** Collects the sections that a workflow run left as artifacts. Their content is not trusted. */
export async function collectFromRun(host: Pick<CodeHost, 'readArtifacts'>, runId: number): Promise<CollectedSections> {
  const artifacts = await host.readArtifacts({ runId, prefix: sectionPrefix, maxBytes: maxSectionBytes });
  return parseSections(artifacts.map(({ name, content, refused }) => ({ name, content: content ?? refused })));
}

/**
 * Parses sections by name, with or without the prefix of artifacts.
 * @param found content as bytes, or as text why there is none
 */
export function parseSections(
  found: readonly { readonly name: string; readonly content: Uint8Array | string }[],
): CollectedSections {
  const sections: CollectedSection[] = [];
  const refused: { name: string; reason: string }[] = [];
  for (const { name: given, content } of found) {
    const name = given.startsWith(sectionPrefix) ? given.slice(sectionPrefix.length) : given;
    const section = typeof content === 'string' ? content : parseSection(name, content);
    if (typeof section === 'string') refused.push({ name, reason: section });
    else sections.push({ name, section });
  }
  return { sections, refused };
}
