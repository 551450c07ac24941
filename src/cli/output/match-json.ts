import type { LeftOutReason } from '../../app/sources/left-out-now.ts';
import type { StoredMatch } from '../../ports/match-store.ts';
import { metaObject } from './meta-object.ts';

/**
 * A match as `matches list --json` and `matches show --json` have it. Stable.
 * @param leftOut why its rule is not part of the active ruleset. Default: it is, or the reason is not
 *   known
 */
export function matchJson(
  { sha256, firstSeenAt, lastSeenAt, objects, isStaged, alert }: StoredMatch,
  leftOut?: LeftOutReason,
) {
  const { rule, file, object, scan, ruleset } = alert;
  return {
    sha256,
    rule: rule.name,
    namespace: rule.namespace,
    tags: rule.tags,
    meta: metaObject(rule.meta),
    severity: rule.severity,
    logicHash: rule.logicHash,
    firstSeenAt,
    lastSeenAt,
    /** Number of objects with this content. */
    objects,
    /** Staged rules match without an alert. */
    staged: isStaged,
    /** Public rules that are quarantined, or duplicates, are not scanned with. */
    ...(leftOut === undefined ? {} : { leftOut }),
    file,
    object,
    scan,
    ruleset,
  };
}
