import { newPreviewId, type PreviewRequest } from '../../app/previews/preview-scans.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { buildRuleset } from '../../rules/ruleset.ts';

/**
 * A preview of all that there is, with these rules as they are and as they were: sources by path.
 */
export function previewRequest(
  { now = {}, before = {} }: Readonly<Partial<Record<'now' | 'before', Readonly<Record<string, string>>>>>,
  fields: Partial<PreviewRequest> = {},
): PreviewRequest {
  const below = (folder: string, rules: Readonly<Record<string, string>>) =>
    Object.entries(rules).map(([path, source]) => ({ namespace: `${folder}/${path}`, source }));
  const ruleset = buildRuleset([...below('now', now), ...below('before', before)], engineInfo());
  const scanId = newPreviewId(Date.now());
  return { scanId, ruleset, filter: {}, sample: 1, sha256: [], inventories: [], expected: null, ...fields };
}
