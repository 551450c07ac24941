import type { ObjectInfo } from '../../domain/objects/object.ts';
import { isInSample } from '../../domain/scans/in-sample.ts';
import type { PreviewScope } from '../../domain/scans/preview.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import type { CorpusPage } from '../scans/list-corpus.ts';

/**
 * Selects the objects of a page for a preview: those of its sample, and those whose content it
 * looks for. The records are read only if it looks for any, and only for objects outside the
 * sample.
 */
export async function samplePage<Page extends Pick<CorpusPage, 'objects' | 'problems'>>(
  records: Pick<RecordStore, 'getMany'>,
  { sample, sha256 }: Pick<PreviewScope, 'sample' | 'sha256'>,
  page: Page,
): Promise<Page> {
  const outside = page.objects.filter((object) => !isInSample(object, sample));
  const known = sha256.length === 0 || outside.length === 0 ? [] : await records.getMany(outside);
  const contents = new Set(sha256);
  const wanted = new Set<ObjectInfo>(
    outside.filter((_, index) => {
      const content = known[index]?.sha256 ?? null;
      return content !== null && contents.has(content);
    }),
  );
  return {
    ...page,
    objects: page.objects.filter((object) => isInSample(object, sample) || wanted.has(object)),
    problems: page.problems.filter((entry) => isInSample(entry, sample)),
  };
}
