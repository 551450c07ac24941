private rule Has_PHP_Tag {
  strings:
    $long = "<?php" nocase
    $echo = "<?="
  condition:
    filesize < 1MB and any of them
}

rule Webshell_PHP_Eval_Request {
  meta:
    description = "PHP that evaluates or runs the content of a request"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    severity = "critical"
  strings:
    $run = /\b(eval|assert|system|shell_exec|passthru|popen|proc_open|exec)\s{0,8}\(\s{0,8}@?\s{0,8}((base64_decode|stripslashes|trim|urldecode|gzinflate|str_rot13)\s{0,4}\(\s{0,4}@?){0,3}\$_(GET|POST|REQUEST|COOKIE|SERVER)\b/
  condition:
    Has_PHP_Tag and $run
}

rule Webshell_PHP_Packed_Eval {
  meta:
    description = "PHP that unpacks a long encoded text and evaluates it"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1027/"
    severity = "high"
  strings:
    $packed = /\beval\s{0,8}\(\s{0,8}((gzinflate|gzuncompress|gzdecode|str_rot13|base64_decode|rawurldecode|strrev|convert_uudecode)\s{0,8}\(\s{0,8}){2,6}['"][A-Za-z0-9+\/=]{64}/
  condition:
    Has_PHP_Tag and $packed
}

rule Webshell_PHP_Request_As_Function {
  meta:
    description = "PHP that calls a function whose name is in a request, with arguments of the request"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    severity = "high"
  strings:
    $call = /\$_(GET|POST|REQUEST|COOKIE)\s{0,4}\[[^\]\n]{1,32}\]\s{0,4}\(\s{0,4}\$_(GET|POST|REQUEST|COOKIE)\b/
    $callback = /\b(array_map|array_filter|usort|call_user_func(_array)?|create_function)\s{0,4}\(\s{0,4}@?\$_(GET|POST|REQUEST|COOKIE)\b/
  condition:
    Has_PHP_Tag and any of them
}

rule Webshell_PHP_In_Image {
  meta:
    description = "An image by name and by its first bytes, with PHP in it that runs commands"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1036/008/"
    severity = "high"
  strings:
    $run = /\b(eval|assert|system|shell_exec|passthru)\s{0,8}\(/
  condition:
    Has_PHP_Tag and $run and extension matches /^\.(gif|jpe?g|png|bmp|ico|webp)$/i and
    (uint32(0) == 0x38464947 or uint16(0) == 0xd8ff or uint32(0) == 0x474e5089 or uint16(0) == 0x4d42)
}
