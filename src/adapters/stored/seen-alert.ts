import * as z from 'zod';
import { checkShape } from '../../domain/text/check-shape.ts';
import type { SeenAlert } from '../../ports/alert-watch.ts';

const own = z
  .object({ object: z.object({ bucket: z.string(), key: z.string() }), rule: z.object({ id: z.string() }) })
  .transform(({ object, rule }): SeenAlert => ({ bucket: object.bucket, key: object.key, ruleId: rule.id }));

const binaryAlert = z
  .object({
    // Bucket names have no colon, keys may.
    FileInfo: z.object({ S3Location: z.templateLiteral(['S3:', z.string()]) }),
    MatchedRules: z.object({ Rule1: z.object({ RuleFile: z.string(), RuleName: z.string() }) }),
  })
  .transform(({ FileInfo: { S3Location: location }, MatchedRules: { Rule1: rule } }): SeenAlert => {
    const [bucket = '', ...key] = location.slice('S3:'.length).split(':');
    return { bucket, key: key.join(':'), ruleId: `${rule.RuleFile}:${rule.RuleName}` };
  });

/** The identifying fields of an alert, in any format; null if it is not an alert. */
export function seenAlert(text: string): SeenAlert | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = checkShape(z.union([own, binaryAlert]), value);
  return parsed.success ? parsed.data : null;
}
