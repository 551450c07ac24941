import { canonicalXml, parseXml, textsOf, type XmlElement } from './xml-tree.ts';

/** Where S3 tells of what happens in a bucket. */
export interface Destination {
  readonly kind: 'queue' | 'topic' | 'function';
  /** What S3 or its owner called the notification. */
  readonly id: string;
  readonly arn: string;
  /** Such as `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  /** What keys begin with; empty: any. */
  readonly prefix: string;
  /** What keys end with; empty: any. */
  readonly suffix: string;
}

/** The notifications of a bucket, as far as they are understood. */
export interface NotificationConfiguration {
  /** As S3 wrote it, with what is not understood. */
  readonly document: string;
  readonly eventBridge: boolean;
  readonly destinations: readonly Destination[];
  /** All but whether EventBridge is on, written the same whenever it is the same. */
  readonly others: readonly string[];
}

const root = 'NotificationConfiguration';
const eventBridge = 'EventBridgeConfiguration';
/** What each destination is called, and the element with its ARN. */
const destinations: ReadonlyMap<string, readonly [Destination['kind'], string]> = new Map([
  ['QueueConfiguration', ['queue', 'Queue']],
  ['TopicConfiguration', ['topic', 'Topic']],
  ['CloudFunctionConfiguration', ['function', 'CloudFunction']],
]);

/**
 * Reads what S3 answers. Null where that is no configuration of notifications.
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

/** The same document with EventBridge turned on, and nothing else touched: elements that nobody here knows stay as they are. */
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
  // S3 writes the names with a capital letter, and takes them either way.
  const filterOn = (wanted: string) =>
    rules
      .filter((rule) => textsOf(rule, 'Name').some((each) => each.toLowerCase() === wanted))
      .flatMap((rule) => textsOf(rule, 'Value'))
      .join('');
  return [{ kind, id, arn, events: textsOf(element, 'Event'), prefix: filterOn('prefix'), suffix: filterOn('suffix') }];
}
