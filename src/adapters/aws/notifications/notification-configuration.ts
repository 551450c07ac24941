import { canonicalXml, parseXml, textsOf, type XmlElement } from './xml-tree.ts';

/** A destination of the events of a bucket. */
export interface Destination {
  readonly kind: 'queue' | 'topic' | 'function';
  /** The name that S3 or the owner gave the notification. */
  readonly id: string;
  readonly arn: string;
  /** Such as `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  /** Prefix of the keys; empty: any. */
  readonly prefix: string;
  /** Suffix of the keys; empty: any. */
  readonly suffix: string;
}

/** The notifications of a bucket, as far as they are understood. */
export interface NotificationConfiguration {
  /** The document of S3, including what is not understood. */
  readonly document: string;
  readonly eventBridge: boolean;
  readonly destinations: readonly Destination[];
  /** Everything except whether EventBridge is on; equal texts mean equal settings. */
  readonly others: readonly string[];
}

const root = 'NotificationConfiguration';
const eventBridge = 'EventBridgeConfiguration';
/** The name of each kind of destination, and the element with its ARN. */
const destinations: ReadonlyMap<string, readonly [Destination['kind'], string]> = new Map([
  ['QueueConfiguration', ['queue', 'Queue']],
  ['TopicConfiguration', ['topic', 'Topic']],
  ['CloudFunctionConfiguration', ['function', 'CloudFunction']],
]);

/**
 * Parses the response of S3. Null if it is not a notification configuration.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html
 */
export function readNotificationConfiguration(document: string): NotificationConfiguration | null {
  const found = parseXml(document);
  if (found === null || found.name !== root || found.text.trim() !== '') return null;
  const others = found.children.filter(({ name }) => name !== eventBridge);
  return {
    document,
    eventBridge: others.length < found.children.length,
    destinations: others.flatMap(destinationOf),
    others: others.map(canonicalXml).toSorted(),
  };
}

/**
 * Returns the same document with EventBridge turned on and everything else unchanged, including
 * unknown elements.
 */
export function withEventBridge({ document, eventBridge: isOn }: NotificationConfiguration): string {
  if (isOn) return document;
  const added = `<${eventBridge}></${eventBridge}>`;
  const empty = new RegExp(`<${root}((?:\\s[^<>]*?)?)\\s*/>`);
  if (empty.test(document))
    return document.replace(empty, (_, attributes) => `<${root}${attributes}>${added}</${root}>`);
  const end = document.lastIndexOf(`</${root}`);
  return document.slice(0, end) + added + document.slice(end);
}

function destinationOf(element: XmlElement): readonly Destination[] {
  const [kind, name] = destinations.get(element.name) ?? [];
  if (kind === undefined || name === undefined) return [];
  const [[id = ''], [arn = '']] = [textsOf(element, 'Id'), textsOf(element, name)];
  const rules = element.children
    .filter((each) => each.name === 'Filter')
    .flatMap(({ children }) => children)
    .flatMap(({ children }) => children);
  // S3 writes the names with a capital letter, and accepts both.
  const filterOn = (wanted: string) =>
    rules
      .filter((rule) => textsOf(rule, 'Name').some((each) => each.toLowerCase() === wanted))
      .flatMap((rule) => textsOf(rule, 'Value'))
      .join('');
  return [{ kind, id, arn, events: textsOf(element, 'Event'), prefix: filterOn('prefix'), suffix: filterOn('suffix') }];
}
