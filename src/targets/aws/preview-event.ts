import { checkPreview, type PreviewRequest } from '../../app/previews/preview-scans.ts';
import { RearviewError } from '../../domain/errors.ts';
import { encodeRuleset } from '../../rules/ruleset-file.ts';

/** Bytes of an event that nobody waits for: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxEventBytes = 1024 * 1024;

/**
 * The event by which the batcher is asked for a preview: `{"preview": …}`, as src/handlers/events/preview-event.ts reads it.
 * @throws RearviewError as `checkPreview`; `ERR_CONFIG` where it is larger than an event may be
 */
export function previewEvent(request: PreviewRequest): Uint8Array {
  checkPreview(request);
  const { ruleset, ...preview } = request;
  // The batcher reads the rules from their sources, and would not believe a list of them.
  const bytes = encodeRuleset({ ...ruleset, rules: [], image: null });
  const event = JSON.stringify({ preview: { ...preview, ruleset: Buffer.from(bytes).toString('base64') } });
  const payload = new TextEncoder().encode(event);
  if (payload.length <= maxEventBytes) return payload;
  throw new RearviewError(
    'ERR_CONFIG',
    `The changed rules, packed, make an event of ${payload.length} bytes, and AWS Lambda takes ${maxEventBytes}: there is no preview of so many at once. Change fewer in one pull request, or preview them with --target local.`,
  );
}
