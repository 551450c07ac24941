import { type Alert, alertSchema } from '../../domain/alerts/alert.ts';
import { notScannedReasons } from '../../domain/inside/inside.ts';
import { readStored } from '../../domain/text/read-stored.ts';
import {
  maybe,
  type Read,
  readBoolean,
  readEither,
  readList,
  readNumber,
  readObject,
  readOneOf,
  readSome,
  readText,
} from '../../domain/text/read-value.ts';

const readPlace = readList(readText);

const readAlert: Read<Alert> = readObject({
  schema: readOneOf<typeof alertSchema>([alertSchema]),
  id: readText,
  reason: readOneOf(['new_match', 'new_object']),
  at: readText,
  rule: readObject({
    id: readText,
    namespace: readText,
    name: readText,
    tags: readList(readText),
    meta: readList(
      readObject({
        identifier: readText,
        value: readEither<string | number | boolean>(readText, readNumber, readBoolean),
      }),
    ),
    severity: readText,
    logicHash: readText,
  }),
  strings: readList(
    readObject({
      ...{ identifier: readText, place: maybe(readPlace) },
      ...{ offset: readNumber, length: readNumber, data: readText },
    }),
  ),
  stringsTotal: maybe(readNumber),
  members: maybe(readList(readObject({ place: readPlace, sha256: readText, size: readNumber }))),
  membersTotal: maybe(readNumber),
  onlyInside: maybe(readOneOf([true])),
  file: readObject({
    sha256: readText,
    md5: readText,
    size: readNumber,
    scannedBytes: maybe(readNumber),
    inside: maybe(readObject({ scanned: readNumber, reasons: readSome(notScannedReasons, readNumber) })),
    filepath: readText,
    filename: readText,
  }),
  object: readObject({
    ...{ bucket: readText, key: readText, version: readText, arrivedAt: readText },
    uploadedBy: maybe(readObject({ principal: readText, address: maybe(readText) })),
  }),
  scan: readObject({ id: readText, kind: readOneOf(['live', 'retro']) }),
  ruleset: readObject({ id: readText }),
});

/**
 * An alert as stored, in JSON.
 * @throws RearviewError `ERR_STATE`
 */
export function decodeAlert(text: unknown): Alert {
  return readStored(readAlert, text, 'alert');
}
