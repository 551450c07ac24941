import {
  readNotificationConfiguration,
  withEventBridge,
} from '../../../src/adapters/aws/notifications/notification-configuration.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';

const element = (name: string, ...inside: readonly string[]): string => `<${name}>${inside.join('')}</${name}>`;
const filter = element(
  'Filter',
  element('S3Key', element('FilterRule', element('Name', 'Prefix'), element('Value', 'a&amp;&#x42;/'))),
);
const queue = element(
  'QueueConfiguration',
  element('Id', 'i'),
  element('Queue', 'arn:aws:sqs:x'),
  element('Event', 's3:ObjectCreated:*'),
  filter,
);

/** The response of S3 is parsed, and stays unchanged except that EventBridge is turned on. */
export const target: FuzzTarget = {
  name: 'notification-xml',
  of: ['src/adapters/aws/notifications/xml-tree.ts', 'src/adapters/aws/notifications/notification-configuration.ts'],
  syntax: 'text',
  seeds: () => [
    `<?xml version="1.0" encoding="UTF-8"?>\n<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${queue}</NotificationConfiguration>`,
    '<NotificationConfiguration/>',
    `<NotificationConfiguration>${queue}<EventBridgeConfiguration/></NotificationConfiguration>`,
  ],
  words: [
    '<a>',
    '</a>',
    '<a/>',
    ' x="y"',
    '&lt;',
    '&constructor;',
    '&#x110000;',
    '&#0;',
    '<Filter>',
    '<Event>',
    '<!--',
    '<![CDATA[',
    'EventBridgeConfiguration',
  ],
  run(input) {
    const found = readNotificationConfiguration(input.toString());
    if (found === null) return 'refused';
    const after = readNotificationConfiguration(withEventBridge(found));
    require(after?.eventBridge === true, 'EventBridge is on');
    require(JSON.stringify(after.others) === JSON.stringify(found.others), 'all else is as it was');
    require(found.destinations.every(({ prefix }) => !prefix.includes('native code')), 'a value is what stands there');
    return `${Math.min(found.destinations.length, 3)} destinations`;
  },
};
