import type { InfraConfig, Subscription } from './schema.ts';

/** https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
const maxFilterCombinations = 150;

const endpointShapes: Readonly<Record<Subscription['protocol'], RegExp>> = {
  email: /^\S+@\S+$/,
  'email-json': /^\S+@\S+$/,
  https: /^https:\/\/\S+$/,
  sqs: /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:\S+$/,
  lambda: /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[^:\s]+(:[^:\s]+)?$/,
};

/** Hosts of examples, which receive nothing: https://www.rfc-editor.org/rfc/rfc2606#section-3 */
const exampleHost = /[@/.]example\.(com|net|org)(?=[:/?#]|$)/i;

/** https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html */
const takesRaw: ReadonlySet<Subscription['protocol']> = new Set(['https', 'sqs']);

/** Finds subscriptions that SNS would refuse or never deliver to. `part` is the key to fix. */
export function subscriptionProblems(
  subscription: Subscription,
  config: InfraConfig,
): readonly { readonly part: keyof Subscription; readonly why: string }[] {
  const { topic, protocol, endpoint, filter, raw } = subscription;
  const problems: { part: keyof Subscription; why: string }[] = [];
  const refuse = (part: keyof Subscription, why: string) => problems.push({ part, why });

  if (topic === 'clean' && !config.cleanNotices) refuse('topic', 'does not exist: set cleanNotices');
  const given = Object.values(filter).filter((values) => values.length > 0);
  if (topic !== 'alerts' && given.length > 0) refuse('filter', 'only alerts can be filtered');
  const combinations = given.reduce((product, values) => product * values.length, 1);
  if (combinations > maxFilterCombinations) {
    refuse('filter', `has ${combinations} combinations of values, and SNS accepts ${maxFilterCombinations}`);
  }
  if (!endpointShapes[protocol].test(endpoint)) refuse('endpoint', `"${endpoint}" does not fit ${protocol}`);
  if (exampleHost.test(endpoint)) refuse('endpoint', `${endpoint} is an example: replace it`);
  if (protocol === 'sqs' && endpoint.endsWith('.fifo'))
    refuse('endpoint', 'the topics of the stack deliver to no FIFO queue');
  if (raw && !takesRaw.has(protocol))
    refuse('raw', `SNS does not support raw delivery by ${protocol}, only by https and sqs`);
  const isSame = (other: Subscription) =>
    other.topic === topic && other.protocol === protocol && other.endpoint === endpoint;
  if (config.subscriptions.find(isSame) !== subscription) {
    refuse('endpoint', `${endpoint} is subscribed to ${topic} twice: merge the filters`);
  }
  return problems;
}
