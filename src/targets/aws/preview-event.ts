import { checkPreview, type PreviewRequest } from '../../app/previews/preview-scans.ts';
import { RearviewError } from '../../domain/errors.ts';
import { encodeRuleset } from '../../rules/ruleset-file.ts';

/**
 * Maximum bytes of the event of an asynchronous invocation:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const maxEventBytes = 1024 * 1024;

/**
 * Returns the event that starts a preview in the batcher: `{"preview": …}`, parsed by
 * src/handlers/events/preview-event.ts.
 * @throws RearviewError as `checkPreview`; `ERR_CONFIG` if it is larger than an event may be
 */
export function previewEvent(request: PreviewRequest): Uint8Array {
  checkPreview(request);
  const { ruleset, ...preview } = request;
  // The batcher reads the rules from their sources, and would not trust a list of them.
  const bytes = encodeRuleset({ ...ruleset, rules: [], image: null });
  const event = JSON.stringify({ preview: { ...preview, ruleset: Buffer.from(bytes).toString('base64') } });
  const payload = new TextEncoder().encode(event);
  if (payload.length <= maxEventBytes) return payload;
  throw new RearviewError(
    'ERR_CONFIG',
    `Cannot preview this many changed rules at once: compressed, they make an event of ${payload.length} bytes, and AWS Lambda accepts ${maxEventBytes}. Change fewer in one pull request, or preview them with --target local.`,
  );
}
