const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._';
const pairsFrom = 0x3800;
const singlesFrom = 0x4800;
const tableMark = 0x4840;

/**
 * The name of a stream of a Windows Installer package. Two characters of it are stored as one, a
 * mark comes before the name of a table; names of other files stay as they are.
 */
export function msiName(name: string): string {
  let decoded = '';
  for (const character of name) {
    const code = character.charCodeAt(0);
    if (code === tableMark && decoded === '') continue;
    if (code >= pairsFrom && code < singlesFrom) {
      decoded += `${digits[(code - pairsFrom) & 63]}${digits[(code - pairsFrom) >> 6]}`;
    } else if (code >= singlesFrom && code < tableMark) decoded += digits[code - singlesFrom];
    else decoded += character;
  }
  return decoded;
}
