rule Webshell_ASPX_Eval_Request {
  meta:
    description = "ASP.NET or classic ASP that evaluates an item of the request (China Chopper and its kin)"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/software/S0020/"
    severity = "critical"
  strings:
    $jscript = /\beval\s{0,4}\(\s{0,4}Request(\.(Item|Form|QueryString))?\s{0,4}[\[(]\s{0,4}['"][^'"\n]{1,64}['"]/ nocase
    $vbscript = /\b(eval|execute|executeglobal)\s{0,4}\(?\s{0,4}request(\.(form|querystring|item))?\s{0,4}\(\s{0,4}['"][^'"\n]{1,64}['"]/ nocase
  condition:
    filesize < 1MB and any of them
}

rule Webshell_ASPX_Process_Start {
  meta:
    description = "An ASP.NET page that starts a shell with content of the request"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    severity = "high"
  strings:
    $page = /<%@\s{0,4}Page\b[^>\n]{0,200}\bLanguage\s{0,4}=/ nocase
    $start = "ProcessStartInfo" nocase
    $shell = /["'](cmd(\.exe)?|powershell(\.exe)?)["']/ nocase
    $input = /\bRequest\s{0,4}(\.|\[)/ nocase
    $text = /\.Text\b/
  condition:
    filesize < 1MB and $page and $start and $shell and ($input or $text)
}

rule Webshell_JSP_Runtime_Exec {
  meta:
    description = "A Java server page that runs a parameter of the request"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    severity = "critical"
  strings:
    $page = /<%[@!=]?[\s\S]/
    $exec = /Runtime\.getRuntime\(\s{0,4}\)\s{0,4}\.exec\s{0,4}\(/
    $builder = /new\s{1,4}(java\.lang\.)?ProcessBuilder\s{0,4}\(/
    $parameter = /request\.get(Parameter|Header)\s{0,4}\(/
  condition:
    filesize < 1MB and $page and ($exec or $builder) and $parameter
}

rule Webshell_JSP_Loads_Class_From_Request {
  meta:
    description = "A Java server page that defines a class out of the bytes of a request (Behinder, Godzilla)"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1620/"
    severity = "critical"
  strings:
    // suppress: lint/short-string -- every page of this kind begins with it, and the other strings are long
    $page = "<%"
    $loader = /extends\s{1,8}ClassLoader/
    $define = "defineClass"
    $cipher = /Cipher\.getInstance\s{0,4}\(\s{0,4}"AES/
    $reader = /request\.(getReader|getInputStream|getParameter)\s{0,4}\(/
  condition:
    filesize < 256KB and $page and $define and $loader and $reader and $cipher
}
