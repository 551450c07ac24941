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
  ],
]);
const neededFields = 2;
const fieldName = /^[!-9;-~]{1,76}$/;

/** Whether the text starts with lines of headers, at least two of which are those of mail. */
export function startsAsMail(head: string): boolean {
  if (!/^[!-9;-~]{2,76}:/.test(head.slice(0, 80))) return false;
  let known = 0;
  let at = 0;
  while (at < head.length) {
    const newline = head.indexOf('\n', at);
    if (newline === -1) break;
    const line = head.slice(at, newline);
    at = newline + 1;
    if (line === '' || line === '\r') break;
    if (line.startsWith(' ') || line.startsWith('\t')) continue;
    const name = line.slice(0, Math.max(0, line.indexOf(':')));
    if (!fieldName.test(name)) return false;
    if (mailFields.has(name.toLowerCase())) known += 1;
    if (known >= neededFields) return true;
  }
  return known >= neededFields;
}
