/** A file to upload, or something else in its place. */
export interface UploadFile {
  /** For people. */
  readonly path: string;
  /** Lower-case hex; present if the name is not UTF-8. */
  readonly pathBytes?: string;
  /** The path to read it from. */
  readonly location: Uint8Array;
  /** The key to store it under. */
  readonly key: string;
  /** Why there is nothing to read, if that is already known. */
  readonly problem?: {
    readonly reason: 'not_a_regular_file' | 'denied' | 'gone' | 'unreadable';
    readonly detail: string;
  };
}

/** Why a file was not uploaded. Stable: part of the JSON output. */
export type UploadFailReason =
  /** A FIFO, socket, device or, where a file was before, a symbolic link or folder. */
  | 'not_a_regular_file'
  /** It may not be read. */
  | 'denied'
  /** It was removed before it was read. */
  | 'gone'
  /** Reading went wrong. */
  | 'unreadable'
  /** It changed whenever it was uploaded. */
  | 'changed'
  /** The target does not take it: its prefix or metadata are too long, it is too large. */
  | 'refused'
  /** The target did not respond to any try. */
  | 'unavailable';

/** An object at the target that has the content of the file. */
interface Stored {
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly version: string;
}

/** The outcome of one file. */
export type UploadResult =
  /** It is durable at the target. */
  | (Stored & { readonly status: 'uploaded' })
  /** The object at the key had this content before. */
  | (Stored & { readonly status: 'present' })
  /** The journal knows it: neither read nor looked up. */
  | (Stored & { readonly status: 'unchanged' })
  /** A dry run would have uploaded it. */
  | { readonly status: 'planned'; readonly size: number; readonly sha256: string }
  | { readonly status: 'failed'; readonly reason: UploadFailReason; readonly detail: string }
  /** Not finished: it is still being written, or the signal came. Never reported. */
  | { readonly status: 'left' };

/** The report on a file. */
export type UploadReport = Pick<UploadFile, 'path' | 'pathBytes' | 'key'> & Exclude<UploadResult, { status: 'left' }>;

/** Number of files by outcome. */
export interface UploadSums {
  readonly uploaded: number;
  readonly present: number;
  readonly unchanged: number;
  readonly planned: number;
  readonly failed: number;
  /** Bytes of the files that were uploaded (in a dry run, would have been). */
  readonly bytes: number;
}

/** The sums of no files. */
export const noUploads: UploadSums = { uploaded: 0, present: 0, unchanged: 0, planned: 0, failed: 0, bytes: 0 };

/** The sums with one report more. */
export function addUpload(sums: UploadSums, report: UploadReport): UploadSums {
  const bytes = report.status === 'uploaded' || report.status === 'planned' ? report.size : 0;
  return { ...sums, [report.status]: sums[report.status] + 1, bytes: sums.bytes + bytes };
}
