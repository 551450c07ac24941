import { gunzipSync } from 'node:zlib';
import type { EicarForm } from './eicar.ts';

/**
 * The EICAR test file inside other files, in three forms that BinaryAlert uploads, too: a tar in
 * gzip in bzip2, a program that UPX has packed, and a compressed stream of a PDF. Only scans of
 * members find it. Made by GNU tar, gzip and bzip2, by UPX 4.2, and by qpdf.
 */
export function packedEicarForms(): readonly EicarForm[] {
  return [
    { name: 'in .tar.gz.bz2', filename: 'eicar.tar.gz.bz2', bytes: bytesOf(archive), isPacked: true },
    { name: 'packed with UPX', filename: 'eicar-upx.exe', bytes: gunzipped(program), isPacked: true },
    { name: 'in a PDF', filename: 'eicar.pdf', bytes: gunzipped(document), isPacked: true },
  ];
}

function bytesOf(base64: readonly string[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(base64.join(''), 'base64'));
}

function gunzipped(base64: readonly string[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(gunzipSync(bytesOf(base64)));
}

const archive: readonly string[] = [
  'QlpoOTFBWSZTWcoswVsAABF///pUzBKgeEAqGQR7pWfOiFAziKS6udiCe2e2XCkvs6i4oACUHBGIYJoxPQmCM1NMAJhPQAJgBG9UbQE0eRoa',
  'GmZQyaGgA0AAADIAABoAAA0AAAAAAEGRAABBIVGhEJDatF6ww45ecjDvylYrd4ohGRGCQlZEFGq07vjD3F1v4sMPic4ERhnEUpdgwvLdxYyt',
  'Q/qPcGqgQrfPFvLW/lUmJKJKVU8GmmCyUtBl2dpAf3ANFXHObbgAPsnh/7TNICzhLjRp+9A8OIB3IcxPvZD8NBvGzkNLEglQzhPPEILcXMXc',
  'kU4UJDKLMFbA',
];

/** In gzip. */
const program: readonly string[] = [
  'H4sIAAAAAAACA+2VfUxbVRiHz+1tuUXSrI3MyRZHEbbBRqEUFlzEjArlY+vgysfATUcrRWTq0NKO',
  'LZPQeZ18lGaggpmLQbMY44wTsxhciNiOLYCEsMUsc0Ej6IwQYGMQh+jweH4UCYh/aaL/7E1un3Pe',
  '+57Tt09yTnftIf84XOTfh2gixMzxy3JDhOeCuEBC1MT/6Al5IYUxGQuIf4C8jBDFwpo/SSz+PMK/',
  'q9pfu8hFLDRASC357yNfLNTPD/RLGpKt8DvE6uIWm8bvD1hZl+yvMyzWiQs1yhV13oQYgwFfHqYK',
  'lCnPB8dqT1g0vx8IIyQLtu4jZCMhVWlpnX0jRNOoWPNAeBqLqNitD4PG9F254ONFJc+CL1ZWSWDd',
  '8eaT4Lvvf3QWPPfFxT7w8tVvfwBHb/78W0NDw0scJ6juZYOGkNANW8C4xEdSwMzs/L2gtfT5CvBw',
  '9TE32PTm26fADz7+tAP0dfd/BV777sexWcZbM3MyPoRF4KrV68CwTbp4cNt2007wsYIni8GycucR',
  '8GiN53XwROt7H4KftH/eBfYOXBkEh3+amDZMhYTMUl4RZGChYQpAKAChAIQCEApAKAChAIQCEAri',
  'GaHAZrNdl0MBG9igAIQCEApAKAChAIQCEApAKAChoKfUZmMKFHwPCygAoQCEAhAKQCgAoQCEAhAK',
  'QCgAoaCpaaBnlgYogppYQAEIBSAUgFAAQgEIBSAUgFAAQkErIxQIXOKD4eGCihZubae3aXaYuCHZ',
  'KO5NeELco0qIFPdFJaak8FURdHCCmjJTjDm63DxjVqqQqgvIy9ydmZOfq8s7PU7bTcG6tEyzKSwi',
  'Y0vGZtJFCjSG0yTrWJL2HS1xafObdV+GklObd6TRctKRxFvU95sOlTlEe3lxSUVFa1t7aYho4s2c',
  'TIebxlLjnGC3jTKOrFXzvo1HXh5NXqdY33b2hlUgel5+D/9Q/2uqcbUQQG7zb1zKjtTEOEoOOa6G',
  'tpUI6va3LDE2a5svYNhhJYJWCN504OSlNpV3DVkr+I+wnNBlZ9DSuTo5mXg6xwYoLZD66Zi6cT7q',
  'A9JqhXRu0Cm410s37mgG7ROfcax+SUbj5QYrbjoDF6YV1+N6pRHervINKdlqaZI6HHUXl9b3Lps4',
  'tca/vFy2meSTHZ0j05RKlzlPcKw0d+fgqnrZo6ypTOfMaDGltNEtk87L6wSpWy6NyitvcQOjZpbe',
  'VzdzLpq1Wi+kR48kcZUzru3EOeUW6ovkT/tGlD6v+tULUb+4xka4SaxV1H79/TVPJ9ES4hYCvY4k',
  'd5Hc84oelxM3LUrdStoSycbNbDul1/FN3WxBxtSZfNqiZ0lWLtTxUpd8bJi2RLOE+0wC+2S7TVLa',
  'gatPzNsvzy2gVzw1rawll7baZYmsLhTzRCQLrZ7UCNd+su2C81dp3DVK+igld2Mxktj/RqT49++e',
  'Yfkd7Clkz8GFmp2mnCyTOd4Qk2o2Y77kkLFZesn8xGiz2ecT5nKrzVz2lN1qP2wkZHeZ3eG0Pscq',
  'HCXFjrvu/6/4A8zSgjUACgAA',
];

/** In gzip. */
const document: readonly string[] = [
  'H4sIAAAAAAACA1MNcHHTNdQz5VLd/33RPy5DBQOF/KQsLhsbBf2QyoJUBX3/pKzgklwFfZ/UvPSS',
  'DAVDc3MFfbfMnJLUIiCdk1iS6pKanJ8CVOinYAKSKSouUTAyVLCz4youKUpNzOWqmBPa78t9yICn',
  '7f2/LpmvSXfbJx+UOBGhv6hjx+Q3AbcN2F9bxdj+eO/7nfGz2KTntZN+bGhmeCTg9OGPxLcHru2h',
  'kxh2c/Ta7tC67h/CJbpe+hWLyA7HWUy7u7jOuyluWHR88VanfSbbtsmr20rKnnx3v2+CT8TFGV1N',
  '3L+Zr0V4f7zntdh8y+2PT3tSnl2OytoYvFYm6tyqi3aBlvJ5TwR6b3ftLBL/ZP9fRP7eiwC+N0V+',
  'x+R3nfA8lJqXAnU6kAUKDDOkQMHq9YDEosTcYgWQvHNGanJ2cGmugo2JSYqFhZmhUVpqokWiRZqx',
  'WUqqhVGqoZG5RWJSkoFRmh1QMdCWksz8PBegWQoaLlZGBkZmhobGBgaWRgbGplGaCvq++Sm4JYMz',
  'q1IVzCyAYQ2LLNfcpNSUlNQUoCtT4VFmboYSG90GX8N5AkoLeDrMOjk7ugxML3J0XDYpL7tmsj60',
  '8GtJGc8lXr7CL8WFPEUXS79wf+T5zMPFe423kJfvYunnL4WhIR8vfLvAxFASIsSPEVDmGKknIig1',
  'De4QYxMc4QehgaEIC8T8nNLcvGJQggooSk3JTC7JL1IwNAJ7NFwhWsFQwQiIYxX0g/LzgakNaGsQ',
  'NDQsFPQ9XRSibVLSTI3MTFJSTEzNTE2NLJLNLFOTjc1NzVONDUzSzCxN7GzME81MjE0MDSyNgWKm',
  'RkmmicbGyUZAVqqphamxiYldLEqoJScxMKm5sdUJfOxs5DyR7KL0z1jrf2pSwpUUBgbdOcyJXBiB',
  'UVySWFRSUZSaxmVqYcmlqurq78YFAJJM7cJuAwAA',
];
