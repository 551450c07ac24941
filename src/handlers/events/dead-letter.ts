import { parseMessage, type WorkMessage } from '../../app/pipeline/messages.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import type { AwsTarget } from '../../targets/aws/aws-target.ts';
import { parseLiveText } from './live-document.ts';
import { ignoreOutside } from './outside-corpus.ts';
import { type ArrivedObject, knownInfo } from './work-items.ts';

/**
 * Reads the request of a dead letter: in the live queue events of S3 in any of their forms, in the
 * retro queue batches. Null for what is neither.
 */
export function readDeadLetter({
  config: { versioned, corpusBuckets },
}: Pick<AwsTarget, 'config'>): (body: string) => readonly WorkMessage[] | null {
  return (body) => {
    const batch = batchOrNull(body);
    if (batch !== null) return [batch];
    const items = parseLiveText(body, { versioned }).map((each) => ignoreOutside(each, corpusBuckets));
    if (items.some(({ type }) => type === 'problem')) return null;
    return items.flatMap((item) =>
      item.type === 'object' ? [{ type: 'object' as const, ...asInfo(item.object) }] : [],
    );
  };
}

function batchOrNull(body: string): WorkMessage | null {
  try {
    const message = parseMessage(body);
    return message.type === 'batch' ? message : null;
  } catch {
    return null;
  }
}

/** The object with unknown fields where the event leaves them out. */
function asInfo(object: ArrivedObject): ObjectInfo {
  const { bucket, key, version = '', size = 0, arrivedAt = '' } = object;
  return knownInfo(object) ?? { bucket, key, version, size, arrivedAt };
}
