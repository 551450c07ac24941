/** Fields of which a message has some, and other text does not. */
const mailFields = new Set([
  ...['from', 'to', 'cc', 'subject', 'date', 'received', 'return-path', 'message-id', 'mime-version', 'reply-to'],
  ...[
    'content-type',
    'content-transfer-encoding',
    'delivered-to',
    'x-mailer',
    'x-received',
    'dkim-signature',
    'sender',
    ...['content-disposition', 'content-id', 'content-description', 'x-unsent', 'thread-topic', 'bcc'],
  ],
]);
const neededFields = 2;
const fieldName = /^[!-9;-~]{1,76}$/;

/** What readers skip before the first header: a byte order mark, empty lines. */
export const beforeMail = /^(?:\xef\xbb\xbf)?[\r\n]{0,100}/;
/** A body with parts is one of mail, whatever else the header has. */
const multipart = /^content-type\s{0,8}:[^\n]{0,100}multipart\//i;

/** Whether the text starts with lines of headers, at least two of which are those of mail. */
export function startsAsMail(head: string): boolean {
  return looksAsMail(head) === 'mail';
}

/** `unknown` if the text ends before the headers do. */
export function looksAsMail(text: string): 'mail' | 'other' | 'unknown' {
  const start = text.replace(beforeMail, '');
  if (!/^[!-9;-~]{2,76}:/.test(start.slice(0, 80))) return 'other';
  const head = start.includes('\n') ? start : start.replaceAll('\r', '\n');
  let known = 0;
  let at = 0;
  while (at < head.length) {
    const newline = head.indexOf('\n', at);
    if (newline === -1) return 'unknown';
    const line = head.slice(at, newline);
    at = newline + 1;
    if (line === '' || line === '\r') return 'other';
    if (line.startsWith(' ') || line.startsWith('\t')) continue;
    const name = line.slice(0, Math.max(0, line.indexOf(':'))).trimEnd();
    if (!fieldName.test(name)) return 'other';
    if (mailFields.has(name.toLowerCase())) known += 1;
    if (known >= neededFields || multipart.test(line)) return 'mail';
  }
  return 'unknown';
}
