interface Sign {
  readonly pattern: RegExp;
  readonly points: number;
}

/** Marks of texts that an author chose, and that others rarely have. */
const telling: readonly Sign[] = [
  { pattern: /[A-Za-z]:\\[^"*?<>|]*\.pdb\b/i, points: 7 },
  { pattern: /\.onion\b/i, points: 7 },
  { pattern: /\b(?:https?|ftp|tcp|wss?):\/\/[^\s/]/i, points: 6 },
  { pattern: /\b(?:Global|Local)\\\S/, points: 6 },
  { pattern: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i, points: 4 },
  { pattern: /\b\d{1,3}(?:\.\d{1,3}){3}\b/, points: 4 },
  { pattern: /\b[\w.+-]{2,}@[\w-]+\.[a-z]{2,}\b/i, points: 4 },
  { pattern: /\b(?:HKEY_|HKLM|HKCU|Software\\|SYSTEM\\CurrentControlSet)/i, points: 3 },
  {
    pattern:
      /\b(?:powershell|cmd(?:\.exe)? ?\/c|vssadmin|schtasks|wscript|mshta|regsvr32|rundll32|certutil|bitsadmin)\b/i,
    points: 4,
  },
  { pattern: /\b(?:curl|wget|chmod|crontab|nohup|nc -[el]|\/bin\/(?:ba|z|da)?sh)\b/, points: 2 },
  { pattern: /\$_(?:GET|POST|REQUEST|COOKIE|SERVER)\b|FromBase64String|base64_decode|eval\s*\(|atob\(/, points: 4 },
  { pattern: /\b(?:Mozilla\/|User-Agent|Content-Disposition|Authorization:)/, points: 2 },
  { pattern: /[A-Za-z]:\\|%(?:appdata|temp|tmp|userprofile|programdata)%|\/(?:tmp|var|etc|dev|proc)\//i, points: 2 },
  { pattern: /\b[\w-]{3,}\.(?:exe|dll|sys|ps1|vbs|bat|hta|php|jsp|scr|lnk|dat|tmp|sh)\b/i, points: 2 },
  {
    pattern: /\b(?:bot|inject|keylog|ransom|decrypt|encrypt|payload|exploit|backdoor|shellcode|victim|stealer)/i,
    points: 2,
  },
  { pattern: /%[-+ 0#]*\d*(?:\.\d+)?(?:l|ll|h)?[sdxXupc]/, points: 1 },
];

/** Marks of texts that programs of every kind have. */
const common: readonly Sign[] = [
  { pattern: /cannot be run in DOS mode|must be run under Win(?:32|64)/, points: 20 },
  {
    pattern:
      /w3\.org|schemas\.(?:microsoft|openxmlformats|xmlsoap)\.|microsoft\.com\/|verisign|digicert|symantec|globalsign|thawte|sectigo|comodoca|purl\.org|ns\.adobe\.com|openssl|gnu\.org|mozilla\.org/i,
    points: 12,
  },
  {
    pattern:
      /api-ms-win|ext-ms-|(?:kernel32|user32|advapi32|ntdll|msvcrt|vcruntime\d*|ws2_32|gdi32|ole32|shell32)(?:\.dll|$)/i,
    points: 8,
  },
  {
    pattern:
      /^\.?(?:text|data|rdata|bss|rsrc|reloc|idata|edata|pdata|tls|dynsym|dynstr|rodata|eh_frame\w*|init_array|fini_array|symtab|strtab|shstrtab|gnu\.\w+|note\.\w+|comment)\b/,
    points: 8,
  },
  {
    pattern: /GLIBC_|GLIBCXX|__cxa_|__libc_|__stack_chk|_ITM_|__gmon|libc\.so|ld-linux|GCC: \(|\bcrtstuff/,
    points: 10,
  },
  {
    pattern:
      /^(?:Get|Set|Create|Open|Close|Read|Write|Load|Free|Virtual|Heap|Tls|Find|Query|Enter|Leave|Initialize|Delete|Is|Raise|Unhandled|Terminate|Exit|Multi|Wide|Lstr|Reg|Rtl|Interlocked)[A-Z]\w{2,40}$/,
    points: 5,
  },
  { pattern: /^[?_@]{1,2}[\w?@$]+$/, points: 3 },
  {
    pattern:
      /Microsoft (?:Visual C|Corporation|Windows)|Copyright|All rights reserved|Assembly(?:Title|Version|Company)|VS_VERSION_INFO|StringFileInfo|Translation|requestedExecutionLevel|PublicKeyToken|<\/?(?:html|head|body|div|span|table|script|style|meta|assembly|xml)\b/i,
    points: 8,
  },
  {
    pattern:
      /^(?:function|return|import|include|public|private|static|void|class|var|const|else|elseif|foreach|while|end|begin)\b[\s(){}:;\w.]*$/i,
    points: 4,
  },
  { pattern: /^[\d\s.,:;+\-*/=()[\]{}<>|_#~"'\\!?%&^$@`]+$/, points: 8 },
  { pattern: /(.)\1{5}/, points: 4 },
  { pattern: /^(?:ABCDEFGH|abcdefgh|0123456789|qwerty)/, points: 10 },
];

/** Texts with fewer points are not proposed. */
export const leastPoints = 3;

/**
 * Rates how well a text tells a family of files from others: long, varied, with marks of an author
 * (addresses, paths, commands, names of mutexes), and without those of every program. The texts of
 * a file are compared by it; alone, it has no unit. See `leastPoints`.
 */
export function rateText(text: string): number {
  const add = (sum: number, { pattern, points }: Sign) => (pattern.test(text) ? sum + points : sum);
  return lengthPoints(text) + varietyPoints(text) - chancePoints(text) + telling.reduce(add, 0) - common.reduce(add, 0);
}

function lengthPoints({ length }: string): number {
  return Math.min(length, 40) / 10;
}

/** Random bytes that happen to be printable change between kinds of characters all the time. */
function chancePoints(text: string): number {
  let changes = 0;
  for (let at = 1; at < text.length; at += 1) if (kindOf(text[at]) !== kindOf(text[at - 1])) changes += 1;
  const share = changes / (text.length - 1);
  return share > 0.55 ? 6 : share > 0.45 ? 2 : 0;
}

function kindOf(character = ''): number {
  if (character >= 'a' && character <= 'z') return 0;
  if (character >= 'A' && character <= 'Z') return 1;
  return character >= '0' && character <= '9' ? 2 : 3;
}

function varietyPoints(text: string): number {
  const bits = entropy(text);
  const hasWord =
    /[aeiou][a-z]*[b-df-hj-np-tv-z]|[b-df-hj-np-tv-z][a-z]*[aeiou]/i.test(text) && /[A-Za-z]{4}/.test(text);
  return Math.min(bits, 4.5) - 2.5 + (hasWord ? 1 : -2);
}

/** Bits per character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
