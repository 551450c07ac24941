import { arrivedAtOf, objectVersion } from '../../adapters/aws/s3/s3-version.ts';
import type { Uploader } from '../../domain/objects/uploader.ts';
import type { ArrivedObject } from './work-items.ts';

/** The fields of an object that both forms of events have. */
export interface EventFields {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | null | undefined;
  /** Without quotes. */
  readonly etag?: string | null | undefined;
  /** Bytes. */
  readonly size?: number | null | undefined;
  /** ISO 8601; only of events that have the time of arrival. */
  readonly arrivedAt?: string | undefined;
  /** Only of events of an upload. */
  readonly uploadedBy?: Uploader;
}

/**
 * The object, its version named as the S3 object store names it: by the version id if the store
 * keeps versions, else by the ETag. Left out if the event lacks these.
 */
export function arrivedObject(fields: EventFields, { versioned }: { readonly versioned: boolean }): ArrivedObject {
  const { bucket, key, size, arrivedAt, uploadedBy } = fields;
  const version = versionOf(fields, versioned);
  return {
    ...{ bucket, key },
    ...(version === undefined ? {} : { version }),
    ...(size === undefined || size === null ? {} : { size }),
    ...(arrivedAt === undefined ? {} : { arrivedAt: arrivedAtOf(new Date(arrivedAt)) }),
    ...(uploadedBy === undefined ? {} : { uploadedBy }),
  };
}

function versionOf({ versionId, etag }: EventFields, versioned: boolean): string | undefined {
  const id = versioned ? (versionId ?? 'null') : 'null';
  if (id !== 'null' && id !== '') return id;
  return etag === undefined || etag === null || etag === '' ? undefined : objectVersion({ etag });
}
