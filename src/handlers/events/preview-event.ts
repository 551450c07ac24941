import * as z from 'zod';
import {
  maxPreviewContents,
  maxPreviewSourceBytes,
  type PreviewRequest,
  previewIdPattern,
} from '../../app/previews/preview-scans.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { checkShape, describeIssues } from '../../domain/text/check-shape.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { loadRuleset } from '../../rules/ruleset-file.ts';

/** An S3 key, and the URL of one, with room to spare. */
const maxTextLength = 2048;
/** One inventory for each bucket of the corpus. */
const maxInventories = 100;

const amount = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const moment = z.iso.datetime().max(40);
const scanId = z.string().regex(previewIdPattern, 'is not a preview id');

const cancelSchema = z.strictObject({ cancelPreview: scanId });
const previewSchema = z.strictObject({
  preview: z.strictObject({
    scanId,
    ruleset: z.base64(),
    filter: z.strictObject({
      prefix: z.string().max(maxTextLength).exactOptional(),
      minBytes: amount.exactOptional(),
      maxBytes: amount.exactOptional(),
      arrivedAfter: moment.exactOptional(),
      arrivedBefore: moment.exactOptional(),
    }),
    sample: z.number().min(0).max(1),
    sha256: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(maxPreviewContents),
    inventories: z.array(z.string().max(maxTextLength)).max(maxInventories),
    expected: z.strictObject({ objects: amount, bytes: amount }).nullable(),
  }),
});

/** A request of a pull request to the batcher. */
export type PreviewEvent =
  | {
      readonly type: 'preview';
      readonly scanId: string;
      /**
       * @throws RearviewError `ERR_RULESET_UNUSABLE` for a ruleset that is damaged, larger than a
       *   preview takes, has an image, does not match its id, or was made for another engine;
       *   `ERR_RULES_INVALID` if it cannot be split into rules
       */
      request(): PreviewRequest;
    }
  | { readonly type: 'cancel'; readonly scanId: string };

/**
 * Reads a request that came through the alias for pull requests: `{"preview": …}` (as
 * src/targets/aws/preview-event.ts makes it) or `{"cancelPreview": <scan id>}`. The caller may be
 * anyone who can open a branch: only the sources of the rules are trusted, and everything else is
 * derived from them here.
 *
 * @throws RearviewError `ERR_CONFIG` for anything else
 */
export function parsePreviewEvent(event: unknown): PreviewEvent {
  if (typeof event === 'object' && event !== null && 'cancelPreview' in event) {
    return { type: 'cancel', scanId: parse(cancelSchema, event).cancelPreview };
  }
  const { ruleset, ...request } = parse(previewSchema, event).preview;
  return {
    type: 'preview',
    scanId: request.scanId,
    request: () => ({ ...request, ruleset: readRuleset(Buffer.from(ruleset, 'base64')) }),
  };
}

function parse<T>(schema: z.ZodType<T>, event: unknown): T {
  const parsed = checkShape(schema, event);
  if (parsed.success) return parsed.data;
  throw new RearviewError(
    'ERR_CONFIG',
    `Through its alias for pull requests the batcher only takes {"preview": …} or {"cancelPreview": <id>}: ${describeIssues(parsed.error)}`,
  );
}

/**
 * The ruleset as built from its sources: a ruleset that is stored under its id is stored for all
 * later readers.
 */
function readRuleset(bytes: Uint8Array): Ruleset {
  const { ruleset: given, file } = loadRuleset(bytes, { maxSourceBytes: maxPreviewSourceBytes });
  const engine = engineInfo();
  if (file.image !== null) throw unusable('it has an image, and only sources are taken');
  if (given.engine.name !== engine.name || given.engine.version !== engine.version) {
    const made = `${given.engine.name} ${given.engine.version}`.slice(0, 100);
    throw unusable(
      `it was made for ${made}, and ${engine.name} ${engine.version} is deployed: deploy this version first`,
    );
  }
  const ruleset = buildRuleset(given.sources, engine);
  if (ruleset.id !== given.id) throw unusable('its content does not match its id');
  return ruleset;
}

function unusable(why: string): RearviewError {
  return new RearviewError('ERR_RULESET_UNUSABLE', `The ruleset of the preview cannot be used: ${why}.`);
}
